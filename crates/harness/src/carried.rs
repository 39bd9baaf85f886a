//! Whether a description came across as it was copied.

use crate::{exchange::Exchange, signaling::Role};

/// What a side was given, held against what was copied from the other one.
pub(crate) enum Given {
    /// The same, but for line ends that a text area took away and the page put back.
    Intact,
    /// The same lines with other ends, or blank ones around them; how it differs, in words. One parser takes that and
    /// another refuses it, so it is a reason for a refusal, and no failure of a call that went through.
    OtherEnds(String),
    /// Other lines; how they differ, in words.
    Changed(String),
}

/// What `role` was given as the description of the other side; none if it was given nothing.
pub(crate) fn given(exchange: &Exchange, role: Role) -> Option<Given> {
    let given = exchange.side(role).evidence.given.as_deref()?;
    let Some(copied) = exchange.last_description(role.other()) else {
        return Some(Given::Changed("nothing had been copied from the other side".to_owned()));
    };
    // What it was given in an earlier round says nothing of this one.
    let is_earlier =
        |(_, earlier)| earlier != copied && !matches!(compare(earlier, given), Given::Changed(_));
    if exchange.descriptions(role.other()).any(is_earlier) {
        return None;
    }
    // Its ends may be others: it has been through a text area.
    if exchange.last_description(role).is_some_and(|own| !matches!(compare(own, given), Given::Changed(_))) {
        return Some(Given::Changed("it was given its own description".to_owned()));
    }
    Some(compare(copied, given))
}

/// A line, where it stands, and how it ends.
#[derive(Clone, Copy)]
struct Line<'s> {
    number: usize,
    text: &'s str,
    end: &'s str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// As it is shown to people.
    fn shown(&self) -> String {
        if self.text.is_empty() { "a blank line".to_owned() } else { format!("{:?}", self.text) }
    }
}

/// The lines of an SDP without its candidates: these may go missing on the way without harm to the description.
fn lines(sdp: &str) -> Vec<Line<'_>> {
    let line = |(at, whole): (usize, _)| {
        let text = str::trim_end_matches(whole, ['\r', '\n']);
        Line { number: at + 1, text, end: &whole[text.len()..] }
    };
    sdp.split_inclusive('\n').enumerate().map(line).filter(|line| !is_of_candidates(line.text)).collect()
}

fn is_of_candidates(line: &str) -> bool {
    line.starts_with("a=candidate:") || line.trim_end() == "a=end-of-candidates"
}

/// `lines` without the blank ones around them.
fn inner<'a, 's>(lines: &'a [Line<'s>]) -> &'a [Line<'s>] {
    let is_text = |line: &Line<'_>| !line.is_blank();
    let begin = lines.iter().position(is_text).unwrap_or(lines.len());
    let end = lines.iter().rposition(is_text).map_or(begin, |last| last + 1);
    &lines[begin..end]
}

/// Holds `given` against `copied`, candidates apart.
fn compare(copied: &str, given: &str) -> Given {
    let (copied_lines, given_lines) = (lines(copied), lines(given));
    if let Some(how) = other_lines(inner(&copied_lines), inner(&given_lines)) {
        return Given::Changed(how);
    }
    let words: Vec<_> = blank_around(&copied_lines, &given_lines)
        .into_iter()
        .chain(other_ends(inner(&copied_lines), inner(&given_lines)))
        .chain(last_end(copied, given))
        .collect();
    if words.is_empty() {
        return Given::Intact;
    }
    Given::OtherEnds(format!("it was given the same lines, but {}", words.join(", and ")))
}

/// How the lines differ, their ends apart.
fn other_lines(copied: &[Line<'_>], given: &[Line<'_>]) -> Option<String> {
    let same = |(a, b): (&Line<'_>, &Line<'_>)| a.text == b.text;
    let at = copied.iter().zip(given).take_while(|pair| same(*pair)).count();
    if at == copied.len() && at == given.len() {
        return None;
    }
    let origin = |lines: &[Line<'_>]| {
        lines.iter().map(|line| line.text.to_owned()).find(|line| line.starts_with("o="))
    };
    if let (Some(copied), Some(given)) = (origin(copied), origin(given))
        && copied != given
    {
        return Some(format!("it was given a description of another call ({given}, copied was {copied})"));
    }
    let cut_within = || given[at..].iter().all(|line| copied[at].text.starts_with(line.text));
    if given.len() < copied.len() && at + 1 >= given.len() && cut_within() {
        return Some(format!("it was given {} of {} lines", given.len(), copied.len()));
    }
    let shown = |line: Option<&Line<'_>>| line.map_or_else(|| "the end".to_owned(), Line::shown);
    let place = given.get(at).map(|line| format!("line {}: ", line.number)).unwrap_or_default();
    let (copied, given) = (shown(copied.get(at)), shown(given.get(at)));
    Some(format!("{place}it was given {given} where {copied} was copied"))
}

/// Blank lines before or behind, where none was copied.
fn blank_around(copied: &[Line<'_>], given: &[Line<'_>]) -> Vec<String> {
    let is_blank = |line: Option<&Line<'_>>| line.is_some_and(Line::is_blank);
    let ends = [(copied.first(), given.first()), (copied.last(), given.last())];
    let blank = ends.into_iter().filter(|(copied, given)| is_blank(*given) && !is_blank(*copied));
    blank.filter_map(|(_, given)| Some(format!("line {} is blank", given?.number))).collect()
}

/// Ends of lines other than CRLF (RFC 8866, section 5), unless they were copied so. The last line may have none.
fn other_ends(copied: &[Line<'_>], given: &[Line<'_>]) -> Option<String> {
    let ended: Vec<_> = copied.iter().zip(given).filter(|(_, given)| given.end.ends_with('\n')).collect();
    if ended.iter().all(|(copied, given)| copied.end == given.end) {
        return None;
    }
    let bare: Vec<_> = ended.iter().filter(|(_, given)| given.end != "\r\n").collect();
    let (copied, given) = bare.first()?;
    let (number, end, was) = (given.number, given.end, copied.end);
    Some(match bare.len() {
        all if all == ended.len() => format!("they end in {end:?} where {was:?} was copied"),
        some => format!("{some} of them, first line {number}, end in {end:?} and the others in \"\\r\\n\""),
    })
}

/// The end of the last line, if it went missing.
fn last_end(copied: &str, given: &str) -> Option<String> {
    if given.is_empty() || given.ends_with('\n') || !copied.ends_with('\n') {
        return None;
    }
    let (missing, bytes) =
        if given.contains("\r\n") && !given.ends_with('\r') { (2, "bytes") } else { (1, "byte") };
    Some(format!("the last line end is missing: {missing} {bytes} of {}", given.len() + missing))
}

#[cfg(test)]
mod tests {
    use super::{Given, compare};

    const SDP: &str =
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=video 9 X 96\r\na=setup:active\r\na=candidate:1\r\n";

    #[track_caller]
    fn is_intact(copied: &str, given: &str) {
        assert!(matches!(compare(copied, given), Given::Intact), "{given:?}");
    }

    /// What is said of the ends, if they alone differ.
    #[track_caller]
    fn ends(copied: &str, given: &str) -> String {
        let Given::OtherEnds(how) = compare(copied, given) else { panic!("not the ends alone: {given:?}") };
        how.strip_prefix("it was given the same lines, but ").unwrap().to_owned()
    }

    #[track_caller]
    fn changed(copied: &str, given: &str) -> String {
        let Given::Changed(how) = compare(copied, given) else { panic!("the lines are the same: {given:?}") };
        how
    }

    #[test]
    fn what_a_text_area_does_to_line_ends_and_candidates_make_no_difference() {
        let shown = SDP.replace("\r\n", "\n");
        for (copied, given) in [(SDP, SDP), (&shown, SDP), (&shown, &shown), (shown.trim_end(), SDP)] {
            is_intact(copied, given);
        }
        is_intact(SDP, &SDP.replace("a=candidate:1\r\n", ""));
        is_intact(&format!("\n  \n{shown}\n"), SDP);
    }

    #[test]
    fn line_ends_that_a_parser_may_refuse_are_told() {
        assert_eq!(ends(SDP, SDP.trim_end()), "the last line end is missing: 2 bytes of 78");
        assert_eq!(ends(SDP, &SDP[..77]), "the last line end is missing: 1 byte of 78");
        let shown = SDP.replace("\r\n", "\n");
        assert_eq!(ends(&shown, &shown[..72]), "the last line end is missing: 1 byte of 73");
        assert_eq!(ends(&shown, SDP.trim_end()), "the last line end is missing: 2 bytes of 78");
        assert_eq!(ends(SDP, &shown), r#"they end in "\n" where "\r\n" was copied"#);
        for copied in [SDP, &shown] {
            assert_eq!(
                ends(copied, &SDP.replace("96\r\n", "96\n")),
                r#"1 of them, first line 3, end in "\n" and the others in "\r\n""#
            );
        }
        assert_eq!(ends(SDP, &format!("\r\n{SDP}\r\n \r\n")), "line 1 is blank, and line 8 is blank");
        assert_eq!(
            ends(SDP, &format!("{shown} ")),
            "line 6 is blank, and they end in \"\\n\" where \"\\r\\n\" was copied, and the last line end is missing: \
             1 byte of 75"
        );
    }

    #[test]
    fn blank_lines_and_spaces_are_lines_of_their_own() {
        let named = |from, to| changed(SDP, &SDP.replace(from, to));
        assert_eq!(
            named("a=setup", "\r\na=setup"),
            r#"line 4: it was given a blank line where "a=setup:active" was copied"#
        );
        assert_eq!(
            named("active\r\n", "active \r\n"),
            r#"line 4: it was given "a=setup:active " where "a=setup:active" was copied"#
        );
        let spaced = SDP.replace("a=setup", "\r\na=setup");
        assert_eq!(
            changed(&spaced, SDP),
            r#"line 4: it was given "a=setup:active" where a blank line was copied"#
        );
        assert_eq!(
            changed(SDP, &format!("{SDP}a=x\r\n")),
            r#"line 6: it was given "a=x" where the end was copied"#
        );
    }

    #[test]
    fn a_cut_a_flip_and_another_call_are_named() {
        let named = |given: &str| changed(SDP, given);
        assert_eq!(named(&SDP[..40]), "it was given 3 of 4 lines");
        assert!(
            named(&SDP.replace("active", "passive")).contains("\"a=setup:passive\" where \"a=setup:active\"")
        );
        assert!(named(&SDP.replace("- 1 2", "- 7 2")).contains("of another call"));
        assert!(named("").contains("0 of 4"));
    }

    #[test]
    fn a_line_that_was_changed_or_left_out_is_no_cut() {
        let short = SDP.replace("active", "act");
        assert_eq!(
            changed(SDP, &short),
            r#"line 4: it was given "a=setup:act" where "a=setup:active" was copied"#
        );
        let without_media = SDP.replace("m=video 9 X 96\r\n", "");
        assert_eq!(
            changed(SDP, &without_media),
            r#"line 3: it was given "a=setup:active" where "m=video 9 X 96" was copied"#
        );
        assert_eq!(
            changed(SDP, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=audio"),
            r#"line 3: it was given "m=audio" where "m=video 9 X 96" was copied"#
        );
        assert_eq!(changed(SDP, &SDP[..44]), "it was given 3 of 4 lines");
    }
}
