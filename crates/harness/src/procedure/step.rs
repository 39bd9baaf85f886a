//! The steps of which procedures are made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    media::{AudioCodec, Flow, VideoCodec},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone, Round},
};

/// What a side is asked to do. What changes a call that is up is followed by an offer of the same side, but for hanging up.
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
    /// To create the first offer.
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
            Self::Offer | Self::RestartIce | Self::Hold | Self::Resume | Self::HangUp => None,
        }
    }

    /// What it is to do it, as a sentence names it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Offer => "create an offer",
            Self::RestartIce => "restart ICE",
            Self::AddVideo => "add video",
            Self::AddAudio => "add sound",
            Self::AddData => "add data channels",
            Self::Hold => "hold",
            Self::Resume => "resume",
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
