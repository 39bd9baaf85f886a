//! What is done in a call, and what has to come of it: a script of steps that the one loop walks.

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

/// The steps of a call in `mode`, in the order in which one depends on the one before it: one round, and pictures.
#[must_use]
pub fn script(mode: SignalingMode) -> Vec<Step> {
    let mut steps: Vec<_> = both(Milestone::Ready).to_vec();
    steps.push(Step::Do(Role::Offerer, Act::Offer));
    steps.extend(negotiation(FIRST_ROUND, mode));
    for milestone in [
        Milestone::IceConnected,
        Milestone::DtlsConnected,
        Milestone::TrackReceived,
        Milestone::FirstFrame,
        Milestone::FramesProven,
    ] {
        steps.extend(both(milestone));
    }
    steps
}

/// What has to be reached in a call in `mode`, in the order of its script.
pub fn path(mode: SignalingMode) -> impl Iterator<Item = Awaited> {
    script(mode).into_iter().filter_map(|step| match step {
        Step::Await(awaited) => Some(awaited),
        Step::Do(..) => None,
    })
}

/// From the offer that was asked for to the answer that was accepted.
fn negotiation(round: Round, mode: SignalingMode) -> impl Iterator<Item = Step> {
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
fn both(milestone: Milestone) -> [Step; 2] {
    Role::BOTH.map(|role| Step::Await(Awaited { round: FIRST_ROUND, role, milestone }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_asked_for_when_both_are_ready_and_before_anything_else_is_awaited() {
        for mode in [SignalingMode::Vanilla, SignalingMode::HalfTrickle, SignalingMode::Trickle] {
            let script = script(mode);
            let asked = script.iter().position(|step| *step == Step::Do(Role::Offerer, Act::Offer)).unwrap();
            assert_eq!(script[..asked], both(Milestone::Ready), "{mode}");
            let gathers = path(mode).filter(|awaited| awaited.milestone == Milestone::GatheringComplete);
            let expected = Role::BOTH.into_iter().filter(|role| mode.gathers_first(*role));
            assert!(gathers.map(|awaited| awaited.role).eq(expected), "{mode}");
        }
    }
}
