//! What is changed in a call that is up.

use std::collections::BTreeSet;

use super::step::{Act, Step, await_both, await_one, negotiation, offer_withheld};
use crate::{
    media::{Flow, Media},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone, Round},
};

/// The round in which a call is changed.
const CHANGED: Round = FIRST_ROUND + 1;

/// What is changed in a call that is up.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Change {
    /// ICE starts anew (RFC 8445, section 2.4): new user name fragments, new candidates, a new pair, and media goes on.
    IceRestart,
    /// Video in VP8 is added, which the side that changes sends.
    AddVideo,
    /// Sound is added, which the side that changes sends.
    AddAudio,
    /// Data channels are added.
    AddData,
    /// Nothing flows any more (`inactive`), and then it does again.
    Hold,
    /// The side that changes sends its video no more; that of the other side goes on.
    RemoveTrack,
    /// A track of another camera takes the place of the one that the side that changes sends. Nothing is negotiated.
    ReplaceTrack,
    /// The screen of the side that changes takes the place of its camera. Nothing is negotiated.
    ShareScreen,
    /// The side that changes offers to restart ICE and takes that back; the call goes on as it was.
    RollBack,
    /// Both sides offer to restart ICE at the same time. The offer of the side that changes stands, the other one is taken back.
    Glare,
    /// The data channels are closed, and the other side hears of it.
    CloseChannels,
    /// The connection is closed, and the other side hears of it.
    HangUp,
}

impl Change {
    /// What flows after it that did not before.
    pub(super) fn added(self) -> Option<Flow> {
        self.acts().into_iter().find_map(Act::added)
    }

    /// Whether the catalogue has it for calls that begin with `media`: of all that it does the same to, the plainest.
    pub(super) fn is_made_with(self, media: Media) -> bool {
        match self {
            Self::IceRestart | Self::HangUp => media == Media::VP8 || media == Media::OPUS,
            Self::Hold
            | Self::AddAudio
            | Self::AddData
            | Self::RemoveTrack
            | Self::ReplaceTrack
            | Self::ShareScreen
            | Self::RollBack
            | Self::Glare => media == Media::VP8,
            Self::AddVideo => media == Media::OPUS,
            Self::CloseChannels => media == Media::DATA,
        }
    }

    /// What the side that changes is asked to do.
    pub(crate) fn acts(self) -> BTreeSet<Act> {
        let acts: &[Act] = match self {
            Self::IceRestart | Self::Glare => &[Act::RestartIce],
            Self::AddVideo => &[Act::AddVideo],
            Self::AddAudio => &[Act::AddAudio],
            Self::AddData => &[Act::AddData],
            Self::Hold => &[Act::Hold, Act::Resume],
            Self::RemoveTrack => &[Act::RemoveTrack],
            Self::ReplaceTrack => &[Act::ReplaceTrack],
            Self::ShareScreen => &[Act::ShareScreen],
            Self::RollBack => &[Act::RestartIce, Act::RollBack],
            Self::CloseChannels => &[Act::CloseChannels],
            Self::HangUp => &[Act::HangUp],
        };
        acts.iter().copied().collect()
    }

    /// What either side is asked to do.
    pub(crate) fn all_acts(self) -> BTreeSet<Act> {
        &self.acts() | &self.acts_of_other()
    }

    /// What the other side is asked to do.
    pub(super) fn acts_of_other(self) -> BTreeSet<Act> {
        match self {
            Self::Glare => BTreeSet::from([Act::RestartIce, Act::GiveWay]),
            _ => BTreeSet::new(),
        }
    }

    /// Whether there is an offer that the other side takes.
    pub(super) const fn is_negotiated(self) -> bool {
        !matches!(
            self,
            Self::ReplaceTrack | Self::ShareScreen | Self::RollBack | Self::CloseChannels | Self::HangUp
        )
    }

    /// What the other side has to hear of, in words, with the act that who can tell it has.
    pub(super) const fn heard_by_other(self) -> Option<(Act, &'static str)> {
        match self {
            Self::Hold | Self::RemoveTrack => Some((Act::Hold, "a track was muted")),
            Self::CloseChannels => Some((Act::CloseChannels, "a data channel was closed")),
            _ => None,
        }
    }

    /// Whose offer of `round` is not handed over when `by` changes a call, but is taken back.
    pub(super) const fn takes_back(self, by: Role, round: Round) -> Option<Role> {
        match self {
            Self::RollBack if round == CHANGED => Some(by),
            Self::Glare if round == CHANGED => Some(by.other()),
            _ => None,
        }
    }

    /// The steps after those of a call of `media` in `mode` that is up, when `by` changes it.
    pub(super) fn script(self, by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
        // What is late of the first round is not to be taken for something of the second.
        let gathered = await_both(FIRST_ROUND, Milestone::GatheringComplete);
        let change = match self {
            Self::IceRestart => restart(CHANGED, by, mode, media),
            Self::AddVideo | Self::AddAudio | Self::AddData => self.add(by, mode, media),
            Self::Hold => hold(by, mode, media),
            Self::RemoveTrack => remove(by, mode),
            Self::ReplaceTrack => replace(Act::ReplaceTrack, by, media),
            Self::ShareScreen => replace(Act::ShareScreen, by, media),
            Self::RollBack => roll_back(by, media),
            Self::Glare => glare(by, mode, media),
            Self::CloseChannels => close_channels(by),
            Self::HangUp => hang_up(by),
        };
        gathered.into_iter().chain(change).collect()
    }

    fn add(self, by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
        let mut steps: Vec<_> = self.acts().into_iter().map(|act| Step::Do(CHANGED, by, act)).collect();
        steps.extend(negotiation(CHANGED, by, mode, false));
        steps.push(Step::ProveAnew(CHANGED));
        let added = self.added();
        let receivers: &[Role] = match added {
            Some(Flow::Data) => &Role::BOTH,
            _ => &[by.other()],
        };
        for milestone in added.into_iter().flat_map(Flow::milestones) {
            steps.extend(receivers.iter().map(|role| await_one(CHANGED, *role, *milestone)));
        }
        steps.extend(proofs(CHANGED, media));
        steps
    }
}

fn restart(round: Round, by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
    let mut steps = vec![Step::Do(round, by, Act::RestartIce)];
    steps.extend(negotiation(round, by, mode, true));
    steps.extend(await_both(round, Milestone::IceConnected));
    steps.extend(prove_anew(round, media));
    steps
}

fn remove(by: Role, mode: SignalingMode) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by, Act::RemoveTrack)];
    steps.extend(negotiation(CHANGED, by, mode, false));
    steps.push(await_one(CHANGED, by.other(), Milestone::Muted));
    steps.push(Step::ProveAnew(CHANGED));
    steps.push(await_one(CHANGED, by, Milestone::FramesProven));
    steps
}

/// What is sent is replaced by `act`, and nothing is negotiated.
fn replace(act: Act, by: Role, media: Media) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by, act)];
    steps.push(await_one(CHANGED, by, Milestone::TrackReplaced));
    steps.extend(prove_anew(CHANGED, media));
    steps
}

fn roll_back(by: Role, media: Media) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by, Act::RestartIce)];
    steps.extend(offer_withheld(CHANGED, by));
    steps.push(Step::Do(CHANGED, by, Act::RollBack));
    steps.push(await_one(CHANGED, by, Milestone::RolledBack));
    steps.extend(prove_anew(CHANGED, media));
    steps
}

/// What of glare does not depend on who is quicker: one offer is out when the other one comes to who made it.
fn glare(by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by.other(), Act::RestartIce)];
    steps.extend(offer_withheld(CHANGED, by.other()));
    steps.extend(restart(CHANGED + 1, by, mode, media));
    steps
}

fn hold(by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
    let resumed = CHANGED + 1;
    let mut steps = vec![Step::Do(CHANGED, by, Act::Hold)];
    steps.extend(negotiation(CHANGED, by, mode, false));
    steps.extend(await_both(CHANGED, Milestone::Muted));
    steps.push(Step::Do(resumed, by, Act::Resume));
    steps.extend(negotiation(resumed, by, mode, false));
    steps.extend(prove_anew(resumed, media));
    steps
}

fn close_channels(by: Role) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by, Act::CloseChannels)];
    steps.extend([by, by.other()].map(|role| await_one(CHANGED, role, Milestone::ChannelsClosed)));
    steps
}

fn hang_up(by: Role) -> Vec<Step> {
    vec![
        Step::Do(CHANGED, by, Act::HangUp),
        await_one(CHANGED, by, Milestone::Closed),
        await_one(CHANGED, by.other(), Milestone::CloseHeard),
    ]
}

fn prove_anew(round: Round, media: Media) -> impl Iterator<Item = Step> {
    std::iter::once(Step::ProveAnew(round)).chain(proofs(round, media))
}

/// What flowed before arrives at both sides. What is sent once only, as messages are, cannot prove that anew.
fn proofs(round: Round, media: Media) -> impl Iterator<Item = Step> {
    let proofs = media.flows().filter(|flow| *flow != Flow::Data).filter_map(Flow::proof);
    proofs.flat_map(move |milestone| await_both(round, milestone))
}
