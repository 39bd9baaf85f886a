//! What holds in a stage of a call, by the documents that say so, and what of a description it reads.

use tincan_harness::{
    media::{Media, VideoCodec},
    stage::Stage,
};

/// What should happen in `stage` of a call with `media`, with the sections that say so.
pub(super) fn rule(stage: Stage, media: Media) -> String {
    let rule = match stage {
        Stage::Page | Stage::Camera => {
            "The page loads, and its camera and microphone run (W3C, Media Capture and Streams)."
        }
        Stage::Offer => {
            "`createOffer` and `setLocalDescription` make an offer of all that is to be sent (RFC 8829, sections 5.2 and 5.5)."
        }
        Stage::Gathering => {
            "Candidates are gathered once a local description is set, and end with end-of-candidates (RFC 8829, section 3.5; RFC 8838)."
        }
        Stage::OfferCarried => {
            "The offer is a valid description and is accepted (RFC 8829, sections 5.6, 5.8 and 5.10; RFC 8866)."
        }
        Stage::Answer => {
            "The answer has an m-section for each of the offer, with codecs and a direction that the offer allows (RFC 3264, section 6; \
             RFC 8829, section 5.3)."
        }
        Stage::AnswerCarried => {
            "The answer fits its offer and is accepted (RFC 3264, section 7; RFC 8829, sections 5.6, 5.8 and 5.11)."
        }
        Stage::Ice => {
            "Connectivity checks with the user name fragments and passwords of the descriptions find a pair that works and is nominated (RFC \
             8445, sections 7 and 8)."
        }
        Stage::Dtls => {
            "The side that says `a=setup:active` begins the handshake, and each certificate has the fingerprint of its description (RFC 8842, \
             section 5; RFC 8122, section 5)."
        }
        Stage::MediaReceived => {
            "What a section says it sends is sent as RTP once DTLS is connected (RFC 3264, section 6.1; RFC 8834; RFC 5764)."
        }
        Stage::MediaDecoded => return decoded(media),
        Stage::MediaIdentified => {
            "What is shown is the track of the other side, as it goes on (RFC 8829, section 5.10; RFC 8830)."
        }
        Stage::ChannelOpen => {
            "Each data channel opens on both sides, with what it was made with (RFC 8831, section 6; RFC 8832, section 5)."
        }
        Stage::MessagesReceived | Stage::MessagesIdentified => {
            "Each message comes whole, in its kind, and on an ordered and reliable channel once and in its order (RFC 8831, section 6)."
        }
        Stage::Closed => {
            "`close()` ends the association, which tells the other side (DTLS close_notify, RFC 8446, section 6.1), and without that it notices \
             that its consent has ended (RFC 7675, section 5.1)."
        }
    };
    rule.to_owned()
}

fn decoded(media: Media) -> String {
    let format = match media.video {
        Some(VideoCodec::Vp8) => "RFC 7741",
        Some(VideoCodec::Vp9) => "RFC 9628",
        Some(VideoCodec::H264) => "RFC 6184",
        Some(VideoCodec::Av1) => "the AV1 RTP payload format of AOMedia",
        None => "RFC 7587",
    };
    format!(
        "What comes is packetized as its format says ({format}), can be decoded, and a key frame is sent when one is asked for (RFC 4585, section \
         6.3.1; RFC 5104, section 4.3.1)."
    )
}

/// The lines of `sdp` that decide about `stage`; none where all of it does.
pub(super) fn lines_read(stage: Stage, sdp: &str) -> Option<String> {
    const ALWAYS: [&str; 4] = ["m=", "a=group:", "a=mid:", "a=bundle-only"];
    let own: &[&str] = match stage {
        Stage::Gathering | Stage::Ice => {
            &["c=", "a=ice-", "a=candidate:", "a=end-of-candidates", "a=rtcp-mux"]
        }
        Stage::Dtls => &["a=setup:", "a=fingerprint:", "a=tls-id:"],
        Stage::MediaReceived | Stage::MediaDecoded | Stage::MediaIdentified => &[
            "a=rtpmap:",
            "a=fmtp:",
            "a=rtcp-fb:",
            "a=send",
            "a=recv",
            "a=inactive",
            "a=msid",
            "a=ssrc",
            "a=rtcp-mux",
        ],
        Stage::ChannelOpen | Stage::MessagesReceived | Stage::MessagesIdentified => {
            &["a=sctp-port:", "a=sctpmap:", "a=max-message-size:"]
        }
        _ => return None,
    };
    let is_read = |line: &&str| ALWAYS.iter().chain(own).any(|start| line.starts_with(start));
    Some(sdp.lines().filter(is_read).map(|line| format!("{}\n", line.trim_end())).collect())
}
