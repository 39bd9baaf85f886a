//! Two arms of blocks, compared.

use std::fmt;

use rand::{SeedableRng, rngs::ChaCha8Rng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    bootstrap::{Estimate, bca},
    paired::{hodges_lehmann, median, quantile, signed_rank},
};

/// How often the blocks are drawn anew for an interval.
pub const RESAMPLES: usize = 2_000;
/// A difference whose p-value is below this is one.
pub(super) const SIGNIFICANT: f64 = 0.05;
/// Fewer blocks tell nothing: with 5, no p-value of the signed-rank test can be below 0.05.
pub const FEWEST_BLOCKS: usize = 6;

/// Two times of one block, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// In the first arm.
    pub first_ms: f64,
    /// In the second arm.
    pub second_ms: f64,
}

/// What can be said of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Finding {
    /// The second arm is quicker or slower, beyond the margin or not yet known to lie within it.
    Changed,
    /// The difference lies within the margin.
    Same,
    /// Neither can be said.
    Inconclusive {
        /// About how many more blocks would tell.
        more_blocks: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("changed"),
            Self::Same => f.write_str("same"),
            Self::Inconclusive { more_blocks } => {
                write!(f, "inconclusive (about {more_blocks} more blocks would tell)")
            }
        }
    }
}

/// Two arms, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contrast {
    /// How many blocks were compared.
    pub blocks: usize,
    /// The Hodges–Lehmann shift from the first arm to the second, in milliseconds: negative where the second is quicker.
    pub shift_ms: Estimate,
    /// The median of the second arm for each of the first.
    pub ratio: Estimate,
    /// The two-sided p-value of Wilcoxon's signed-rank test.
    pub p_value: f64,
    /// The median and the 90th percentile of the first arm, in milliseconds.
    pub first_ms: [f64; 2],
    /// The median and the 90th percentile of the second arm, in milliseconds.
    pub second_ms: [f64; 2],
    /// What can be said.
    pub finding: Finding,
}

impl Contrast {
    /// Compares the arms of `blocks`; differences within `margin_ms` are none. None with fewer than [`FEWEST_BLOCKS`].
    #[must_use]
    pub fn of(blocks: &[Pair], margin_ms: f64, seed: u64) -> Option<Self> {
        if blocks.len() < FEWEST_BLOCKS {
            return None;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let shift_ms = bca(blocks, |blocks| hodges_lehmann(&differences(blocks)), RESAMPLES, &mut random)?;
        let ratio = bca(blocks, ratio_of_medians, RESAMPLES, &mut random)?;
        // All differences 0: nothing speaks against their being none.
        let p_value = signed_rank(&differences(blocks)).unwrap_or(1.0);
        Some(Self {
            blocks: blocks.len(),
            finding: find(&shift_ms, p_value, margin_ms, blocks.len()),
            shift_ms,
            ratio,
            p_value,
            first_ms: summary(&arm(blocks, |pair| pair.first_ms))?,
            second_ms: summary(&arm(blocks, |pair| pair.second_ms))?,
        })
    }
}

fn arm(blocks: &[Pair], of: fn(&Pair) -> f64) -> Vec<f64> {
    blocks.iter().map(of).collect()
}

pub(super) fn summary(values: &[f64]) -> Option<[f64; 2]> {
    Some([quantile(values, 0.5)?, quantile(values, 0.9)?])
}

fn differences(blocks: &[Pair]) -> Vec<f64> {
    arm(blocks, |pair| pair.second_ms - pair.first_ms)
}

fn ratio_of_medians(blocks: &[Pair]) -> Option<f64> {
    Some(median(&arm(blocks, |pair| pair.second_ms))? / median(&arm(blocks, |pair| pair.first_ms))?)
}

fn find(shift: &Estimate, p_value: f64, margin: f64, blocks: usize) -> Finding {
    if -margin < shift.low && shift.high < margin {
        return Finding::Same;
    }
    if p_value < SIGNIFICANT && (shift.low > 0.0 || shift.high < 0.0) {
        return Finding::Changed;
    }
    // An interval narrows with the root of the number of blocks: until it no longer holds both 0 and the margin.
    let half = (shift.high - shift.low) / 2.0;
    let to_tell = (margin - shift.value.abs()).abs().max(shift.value.abs()).max(0.5);
    let needed = blocks as f64 * (half / to_tell).powi(2);
    Finding::Inconclusive { more_blocks: (needed - blocks as f64).ceil().max(1.0) as u32 }
}
