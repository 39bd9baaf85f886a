//! Rules about ICE: credentials and options.

use super::{
    edit::{all, behind, first, twice, with, without, without_first},
    rule::{Rule, rule},
};

const CREDENTIALS: &str = "RFC 8839, section 5.4";
const OPTIONS: &str = "RFC 8839, section 5.6";
const LITE: &str = "RFC 8839, section 5.3";
const END: &str = "RFC 8840, section 8.2";

/// The credentials of both m-sections, in the session alone.
fn in_session(sdp: &str) -> String {
    let line = |begin: &str| sdp.lines().find(|line| line.starts_with(begin)).unwrap_or_default().to_owned();
    let credentials = format!("{}\r\n{}", line("a=ice-ufrag:"), line("a=ice-pwd:"));
    behind(&without(&without(sdp, "a=ice-ufrag:"), "a=ice-pwd:"), "t=", &credentials)
}

pub(super) const RULES: &[Rule] = &[
    rule("ufrag-missing", CREDENTIALS, "there is no a=ice-ufrag", |s| without(s, "a=ice-ufrag:")),
    rule("ufrag-missing-first", CREDENTIALS, "the first m-section has no a=ice-ufrag", |s| {
        without_first(s, "a=ice-ufrag:")
    }),
    rule("ufrag-empty", CREDENTIALS, "a=ice-ufrag is empty", |s| all(s, "a=ice-ufrag:", "a=ice-ufrag:")),
    rule("ufrag-of-3-letters", CREDENTIALS, "a=ice-ufrag has 3 letters; 4 are the fewest", |s| {
        all(s, "a=ice-ufrag:", "a=ice-ufrag:abc")
    }),
    rule("ufrag-of-4-letters", CREDENTIALS, "a=ice-ufrag has 4 letters, the fewest", |s| {
        all(s, "a=ice-ufrag:", "a=ice-ufrag:abcd")
    }),
    rule("ufrag-of-256-letters", CREDENTIALS, "a=ice-ufrag has 256 letters, the most", |s| {
        all(s, "a=ice-ufrag:", &format!("a=ice-ufrag:{}", "a".repeat(256)))
    }),
    rule("ufrag-of-257-letters", CREDENTIALS, "a=ice-ufrag has 257 letters; 256 are the most", |s| {
        all(s, "a=ice-ufrag:", &format!("a=ice-ufrag:{}", "a".repeat(257)))
    }),
    rule("ufrag-of-other-letters", CREDENTIALS, "a=ice-ufrag has letters that are none of ICE", |s| {
        all(s, "a=ice-ufrag:", "a=ice-ufrag:ab:c!d_e")
    }),
    rule("ufrag-with-a-space", CREDENTIALS, "a=ice-ufrag is two words", |s| {
        all(s, "a=ice-ufrag:", "a=ice-ufrag:abcd efgh")
    }),
    rule("ufrag-twice", CREDENTIALS, "an m-section has a=ice-ufrag twice", |s| twice(s, "a=ice-ufrag:")),
    rule("ufrag-of-the-second-is-another", "RFC 9143, section 7.1.3", "bundled m-sections have two", |s| {
        let at = s.rfind("a=ice-ufrag:").unwrap_or(s.len());
        format!("{}{}", &s[..at], all(&s[at..], "a=ice-ufrag:", "a=ice-ufrag:other123"))
    }),
    rule("pwd-missing", CREDENTIALS, "there is no a=ice-pwd", |s| without(s, "a=ice-pwd:")),
    rule("pwd-empty", CREDENTIALS, "a=ice-pwd is empty", |s| all(s, "a=ice-pwd:", "a=ice-pwd:")),
    rule("pwd-of-21-letters", CREDENTIALS, "a=ice-pwd has 21 letters; 22 are the fewest", |s| {
        all(s, "a=ice-pwd:", &format!("a=ice-pwd:{}", "a".repeat(21)))
    }),
    rule("pwd-of-257-letters", CREDENTIALS, "a=ice-pwd has 257 letters; 256 are the most", |s| {
        all(s, "a=ice-pwd:", &format!("a=ice-pwd:{}", "a".repeat(257)))
    }),
    rule("pwd-of-other-letters", CREDENTIALS, "a=ice-pwd has letters that are none of ICE", |s| {
        all(s, "a=ice-pwd:", "a=ice-pwd:abcdefghijklmnop:_?-")
    }),
    rule("credentials-in-session", CREDENTIALS, "both credentials are in the session alone", in_session),
    rule("credentials-missing", CREDENTIALS, "there are no credentials at all", |s| {
        without(&without(s, "a=ice-ufrag:"), "a=ice-pwd:")
    }),
    rule("ice-lite", LITE, "the session has a=ice-lite", |s| behind(s, "t=", "a=ice-lite")),
    rule("ice-lite-with-value", LITE, "a=ice-lite has a value", |s| behind(s, "t=", "a=ice-lite:yes")),
    rule("ice-options-missing", OPTIONS, "there is no a=ice-options", |s| without(s, "a=ice-options:")),
    rule("ice-options-of-the-session", OPTIONS, "a=ice-options is in the session alone", |s| {
        behind(&without(s, "a=ice-options:"), "t=", "a=ice-options:trickle ice2")
    }),
    rule("ice-options-unknown", OPTIONS, "a=ice-options names one that nobody knows", |s| {
        all(s, "a=ice-options:", "a=ice-options:trickle x-tincan")
    }),
    rule("ice-options-empty", OPTIONS, "a=ice-options is empty", |s| {
        all(s, "a=ice-options:", "a=ice-options:")
    }),
    rule("ice-pacing", "RFC 8839, section 5.5", "a=ice-pacing says 50", |s| {
        behind(s, "t=", "a=ice-pacing:50")
    }),
    rule("ice-pacing-of-letters", "RFC 8839, section 5.5", "a=ice-pacing is a word", |s| {
        behind(s, "t=", "a=ice-pacing:slow")
    }),
    rule("ice-mismatch", "RFC 8839, section 5.2", "an m-section has a=ice-mismatch", |s| {
        with(s, "a=ice-mismatch")
    }),
    rule("end-of-candidates", END, "both m-sections have a=end-of-candidates", |s| {
        s.replace("a=rtcp-mux", "a=end-of-candidates\r\na=rtcp-mux")
    }),
    rule("end-of-candidates-in-session", END, "the session has a=end-of-candidates", |s| {
        behind(s, "t=", "a=end-of-candidates")
    }),
    rule("end-of-candidates-with-value", END, "a=end-of-candidates has a value", |s| {
        with(s, "a=end-of-candidates:1")
    }),
    rule("remote-candidates", "RFC 8839, section 5.2", "a first offer has a=remote-candidates", |s| {
        first(s, "a=setup:", "a=setup:actpass\r\na=remote-candidates:1 192.0.2.3 45664")
    }),
];
