//! Rules about answers, of one to an offer of video and data.

use super::{
    edit::{all, behind, first, sections, session, without, without_first},
    rule::{Rule, rule},
};

const ANSWER: &str = "RFC 3264, section 6";
const SETUP: &str = "RFC 8842, section 5.3";
const MUX: &str = "RFC 5761, section 5.1.1";
const BUNDLE: &str = "RFC 9143, section 7.3";

pub(super) const RULES: &[Rule] = &[
    rule("answer-as-recorded", ANSWER, "nothing is changed", str::to_owned),
    rule("answer-setup-actpass", SETUP, "it says a=setup:actpass, which answers must not", |s| {
        all(s, "a=setup:", "a=setup:actpass")
    }),
    rule("answer-setup-passive", SETUP, "it says a=setup:passive", |s| all(s, "a=setup:", "a=setup:passive")),
    rule("answer-setup-holdconn", SETUP, "it says a=setup:holdconn", |s| {
        all(s, "a=setup:", "a=setup:holdconn")
    }),
    rule("answer-setup-missing", SETUP, "it has no a=setup", |s| without(s, "a=setup:")),
    rule("answer-setup-of-two-kinds", SETUP, "its m-sections take two roles, though they are bundled", |s| {
        first(s, "a=setup:", "a=setup:passive")
    }),
    rule("answer-one-section-missing", ANSWER, "it has fewer m-sections than the offer", |s| {
        session(s) + &sections(s).first().cloned().unwrap_or_default() + "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n"
    }),
    rule("answer-in-another-order", ANSWER, "its m-sections have the mids of each other", |s| {
        s.replace("a=mid:0", "a=mid:x").replace("a=mid:1", "a=mid:0").replace("a=mid:x", "a=mid:1")
    }),
    rule("answer-unknown-mid", ANSWER, "an m-section has a mid that was not offered", |s| {
        s.replace("a=mid:1", "a=mid:other").replace("BUNDLE 0 1", "BUNDLE 0 other")
    }),
    rule("answer-mid-missing", "RFC 8829, section 5.10", "its m-sections have no a=mid", |s| {
        without(&without(s, "a=mid:"), "a=group:")
    }),
    rule("answer-without-bundle", BUNDLE, "it does not bundle", |s| without(s, "a=group:")),
    rule("answer-bundle-of-more", BUNDLE, "it bundles an m-section that there is not", |s| {
        s.replace("BUNDLE 0 1", "BUNDLE 0 1 2")
    }),
    rule("answer-without-rtcp-mux", MUX, "it has no a=rtcp-mux", |s| without(s, "a=rtcp-mux")),
    rule("answer-rejects-all", "RFC 3264, section 6", "it rejects both m-sections", |s| {
        let rejected = |line: &str| match line.strip_prefix("m=").and_then(|line| line.split_once(' ')) {
            Some((kind, rest)) => {
                let formats = rest.split_once(' ').map_or("", |(_, formats)| formats);
                format!("m={kind} 0 {formats}\r\n")
            }
            None => format!("{line}\r\n"),
        };
        without(&s.lines().map(rejected).collect::<String>(), "a=group:")
    }),
    rule("answer-codec-not-offered", "RFC 3264, section 6.1", "its only payload type was not offered", |s| {
        let section = sections(s);
        let video = format!("m=video 9 UDP/TLS/RTP/SAVPF 50\r\na=rtpmap:50 XYZ/90000\r\n{}", {
            let rest = section.first().map(|video| without(video, "m=video")).unwrap_or_default();
            ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"].iter().fold(rest, |rest, begin| without(&rest, begin))
        });
        session(s) + &video + &section.iter().skip(1).cloned().collect::<String>()
    }),
    rule("answer-direction-wider", "RFC 3264, section 6.1", "it says sendrecv twice", |s| {
        behind(s, "a=mid:0", "a=sendrecv")
    }),
    rule("answer-inactive", "RFC 3264, section 6.1", "its video is inactive", |s| {
        ["sendrecv", "sendonly", "recvonly"]
            .iter()
            .fold(s.to_owned(), |s, direction| all(&s, &format!("a={direction}"), "a=inactive"))
    }),
    rule(
        "answer-extension-not-offered",
        "RFC 8285, section 6",
        "it has a header extension that was not offered",
        |s| behind(s, "a=mid:0", "a=extmap:13 urn:example:tincan"),
    ),
    rule(
        "answer-another-protocol",
        "RFC 8829, section 5.3.1",
        "the protocol of its video is another one",
        |s| s.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"),
    ),
    rule("answer-without-credentials", "RFC 8839, section 5.4", "it has no ICE credentials", |s| {
        without(&without(s, "a=ice-ufrag:"), "a=ice-pwd:")
    }),
    rule("answer-without-fingerprint", "RFC 8122, section 5", "it has no fingerprint", |s| {
        without(s, "a=fingerprint:")
    }),
    rule("answer-ice-lite", "RFC 8839, section 5.3", "it has a=ice-lite", |s| behind(s, "t=", "a=ice-lite")),
    rule("answer-data-without-port", "RFC 8841, section 5", "its data have no a=sctp-port", |s| {
        without_first(s, "a=sctp-port:")
    }),
    rule("answer-empty", ANSWER, "it has no m-section", |s| without(&session(s), "a=group:")),
];
