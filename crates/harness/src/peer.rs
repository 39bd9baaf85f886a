//! The port: what one side of a call can be asked, and what it says.
//!
//! There is one way in (`start`, `act`, `deliver`, `close`) and one way out: whatever a peer has to say arrives in the
//! mailbox as an [`Event`]. Vanilla and trickle differ only in what a peer posts, and when.

use std::fmt;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    abilities::ReadBack,
    media::{Direction, Media, Sighting, frames::FrameSource},
    network::{IceConfiguration, PhasePackets},
    note::Note,
    procedure::Act,
    signaling::{Role, Signal, SignalingMode},
    timeline::{ClockAlignment, Milestone, PeerTime},
};

/// One side of a call: a browser on a page, or an implementation in this process.
#[async_trait]
pub trait Peer: Send {
    /// What its pictures carry.
    fn source(&self) -> FrameSource;

    /// What it can tell of a call.
    fn reads_back(&self) -> ReadBack;

    /// Makes it ready to call or to be called, and says [`Milestone::Ready`] when it is. Does not block.
    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox);

    /// Asks it to do something. Does not block.
    fn act(&mut self, act: Act);

    /// Hands it a signal of the other side; signals are taken in the order given. Does not block.
    fn deliver(&mut self, signal: Signal);

    /// Gives what the peer knows about the call, in bounded time. Nothing more is posted afterwards, and the call stays up
    /// until it is closed.
    async fn examine(&mut self) -> Evidence;

    /// Gives what can be seen of the call, in bounded time: for a call that did not pass, or whose evidence is kept.
    async fn pictures(&mut self) -> Pictures;

    /// Ends the call, in bounded time. It can be started again then.
    async fn close(&mut self);

    /// Whether another call can be started on it; none can when its browser or driver has died.
    fn is_usable(&self) -> bool {
        true
    }
}

/// What one side has to do in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Whether it offers or answers.
    pub role: Role,
    /// When its description leaves.
    pub mode: SignalingMode,
    /// What it offers when the call begins, or takes of what is offered.
    pub media: Media,
    /// Whether it rejects what is offered besides.
    pub rejects_rest: bool,
    /// What flows at its end: what is added later is in it.
    pub flowing: Media,
    /// In which direction media go when the call begins, as this side says it: one that does not send opens no camera and no
    /// microphone. Data goes both ways.
    pub direction: Direction,
    /// How it finds candidates.
    pub ice: IceConfiguration,
}

/// What a peer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// This can be carried to the other side.
    Signal(Signal),
    /// The other side's page has carried this here by itself, and this side is given it now.
    Given(Signal),
    /// A milestone other than those that prove a flow, which the exchange tells from [`Event::Media`] itself.
    Reached(Milestone),
    /// Something that the other side sends has come: a picture, a sound.
    Media(Sighting),
    /// The side's connection is another one than what was said so far: what belongs to a connection begins anew.
    ConnectionChosen,
    /// A state has changed, or something else that explains a failure.
    Noted(Note),
    /// The call cannot go on, and that is a fact about the peers: a description was refused.
    PeerError(PeerError),
    /// It cannot do what the call asks of it, and says so before its description has left: why, without its name.
    Unsupported(String),
    /// The question can no longer be asked: the browser died, the page lacks a control, the camera was refused.
    HarnessError(HarnessError),
}

/// An event, with who says so and when in that peer's own clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The side that says so.
    pub from: Role,
    /// The stamp, in the clock of that side.
    pub at: PeerTime,
    /// What it says.
    pub event: Event,
}

/// Where one side posts its events.
#[derive(Debug, Clone)]
pub struct Mailbox {
    role: Role,
    zero: Instant,
    post: mpsc::UnboundedSender<Posted>,
}

impl Mailbox {
    /// The mailbox of `role` in a call that began at `zero`, into `post`.
    #[must_use]
    pub const fn new(role: Role, zero: Instant, post: mpsc::UnboundedSender<Posted>) -> Self {
        Self { role, zero, post }
    }

    /// The zero of the call's clock, the same for both sides: what [`ClockAlignment`] refers to.
    #[must_use]
    pub const fn zero(&self) -> Instant {
        self.zero
    }

    /// Posts `event`, which happened at `at` in the clock of this side. After the call has ended nobody listens, and
    /// that is no error.
    pub fn post(&self, at: PeerTime, event: Event) {
        let _ = self.post.send(Posted { from: self.role, at, event });
    }
}

/// What a peer did not do though it was asked in the right way: a verdict about the peers, never an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerError {
    /// What was tried.
    pub operation: Operation,
    /// What the peer said, in its own words.
    pub message: String,
}

impl fmt::Display for PeerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation, self.message)
    }
}

/// What a peer is asked to do, and can refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", content = "type", rename_all = "camelCase")]
pub enum Operation {
    /// To create its connection.
    CreateConnection,
    /// To create an offer.
    CreateOffer,
    /// To create an answer.
    CreateAnswer,
    /// To take a description as its own.
    SetLocalDescription(SdpType),
    /// To take a description as the other side's.
    SetRemoteDescription(SdpType),
    /// To show a description or a candidate that can be copied.
    ShowSignal,
    /// To send what was negotiated.
    Send,
    /// To send another track in the place of the one that it sends.
    ReplaceTrack,
    /// To open a data channel.
    CreateDataChannel,
    /// To send a message on a data channel.
    SendMessage,
}

/// The type of a description (webrtc-pc, `RTCSdpType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum SdpType {
    /// `offer`
    Offer,
    /// `answer`
    Answer,
    /// `pranswer`
    Pranswer,
    /// `rollback`
    Rollback,
    /// None was given, or none that there is.
    Implicit,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateConnection => f.write_str("new RTCPeerConnection"),
            Self::CreateOffer => f.write_str("createOffer"),
            Self::CreateAnswer => f.write_str("createAnswer"),
            Self::SetLocalDescription(kind) => write!(f, "setLocalDescription({kind})"),
            Self::SetRemoteDescription(kind) => write!(f, "setRemoteDescription({kind})"),
            Self::ShowSignal => f.write_str("show what is to be copied"),
            Self::Send => f.write_str("send what was negotiated"),
            Self::ReplaceTrack => f.write_str("replaceTrack"),
            Self::CreateDataChannel => f.write_str("createDataChannel"),
            Self::SendMessage => f.write_str("send on a data channel"),
        }
    }
}

/// Why the question could not be asked: nothing that counts for or against a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarnessError {
    /// What was tried: `start chromedriver`.
    pub step: String,
    /// What happened instead, with what was last seen.
    pub message: String,
    /// What to do about it, if that is known.
    pub hint: Option<String>,
    /// What was printed by what could not be started, a line each: for the evidence.
    pub printed: Vec<String>,
}

impl HarnessError {
    /// A trouble at `step`.
    #[must_use]
    pub fn new(step: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { step: step.into(), message: message.to_string(), hint: None, printed: Vec::new() }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with what was printed.
    #[must_use]
    pub fn printed(mut self, lines: Vec<String>) -> Self {
        self.printed = lines;
        self
    }
}

impl fmt::Display for HarnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}: {}", self.step, self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for HarnessError {}

/// One end of the candidate pair in use, from getStats (webrtc-stats, `RTCIceCandidateStats`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct PairEnd {
    /// `host`, `srflx`, `prflx` or `relay`.
    pub candidate_type: String,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// The address, where the peer gives it.
    pub address: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// Over what this side speaks to its relay, `udp` or `tcp` (webrtc-stats, `relayProtocol`); of its own relay only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_protocol: Option<String>,
    /// The ICE user name fragment of its generation (webrtc-stats, `usernameFragment`), where the peer gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// The selected candidate pair, as one side sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CandidatePair {
    /// This side's end.
    pub local: PairEnd,
    /// The other side's end.
    pub remote: PairEnd,
}

impl fmt::Display for CandidatePair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, remote) = (&self.local, &self.remote);
        write!(f, "{}-{}/{}", local.candidate_type, remote.candidate_type, local.protocol)
    }
}

/// A codec as getStats gives it (webrtc-stats, `RTCCodecStats`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Codec {
    /// The MIME type, as `video/VP8`.
    pub mime_type: String,
    /// The RTP payload type that was negotiated.
    pub payload_type: Option<u8>,
    /// The format parameters (`a=fmtp`), which hold the profile where the codec has one.
    pub format: Option<String>,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mime_type)?;
        self.format.as_ref().map_or(Ok(()), |format| write!(f, " ({format})"))
    }
}

/// The transport in use, from getStats (webrtc-stats, `RTCTransportStats`). What could not be learnt is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transport {
    /// `controlling` or `controlled` (RFC 8445, section 2.3).
    pub ice_role: Option<String>,
    /// `DTLS 1.2` or `DTLS 1.3`.
    pub dtls_version: Option<String>,
    /// `client` or `server` (RFC 8842, section 5).
    pub dtls_role: Option<String>,
    /// The cipher suite of DTLS, by its IANA name.
    pub dtls_cipher: Option<String>,
    /// The protection profile of SRTP, by its IANA name (RFC 5764, section 4.1.2).
    pub srtp_cipher: Option<String>,
}

/// What getStats said at one time in a call.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsSample {
    /// When, in the clock of the side.
    pub at: PeerTime,
    /// Each entry of the `RTCStatsReport`, an object with `id`, `type` and the fields of its type (webrtc-stats).
    pub entries: Vec<serde_json::Value>,
}

/// What a peer knows about a call. What could not be learnt is empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// How its clock stands to the call's ([`Mailbox::zero`]).
    pub clock: Option<ClockAlignment>,
    /// The selected candidate pair.
    pub pair: Option<CandidatePair>,
    /// The codec of the video that it received.
    pub received_codec: Option<Codec>,
    /// The codec of the video that it sent.
    pub sent_codec: Option<Codec>,
    /// The codec of the sound that it received.
    pub received_audio_codec: Option<Codec>,
    /// The codec of the sound that it sent.
    pub sent_audio_codec: Option<Codec>,
    /// In which direction its video goes, as was negotiated (webrtc-pc, `currentDirection`).
    pub video_direction: Option<Direction>,
    /// In which direction its sound goes.
    pub audio_direction: Option<Direction>,
    /// The transport in use.
    pub transport: Transport,
    /// Every candidate that it gathered, as in SDP, without `a=`.
    pub gathered: Vec<String>,
    /// The SDP that was last given to its `setRemoteDescription`, also if that was refused.
    pub given: Option<String>,
    /// Whether its page changes on purpose what is pasted, before it gives it to `setRemoteDescription`.
    pub rewrites: bool,
    /// Whether its page carries offer, answer and candidates by itself.
    pub signals_itself: bool,
    /// getStats through the call, the last one at its end.
    pub stats: Vec<StatsSample>,
    /// What its page said on the console, or its implementation in its log.
    pub console: Vec<String>,
    /// What its driver and its browser printed, where it has them.
    pub driver_log: Vec<String>,
    /// What passed its sockets, by phase; none of a browser, whose sockets nobody sees.
    pub packets: Option<PhasePackets>,
    /// The same packets as pcapng.
    pub pcapng: Option<Vec<u8>>,
    /// Why it was not asked what the call is about, as far as it knows: its page did not arrive whole, or a control stayed
    /// disabled. Then a call that did not pass does not count against it.
    pub unasked: Option<HarnessError>,
    /// Why it did not answer any more when it was asked for its evidence; none if it did.
    pub silent: Option<String>,
}

/// What can be seen of a call, as PNG.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pictures {
    /// The page.
    pub screenshot: Option<Vec<u8>>,
    /// The picture of the other side that was decoded last.
    pub last_frame: Option<Vec<u8>>,
}
