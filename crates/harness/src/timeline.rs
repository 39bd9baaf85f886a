//! What was reached in a call, by which side, and when.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A negotiation of the call, from 1: what comes after the first one is a round of its own.
pub type Round = u8;

/// The round that every call has.
pub const FIRST_ROUND: Round = 1;

/// For a field that is left out where it says the first round.
pub(crate) const fn first_round() -> Round {
    FIRST_ROUND
}

pub(crate) const fn is_first_round(round: &Round) -> bool {
    *round == FIRST_ROUND
}

/// The round in which something was, as a sentence says it; the first one is not named.
pub(crate) fn in_round(round: Round) -> String {
    if is_first_round(&round) { String::new() } else { format!(" in round {round}") }
}

/// A step of a call that a peer has reached, stamped by that peer, in its own clock.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Milestone {
    /// The page is loaded, the connection made, the camera running.
    Ready,
    /// The offerer was asked to create the offer: the click, and the zero of every time in a report.
    OfferRequested,
    /// `setLocalDescription` has resolved.
    LocalDescriptionSet,
    /// The ICE gathering state is `complete`.
    GatheringComplete,
    /// The description can be copied: it stands in the text area, or the Rust peer has handed it over.
    DescriptionSent,
    /// `setRemoteDescription` has resolved.
    RemoteDescriptionSet,
    /// The ICE connection state is `connected` or `completed`.
    IceConnected,
    /// The DTLS transport is `connected`.
    DtlsConnected,
    /// A remote track was signalled (`track` event).
    TrackReceived,
    /// The first packet of a remote track has come (`unmute` event of its track). Not every peer says it.
    FirstPacket,
    /// A picture by the other peer, of this run, was decoded and its code read.
    FirstFrame,
    /// Enough distinct, rising pictures by the other peer were decoded.
    FramesProven,
    /// A tone by the other peer, of this run, was heard.
    FirstSound,
    /// Enough of the other peer's tones were heard, in their order.
    SoundProven,
    /// Every data channel of the call is open.
    ChannelOpen,
    /// A message by the other peer, of this run, has come.
    FirstMessage,
    /// Every message that the other peer had to send has come, whole and as its channel promises.
    MessagesProven,
    /// What the other side sent has stopped on purpose (`mute` event of its track): it was negotiated away.
    Muted,
    /// What it sends was replaced (`replaceTrack` has resolved), and the track of before has ended.
    TrackReplaced,
    /// Its own offer was taken back (`setLocalDescription` with `rollback` has resolved).
    RolledBack,
    /// Every data channel of the call is closed.
    ChannelsClosed,
    /// Its connection is closed, because it was asked to hang up.
    Closed,
    /// It has noticed that the other side has closed its connection: by DTLS (`close_notify`, RFC 8446, section 6.1), or because
    /// its connectivity checks are no longer answered.
    CloseHeard,
}

impl Milestone {
    /// Whether it is reached by an `RTCPeerConnection`, and not by the page or by what it shows.
    const fn is_of_connection(self) -> bool {
        match self {
            Self::Ready
            | Self::OfferRequested
            | Self::DescriptionSent
            | Self::FirstFrame
            | Self::FramesProven
            | Self::FirstSound
            | Self::SoundProven
            | Self::FirstMessage
            | Self::MessagesProven
            | Self::Closed => false,
            Self::LocalDescriptionSet
            | Self::GatheringComplete
            | Self::RemoteDescriptionSet
            | Self::IceConnected
            | Self::DtlsConnected
            | Self::TrackReceived
            | Self::FirstPacket
            | Self::ChannelOpen
            | Self::Muted
            | Self::TrackReplaced
            | Self::RolledBack
            | Self::ChannelsClosed
            | Self::CloseHeard => true,
        }
    }
}

impl Milestone {
    /// Whether it is one of data channels.
    pub(crate) const fn is_of_data(self) -> bool {
        matches!(self, Self::ChannelOpen | Self::FirstMessage | Self::MessagesProven | Self::ChannelsClosed)
    }
}

/// A reading of a peer's own clock: the time since that clock's zero, whatever that is.
pub type PeerTime = Duration;

/// How the clock of a peer stands to the clock of the call, whose zero is the same for both peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockAlignment {
    /// What the peer's clock showed at the zero of the call's clock.
    pub zero: PeerTime,
    /// The bound of the error of `zero`: half the shortest round trip by which it was read.
    pub error: Duration,
}

impl ClockAlignment {
    /// A reading of the peer's clock, in the clock of the call. What came before its zero becomes zero.
    #[must_use]
    pub const fn align(&self, at: PeerTime) -> Duration {
        at.saturating_sub(self.zero)
    }
}

/// What one side has reached, each milestone once in a round, in that side's own clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    reached: Vec<Reached>,
}

/// That a milestone was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// In which round.
    pub round: Round,
    /// Which.
    pub milestone: Milestone,
    /// When.
    pub at: PeerTime,
}

impl Timeline {
    /// Takes down a milestone. The first stamp of a round stays: a state that is reached twice was reached at the first time.
    pub fn record(&mut self, round: Round, milestone: Milestone, at: PeerTime) {
        if self.at_in(round, milestone).is_none() {
            self.reached.push(Reached { round, milestone, at });
        }
    }

    /// Forgets what belongs to the connection, and keeps what was asked, shown and seen on the page.
    pub fn begin_connection(&mut self) {
        self.reached.retain(|reached| !reached.milestone.is_of_connection());
    }

    /// When a milestone was reached in the first round.
    #[must_use]
    pub fn at(&self, milestone: Milestone) -> Option<PeerTime> {
        self.at_in(FIRST_ROUND, milestone)
    }

    /// When a milestone was reached in `round`.
    #[must_use]
    pub fn at_in(&self, round: Round, milestone: Milestone) -> Option<PeerTime> {
        let found = self.reached.iter().find(|found| (found.round, found.milestone) == (round, milestone));
        found.map(|found| found.at)
    }

    /// The milestone with the latest stamp; of two with the same stamp, the one later in a call.
    #[must_use]
    pub fn last(&self) -> Option<Milestone> {
        self.reached.iter().max_by_key(|found| (found.at, found.milestone)).map(|found| found.milestone)
    }

    /// All that was reached, in the order in which it was recorded.
    pub fn iter(&self) -> impl Iterator<Item = Reached> {
        self.reached.iter().copied()
    }
}
