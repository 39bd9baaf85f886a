//! A line by least squares, and what its slope is worth.

use std::fmt;

use rand::{SeedableRng, rngs::ChaCha8Rng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::law::Law;
use crate::comparison::{Estimate, FEWEST_BLOCKS, RESAMPLES, expanded_percentile};

/// A law says *about* how much: what else takes time does not stand still when the server gets slower.
const ABOUT: f64 = 0.1;

/// A line through the set-up times of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fit {
    /// How many blocks were drawn from.
    pub blocks: usize,
    /// How many calls there are in them.
    pub points: usize,
    /// How many milliseconds set-up takes longer for each of the STUN server's round trip; the interval is by bootstrap
    /// over blocks (expanded percentiles).
    pub slope: Estimate,
    /// The time that the line has at a round trip of 0, in milliseconds.
    pub intercept_ms: f64,
    /// The laws whose slope is in the interval or within a tenth of it: none, if the slope agrees with none; several, if the
    /// interval is too wide to tell them apart.
    pub laws: Vec<Law>,
}

impl Fit {
    /// The line through the points of `blocks`, each as round trip and time in milliseconds. None with fewer than
    /// [`FEWEST_BLOCKS`] blocks, or all at one round trip.
    #[must_use]
    pub fn of(blocks: &[Vec<(f64, f64)>], seed: u64) -> Option<Self> {
        if blocks.len() < FEWEST_BLOCKS {
            return None;
        }
        let points = blocks.concat();
        let (_, intercept_ms) = slope_and_intercept(&points)?;
        // About the middle, sums of squares do not cancel out.
        let middle = middle(&points);
        let sums: Vec<_> = blocks.iter().map(|block| Sums::of(block, middle)).collect();
        let slope = expanded_percentile(&sums, of_all, RESAMPLES, &mut ChaCha8Rng::seed_from_u64(seed))?;
        let agrees = |law: &Law| slope.low <= law.slope() + ABOUT && law.slope() - ABOUT <= slope.high;
        Some(Self {
            blocks: blocks.len(),
            points: points.len(),
            laws: Law::ALL.into_iter().filter(agrees).collect(),
            slope,
            intercept_ms,
        })
    }

    /// The law that the slope agrees with; none if there is none, or more than one.
    #[must_use]
    pub fn law(&self) -> Option<Law> {
        match self.laws[..] {
            [law] => Some(law),
            _ => None,
        }
    }
}

/// `1.003 [0.997, 1.006] ms per ms: grows by the round trip`
impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Estimate { value, low, high } = self.slope;
        write!(f, "{value:.3} [{low:.3}, {high:.3}] ms per ms: ")?;
        match self.laws[..] {
            [law] => law.fmt(f),
            [] => f.write_str("agrees with no law"),
            _ => f.write_str("too uncertain to tell a law"),
        }
    }
}

/// Slope and intercept of the line through `points` by least squares; none if they do not differ in the first value.
#[must_use]
pub fn slope_and_intercept(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let middle = middle(points);
    let slope = of_all(&[Sums::of(points, middle)])?;
    Some((slope, slope.mul_add(-middle.0, middle.1)))
}

fn middle(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    (mean(|point| point.0), mean(|point| point.1))
}

/// What a slope needs to know of some points.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl Sums {
    pub(super) fn of(points: &[(f64, f64)], middle: (f64, f64)) -> Self {
        let one = |(x, y): &(f64, f64)| {
            let (x, y) = (x - middle.0, y - middle.1);
            Self { n: 1.0, x, y, xx: x * x, xy: x * y }
        };
        points.iter().map(one).fold(Self::default(), Self::and)
    }

    fn and(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            x: self.x + other.x,
            y: self.y + other.y,
            xx: self.xx + other.xx,
            xy: self.xy + other.xy,
        }
    }
}

/// The slope of the line through the points of all `sums`.
pub(super) fn of_all(sums: &[Sums]) -> Option<f64> {
    let Sums { n, x, y, xx, xy } = sums.iter().copied().fold(Sums::default(), Sums::and);
    let slope = (n * xy - x * y) / (n * xx - x * x);
    slope.is_finite().then_some(slope)
}
