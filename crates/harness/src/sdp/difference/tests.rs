//! Each kind of change, in the words that are said of it.

use super::*;

/// Recorded from chromium-headless-shell 156.0.8078.79, vanilla, on the built-in page.
const CHROMIUM: &str = include_str!("../../../../../fixtures/sdp/chromium-156-offer.sdp");
/// Recorded from webrtc 0.21.1, vanilla, as offerer and as answerer to the above.
const WEBRTC_RS: [&str; 2] = [
    include_str!("../../../../../fixtures/sdp/webrtc-rs-0.21.1-offer.sdp"),
    include_str!("../../../../../fixtures/sdp/webrtc-rs-0.21.1-answer.sdp"),
];

const CALL: &str = "v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 102
c=IN IP4 0.0.0.0
a=mid:1
a=setup:actpass
a=ice-options:trickle
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=candidate:1 1 udp 2113937151 192.0.2.2 60640 typ host
a=candidate:2 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active
a=sendrecv
a=rid:h send
a=simulcast:send h
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack
a=rtcp-fb:102 transport-cc
";

/// What is said when each of `edits` (from, to) is made in [`CALL`].
fn said(edits: &[(&str, &str)]) -> Vec<String> {
    let mut edited = CALL.to_owned();
    for (from, to) in edits {
        assert!(edited.contains(from), "{from:?}");
        edited = edited.replace(from, to);
    }
    difference(&Description::read(CALL), &Description::read(&edited))
}

#[track_caller]
fn says(edits: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(said(edits), expected);
}

#[test]
fn what_is_drawn_for_each_call_or_has_no_order_is_no_change() {
    let quiet = [
        ("o=- 1 2 ", "o=- 99 2 "),
        ("192.0.2.2 60640", "198.51.100.7 1024"),
        ("candidate:1 1 udp 2113937151", "candidate:77 1 UDP 5"),
        ("60640 typ host", "60640 typ host network-id 1 network-cost 999"),
        ("minptime=10;useinbandfec=1", "useinbandfec=1; minptime=10"),
        ("a=rtcp-rsize\na=rtcp-xr:rcvr-rtt=all\n", "a=rtcp-xr:rcvr-rtt=all\na=rtcp-rsize\n"),
        ("\n", "\r\n"),
    ];
    for edit in quiet {
        says(&[edit], &[]);
    }
}

#[test]
fn codecs() {
    says(
        &[
            ("98 99 102", "98 99 102 45"),
            ("a=rtcp-fb:102 nack\n", "a=rtpmap:45 AV1/90000\na=rtcp-fb:102 nack\n"),
        ],
        &["m=video: codec AV1/90000 added"],
    );
    says(
        &[
            (" 96 97 98", " 98"),
            ("a=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n", ""),
        ],
        &["m=video: codec VP8/90000 gone", "m=video: codec rtx/90000 for VP8/90000 gone"],
    );
    says(&[("profile-id=0", "profile-id=2")], &["m=video: fmtp of VP9/90000: profile-id 0 became 2"]);
    says(
        &[("useinbandfec=1", "stereo=1")],
        &[
            "m=audio: fmtp of opus/48000/2: useinbandfec=1 gone",
            "m=audio: fmtp of opus/48000/2: stereo=1 added",
        ],
    );
    says(&[("a=rtcp-fb:102 transport-cc\n", "")], &["m=video: rtcp-fb transport-cc gone from H264/90000"]);
    says(
        &[("a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli")],
        &["m=video: rtcp-fb nack pli added to VP8/90000"],
    );
}

#[test]
fn a_renumbering_is_said_as_one() {
    says(
        &[(" 96 97", " 35 36"), (":96 ", ":35 "), (":97 ", ":36 "), ("apt=96", "apt=35")],
        &[
            "m=video: payload type of VP8/90000: 96 became 35",
            "m=video: payload type of rtx/90000 for VP8/90000: 97 became 36",
        ],
    );
    // Two codecs that change places in number keep their names, their feedback and their repairs.
    let swap =
        [(":96 ", ":~ "), (":98 ", ":96 "), (":~ ", ":98 "), ("apt=96", "apt=~"), ("apt=98", "apt=96")];
    let swap = [&swap[..], &[("apt=~", "apt=98"), ("96 97 98 99", "98 97 96 99")]].concat();
    says(
        &swap,
        &[
            "m=video: payload type of VP8/90000: 96 became 98",
            "m=video: payload type of VP9/90000: 98 became 96",
        ],
    );
}

#[test]
fn order_of_payload_types() {
    says(
        &[("96 97 98 99 102", "98 99 96 97 102")],
        &[
            "m=video: order of payload types changed: VP8/90000, VP9/90000, H264/90000 became VP9/90000, VP8/90000, \
         H264/90000",
        ],
    );
    says(
        &[("96 97 98 99 102", "96 98 97 99 102")],
        &[
            "m=video: order of payload types changed: VP8/90000, rtx/90000 for VP8/90000, VP9/90000, rtx/90000 for \
         VP9/90000, H264/90000 became VP8/90000, VP9/90000, rtx/90000 for VP8/90000, rtx/90000 for VP9/90000, H264/90000",
        ],
    );
}

#[test]
fn attributes_of_an_m_section() {
    says(
        &[("extmap:14", "extmap:13")],
        &["m=video: extmap 14 moved to 13 (urn:ietf:params:rtp-hdrext:toffset)"],
    );
    says(
        &[("a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\n", "")],
        &["m=video: extmap 14 gone (urn:ietf:params:rtp-hdrext:toffset)"],
    );
    says(
        &[("a=sendrecv", "a=extmap:3 urn:3gpp:video-orientation\na=sendrecv")],
        &["m=video: extmap 3 added (urn:3gpp:video-orientation)"],
    );
    says(&[("setup:actpass", "setup:active")], &["m=video: a=setup actpass became active"]);
    says(&[("a=sendrecv", "a=recvonly")], &["m=video: a=sendrecv became a=recvonly"]);
    says(&[("a=ice-options:trickle\n", "")], &["m=video: a=ice-options trickle gone"]);
    says(&[("a=rtcp-rsize\n", "")], &["m=video: a=rtcp-rsize gone"]);
    says(
        &[("rcvr-rtt=all", "rcvr-rtt=sender")],
        &["m=video: a=rtcp-xr: rcvr-rtt=all became rcvr-rtt=sender"],
    );
    says(
        &[("a=rid:h send\na=simulcast:send h\n", "")],
        &["m=video: a=simulcast send h gone", "m=video: rids: h send became nothing"],
    );
    says(
        &[("m=video 9 UDP/TLS/RTP/SAVPF", "m=video 0 RTP/SAVPF")],
        &[
            "m=video: port: 9 (no candidate yet) became 0 (rejected)",
            "m=video: protocol: UDP/TLS/RTP/SAVPF became RTP/SAVPF",
        ],
    );
    // The offer that Chromium refuses: feedback for a payload type that the m-line does not have.
    says(&[("a=sendrecv", "a=rtcp-fb:45 nack\na=sendrecv")], &["m=video: a=rtcp-fb:45 nack added"]);
}

#[test]
fn candidates_are_compared_by_kind() {
    says(
        &[("a=candidate:2 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active\n", "")],
        &["m=video: candidates: tcp host active gone"],
    );
    says(
        &[("192.0.2.2 60640", "0a1b2c3d-0000-4000-8000-0123456789ab.local 60640")],
        &["m=video: candidates: udp host gone", "m=video: candidates: udp host, mDNS added"],
    );
    says(
        &[("60640 typ host", "60640 typ host generation 0")],
        &[
            "m=video: candidate:_ 1 udp _ _ _ typ host gone",
            "m=video: candidate:_ 1 udp _ _ _ typ host generation _ added",
        ],
    );
}

#[test]
fn the_whole_description() {
    says(&[("BUNDLE 0 1", "BUNDLE 0")], &["bundle group lost mid 1"]);
    says(&[("BUNDLE 0 1", "BUNDLE 1 0")], &["order of the bundle group: 0 1 became 1 0"]);
    says(
        &[("a=group:BUNDLE 0 1", "a=extmap-allow-mixed")],
        &["a=group:BUNDLE 0 1 gone", "a=extmap-allow-mixed added"],
    );
    // What has no words of its own is never passed over in silence.
    says(
        &[("s=-\nt=0 0", "s=-, t=0 0")],
        &["something changed that has no words of its own: see the lines below"],
    );
    says(&[("mid:1", "mid:video")], &["m=video: a=mid 1 became video"]);
    let (head, _) = CALL.split_once("m=video").unwrap();
    assert_eq!(
        difference(&Description::read(CALL), &Description::read(head)),
        ["m=video: the m-section is gone"]
    );
    assert_eq!(
        difference(&Description::read(head), &Description::read(CALL)),
        ["m=video: the m-section is new"]
    );
}

#[test]
fn one_of_several_m_sections_of_a_kind_is_named_by_its_mid() {
    let two = CALL.replace("m=audio", "m=video");
    let edited = two.replace("a=setup:actpass", "a=setup:active");
    let said = difference(&Description::read(&two), &Description::read(&edited));
    assert_eq!(said, ["m=video (mid 1): a=setup actpass became active"]);
}

#[test]
fn the_normal_form_is_read_back_as_the_same_description() {
    for sdp in [CHROMIUM, WEBRTC_RS[0], WEBRTC_RS[1], CALL] {
        let description = Description::read(sdp);
        assert!(description.is_sdp());
        assert_eq!(Description::read(&description.to_string()), description);
        assert!(!description.to_string().contains("192.0.2.2"), "{description}");
        assert_eq!(difference(&description, &Description::read(sdp)), [""; 0]);
    }
}

/// A linear congruential generator (Knuth, MMIX): the same mutations in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// No text is refused; its normal form stays what it is, and what differs is never passed over in silence.
fn is_taken(text: &str, beside: &Description) {
    let description = Description::read(text);
    let (once, again) = (description.to_string(), Description::read(&description.to_string()).to_string());
    let differs = once.lines().zip(again.lines()).find(|(a, b)| a != b);
    assert!(once == again, "{differs:?}");
    assert_eq!(Description::read(&once), description);
    assert_eq!(difference(&description, beside).is_empty(), description == *beside, "{text}");
}

#[test]
fn cut_text_is_taken() {
    for sdp in [CHROMIUM, WEBRTC_RS[0], WEBRTC_RS[1]] {
        let whole = Description::read(sdp);
        for end in 0..sdp.len() {
            is_taken(&sdp[..end], &whole);
        }
    }
}

#[test]
fn mutated_text_is_taken() {
    let mut draw = Draw(1);
    for sdp in [CHROMIUM, WEBRTC_RS[1], CALL] {
        let whole = Description::read(sdp);
        for _ in 0..2_000 {
            let mut bytes = sdp.as_bytes().to_vec();
            for _ in 0..=draw.below(8) {
                let (at, other) = (draw.below(bytes.len()), draw.below(bytes.len()));
                match draw.below(4) {
                    0 => bytes[at] = draw.below(256) as u8,
                    1 => bytes[at] = b" :=;/\n\r_S0"[draw.below(10)],
                    2 => {
                        drop(bytes.drain(at.min(other)..(at.min(other) + draw.below(40)).min(at.max(other))))
                    }
                    _ => bytes.swap(at, other),
                }
            }
            is_taken(&String::from_utf8_lossy(&bytes), &whole);
        }
    }
}

/// Drawn identification tags of m-sections are numbered; chosen ones stay, and so does which section they name.
#[test]
fn tags_of_sections_that_are_drawn_are_no_difference() {
    let sdp = |mids: [&str; 2], bundle: &str| {
        let section = |mid| format!("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\n");
        let text = format!("v=0\r\na=group:BUNDLE {bundle}\r\n{}{}", section(mids[0]), section(mids[1]));
        Description::read(&text)
    };
    assert_eq!(sdp(["YQa", "7fi"], "YQa 7fi"), sdp(["qLD", "DQj"], "qLD DQj"));
    assert_ne!(sdp(["YQa", "7fi"], "YQa 7fi"), sdp(["qLD", "DQj"], "DQj qLD"));
    assert_ne!(sdp(["YQa", "7fi"], "YQa 7fi"), sdp(["0", "1"], "0 1"));
    assert_ne!(sdp(["0", "1"], "0 1"), sdp(["1", "0"], "0 1"));
    let text = sdp(["YQa", "7fi"], "YQa 7fi").to_string();
    assert_eq!(Description::read(&text).to_string(), text, "what went through once stays");
}
