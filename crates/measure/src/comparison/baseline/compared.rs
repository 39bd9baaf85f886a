//! Then against now.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::network::NetworkCondition;

use super::{
    environment::{Difference, differences, products},
    error::BaselineError,
    kept::{Baseline, Times, names},
};
use crate::comparison::{
    contrast::Finding,
    counts::CountChange,
    sample::Arm,
    unpaired::{Change, UnpairedContrast},
    written::{Comparison, Comparisons},
};

/// A baseline, compared with what was measured now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineComparison {
    /// In what the environments differ: to be read first.
    pub differences: Vec<Difference>,
    /// Shifts within this are none, in milliseconds.
    pub margin_ms: f64,
    /// The conditions that were measured now.
    pub conditions: Vec<ConditionContrast>,
    /// The conditions of the baseline that were not measured now.
    pub not_measured: Vec<NetworkCondition>,
}

/// Then against now under one network condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConditionContrast {
    /// What lay between.
    pub network: NetworkCondition,
    /// What vanilla against itself showed then.
    pub control_then: Option<Finding>,
    /// What vanilla against itself showed now.
    pub control_now: Option<Finding>,
    /// Each arm.
    pub arms: Vec<ArmContrast>,
}

/// Then against now in one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArmContrast {
    /// Which arm.
    pub arm: Arm,
    /// What it shows; null with too few times.
    pub contrast: Option<UnpairedContrast>,
    /// What was counted otherwise than then.
    pub counts: Vec<CountChange>,
}

impl Baseline {
    /// Compares with what was measured `now`; shifts within `margin_ms` (0 or more) are none. The intervals are drawn with
    /// the seed of `now`.
    ///
    /// # Errors
    /// When the times cannot be compared: another pair, arm set, delay or browser, or a condition that is not in it.
    pub fn compare_with(
        &self,
        now: &Comparisons,
        margin_ms: f64,
    ) -> Result<BaselineComparison, BaselineError> {
        self.is_comparable(now)?;
        let conditions =
            now.comparisons.iter().map(|comparison| self.contrast(comparison, margin_ms, now.seed));
        let measured = |network: &NetworkCondition| now.comparisons.iter().any(|c| c.network == *network);
        Ok(BaselineComparison {
            differences: differences(&self.environment, &now.environment),
            margin_ms,
            conditions: conditions.collect::<Result<_, _>>()?,
            not_measured: self.networks().into_iter().filter(|network| !measured(network)).collect(),
        })
    }

    fn is_comparable(&self, now: &Comparisons) -> Result<(), BaselineError> {
        if self.pair != now.pair {
            return Err(BaselineError::AnotherPair { then: self.pair.clone(), now: now.pair.clone() });
        }
        let (then_arms, now_arms) = (sorted(&self.arms), sorted(&now.arms));
        if then_arms != now_arms {
            return Err(BaselineError::OtherArms { then: names(&then_arms), now: names(&now_arms) });
        }
        if self.signaling_delay_ms != now.signaling_delay_ms {
            let (then, now) = (self.signaling_delay_ms, now.signaling_delay_ms);
            return Err(BaselineError::AnotherDelay { then, now });
        }
        let (then, now) = (products(&self.environment), products(&now.environment));
        if then == now { Ok(()) } else { Err(BaselineError::AnotherBrowser { then, now }) }
    }

    fn contrast(
        &self,
        now: &Comparison,
        margin_ms: f64,
        seed: u64,
    ) -> Result<ConditionContrast, BaselineError> {
        let network = now.network;
        let known = || self.networks().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let condition = self.conditions.iter().find(|condition| condition.network == network);
        let then = condition.ok_or_else(|| BaselineError::MissingCondition { network, known: known() })?;
        let arm = |times: &Times| ArmContrast {
            arm: times.arm,
            counts: times.counts.changes(&now.counts(times.arm)),
            contrast: UnpairedContrast::of(&times.first_frame_ms, &now.times(times.arm), margin_ms, seed),
        };
        Ok(ConditionContrast {
            network,
            control_then: then.control,
            control_now: now.control.as_ref().map(|control| control.finding),
            arms: then.arms.iter().map(arm).collect(),
        })
    }
}

fn sorted(arms: &[Arm]) -> Vec<Arm> {
    let mut arms = arms.to_vec();
    arms.sort_unstable();
    arms
}

impl ConditionContrast {
    /// What can be said of the condition: worse if an arm is; inconclusive if one is; better if one is; else the same. None
    /// if an arm has too few times, or where vanilla differed from itself, then or now: the machine has changed meanwhile.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        if [self.control_then, self.control_now].contains(&Some(Finding::Changed)) {
            return None;
        }
        let found = self.arms.iter().map(|arm| arm.contrast.as_ref().map(|contrast| contrast.change));
        found.collect::<Option<Vec<_>>>()?.into_iter().max_by_key(gravity)
    }
}

/// In what order changes decide.
const fn gravity(change: &Change) -> (u8, u32) {
    match change {
        Change::Same => (0, 0),
        Change::Better => (1, 0),
        Change::Inconclusive { more_blocks, .. } => (2, *more_blocks),
        Change::Worse => (3, 0),
    }
}

impl BaselineComparison {
    /// Whether a condition is slower beyond the margin, or its calls take more packets in every case.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let takes_more = |condition: &ConditionContrast| {
            condition.arms.iter().flat_map(|arm| &arm.counts).any(CountChange::is_more)
        };
        self.conditions.iter().any(|c| c.change() == Some(Change::Worse) || takes_more(c))
    }

    /// Whether something can be said of every condition.
    #[must_use]
    pub fn tells(&self) -> bool {
        let told = |change| matches!(change, Some(Change::Worse | Change::Better | Change::Same));
        self.conditions.iter().all(|condition| told(condition.change()))
    }
}
