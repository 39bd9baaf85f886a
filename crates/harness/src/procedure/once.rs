//! A call that is set up once.

use super::step::{Act, Step, await_one, both, negotiation};
use crate::{
    media::{Flow, Media},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone},
};

/// One offer, one answer, and media that each side `sends`. Of a call of nothing more cannot be waited for than that it is agreed upon.
pub(super) fn script(mode: SignalingMode, media: Media, sends: impl Fn(Role, Flow) -> bool) -> Vec<Step> {
    let mut steps: Vec<_> = both(Milestone::Ready).to_vec();
    steps.push(Step::Do(FIRST_ROUND, Role::Offerer, Act::Offer));
    steps.extend(negotiation(FIRST_ROUND, Role::Offerer, mode, true));
    if media.is_nothing() {
        return steps;
    }
    for milestone in [Milestone::IceConnected, Milestone::DtlsConnected] {
        steps.extend(both(milestone));
    }
    for milestone in media.milestones() {
        let reaches = |role: &Role| {
            let of_flow = |flow: Flow| flow.milestones().contains(&milestone);
            media.flows().any(|flow| of_flow(flow) && sends(role.other(), flow))
        };
        let receivers = Role::BOTH.into_iter().filter(reaches);
        steps.extend(receivers.map(|role| await_one(FIRST_ROUND, role, milestone)));
    }
    steps
}
