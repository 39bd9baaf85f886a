//! Rules about codecs: payload types, formats, feedback and header extensions.

use super::{
    edit::{all, behind, first, twice, with, without, without_first},
    rule::{Rule, rule},
};

const MEDIA: &str = "RFC 8866, section 5.14";
const RTPMAP: &str = "RFC 8866, section 6.6";
const FMTP: &str = "RFC 8866, section 6.15";
const FEEDBACK: &str = "RFC 4585, section 4.2";
const EXTMAP: &str = "RFC 8285, section 5";
const RTX: &str = "RFC 4588, section 8.6";

pub(super) const RULES: &[Rule] = &[
    rule("payload-type-twice", MEDIA, "the m-line names a payload type twice", |s| {
        s.replace("SAVPF 96 97", "SAVPF 96 96 97")
    }),
    rule("payload-type-128", "RFC 3551, section 6", "a payload type is 128; it has 7 bits", |s| {
        s.replace("SAVPF 111", "SAVPF 128").replace(":111 ", ":128 ")
    }),
    rule("payload-type-300", "RFC 3551, section 6", "a payload type is 300", |s| {
        s.replace("SAVPF 111", "SAVPF 300").replace(":111 ", ":300 ")
    }),
    rule("payload-type-negative", "RFC 3551, section 6", "a payload type is -1", |s| {
        s.replace("SAVPF 111", "SAVPF -1").replace(":111 ", ":-1 ")
    }),
    rule("payload-type-of-letters", "RFC 3551, section 6", "a payload type is a word", |s| {
        s.replace("SAVPF 111", "SAVPF opus")
    }),
    rule(
        "payload-type-of-rtcp",
        "RFC 5761, section 4",
        "a payload type is 72, which RTCP may look like",
        |s| s.replace("SAVPF 111", "SAVPF 72").replace(":111 ", ":72 "),
    ),
    rule(
        "payload-type-of-two",
        "RFC 9143, section 9.1.2",
        "two bundled sections have one type for two codecs",
        |s| s.replace("SAVPF 111", "SAVPF 96").replace(":111 ", ":96 "),
    ),
    rule(
        "payload-type-static-alone",
        "RFC 3551, section 6",
        "sound has the static type 0, without a=rtpmap",
        |s| {
            let plain = without(&without(s, "a=rtpmap:111"), "a=fmtp:111");
            without(&plain, "a=rtcp-fb:111").replace("SAVPF 111", "SAVPF 0")
        },
    ),
    rule("rtpmap-missing", RTPMAP, "a dynamic payload type has no a=rtpmap", |s| without(s, "a=rtpmap:111")),
    rule("rtpmap-missing-of-all", RTPMAP, "there is no a=rtpmap", |s| without(s, "a=rtpmap:")),
    rule(
        "rtpmap-of-another-type",
        RTPMAP,
        "there is an a=rtpmap of a payload type that is not offered",
        |s| with(s, "a=rtpmap:126 telephone-event/8000"),
    ),
    rule("rtpmap-twice", RTPMAP, "an a=rtpmap is there twice", |s| twice(s, "a=rtpmap:96")),
    rule("rtpmap-two", RTPMAP, "a payload type is two codecs", |s| {
        behind(s, "a=rtpmap:96", "a=rtpmap:96 VP9/90000")
    }),
    rule("rtpmap-without-rate", RTPMAP, "an a=rtpmap has no clock rate", |s| {
        all(s, "a=rtpmap:96", "a=rtpmap:96 VP8")
    }),
    rule("rtpmap-rate-zero", RTPMAP, "the clock rate is 0", |s| all(s, "a=rtpmap:96", "a=rtpmap:96 VP8/0")),
    rule("rtpmap-rate-of-letters", RTPMAP, "the clock rate is a word", |s| {
        all(s, "a=rtpmap:96", "a=rtpmap:96 VP8/fast")
    }),
    rule("rtpmap-rate-too-large", RTPMAP, "the clock rate does not fit into 32 bits", |s| {
        all(s, "a=rtpmap:96", "a=rtpmap:96 VP8/9000000000")
    }),
    rule("rtpmap-channels-of-letters", RTPMAP, "the number of channels is a word", |s| {
        all(s, "a=rtpmap:111", "a=rtpmap:111 opus/48000/two")
    }),
    rule("rtpmap-channels-missing", "RFC 7587, section 7", "Opus has no number of channels; it is 2", |s| {
        all(s, "a=rtpmap:111", "a=rtpmap:111 opus/48000")
    }),
    rule("rtpmap-channels-99", RTPMAP, "Opus has 99 channels", |s| {
        all(s, "a=rtpmap:111", "a=rtpmap:111 opus/48000/99")
    }),
    rule("rtpmap-unknown-codec", RTPMAP, "the only codec of sound is one that there is not", |s| {
        all(s, "a=rtpmap:111", "a=rtpmap:111 tincan/48000/2")
    }),
    rule("rtpmap-empty", RTPMAP, "an a=rtpmap is empty", |s| all(s, "a=rtpmap:111", "a=rtpmap:")),
    rule("rtpmap-behind-fmtp", RTPMAP, "a=fmtp comes before its a=rtpmap", |s| {
        behind(&without_first(s, "a=rtpmap:111"), "a=fmtp:111", "a=rtpmap:111 opus/48000/2")
    }),
    rule("fmtp-of-no-type", FMTP, "there is an a=fmtp of a payload type that is not offered", |s| {
        with(s, "a=fmtp:126 0-15")
    }),
    rule("fmtp-empty", FMTP, "an a=fmtp has no parameters", |s| all(s, "a=fmtp:111", "a=fmtp:111")),
    rule("fmtp-twice", FMTP, "a payload type has two a=fmtp", |s| {
        behind(s, "a=fmtp:111", "a=fmtp:111 stereo=1")
    }),
    rule("fmtp-without-value", FMTP, "a parameter has no value", |s| {
        all(s, "a=fmtp:111", "a=fmtp:111 stereo")
    }),
    rule("fmtp-of-letters", "RFC 7587, section 6.1", "a number of Opus is a word", |s| {
        all(s, "a=fmtp:111", "a=fmtp:111 maxplaybackrate=high;stereo=yes")
    }),
    rule("fmtp-with-spaces", FMTP, "parameters have spaces behind their semicolons", |s| {
        all(s, "a=fmtp:111", "a=fmtp:111 minptime=10; useinbandfec=1")
    }),
    rule("rtx-without-apt", RTX, "RTX does not say what it repeats", |s| without(s, "a=fmtp:97")),
    rule("rtx-of-no-type", RTX, "RTX repeats a payload type that is not offered", |s| {
        all(s, "a=fmtp:97", "a=fmtp:97 apt=126")
    }),
    rule("rtx-of-itself", RTX, "RTX repeats itself", |s| all(s, "a=fmtp:97", "a=fmtp:97 apt=97")),
    rule("rtx-of-letters", RTX, "RTX repeats a word", |s| all(s, "a=fmtp:97", "a=fmtp:97 apt=video")),
    rule(
        "h264-profile-of-letters",
        "RFC 6184, section 8.1",
        "the profile of H.264 is no hexadecimal number",
        |s| {
            all(
                s,
                "a=rtpmap:96",
                "a=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=baseline;packetization-mode=9",
            )
        },
    ),
    rule("feedback-for-all", FEEDBACK, "a=rtcp-fb names all payload types", |s| {
        behind(s, "a=rtpmap:96", "a=rtcp-fb:* nack")
    }),
    rule("feedback-of-no-type", FEEDBACK, "a=rtcp-fb names a payload type that is not offered", |s| {
        behind(s, "a=rtpmap:96", "a=rtcp-fb:126 nack")
    }),
    rule("feedback-unknown", FEEDBACK, "a=rtcp-fb asks for what nobody knows", |s| {
        behind(s, "a=rtpmap:96", "a=rtcp-fb:96 x-tincan")
    }),
    rule("feedback-empty", FEEDBACK, "a=rtcp-fb asks for nothing", |s| {
        behind(s, "a=rtpmap:96", "a=rtcp-fb:96")
    }),
    rule("extmap-id-zero", EXTMAP, "a header extension has the id 0", |s| {
        first(s, "a=extmap:4 ", "a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-15", EXTMAP, "a header extension has the id 15, of two-byte headers alone", |s| {
        first(s, "a=extmap:4 ", "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-255", EXTMAP, "a header extension has the id 255", |s| {
        first(s, "a=extmap:4 ", "a=extmap:255 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-256", EXTMAP, "a header extension has the id 256, which has no room", |s| {
        first(s, "a=extmap:4 ", "a=extmap:256 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-4096", EXTMAP, "a header extension has the id 4096, of those to be mapped", |s| {
        first(s, "a=extmap:4 ", "a=extmap:4096 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-of-letters", EXTMAP, "the id of a header extension is a word", |s| {
        first(s, "a=extmap:4 ", "a=extmap:mid urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-id-of-two", EXTMAP, "two header extensions have one id", |s| {
        behind(s, "a=extmap:4 ", "a=extmap:4 urn:ietf:params:rtp-hdrext:toffset")
    }),
    rule("extmap-twice", EXTMAP, "a header extension has two ids", |s| {
        behind(s, "a=extmap:4 ", "a=extmap:14 urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule("extmap-without-uri", EXTMAP, "a header extension has no URI", |s| {
        first(s, "a=extmap:4 ", "a=extmap:4")
    }),
    rule("extmap-with-a-direction", EXTMAP, "a header extension is received alone", |s| {
        first(s, "a=extmap:4 ", "a=extmap:4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid")
    }),
    rule(
        "extmap-with-a-bad-direction",
        EXTMAP,
        "a header extension has a direction that there is not",
        |s| first(s, "a=extmap:4 ", "a=extmap:4/sideways urn:ietf:params:rtp-hdrext:sdes:mid"),
    ),
    rule("extmap-allow-mixed-missing", "RFC 8285, section 6", "there is no a=extmap-allow-mixed", |s| {
        without(s, "a=extmap-allow-mixed")
    }),
];
