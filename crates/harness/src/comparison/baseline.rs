//! Did this browser release get slower? Times that were kept, against times that were measured now.
//!
//! The two share no blocks, so they are compared as two samples that are not paired. Another version of a browser is the
//! very question, and stands among the differences; what makes times not comparable at all is an error.

mod environment;
mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::environment::products;
pub use self::{
    environment::{Difference, differences},
    text::{LONGEST_MS, SCHEMA_VERSION},
};
use super::{
    Arm, Change, Comparison, Comparisons, CountChange, Counts, FEWEST_BLOCKS, Finding, UnpairedContrast,
};
use crate::{network::NetworkCondition, report::Ran};

/// Times that were kept, with what ran. Made by [`Baseline::of`], read by [`Baseline::parse`]: both see that it can be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// What ran.
    ran: Ran,
    /// Who called whom: `OFFERER-to-ANSWERER`.
    pair: String,
    /// What was added to the carrying of each signal, in milliseconds.
    signaling_delay_ms: u64,
    /// The arms that were measured.
    arms: Vec<Arm>,
    /// The times under each network condition.
    conditions: Vec<Condition>,
}

/// What was measured under one network condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Condition {
    /// What lay between.
    network: NetworkCondition,
    /// What vanilla against itself showed: it must not be changed.
    control: Option<Finding>,
    /// The times of each arm.
    arms: Vec<Times>,
}

/// The times of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Times {
    /// Which arm.
    arm: Arm,
    /// From the click on create offer to the later of the two first frames, in milliseconds.
    first_frame_ms: Vec<f64>,
    /// What was counted in these calls.
    counts: Counts,
}

/// What is wrong with a baseline, or why it cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// The text ends too early.
    #[error("the baseline is cut short: it ends at line {0} before it is complete; save it anew")]
    CutShort(usize),
    /// The text is something else.
    #[error("this is no baseline: {0}")]
    NoBaseline(String),
    /// The text is of another version of tincan.
    #[error(
        "the baseline's form is version {0}, and this tincan reads version {SCHEMA_VERSION}; save it anew"
    )]
    AnotherSchema(u64),
    /// A key that tincan does not write.
    #[error("the baseline was changed by hand: tincan wrote no {0:?} into it; save it anew")]
    UnknownKey(String),
    /// A time that no call takes.
    #[error("{0}, {1}: no call takes {2} ms, so the baseline was changed by hand; save it anew")]
    AbsurdTime(NetworkCondition, &'static str, f64),
    /// The arms or conditions do not fit together.
    #[error("the baseline was changed by hand: {0}; save it anew")]
    Inconsistent(String),
    /// The content is not that of which the checksum was made.
    #[error(
        "the baseline was changed by hand: its checksum is {written}, its content has {found}; save it anew"
    )]
    Checksum {
        /// The checksum that stands in the text.
        written: String,
        /// That of the content.
        found: String,
    },
    /// Too few times to compare.
    #[error("{0}, {1}: {2} times are too few for a baseline, {FEWEST_BLOCKS} are the fewest")]
    TooFew(NetworkCondition, &'static str, usize),
    /// Nothing to compare.
    #[error("there is no network condition in it")]
    Empty,
    /// Another pair.
    #[error("the baseline is of {then}, this is {now}: another pair cannot be compared")]
    AnotherPair {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// Other arms: their blocks differ in what is called next to what.
    #[error("the baseline has the modes {then}, this has {now}: other modes cannot be compared")]
    OtherArms {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// Another delay of signals, in milliseconds.
    #[error("in the baseline {then} ms were added to each signal, now {now} ms: these cannot be compared")]
    AnotherDelay {
        /// The baseline's.
        then: u64,
        /// Today's.
        now: u64,
    },
    /// Another browser; another version of it is none.
    #[error(
        "the baseline is of {then}, this is {now}: another browser cannot be compared, only another version of it"
    )]
    AnotherBrowser {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// A condition that was not measured then.
    #[error("the baseline has nothing of {network}; it has {known}")]
    MissingCondition {
        /// What was measured now.
        network: NetworkCondition,
        /// What was measured then.
        known: String,
    },
}

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
            ran: comparisons.ran.clone(),
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
    pub const fn ran(&self) -> &Ran {
        &self.ran
    }

    /// The conditions that were measured.
    #[must_use]
    pub fn networks(&self) -> Vec<NetworkCondition> {
        self.conditions.iter().map(|condition| condition.network).collect()
    }

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
            differences: differences(&self.ran, &now.ran),
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
        let (then, now) = (products(&self.ran), products(&now.ran));
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

fn names(arms: &[Arm]) -> String {
    arms.iter().map(|arm| arm.name()).collect::<Vec<_>>().join(", ")
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

#[cfg(test)]
mod tests;
