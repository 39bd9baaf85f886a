//! The steps of which procedures are made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    media::{AudioCodec, Flow, VideoCodec},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone, Round},
};

/// What a side is asked to do. What changes a call that is up is followed by an offer of the same side, but for what needs none.
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
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Act {
    /// To create the first offer, or to offer again what there is.
    Offer,
    /// To restart ICE (webrtc-pc, `restartIce`).
    RestartIce,
    /// To send video in VP8 as well.
    AddVideo,
    /// To send sound as well.
    AddAudio,
    /// To open the data channels of a call as well.
    AddData,
    /// To make everything `inactive` (webrtc-pc, `RTCRtpTransceiverDirection`).
    Hold,
    /// To send and receive again.
    Resume,
    /// To send its video no more (webrtc-pc, `removeTrack`).
    RemoveTrack,
    /// To send the track of a camera that is opened anew in the place of its own (webrtc-pc, `replaceTrack`).
    ReplaceTrack,
    /// To send its screen in the place of its camera, which it stops (Screen Capture, `getDisplayMedia`; webrtc-pc, `replaceTrack`).
    ShareScreen,
    /// To take back the offer that it has made (RFC 8829, section 4.1.8.2: rollback).
    RollBack,
    /// To take an offer while its own one is out, which it takes back for that (the polite peer of perfect negotiation in webrtc-pc).
    GiveWay,
    /// To close its data channels.
    CloseChannels,
    /// To close the connection.
    HangUp,
}

impl Act {
    /// What flows after it that did not before.
    #[must_use]
    pub const fn added(self) -> Option<Flow> {
        match self {
            Self::AddVideo => Some(Flow::Video(VideoCodec::Vp8)),
            Self::AddAudio => Some(Flow::Audio(AudioCodec::Opus)),
            Self::AddData => Some(Flow::Data),
            Self::Offer
            | Self::RestartIce
            | Self::Hold
            | Self::Resume
            | Self::RemoveTrack
            | Self::ReplaceTrack
            | Self::ShareScreen
            | Self::RollBack
            | Self::GiveWay
            | Self::CloseChannels
            | Self::HangUp => None,
        }
    }

    /// Whether an offer says what was changed by it.
    #[must_use]
    pub const fn is_offered(self) -> bool {
        !matches!(
            self,
            Self::ReplaceTrack | Self::ShareScreen | Self::RollBack | Self::CloseChannels | Self::HangUp
        )
    }

    /// What it is to do it, as a sentence names it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Offer => "offer again what there is",
            Self::RestartIce => "restart ICE",
            Self::AddVideo => "add video",
            Self::AddAudio => "add sound",
            Self::AddData => "add data channels",
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::RemoveTrack => "remove its track",
            Self::ReplaceTrack => "replace its track",
            Self::ShareScreen => "send its screen",
            Self::RollBack => "take back an offer",
            Self::GiveWay => "take an offer while its own one is out",
            Self::CloseChannels => "close data channels",
            Self::HangUp => "hang up",
        }
    }
}

/// A step of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A side is asked to do something, with which a round begins.
    Do(Round, Role, Act),
    /// From here on it has to be proven anew that media arrives.
    ProveAnew(Round),
    /// Something is waited for.
    Await(Awaited),
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// In which round.
    pub round: Round,
    /// Of whom.
    pub role: Role,
    /// What has to be reached.
    pub milestone: Milestone,
}

/// From the offer that `by` was asked for to the answer that was accepted. If it `gathers`, a description that waits for its
/// candidates waits for new ones.
pub(super) fn negotiation(
    round: Round,
    by: Role,
    mode: SignalingMode,
    gathers: bool,
) -> impl Iterator<Item = Step> {
    use Milestone as M;
    let describe = move |role| {
        let waits = gathers && mode.gathers_first(role);
        let gathered = waits.then_some((role, M::GatheringComplete));
        [Some((role, M::LocalDescriptionSet)), gathered, Some((role, M::DescriptionSent))]
    };
    let offer = [Some((by, M::OfferRequested))].into_iter().chain(describe(by));
    let accepted = |role| [Some((role, M::RemoteDescriptionSet))];
    let answer = accepted(by.other()).into_iter().chain(describe(by.other()));
    let steps = offer.chain(answer).chain(accepted(by)).flatten();
    steps.map(move |(role, milestone)| await_one(round, role, milestone))
}

/// An offer of `by` that is made, with all its candidates, and that nobody hands over.
pub(super) fn offer_withheld(round: Round, by: Role) -> [Step; 4] {
    use Milestone as M;
    [M::OfferRequested, M::LocalDescriptionSet, M::GatheringComplete, M::DescriptionSent]
        .map(|milestone| await_one(round, by, milestone))
}

/// One side has to reach it.
pub(super) const fn await_one(round: Round, role: Role, milestone: Milestone) -> Step {
    Step::Await(Awaited { round, role, milestone })
}

/// Both sides have to reach it.
pub(super) fn await_both(round: Round, milestone: Milestone) -> [Step; 2] {
    Role::BOTH.map(|role| await_one(round, role, milestone))
}

/// Both sides have to reach it, in the first round.
pub(super) fn both(milestone: Milestone) -> [Step; 2] {
    await_both(FIRST_ROUND, milestone)
}
