//! Rules about data channels, of an offer that has video and data.

use super::{
    edit::{all, behind, first, sections, session, twice, with, without},
    rule::{Rule, rule},
};

const PORT: &str = "RFC 8841, section 5";
const SIZE: &str = "RFC 8841, section 6";
const MEDIA: &str = "RFC 8841, section 4";

/// The offer of data alone.
fn alone(sdp: &str) -> String {
    let data = sections(sdp).pop().unwrap_or_default();
    first(&session(sdp), "a=group:", "a=group:BUNDLE 1") + &data
}

pub(super) const RULES: &[Rule] = &[
    rule("data-as-recorded", PORT, "nothing is changed", str::to_owned),
    rule("data-alone", MEDIA, "there is no other m-section", alone),
    rule("data-tcp", MEDIA, "the protocol is TCP/DTLS/SCTP", |s| s.replace("UDP/DTLS/SCTP", "TCP/DTLS/SCTP")),
    rule("data-of-old", "draft-ietf-mmusic-sctp-sdp-05", "the m-section is that of an old draft", |s| {
        let old = s.replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000");
        all(&old, "a=sctp-port:", "a=sctpmap:5000 webrtc-datachannel 1024")
    }),
    rule(
        "data-of-old-without-sctpmap",
        "draft-ietf-mmusic-sctp-sdp-05",
        "it is one without a=sctpmap",
        |s| without(&s.replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000"), "a=sctp-port:"),
    ),
    rule("data-of-another-format", MEDIA, "the format is not webrtc-datachannel", |s| {
        s.replace("UDP/DTLS/SCTP webrtc-datachannel", "UDP/DTLS/SCTP t38")
    }),
    rule("data-without-format", MEDIA, "the m-line has no format", |s| {
        s.replace("UDP/DTLS/SCTP webrtc-datachannel", "UDP/DTLS/SCTP")
    }),
    rule("data-over-rtp", MEDIA, "the protocol of data is that of RTP", |s| {
        s.replace("UDP/DTLS/SCTP webrtc-datachannel", "UDP/TLS/RTP/SAVPF 96")
    }),
    rule("data-twice", "RFC 8841, section 10.1", "there are two m-sections of data", |s| {
        let data = sections(s).pop().unwrap_or_default();
        s.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + &data.replace("a=mid:1", "a=mid:2")
    }),
    rule("data-rejected", "RFC 8829, section 5.3.1", "the m-section of data has port 0", |s| {
        let mut sections = sections(s);
        if let Some(data) = sections.last_mut() {
            *data = first(data, "m=", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel");
        }
        session(s) + &sections.concat()
    }),
    rule("sctp-port-missing", PORT, "there is no a=sctp-port", |s| without(s, "a=sctp-port:")),
    rule("sctp-port-zero", PORT, "a=sctp-port is 0", |s| all(s, "a=sctp-port:", "a=sctp-port:0")),
    rule("sctp-port-too-large", PORT, "a=sctp-port is 70000", |s| {
        all(s, "a=sctp-port:", "a=sctp-port:70000")
    }),
    rule("sctp-port-of-letters", PORT, "a=sctp-port is a word", |s| {
        all(s, "a=sctp-port:", "a=sctp-port:five")
    }),
    rule("sctp-port-negative", PORT, "a=sctp-port is -1", |s| all(s, "a=sctp-port:", "a=sctp-port:-1")),
    rule("sctp-port-another", PORT, "a=sctp-port is 5001", |s| all(s, "a=sctp-port:", "a=sctp-port:5001")),
    rule("sctp-port-twice", PORT, "a=sctp-port is there twice", |s| twice(s, "a=sctp-port:")),
    rule("sctp-port-with-sctpmap", PORT, "an a=sctpmap stands beside a=sctp-port", |s| {
        behind(s, "a=sctp-port:", "a=sctpmap:5000 webrtc-datachannel 1024")
    }),
    rule("max-message-size", SIZE, "a=max-message-size is 262144, as browsers have it", |s| {
        behind(s, "a=sctp-port:", "a=max-message-size:262144")
    }),
    rule("max-message-size-zero", SIZE, "a=max-message-size is 0, which is without bound", |s| {
        all(s, "a=sctp-port:", "a=sctp-port:5000\r\na=max-message-size:0")
    }),
    rule("max-message-size-of-64-bits", SIZE, "a=max-message-size is the largest number of 64 bits", |s| {
        let huge = "a=sctp-port:5000\r\na=max-message-size:18446744073709551615";
        all(s, "a=sctp-port:", huge)
    }),
    rule("max-message-size-too-large", SIZE, "a=max-message-size does not fit into 64 bits", |s| {
        let huge = "a=sctp-port:5000\r\na=max-message-size:99999999999999999999";
        all(s, "a=sctp-port:", huge)
    }),
    rule("max-message-size-negative", SIZE, "a=max-message-size is -1", |s| {
        all(s, "a=sctp-port:", "a=sctp-port:5000\r\na=max-message-size:-1")
    }),
    rule("max-message-size-of-letters", SIZE, "a=max-message-size is a word", |s| {
        all(s, "a=sctp-port:", "a=sctp-port:5000\r\na=max-message-size:big")
    }),
    rule("data-inactive", MEDIA, "the m-section of data is inactive", |s| with(s, "a=inactive")),
    rule("data-with-rtcp-mux", MEDIA, "the m-section of data has a=rtcp-mux", |s| with(s, "a=rtcp-mux")),
    rule("data-channel-map", "RFC 8864, section 5.1", "a data channel is negotiated in it", |s| {
        with(s, "a=dcmap:0 subprotocol=\"chat\";label=\"chat\"")
    }),
];
