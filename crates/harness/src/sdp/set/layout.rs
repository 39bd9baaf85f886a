//! Rules about lines: their ends, their order, their length, and what they are made of.

use super::{
    edit::{behind, first, sections, session, twice, with, without, without_first},
    rule::{Rule, rule},
};

const LINES: &str = "RFC 8866, section 5";
const ORDER: &str = "RFC 8866, section 5";
const GRAMMAR: &str = "RFC 8866, section 9";

pub(super) const RULES: &[Rule] = &[
    rule("layout-lf", LINES, "lines end in LF alone, which parsers should take", |s| s.replace("\r\n", "\n")),
    rule("layout-cr", LINES, "lines end in CR alone", |s| s.replace("\r\n", "\r")),
    rule("layout-mixed-ends", LINES, "session lines end in LF, those of media in CRLF", |s| {
        session(s).replace("\r\n", "\n") + &sections(s).concat()
    }),
    rule("layout-no-last-end", GRAMMAR, "the last line has no end", |s| s.trim_end().to_owned()),
    rule("layout-blank-line-first", GRAMMAR, "a blank line comes first", |s| format!("\r\n{s}")),
    rule("layout-blank-line-within", GRAMMAR, "a blank line stands before the first m-section", |s| {
        format!("{}\r\n{}", session(s), sections(s).concat())
    }),
    rule("layout-blank-line-last", GRAMMAR, "a blank line comes last", |s| format!("{s}\r\n")),
    rule("layout-space-at-end", GRAMMAR, "a=rtcp-mux has a space at its end", |s| {
        s.replace("a=rtcp-mux\r", "a=rtcp-mux \r")
    }),
    rule("layout-space-at-begin", GRAMMAR, "a=rtcp-mux has a space before it", |s| {
        s.replace("a=rtcp-mux", " a=rtcp-mux")
    }),
    rule("layout-space-around-equals", LINES, "there is whitespace on either side of an equals sign", |s| {
        s.replace("s=-", "s = -")
    }),
    rule("layout-tab", GRAMMAR, "a=rtcp-mux has a tab before it", |s| {
        s.replace("a=rtcp-mux", "\ta=rtcp-mux")
    }),
    rule("layout-two-spaces", GRAMMAR, "fields of the m-line have two spaces between them", |s| {
        s.replace("UDP/TLS/RTP/SAVPF ", "UDP/TLS/RTP/SAVPF  ")
    }),
    rule("layout-upper-case-type", LINES, "the type of a line is a capital letter", |s| {
        s.replace("s=-", "S=-")
    }),
    rule("layout-line-without-equals", LINES, "a line is a word", |s| behind(s, "t=", "nonsense")),
    rule("layout-line-of-unknown-type", LINES, "a line has a type that there is not", |s| {
        behind(s, "t=", "x=y")
    }),
    rule("layout-empty-value", GRAMMAR, "a line of an attribute has no attribute", |s| with(s, "a=")),
    rule("layout-long-line", GRAMMAR, "an unknown attribute has 8192 letters", |s| {
        with(s, &format!("a=x-long:{}", "x".repeat(8192)))
    }),
    rule("layout-very-long-line", GRAMMAR, "an unknown attribute has 100 000 letters", |s| {
        with(s, &format!("a=x-long:{}", "x".repeat(100_000)))
    }),
    rule("layout-non-ascii-name", "RFC 8866, section 5.3", "the name of the session is not ASCII", |s| {
        first(s, "s=", "s=Gespräch ☎")
    }),
    rule("layout-non-ascii-attribute", "RFC 8866, section 6", "an unknown attribute is not ASCII", |s| {
        with(s, "a=x-note:Ωμέγα")
    }),
    rule("layout-nul", GRAMMAR, "there is a NUL in the name of the session", |s| first(s, "s=", "s=a\0b")),
    rule("layout-byte-order-mark", GRAMMAR, "a byte order mark comes first", |s| format!("\u{feff}{s}")),
    rule("layout-html-comment", GRAMMAR, "markup stands before the first line", |s| format!("<pre>\r\n{s}")),
    rule("order-version-missing", "RFC 8866, section 5.1", "there is no v=", |s| without(s, "v=")),
    rule("order-version-one", "RFC 8866, section 5.1", "the version is 1", |s| first(s, "v=", "v=1")),
    rule("order-origin-missing", "RFC 8866, section 5.2", "there is no o=", |s| without(s, "o=")),
    rule("order-name-missing", "RFC 8866, section 5.3", "there is no s=", |s| without(s, "s=")),
    rule("order-name-empty", "RFC 8866, section 5.3", "s= is empty", |s| first(s, "s=", "s=")),
    rule("order-time-missing", "RFC 8866, section 5.9", "there is no t=", |s| without(s, "t=")),
    rule("order-name-before-origin", ORDER, "s= comes before o=", |s| {
        behind(&without_first(s, "s="), "v=", "s=-")
    }),
    rule("order-time-before-name", ORDER, "t= comes before s=", |s| {
        behind(&without_first(s, "t="), "o=", "t=0 0")
    }),
    rule("order-version-twice", "RFC 8866, section 5.1", "v= is there twice", |s| twice(s, "v=")),
    rule("order-name-twice", "RFC 8866, section 5.3", "s= is there twice", |s| twice(s, "s=")),
    rule("order-connection-behind-attributes", ORDER, "c= of an m-section is its last line", |s| {
        let mut sections = sections(s);
        if let Some(section) = sections.first_mut() {
            *section = with(&without(section, "c="), "c=IN IP4 0.0.0.0");
        }
        session(s) + &sections.concat()
    }),
    rule("order-media-before-session", ORDER, "the m-sections come before the session", |s| {
        sections(s).concat() + &session(s)
    }),
    rule("order-cut-off", GRAMMAR, "the second half of it is missing, and half a line", |s| {
        s.chars().take(s.len() / 2).collect()
    }),
];
