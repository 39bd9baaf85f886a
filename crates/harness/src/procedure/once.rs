//! A call that is set up once.

use super::step::{Act, Step, both, negotiation};
use crate::{
    media::Media,
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone},
};

/// One offer, one answer, and media.
pub(super) fn script(mode: SignalingMode, media: Media) -> Vec<Step> {
    let mut steps: Vec<_> = both(Milestone::Ready).to_vec();
    steps.push(Step::Do(FIRST_ROUND, Role::Offerer, Act::Offer));
    steps.extend(negotiation(FIRST_ROUND, Role::Offerer, mode, true));
    let connected = [Milestone::IceConnected, Milestone::DtlsConnected];
    for milestone in connected.into_iter().chain(media.milestones()) {
        steps.extend(both(milestone));
    }
    steps
}
