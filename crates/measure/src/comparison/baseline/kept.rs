//! What is kept of a comparison.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{environment::Environment, network::NetworkCondition};

use super::error::BaselineError;
use crate::comparison::{
    contrast::Finding,
    counts::Counts,
    sample::Arm,
    written::{Comparison, Comparisons},
};

/// No call takes longer, in milliseconds: an hour, where the slowest condition takes 80 s.
pub const LONGEST_MS: f64 = 3_600_000.0;

/// Times that were kept, with what ran. Made by [`Baseline::of`], read by [`Baseline::parse`]: both see that it can be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// What ran.
    pub(super) environment: Environment,
    /// Who called whom: `OFFERER-to-ANSWERER`.
    pub(super) pair: String,
    /// What was added to the carrying of each signal, in milliseconds.
    pub(super) signaling_delay_ms: u64,
    /// The arms that were measured.
    pub(super) arms: Vec<Arm>,
    /// The times under each network condition.
    pub(super) conditions: Vec<Condition>,
}

/// What was measured under one network condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Condition {
    /// What lay between.
    pub(super) network: NetworkCondition,
    /// What vanilla against itself showed: it must not be changed.
    pub(super) control: Option<Finding>,
    /// The times of each arm.
    pub(super) arms: Vec<Times>,
}

/// The times of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Times {
    /// Which arm.
    pub(super) arm: Arm,
    /// From the click on create offer to the later of the two first frames, in milliseconds.
    pub(super) first_frame_ms: Vec<f64>,
    /// What was counted in these calls.
    pub(super) counts: Counts,
}

impl Baseline {
    /// What is kept of `comparisons`.
    ///
    /// # Errors
    /// When a condition or an arm has too few times to be compared with, or a time is none.
    pub fn of(comparisons: &Comparisons) -> Result<Self, BaselineError> {
        let times = |comparison: &Comparison, arm: Arm| Times {
            arm,
            // To a microsecond, as everywhere: no clock is better, and so short a number is the same when it is read again.
            first_frame_ms: comparison.times(arm).iter().map(|ms| (ms * 1000.0).round() / 1000.0).collect(),
            counts: comparison.counts(arm),
        };
        let condition = |comparison: &Comparison| Condition {
            network: comparison.network,
            control: comparison.control.as_ref().map(|control| control.finding),
            arms: comparisons.arms.iter().map(|arm| times(comparison, *arm)).collect(),
        };
        let baseline = Self {
            environment: comparisons.environment.clone(),
            pair: comparisons.pair.clone(),
            signaling_delay_ms: comparisons.signaling_delay_ms,
            arms: comparisons.arms.clone(),
            conditions: comparisons.comparisons.iter().map(condition).collect(),
        };
        baseline.check()?;
        Ok(baseline)
    }

    /// What ran.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The conditions that were measured.
    #[must_use]
    pub fn networks(&self) -> Vec<NetworkCondition> {
        self.conditions.iter().map(|condition| condition.network).collect()
    }
}

pub(super) fn names(arms: &[Arm]) -> String {
    arms.iter().map(|arm| arm.name()).collect::<Vec<_>>().join(", ")
}
