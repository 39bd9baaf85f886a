//! Rules about streams: sources, their groups, simulcast and media streams.

use super::{
    edit::{all, behind, first, twice, with, without},
    rule::{Rule, rule},
};

const SSRC: &str = "RFC 5576, section 4.1";
const SSRC_GROUP: &str = "RFC 5576, section 4.2";
const RID: &str = "RFC 8851, section 4";
const SIMULCAST: &str = "RFC 8853, section 5.1";
const MSID: &str = "RFC 8830, section 2";

/// With these lines at the end of the m-section of video.
fn in_video(sdp: &str, lines: &str) -> String {
    behind(sdp, "a=fmtp:97", lines)
}

pub(super) const RULES: &[Rule] = &[
    rule("ssrc-missing", SSRC, "there is no a=ssrc", |s| without(s, "a=ssrc")),
    rule("ssrc-of-letters", SSRC, "an a=ssrc is a word", |s| in_video(s, "a=ssrc:first cname:x")),
    rule("ssrc-of-33-bits", SSRC, "an a=ssrc does not fit into 32 bits", |s| {
        in_video(s, "a=ssrc:4294967296 cname:x")
    }),
    rule("ssrc-zero", SSRC, "an a=ssrc is 0", |s| in_video(s, "a=ssrc:0 cname:x")),
    rule("ssrc-without-attribute", SSRC, "an a=ssrc has no attribute", |s| in_video(s, "a=ssrc:1234")),
    rule("ssrc-without-cname", "RFC 8829, section 5.2.1", "an a=ssrc has no cname", |s| {
        without(s, "a=ssrc:3710383102 cname")
    }),
    rule("ssrc-of-two-sections", "RFC 9143, section 9.2", "both m-sections have one a=ssrc", |s| {
        s.replace("3420077887", "3710383102")
    }),
    rule("ssrc-group-of-nobody", SSRC_GROUP, "a=ssrc-group names sources that nobody describes", |s| {
        all(s, "a=ssrc-group:", "a=ssrc-group:FID 1111 2222")
    }),
    rule("ssrc-group-of-one", SSRC_GROUP, "a=ssrc-group:FID names one source", |s| {
        all(s, "a=ssrc-group:", "a=ssrc-group:FID 3710383102")
    }),
    rule("ssrc-group-empty", SSRC_GROUP, "a=ssrc-group names no source", |s| {
        all(s, "a=ssrc-group:", "a=ssrc-group:FID")
    }),
    rule("ssrc-group-unknown", SSRC_GROUP, "a=ssrc-group has a meaning that nobody knows", |s| {
        all(s, "a=ssrc-group:", "a=ssrc-group:XYZ 3710383102 731077185")
    }),
    rule("ssrc-group-of-letters", SSRC_GROUP, "a=ssrc-group names words", |s| {
        all(s, "a=ssrc-group:", "a=ssrc-group:FID one two")
    }),
    rule("ssrc-group-before-ssrc", SSRC_GROUP, "a=ssrc-group comes before its a=ssrc", |s| {
        first(
            &without(s, "a=ssrc-group:"),
            "a=rtpmap:96",
            "a=rtpmap:96 VP8/90000\r\na=ssrc-group:FID 3710383102 731077185",
        )
    }),
    rule("ssrc-group-sim", SSRC_GROUP, "a=ssrc-group:SIM names three sources, as libwebrtc once did", |s| {
        in_video(
            s,
            "a=ssrc-group:SIM 11 12 13\r\na=ssrc:11 cname:x\r\na=ssrc:12 cname:x\r\na=ssrc:13 cname:x",
        )
    }),
    rule("rid-send", RID, "video is offered in three layers", |s| {
        in_video(s, "a=rid:hi send\r\na=rid:mid send\r\na=rid:low send\r\na=simulcast:send hi;mid;low")
    }),
    rule("rid-receive", RID, "video is asked for in three layers", |s| {
        in_video(s, "a=rid:hi recv\r\na=rid:mid recv\r\na=rid:low recv\r\na=simulcast:recv hi;mid;low")
    }),
    rule("rid-without-simulcast", RID, "there is an a=rid, and no a=simulcast", |s| {
        in_video(s, "a=rid:hi send")
    }),
    rule("rid-twice", RID, "two a=rid have one name", |s| {
        in_video(s, "a=rid:hi send\r\na=rid:hi send\r\na=simulcast:send hi")
    }),
    rule("rid-without-direction", RID, "an a=rid has no direction", |s| {
        in_video(s, "a=rid:hi\r\na=simulcast:send hi")
    }),
    rule("rid-of-other-letters", RID, "an a=rid has letters that are none of it", |s| {
        in_video(s, "a=rid:h!i send\r\na=simulcast:send h!i")
    }),
    rule("rid-of-no-type", RID, "an a=rid names a payload type that is not offered", |s| {
        in_video(s, "a=rid:hi send pt=126\r\na=simulcast:send hi")
    }),
    rule("rid-restricted", RID, "an a=rid has restrictions", |s| {
        in_video(s, "a=rid:hi send pt=96;max-width=1280;max-fps=30\r\na=simulcast:send hi")
    }),
    rule("simulcast-of-nobody", SIMULCAST, "a=simulcast names rids that there are not", |s| {
        in_video(s, "a=simulcast:send hi;low")
    }),
    rule("simulcast-empty", SIMULCAST, "a=simulcast says nothing", |s| in_video(s, "a=simulcast:")),
    rule("simulcast-without-streams", SIMULCAST, "a=simulcast:send names nothing", |s| {
        in_video(s, "a=simulcast:send")
    }),
    rule("simulcast-twice", SIMULCAST, "an m-section has a=simulcast twice", |s| {
        in_video(s, "a=rid:hi send\r\na=simulcast:send hi\r\na=simulcast:send hi")
    }),
    rule("simulcast-of-the-wrong-direction", SIMULCAST, "a=simulcast receives a rid that is sent", |s| {
        in_video(s, "a=rid:hi send\r\na=simulcast:recv hi")
    }),
    rule(
        "simulcast-of-alternatives",
        SIMULCAST,
        "a=simulcast has alternatives, and a layer that is paused",
        |s| in_video(s, "a=rid:1 send\r\na=rid:2 send\r\na=rid:3 send\r\na=simulcast:send 1,2;~3"),
    ),
    rule(
        "simulcast-of-old",
        "draft-ietf-mmusic-sdp-simulcast-03",
        "a=simulcast is that of an old draft",
        |s| in_video(s, "a=rid:hi send\r\na=simulcast: send rid=hi"),
    ),
    rule("msid-missing", MSID, "there is no a=msid", |s| without(&without(s, "a=msid:"), "a=ssrc:")),
    rule("msid-of-one-part", MSID, "an a=msid has no track", |s| all(s, "a=msid:", "a=msid:stream")),
    rule("msid-of-no-stream", "RFC 8829, section 5.2.1", "an a=msid has no stream, which is a dash", |s| {
        all(s, "a=msid:", "a=msid:- track")
    }),
    rule("msid-of-three-parts", MSID, "an a=msid has three parts", |s| {
        all(s, "a=msid:", "a=msid:stream track more")
    }),
    rule("msid-empty", MSID, "an a=msid is empty", |s| all(s, "a=msid:", "a=msid:")),
    rule("msid-of-65-letters", MSID, "a part of a=msid has 65 letters; 64 are the most", |s| {
        all(s, "a=msid:", &format!("a=msid:{} track", "s".repeat(65)))
    }),
    rule("msid-of-two-streams", MSID, "a track is in two streams", |s| {
        behind(s, "a=msid:", "a=msid:another 2NKV7V7ina1YvF2FKXv1")
    }),
    rule("msid-twice", MSID, "an a=msid is there twice", |s| twice(s, "a=msid:")),
    rule("msid-of-two-sections", MSID, "both m-sections have one a=msid", |s| {
        all(s, "a=msid:", "a=msid:stream track")
    }),
    rule("cname-of-two", "RFC 8829, section 5.2.1", "the sources of one m-section have two cnames", |s| {
        with(&without(s, "a=ssrc:3420077887"), "a=ssrc:3420077887 cname:a\r\na=ssrc:3420077887 cname:b")
    }),
];
