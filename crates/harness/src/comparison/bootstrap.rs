//! Intervals by the bias-corrected and accelerated bootstrap (B. Efron, "Better bootstrap confidence intervals", 1987).

use rand::{RngExt, rngs::ChaCha8Rng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::function::erf::{erfc, erfc_inv};

/// What an interval leaves out, half of it at each end.
const OUTSIDE: f64 = 0.05;

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The estimate that `statistic` makes of `blocks`, with the interval from `resamples` drawn with `random`; none if the
/// statistic is none for them, or there are fewer than 2.
#[must_use]
pub fn bca<B: Copy>(
    blocks: &[B],
    statistic: impl Fn(&[B]) -> Option<f64>,
    resamples: usize,
    random: &mut ChaCha8Rng,
) -> Option<Estimate> {
    let value = statistic(blocks).filter(|_| blocks.len() >= 2)?;
    let mut sample = blocks.to_vec();
    let mut drawn = Vec::with_capacity(resamples);
    for _ in 0..resamples {
        sample.fill_with(|| blocks[random.random_range(0..blocks.len())]);
        drawn.push(statistic(&sample)?);
    }
    drawn.sort_by(f64::total_cmp);
    let below = drawn.iter().filter(|d| **d < value).count() as f64;
    let same = drawn.iter().filter(|d| **d == value).count() as f64;
    let bias = inverse_normal((below + same / 2.0) / resamples as f64);
    let acceleration = acceleration(blocks, &statistic)?;
    let end = |z: f64| {
        let shifted = bias + z;
        let corrected = bias + shifted / acceleration.mul_add(-shifted, 1.0);
        // All draws alike: the interval is that point.
        if corrected.is_finite() { normal(corrected) } else { normal(z) }
    };
    let z = inverse_normal(1.0 - OUTSIDE / 2.0);
    let at = |p: f64| super::paired::quantile(&drawn, p.clamp(0.0, 1.0));
    Some(Estimate { value, low: at(end(-z))?, high: at(end(z))? })
}

/// A sixth of the skewness of the statistic when one block is left out in turn (the jackknife).
fn acceleration<B: Copy>(blocks: &[B], statistic: &impl Fn(&[B]) -> Option<f64>) -> Option<f64> {
    let without = |index: usize| {
        let mut others = blocks.to_vec();
        others.remove(index);
        statistic(&others)
    };
    let values = (0..blocks.len()).map(without).collect::<Option<Vec<_>>>()?;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let sum = |power| values.iter().map(|value| (mean - value).powi(power)).sum::<f64>();
    let (squares, cubes) = (sum(2), sum(3));
    Some(if squares == 0.0 { 0.0 } else { cubes / (6.0 * squares.powf(1.5)) })
}

/// The standard normal distribution function.
fn normal(z: f64) -> f64 {
    erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

fn inverse_normal(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p)
}
