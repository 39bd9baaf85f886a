//! Edits of an SDP, line by line. All lines end in CRLF.

const END: &str = "\r\n";

fn lines(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.split_terminator(END)
}

fn text<'l>(lines: impl IntoIterator<Item = &'l str>) -> String {
    lines.into_iter().flat_map(|line| [line, END]).collect()
}

/// Without the lines that begin with `begin`.
pub(super) fn without(sdp: &str, begin: &str) -> String {
    text(lines(sdp).filter(|line| !line.starts_with(begin)))
}

/// Every line that begins with `begin` is `new`.
pub(super) fn all(sdp: &str, begin: &str, new: &str) -> String {
    text(lines(sdp).map(|line| if line.starts_with(begin) { new } else { line }))
}

/// The first line that begins with `begin` is `new`; several if that has ends of lines in it.
pub(super) fn first(sdp: &str, begin: &str, new: &str) -> String {
    let mut is_first = true;
    text(lines(sdp).map(|line| match line.starts_with(begin) && std::mem::take(&mut is_first) {
        true => new,
        false => line,
    }))
}

/// Without the first line that begins with `begin`.
pub(super) fn without_first(sdp: &str, begin: &str) -> String {
    let mut is_first = true;
    text(lines(sdp).filter(|line| !(line.starts_with(begin) && std::mem::take(&mut is_first))))
}

/// With `new` behind the first line that begins with `begin`.
pub(super) fn behind(sdp: &str, begin: &str, new: &str) -> String {
    let mut is_first = true;
    text(lines(sdp).flat_map(|line| match line.starts_with(begin) && std::mem::take(&mut is_first) {
        true => vec![line, new],
        false => vec![line],
    }))
}

/// With `new` at its end.
pub(super) fn with(sdp: &str, new: &str) -> String {
    text(lines(sdp).chain([new]))
}

/// With `line` twice where it stands first.
pub(super) fn twice(sdp: &str, begin: &str) -> String {
    let line = lines(sdp).find(|line| line.starts_with(begin)).unwrap_or_default();
    behind(sdp, begin, line)
}

/// The session, without m-sections.
pub(super) fn session(sdp: &str) -> String {
    text(lines(sdp).take_while(|line| !line.starts_with("m=")))
}

/// The m-sections, in their order.
pub(super) fn sections(sdp: &str) -> Vec<String> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in lines(sdp).skip_while(|line| !line.starts_with("m=")) {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDP: &str = "v=0\r\na=x:1\r\na=x:2\r\nm=a\r\na=x:3\r\nm=b\r\n";

    #[test]
    fn each_edit_does_what_it_says() {
        assert_eq!(without(SDP, "a=x"), "v=0\r\nm=a\r\nm=b\r\n");
        assert_eq!(all(SDP, "a=x", "y"), "v=0\r\ny\r\ny\r\nm=a\r\ny\r\nm=b\r\n");
        assert_eq!(first(SDP, "a=x", "y"), "v=0\r\ny\r\na=x:2\r\nm=a\r\na=x:3\r\nm=b\r\n");
        assert_eq!(without_first(SDP, "a=x"), "v=0\r\na=x:2\r\nm=a\r\na=x:3\r\nm=b\r\n");
        assert_eq!(behind(SDP, "m=", "y"), "v=0\r\na=x:1\r\na=x:2\r\nm=a\r\ny\r\na=x:3\r\nm=b\r\n");
        assert_eq!(with(SDP, "y"), format!("{SDP}y\r\n"));
        assert_eq!(twice(SDP, "m=b"), format!("{SDP}m=b\r\n"));
        assert_eq!(session(SDP), "v=0\r\na=x:1\r\na=x:2\r\n");
        assert_eq!(sections(SDP), ["m=a\r\na=x:3\r\n", "m=b\r\n"]);
    }
}
