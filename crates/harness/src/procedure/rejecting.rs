//! What is offered, and rejected by the answer.

use super::step::{Act, Step, await_both, negotiation};
use crate::{
    media::{Flow, Media},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Milestone, Round},
};

/// The round in which is offered again.
const AGAIN: Round = FIRST_ROUND + 1;

/// What the answerer rejects of what is offered: its answer gives that section the port 0 (RFC 8829, section 5.3.1). The rest of the call
/// lives, and a later offer of the same does not revive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::Display, strum::VariantArray)]
#[strum(serialize_all = "kebab-case", prefix = "reject-")]
pub enum Rejecting {
    /// Video.
    Video,
    /// Sound.
    Audio,
}

impl Rejecting {
    /// Whether `flow` is rejected.
    pub(super) const fn rejects(self, flow: Flow) -> bool {
        matches!((self, flow), (Self::Video, Flow::Video(_)) | (Self::Audio, Flow::Audio(_)))
    }

    /// What is left of `media`.
    pub(super) const fn rest_of(self, media: Media) -> Media {
        match self {
            Self::Video => Media { video: None, ..media },
            Self::Audio => Media { audio: None, ..media },
        }
    }

    /// The kind of its m-section (RFC 8866, section 5.14).
    pub(crate) const fn section(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    /// The steps after those of a call in `mode` that is up, and of which `rest` was taken: the offerer offers again.
    pub(super) fn script(mode: SignalingMode, rest: Media) -> Vec<Step> {
        let mut steps = await_both(FIRST_ROUND, Milestone::GatheringComplete).to_vec();
        steps.push(Step::Do(AGAIN, Role::Offerer, Act::Offer));
        steps.extend(negotiation(AGAIN, Role::Offerer, mode, false));
        steps.push(Step::ProveAnew(AGAIN));
        for milestone in rest.flows().filter(|flow| *flow != Flow::Data).filter_map(Flow::proof) {
            steps.extend(await_both(AGAIN, milestone));
        }
        steps
    }
}
