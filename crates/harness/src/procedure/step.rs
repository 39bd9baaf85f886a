//! The steps of which procedures are made.

use crate::{
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone, Round},
};

/// What a side is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To create an offer.
    Offer,
}

/// A step of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A side is asked to do something.
    Do(Role, Act),
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

/// From the offer that was asked for to the answer that was accepted.
pub(super) fn negotiation(round: Round, mode: SignalingMode) -> impl Iterator<Item = Step> {
    use Milestone as M;
    let describe = move |role| {
        let gathered = mode.gathers_first(role).then_some((role, M::GatheringComplete));
        [Some((role, M::LocalDescriptionSet)), gathered, Some((role, M::DescriptionSent))]
    };
    let offer = [Some((Role::Offerer, M::OfferRequested))].into_iter().chain(describe(Role::Offerer));
    let accepted = |role| [Some((role, M::RemoteDescriptionSet))];
    let answer = accepted(Role::Answerer).into_iter().chain(describe(Role::Answerer));
    let steps = offer.chain(answer).chain(accepted(Role::Offerer)).flatten();
    steps.map(move |(role, milestone)| Step::Await(Awaited { round, role, milestone }))
}

/// Both sides have to reach it, in the first round.
pub(super) fn both(milestone: Milestone) -> [Step; 2] {
    Role::BOTH.map(|role| Step::Await(Awaited { round: FIRST_ROUND, role, milestone }))
}
