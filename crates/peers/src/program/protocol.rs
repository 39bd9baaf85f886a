//! The protocol between tincan and a program, version 1: one JSON object a line, in UTF-8, on the program's standard input and
//! output. `docs/protocol.md` tells it for those who write a program; the JSON Schema is made of these types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tincan_harness::{
    Detail, Flow, IceCandidate, IceServer, Machine, Role, SdpType, SignalingMode,
    abilities::ServerTransport,
    procedure::Act,
    profile::{KnownFault, MediaBy},
};

/// The version of the protocol that is spoken here.
pub const VERSION: u32 = 1;

/// The JSON Schema of the protocol: a line is a message to the program, or one of the program.
///
/// # Errors
/// Never: the types are fixed.
pub fn schema() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schemars::schema_for!(Message)).map(|text| text + "\n")
}

/// A line of the protocol, version 1.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it stands for the schema alone")]
enum Message {
    /// To the program.
    ToProgram(ToProgram),
    /// From the program.
    FromProgram(FromProgram),
}

/// What is said to a program.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ToProgram {
    /// A call begins. The answer is `ready`, when the connection is there and, of an offerer, what it sends was added.
    Start {
        /// Whether it offers or answers.
        role: Role,
        /// When descriptions leave, of both sides.
        mode: SignalingMode,
        /// Whether its own description waits until gathering is complete, with all candidates in it, and none is sent on its
        /// own. Otherwise the description leaves at once, and each candidate on its own.
        gathers_first: bool,
        /// The servers to use, as `RTCConfiguration.iceServers`; with none, there are host candidates only.
        ice_servers: Vec<IceServer>,
        /// `all` or `relay`, as `RTCConfiguration.iceTransportPolicy`.
        ice_transport_policy: IceTransportPolicy,
        /// The video to send and receive.
        video: Video,
    },
    /// Do something.
    Act {
        /// What.
        act: Act,
    },
    /// The other side's description, for `setRemoteDescription`. The answer is `accepted`, or `refused`; an offer is then
    /// answered.
    Description {
        /// It, unchanged.
        description: Description,
    },
    /// A candidate of the other side, for `addIceCandidate`; its text is empty at the end of candidates.
    Candidate {
        /// It, unchanged.
        candidate: IceCandidate,
    },
    /// Send this packet, RTP or RTCP (of `rtp` only).
    Packet {
        /// The packet, in base64.
        data: String,
    },
    /// Send this frame (of `frames` only).
    EncodedFrame(EncodedFrame),
    /// Ask the other side for a key frame (of `frames` only).
    KeyFrameRequest,
    /// Say what getStats says now. The answer is `statistics`.
    Statistics,
    /// Say what the clock shows now. The answer is `clock`, at once, of a program that does not stamp, too.
    Clock,
    /// End the call. The answer is `closed`; then the next `start` may come, if it was said to be `reusable`.
    Close,
}

/// What a program says. With `at`, every message is stamped in milliseconds of its own clock, whose zero may be anywhere.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct FromProgram {
    /// When it happened, in milliseconds of the program's own clock: in every message if `hello` said `stamps`.
    #[serde(default)]
    pub at: Option<f64>,
    /// What it says.
    #[serde(flatten)]
    pub what: What,
}

/// What a message of a program says.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum What {
    /// The first line of all, without being asked.
    Hello(Box<Hello>),
    /// The call can begin.
    Ready,
    /// Its own description, to be carried across unchanged: `setLocalDescription` was done with it.
    Description {
        /// It.
        description: Description,
    },
    /// A candidate of its own, to be carried across; its text is empty at the end of candidates.
    Candidate {
        /// It.
        candidate: IceCandidate,
    },
    /// `setRemoteDescription` has taken the other side's description.
    Accepted,
    /// The library refused what it was asked, as an exception or an error: this counts against it.
    Refused {
        /// What was asked: `createOffer`, `createAnswer`, `setLocalDescription`, `setRemoteDescription`.
        operation: Refusal,
        /// What it said, in its own words.
        message: String,
    },
    /// A candidate of the other side was refused; the call goes on.
    CandidateRefused {
        /// The candidate.
        candidate: String,
        /// What was said.
        message: String,
    },
    /// A state machine of the connection has changed.
    State {
        /// Which.
        machine: Machine,
        /// Its state, by its name in webrtc-pc.
        state: String,
    },
    /// The other side's track has come (`track` event).
    Track,
    /// That track is muted: by what was negotiated nothing of it comes any more (`mute` event).
    Muted,
    /// What was asked by an act that takes no offer is done: `replace-track` or `roll-back`.
    Done {
        /// Which it was.
        act: Act,
    },
    /// A picture of the other side was decoded (of media `own`).
    Frame {
        /// The 64 blocks of its frame code, from left to right and from top to bottom, the first in the highest bit, a light one
        /// a set bit, as 16 hexadecimal digits.
        blocks: String,
    },
    /// What is sent can flow from now on (of `rtp` and `frames`).
    SendingOpen {
        /// The SSRC of the packets to send; null where the library sets it.
        #[serde(default)]
        ssrc: Option<u32>,
        /// The payload type that was negotiated.
        payload_type: u8,
    },
    /// A packet of the other side has come, RTP or RTCP, decrypted and else untouched (of `rtp`).
    Packet {
        /// The packet, in base64.
        data: String,
    },
    /// A frame of the other side has come (of `frames`).
    EncodedFrame(EncodedFrame),
    /// The other side asks for a key frame (of `frames`).
    KeyFrameRequest,
    /// The answer to `statistics`.
    Statistics {
        /// The entries of an `RTCStatsReport`: objects with `id`, `type` and the fields of their type (webrtc-stats).
        entries: Vec<Value>,
    },
    /// The answer to `clock`: `at` is what it shows, if there is one.
    Clock,
    /// Something that may explain a failure.
    Note {
        /// What.
        text: String,
    },
    /// It cannot do what this call asks of it. Counts neither for nor against it; only before its description has left.
    Unsupported {
        /// Why, in one sentence without its name: `does not do ICE restarts`.
        reason: String,
    },
    /// The program itself cannot go on: this says nothing about the library.
    Error {
        /// What.
        message: String,
    },
    /// The answer to `close`.
    Closed,
}

/// Who speaks, and what it can do.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// The version of the protocol that it speaks: 1.
    pub protocol: u32,
    /// The library that it brings.
    pub library: LibraryName,
    /// What it can do.
    pub abilities: Abilities,
    /// Whether every message has `at`. Otherwise messages are stamped when they arrive, and the report
    /// says so.
    #[serde(default)]
    pub stamps: bool,
    /// Whether it can make one call after another. Otherwise each call starts it anew.
    #[serde(default)]
    pub reusable: bool,
    /// The faults that the library is known for.
    #[serde(default)]
    pub known_faults: Vec<KnownFault>,
}

/// A library by name and version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct LibraryName {
    /// Its name: `aiortc`.
    pub name: String,
    /// Its version: `1.16.0`.
    pub version: String,
}

/// What a program can do. What is not named it cannot do.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// How it signals as the offerer; null if it makes no offers.
    #[serde(default)]
    pub offerer: Option<Signals>,
    /// How it signals as the answerer; null if it does not answer.
    #[serde(default)]
    pub answerer: Option<Signals>,
    /// Who encodes and decodes.
    pub media: MediaBy,
    /// What it can send.
    pub sends: Vec<Flow>,
    /// What it can receive.
    pub receives: Vec<Flow>,
    /// Over what it speaks to STUN servers.
    #[serde(default)]
    pub stun: Vec<ServerTransport>,
    /// Over what it speaks to TURN servers.
    #[serde(default)]
    pub turn: Vec<ServerTransport>,
    /// Whether it can be told to use relayed candidates alone.
    #[serde(default)]
    pub relay_only: bool,
    /// Whether it resolves host candidates that are names of mDNS (`….local`).
    #[serde(default)]
    pub resolves_names: bool,
    /// How it can change a call that is up. What it is then asked to do is one of these.
    #[serde(default)]
    pub acts: Vec<Act>,
    /// Whether it takes part when the other side changes a call: it takes a second offer, and answers it.
    #[serde(default)]
    pub renegotiates: bool,
    /// What its statistics tell of a call. What is named here and then missing makes a call errored.
    #[serde(default)]
    pub tells: Vec<Detail>,
}

/// How one side can signal (RFC 8838).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signals {
    /// Whether its description can wait until gathering is complete.
    #[serde(default)]
    pub gathers_first: bool,
    /// Whether its description can leave at once, and its candidates on their own.
    #[serde(default)]
    pub trickles: bool,
    /// Whether it takes candidates of the other side that come on their own.
    #[serde(default)]
    pub takes_candidates: bool,
}

/// The video of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    /// The codec to negotiate, and no other: `vp8`.
    pub codec: Flow,
    /// Who sends, as it stands in the frame code of its pictures: from 0 to 255.
    pub peer: u8,
    /// The number of the run, as it stands in the frame code: from 0 to 16777215.
    pub run: u32,
}

/// A description (webrtc-pc, `RTCSessionDescriptionInit`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Description {
    /// `offer` or `answer`.
    #[serde(rename = "type")]
    pub kind: DescriptionType,
    /// The SDP, in every byte as the library gave it.
    pub sdp: String,
}

/// The type of a description that is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum DescriptionType {
    /// An offer.
    Offer,
    /// An answer.
    Answer,
}

/// A whole encoded frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EncodedFrame {
    /// The frame, in base64.
    pub data: String,
    /// Its time in units of 1/90000 s.
    pub timestamp: u32,
}

/// What a library refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// To create its connection.
    CreateConnection,
    /// To create an offer.
    CreateOffer,
    /// To create an answer.
    CreateAnswer,
    /// To take a description as its own.
    SetLocalDescription,
    /// To take a description as the other side's.
    SetRemoteDescription,
    /// To send what was negotiated.
    Send,
}

/// Which candidates may be used (webrtc-pc, `RTCIceTransportPolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IceTransportPolicy {
    /// All.
    All,
    /// Relayed ones alone.
    Relay,
}

impl What {
    /// Whether it passes on pictures, of which there are many.
    pub(super) const fn is_of_pictures(&self) -> bool {
        matches!(self, Self::Frame { .. } | Self::Packet { .. } | Self::EncodedFrame(_))
    }
}

impl DescriptionType {
    /// The type by its name in operations.
    #[must_use]
    pub const fn sdp_type(self) -> SdpType {
        match self {
            Self::Offer => SdpType::Offer,
            Self::Answer => SdpType::Answer,
        }
    }
}
