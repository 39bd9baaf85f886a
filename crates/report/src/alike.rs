//! Attempts of which no more is told than that they came out as another one did.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{
    attempt::{Attempt, BySide},
    signaling::Role,
    stage::Stage,
    timeline::Round,
    verdict::Outcome,
};

/// Attempts at a scenario that came out as one did which stands in the report: the same verdict and, if it is no good one, the same
/// stage that broke, on the same side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alike {
    /// Which.
    pub scenario: String,
    /// What became of them.
    pub verdict: Outcome,
    /// The repetition that stands for them.
    pub like: u32,
    /// Their own repetitions.
    pub repetitions: Vec<u32>,
    /// The times to the later first frame, of those that came to it.
    pub first_frame_ms: Vec<f64>,
    /// The fewest pictures that each side has proven in one of them.
    pub fewest_frames: BySide<u32>,
}

/// By what attempts at one scenario are alike.
pub(crate) type Likeness = (Outcome, Option<(Stage, Round, Option<Role>)>);

/// By what others may be alike.
pub(crate) fn likeness(attempt: &Attempt) -> Likeness {
    let found = attempt.diagnosis.as_ref();
    (attempt.verdict, found.map(|found| (found.stage, found.round, found.peer)))
}

impl Alike {
    /// Of nobody yet: those that come out as `attempt` did.
    pub(crate) fn to(attempt: &Attempt) -> Self {
        Self {
            scenario: attempt.scenario.clone(),
            verdict: attempt.verdict,
            like: attempt.repetition,
            repetitions: Vec::new(),
            first_frame_ms: Vec::new(),
            fewest_frames: BySide { offerer: u32::MAX, answerer: u32::MAX },
        }
    }

    /// Adds one of which no more is told.
    pub(crate) fn add(&mut self, attempt: &Attempt) {
        self.repetitions.push(attempt.repetition);
        self.first_frame_ms.extend(attempt.first_frame_ms);
        let (fewest, frames) = (&mut self.fewest_frames, &attempt.frames);
        fewest.offerer = fewest.offerer.min(frames.offerer.proven);
        fewest.answerer = fewest.answerer.min(frames.answerer.proven);
    }
}
