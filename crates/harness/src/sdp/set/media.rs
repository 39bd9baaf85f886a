//! Rules about m-sections: their lines, their identification, and what they have.

use super::{
    edit::{all, behind, first, sections, session, twice, with, without, without_first},
    rule::{Rule, rule},
};

const MEDIA: &str = "RFC 8866, section 5.14";
const MID: &str = "RFC 5888, section 4";
const MUX: &str = "RFC 5761, section 5.1.1";
const MUX_ONLY: &str = "RFC 8858, section 4.2";
const DIRECTION: &str = "RFC 8866, section 6.7";

/// The m-sections in another order, or others.
fn with_sections(sdp: &str, change: fn(Vec<String>) -> Vec<String>) -> String {
    session(sdp) + &change(sections(sdp)).concat()
}

/// Fifty m-sections of sound, each with a mid of its own.
fn fifty(sdp: &str) -> String {
    let Some(audio) = sections(sdp).pop() else { return sdp.to_owned() };
    let mids: String = (0..50).map(|number| format!(" {number}")).collect();
    let one = |number| all(&without(&audio, "a=ssrc"), "a=mid:", &format!("a=mid:{number}"));
    first(&session(sdp), "a=group:", &format!("a=group:BUNDLE{mids}")) + &(0..50).map(one).collect::<String>()
}

pub(super) const RULES: &[Rule] = &[
    rule("media-in-another-order", "RFC 8866, section 5.14", "sound comes before video", |s| {
        with_sections(s, |sections| sections.into_iter().rev().collect())
    }),
    rule("media-video-alone", MEDIA, "the m-section of sound is missing, and BUNDLE names it", |s| {
        with_sections(s, |sections| sections.into_iter().take(1).collect())
    }),
    rule("media-fifty", MEDIA, "there are fifty m-sections of sound", fifty),
    rule("media-unknown-kind", MEDIA, "an m-section has a kind that there is not", |s| {
        s.replace("m=audio", "m=smell")
    }),
    rule("media-text", MEDIA, "an m-section is one of text", |s| s.replace("m=audio", "m=text")),
    rule("media-port-zero", "RFC 8829, section 5.3.1", "both m-sections have port 0", |s| {
        s.replace("m=video 9", "m=video 0").replace("m=audio 9", "m=audio 0")
    }),
    rule("media-port-zero-second", "RFC 8829, section 5.3.1", "the second m-section has port 0", |s| {
        s.replace("m=audio 9", "m=audio 0")
    }),
    rule(
        "media-port-zero-bundle-only",
        "RFC 9143, section 6",
        "the second is bundle-only, with port 0",
        |s| s.replace("m=audio 9", "m=audio 0").replace("a=mid:5Zq", "a=mid:5Zq\r\na=bundle-only"),
    ),
    rule("media-port-too-large", MEDIA, "the port is 70000", |s| s.replace("m=video 9", "m=video 70000")),
    rule("media-port-negative", MEDIA, "the port is -1", |s| s.replace("m=video 9", "m=video -1")),
    rule("media-port-of-letters", MEDIA, "the port is a word", |s| s.replace("m=video 9", "m=video nine")),
    rule("media-two-ports", MEDIA, "the port is 9/2", |s| s.replace("m=video 9", "m=video 9/2")),
    rule("media-unknown-protocol", MEDIA, "the protocol is one that there is not", |s| {
        s.replace("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/NONE")
    }),
    rule(
        "media-plain-rtp",
        "RFC 8827, section 6.5",
        "the protocol is RTP/AVP, which is not encrypted",
        |s| s.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
    ),
    rule("media-savpf-of-old", "RFC 8829, section 5.1.2", "the protocol is RTP/SAVPF", |s| {
        s.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF")
    }),
    rule("media-tcp", "RFC 7850, section 3.4", "the protocol is TCP/TLS/RTP/SAVPF", |s| {
        s.replace("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF")
    }),
    rule("media-without-formats", MEDIA, "an m-line ends behind its protocol", |s| {
        first(s, "m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF")
    }),
    rule("media-without-protocol", MEDIA, "an m-line ends behind its port", |s| {
        first(s, "m=audio", "m=audio 9")
    }),
    rule("media-empty", MEDIA, "an m-line is empty", |s| first(s, "m=audio", "m=")),
    rule("mid-missing", MID, "no m-section has a=mid, and there is no group", |s| {
        without(&without(s, "a=mid:"), "a=group:")
    }),
    rule("mid-missing-with-bundle", MID, "no m-section has a=mid, and BUNDLE names two", |s| {
        without(s, "a=mid:")
    }),
    rule("mid-missing-first", MID, "the first m-section has no a=mid, and BUNDLE names it", |s| {
        without_first(s, "a=mid:")
    }),
    rule("mid-of-two", MID, "both m-sections have the same a=mid", |s| s.replace("a=mid:5Zq", "a=mid:art")),
    rule("mid-twice", MID, "an m-section has a=mid twice", |s| twice(s, "a=mid:")),
    rule("mid-twice-and-different", MID, "an m-section has two mids", |s| {
        behind(s, "a=mid:art", "a=mid:other")
    }),
    rule("mid-empty", MID, "an a=mid is empty", |s| s.replace("a=mid:art", "a=mid:")),
    rule("mid-with-a-space", MID, "an a=mid is two words", |s| s.replace("a=mid:art", "a=mid:a rt")),
    rule("mid-of-33-letters", "RFC 9143, section 15.2", "an a=mid has 33 letters", |s| {
        s.replace("art", &"m".repeat(33))
    }),
    rule("rtcp-mux-missing", MUX, "there is no a=rtcp-mux", |s| without(s, "a=rtcp-mux")),
    rule("rtcp-mux-missing-second", MUX, "the second m-section has no a=rtcp-mux", |s| {
        let section = |section: &String| without(section, "a=rtcp-mux");
        let sections = sections(s);
        session(s) + &sections[0] + &sections.iter().skip(1).map(section).collect::<String>()
    }),
    rule("rtcp-mux-only", MUX_ONLY, "a=rtcp-mux-only stands beside a=rtcp-mux", |s| {
        s.replace("a=rtcp-mux", "a=rtcp-mux\r\na=rtcp-mux-only")
    }),
    rule("rtcp-mux-only-alone", MUX_ONLY, "a=rtcp-mux-only stands without a=rtcp-mux", |s| {
        s.replace("a=rtcp-mux", "a=rtcp-mux-only")
    }),
    rule("rtcp-port", "RFC 3605, section 2.1", "a=rtcp names a port", |s| {
        behind(s, "c=", "a=rtcp:9 IN IP4 0.0.0.0")
    }),
    rule("rtcp-port-of-letters", "RFC 3605, section 2.1", "a=rtcp names a word", |s| {
        behind(s, "c=", "a=rtcp:nine")
    }),
    rule("rtcp-reduced-size", "RFC 5506, section 5", "both m-sections have a=rtcp-rsize", |s| {
        s.replace("a=rtcp-mux", "a=rtcp-mux\r\na=rtcp-rsize")
    }),
    rule("direction-missing", DIRECTION, "no m-section says its direction", |s| without(s, "a=sendrecv")),
    rule("direction-twice", DIRECTION, "an m-section has a=sendrecv twice", |s| twice(s, "a=sendrecv")),
    rule("direction-two", DIRECTION, "an m-section is sendrecv and inactive", |s| {
        behind(s, "a=sendrecv", "a=inactive")
    }),
    rule("direction-unknown", DIRECTION, "an m-section is sendreceive", |s| {
        s.replace("a=sendrecv", "a=sendreceive")
    }),
    rule("direction-inactive", DIRECTION, "all is inactive", |s| s.replace("a=sendrecv", "a=inactive")),
    rule("direction-with-value", DIRECTION, "a=sendrecv has a value", |s| {
        s.replace("a=sendrecv", "a=sendrecv:1")
    }),
    rule("ptime-of-letters", "RFC 8866, section 6.4", "a=ptime is a word", |s| with(s, "a=ptime:short")),
    rule("ptime-zero", "RFC 8866, section 6.4", "a=ptime is 0", |s| with(s, "a=ptime:0")),
    rule("framerate-of-letters", "RFC 8866, section 6.13", "a=framerate is a word", |s| {
        behind(s, "a=mid:art", "a=framerate:fast")
    }),
];
