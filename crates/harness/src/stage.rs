//! The stages of a call, in which it may break.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signaling::Role;

/// A stage of a call, in the order in which one depends on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The browser runs, the page is there and answers.
    Page,
    /// The camera runs, and its track is on the connection.
    Camera,
    /// The offerer makes its offer.
    Offer,
    /// Candidates are gathered, and leave when the mode says.
    Gathering,
    /// The offer comes across and is accepted.
    OfferCarried,
    /// The answerer makes its answer.
    Answer,
    /// The answer comes across and is accepted.
    AnswerCarried,
    /// ICE finds a pair that works.
    Ice,
    /// DTLS shakes hands.
    Dtls,
    /// Packets of the track arrive.
    MediaReceived,
    /// Pictures are decoded.
    MediaDecoded,
    /// The pictures are the other peer's, of this run, with a rising counter.
    MediaIdentified,
    /// The data channels open, as they were asked for.
    ChannelOpen,
    /// Messages are sent, and come.
    MessagesReceived,
    /// The messages are the other peer's, of this run, whole, once, and in order.
    MessagesIdentified,
    /// One side hangs up, and the other one hears of it.
    Closed,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Page => "page",
            Self::Camera => "camera",
            Self::Offer => "offer",
            Self::Gathering => "gathering",
            Self::OfferCarried => "offer carried",
            Self::Answer => "answer",
            Self::AnswerCarried => "answer carried",
            Self::Ice => "ICE",
            Self::Dtls => "DTLS",
            Self::MediaReceived => "media received",
            Self::MediaDecoded => "media decoded",
            Self::MediaIdentified => "media identified",
            Self::ChannelOpen => "data channels",
            Self::MessagesReceived => "messages received",
            Self::MessagesIdentified => "messages identified",
            Self::Closed => "hang-up",
        })
    }
}

impl Stage {
    /// What to look at when this stage broke and nothing more is known.
    pub(crate) const fn look_at(self) -> &'static str {
        match self {
            Self::Page => {
                "the driver's log and the page's console; `tincan doctor` checks browser and driver"
            }
            Self::Camera => {
                "the page's getUserMedia and addTrack; whether the camera is granted and its clip can be read"
            }
            Self::Offer => "the page's handler of create offer, and its console",
            Self::Gathering => {
                "when the page shows its description, and whether `icegatheringstatechange` reaches it"
            }
            Self::OfferCarried => {
                "the offer as it was copied (offer.sdp) beside what was given (answerer-given.sdp)"
            }
            Self::Answer => "the page's handlers of receive offer and create answer, and its console",
            Self::AnswerCarried => {
                "the answer as it was copied (answer.sdp) beside what was given (offerer-given.sdp)"
            }
            Self::Ice => {
                "the candidates of both sides, the candidate pairs in getStats, and what lies between the peers"
            }
            Self::Dtls => "a=fingerprint and a=setup in both descriptions",
            Self::MediaReceived => {
                "the sender's track and transceiver direction, and outbound-rtp in its getStats"
            }
            Self::MediaDecoded => {
                "inbound-rtp in the receiver's getStats: key frames, discarded packets, decoder"
            }
            Self::MediaIdentified => {
                "the last frame of each side, and which stream the page puts into its remote video"
            }
            Self::ChannelOpen => {
                "createDataChannel and its options on both sides, a=sctp-port, and data-channel in getStats"
            }
            Self::MessagesReceived => {
                "messagesSent and messagesReceived of data-channel in getStats, and a=max-message-size of both sides"
            }
            Self::MessagesIdentified => "what sends on the data channels, and what hands over their messages",
            Self::Closed => {
                "close() on the side that hangs up, and the states of DTLS and of the connection on the other"
            }
        }
    }

    /// The stage in which `role` makes its description.
    pub(crate) const fn own(role: Role) -> Self {
        match role {
            Role::Offerer => Self::Offer,
            Role::Answerer => Self::Answer,
        }
    }

    /// The stage in which a description comes to `role`.
    pub(crate) const fn carried_to(role: Role) -> Self {
        match role {
            Role::Answerer => Self::OfferCarried,
            Role::Offerer => Self::AnswerCarried,
        }
    }
}
