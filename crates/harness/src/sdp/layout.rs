//! How the lines of an SDP are set: ends of lines, blank lines, space at the end of a line.
//!
//! A [`super::description::Description`] leaves these out. Nobody sees them, and yet one parser takes them where another
//! refuses them or makes them part of a value, so two SDPs that differ in them are not equal.

use std::{collections::BTreeMap, fmt};

/// The layout of an SDP, as facts by name; a fact that may hold of several lines has their numbers, from 1. The default has
/// none: it is not known.
///
/// A text area turns CRLF into LF, so that the layout of what was copied from one says little about who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout(pub BTreeMap<String, Vec<String>>);

impl Layout {
    /// The layout of `sdp`; not known of an empty one.
    #[must_use]
    pub fn of(sdp: &str) -> Self {
        if sdp.is_empty() {
            return Self::default();
        }
        let lines: Vec<_> = sdp.split_inclusive('\n').collect();
        let numbers = |holds: &dyn Fn(&str) -> bool| {
            let found = lines.iter().enumerate().filter(|(_, line)| holds(line));
            found.map(|(at, _)| (at + 1).to_string()).collect::<Vec<_>>()
        };
        let bare = numbers(&|line| line.ends_with('\n') && !line.ends_with("\r\n"));
        let with_cr = lines.iter().any(|line| line.ends_with("\r\n"));
        let (ends, mixed) = match (bare.is_empty(), with_cr) {
            (true, true) => ("CRLF", Vec::new()),
            (false, false) => ("LF", Vec::new()),
            (false, true) => ("CRLF and LF", bare),
            (true, false) => ("none", Vec::new()),
        };
        let last = if sdp.ends_with('\n') { "there" } else { "missing" };
        let is_spaced = |line: &str| !is_blank(line) && without_end(line) != line.trim_end();
        let facts = [
            ("line ends", vec![ends.to_owned()]),
            ("end of the last line", vec![last.to_owned()]),
            ("lines that end in LF", mixed),
            ("blank lines", numbers(&is_blank)),
            ("lines with space at the end", numbers(&is_spaced)),
        ];
        let known = facts.into_iter().filter(|(_, values)| !values.is_empty());
        Self(known.map(|(name, values)| (name.to_owned(), values)).collect())
    }

    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// What changed from this layout to `new`, in words, one a line; none also where one of them is not known.
    #[must_use]
    pub fn difference(&self, new: &Self) -> Vec<String> {
        if self.is_unknown() || new.is_unknown() {
            return Vec::new();
        }
        let said = |layout: &Self, name: &str| match layout.0.get(name) {
            Some(values) => values.join(", "),
            None => "none".to_owned(),
        };
        let mut names: Vec<_> = self.0.keys().chain(new.0.keys()).collect();
        names.sort();
        names.dedup();
        let changed = names.into_iter().filter(|name| self.0.get(*name) != new.0.get(*name));
        changed.map(|name| format!("{name}: {} became {}", said(self, name), said(new, name))).collect()
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn without_end(line: &str) -> &str {
    line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line)
}

/// A fact a line.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, values)| writeln!(f, "{name}: {}", values.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    const SDP: &str = "v=0\r\ns=-\r\nm=video 9 X 96\r\na=sendrecv\r\n";

    #[track_caller]
    fn says(edited: &str, expected: &[&str]) {
        assert_eq!(Layout::of(SDP).difference(&Layout::of(edited)), expected, "{edited:?}");
        assert_eq!(Layout::of(edited).difference(&Layout::of(edited)), [""; 0]);
    }

    #[test]
    fn what_nobody_sees_is_told() {
        says(&SDP.replace("s=-", "s=x"), &[]);
        says(&SDP.replace("\r\n", "\n"), &["line ends: CRLF became LF"]);
        says(
            &SDP.replace("0\r\n", "0\n").replace("96\r\n", "96\n"),
            &["line ends: CRLF became CRLF and LF", "lines that end in LF: none became 1, 3"],
        );
        says(SDP.trim_end(), &["end of the last line: there became missing"]);
        says(
            &SDP[..SDP.len() - 1],
            &["end of the last line: there became missing", "lines with space at the end: none became 4"],
        );
        says(&SDP.replace("m=", "\r\n \r\nm="), &["blank lines: none became 3, 4"]);
        says(&format!("\r\n{SDP}"), &["blank lines: none became 1"]);
        says(&SDP.replace("sendrecv", "sendrecv "), &["lines with space at the end: none became 4"]);
        says(&SDP.replace("s=-", "s=-\t"), &["lines with space at the end: none became 2"]);
        says("v=0", &["end of the last line: there became missing", "line ends: CRLF became none"]);
    }

    #[test]
    fn what_is_not_known_is_no_change() {
        assert!(Layout::of("").is_unknown());
        says("", &[]);
        assert_eq!(Layout::default().difference(&Layout::of(SDP)), [""; 0]);
    }
}
