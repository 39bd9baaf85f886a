//! What is changed in a call that is up.

use std::collections::BTreeSet;

use super::step::{Act, Step, await_both, await_one, negotiation};
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
            Self::Hold | Self::AddAudio | Self::AddData => media == Media::VP8,
            Self::AddVideo => media == Media::OPUS,
        }
    }

    /// What the side that changes is asked to do.
    pub(crate) fn acts(self) -> BTreeSet<Act> {
        let acts: &[Act] = match self {
            Self::IceRestart => &[Act::RestartIce],
            Self::AddVideo => &[Act::AddVideo],
            Self::AddAudio => &[Act::AddAudio],
            Self::AddData => &[Act::AddData],
            Self::Hold => &[Act::Hold, Act::Resume],
            Self::HangUp => &[Act::HangUp],
        };
        acts.iter().copied().collect()
    }

    /// The steps after those of a call of `media` in `mode` that is up, when `by` changes it.
    pub(super) fn script(self, by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
        // What is late of the first round is not to be taken for something of the second.
        let gathered = await_both(FIRST_ROUND, Milestone::GatheringComplete);
        let change = match self {
            Self::IceRestart => restart(by, mode, media),
            Self::AddVideo | Self::AddAudio | Self::AddData => self.add(by, mode, media),
            Self::Hold => hold(by, mode, media),
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

fn restart(by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
    let mut steps = vec![Step::Do(CHANGED, by, Act::RestartIce)];
    steps.extend(negotiation(CHANGED, by, mode, true));
    steps.extend(await_both(CHANGED, Milestone::IceConnected));
    steps.push(Step::ProveAnew(CHANGED));
    steps.extend(proofs(CHANGED, media));
    steps
}

fn hold(by: Role, mode: SignalingMode, media: Media) -> Vec<Step> {
    let resumed = CHANGED + 1;
    let mut steps = vec![Step::Do(CHANGED, by, Act::Hold)];
    steps.extend(negotiation(CHANGED, by, mode, false));
    steps.extend(await_both(CHANGED, Milestone::Muted));
    steps.push(Step::Do(resumed, by, Act::Resume));
    steps.extend(negotiation(resumed, by, mode, false));
    steps.push(Step::ProveAnew(resumed));
    steps.extend(proofs(resumed, media));
    steps
}

fn hang_up(by: Role) -> Vec<Step> {
    vec![
        Step::Do(CHANGED, by, Act::HangUp),
        await_one(CHANGED, by, Milestone::Closed),
        await_one(CHANGED, by.other(), Milestone::CloseHeard),
    ]
}

/// What flowed before arrives at both sides. What is sent once only, as messages are, cannot prove that anew.
fn proofs(round: Round, media: Media) -> impl Iterator<Item = Step> {
    let proofs = media.flows().filter(|flow| *flow != Flow::Data).filter_map(Flow::proof);
    proofs.flat_map(move |milestone| await_both(round, milestone))
}
