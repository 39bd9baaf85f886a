//! What is done in a call, and what has to come of it: a script of steps that the one loop walks.

mod once;
mod step;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::step::{Act, Awaited, Step};
use crate::{media::Media, signaling::SignalingMode};

/// What is done in a call.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
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
pub enum Procedure {
    /// It is set up: one offer, one answer, and media both ways.
    #[default]
    Once,
}

impl Procedure {
    /// All that there are.
    pub const ALL: [Self; 1] = [Self::Once];

    /// The steps of a call of `media` in `mode`, in the order in which one depends on the one before it.
    #[must_use]
    pub fn script(self, mode: SignalingMode, media: Media) -> Vec<Step> {
        match self {
            Self::Once => once::script(mode, media),
        }
    }

    /// What has to be reached in a call of `media` in `mode`, in the order of its script.
    pub fn path(self, mode: SignalingMode, media: Media) -> impl Iterator<Item = Awaited> {
        self.script(mode, media).into_iter().filter_map(|step| match step {
            Step::Await(awaited) => Some(awaited),
            Step::Do(..) => None,
        })
    }

    /// Whether it is what every call does, and is not told of it.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Once)
    }
}

#[cfg(test)]
mod tests {
    use super::{step::both, *};
    use crate::{signaling::Role, timeline::Milestone};

    #[test]
    fn an_offer_is_asked_for_when_both_are_ready_and_before_anything_else_is_awaited() {
        for mode in [SignalingMode::Vanilla, SignalingMode::HalfTrickle, SignalingMode::Trickle] {
            let script = Procedure::Once.script(mode, Media::VP8);
            let asked = script.iter().position(|step| *step == Step::Do(Role::Offerer, Act::Offer)).unwrap();
            assert_eq!(script[..asked], both(Milestone::Ready), "{mode}");
            let gathers = Procedure::Once
                .path(mode, Media::VP8)
                .filter(|awaited| awaited.milestone == Milestone::GatheringComplete);
            let expected = Role::BOTH.into_iter().filter(|role| mode.gathers_first(*role));
            assert!(gathers.map(|awaited| awaited.role).eq(expected), "{mode}");
        }
    }
}
