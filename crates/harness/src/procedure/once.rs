//! A call that is set up once.

use super::step::{Act, Step, both, negotiation};
use crate::{
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone},
};

/// One offer, one answer, and pictures.
pub(super) fn script(mode: SignalingMode) -> Vec<Step> {
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
