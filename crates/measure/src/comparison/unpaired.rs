//! Two samples that have nothing in common but what was measured: times of one release and times of another.
//!
//! All of it is checked against values computed with SciPy (`scipy.stats.mannwhitneyu`, `scipy.stats.bootstrap`).

use std::{cmp::Ordering, fmt};

use rand::{SeedableRng, rngs::ChaCha8Rng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

use super::{
    bootstrap::{Estimate, bca_of_two},
    contrast::{FEWEST_BLOCKS, RESAMPLES, summary},
    paired::median,
};

/// Up to as many values in either sample the distribution of U is counted out; beyond, it is taken as normal.
const MOST_EXACT: usize = 30;
/// No interval is taken as narrower than this, in milliseconds, when it is said how many more blocks would tell.
const FINEST_MS: f64 = 0.5;

/// What can be said of times then and times now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Change {
    /// Slower beyond the margin: the whole interval of the shift lies above it.
    Worse,
    /// Quicker, beyond the margin or not yet known to lie within it: the whole interval of the shift lies below 0.
    Better,
    /// The shift lies within the margin.
    Same,
    /// None of these can be said.
    Inconclusive {
        /// About how many more blocks would tell.
        more_blocks: u32,
        /// Whether the earlier measurement is itself too small: then it needs as many blocks as the later one.
        earlier_too: bool,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Worse => f.write_str("worse"),
            Self::Better => f.write_str("better"),
            Self::Same => f.write_str("same"),
            Self::Inconclusive { more_blocks, earlier_too } => {
                let too =
                    if *earlier_too { ", with a baseline of as many blocks as there are then" } else { "" };
                write!(f, "inconclusive (about {more_blocks} more blocks would tell{too})")
            }
        }
    }
}

/// Times then and times now, compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnpairedContrast {
    /// How many times were measured then.
    pub then: usize,
    /// How many times were measured now.
    pub now: usize,
    /// The Hodges–Lehmann shift from then to now, in milliseconds: positive where it is slower now.
    pub shift_ms: Estimate,
    /// The median now for each of then.
    pub ratio: Estimate,
    /// The two-sided p-value of the Mann–Whitney U test.
    pub p_value: f64,
    /// The median and the 90th percentile then, in milliseconds.
    pub then_ms: [f64; 2],
    /// The median and the 90th percentile now, in milliseconds.
    pub now_ms: [f64; 2],
    /// What can be said.
    pub change: Change,
}

impl UnpairedContrast {
    /// Compares times in milliseconds; shifts within `margin_ms` are none. None with fewer than [`FEWEST_BLOCKS`] of either.
    #[must_use]
    pub fn of(then: &[f64], now: &[f64], margin_ms: f64, seed: u64) -> Option<Self> {
        if then.len().min(now.len()) < FEWEST_BLOCKS {
            return None;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let shift_ms = bca_of_two(then, now, shift, RESAMPLES, &mut random)?;
        let ratio = bca_of_two(then, now, ratio_of_medians, RESAMPLES, &mut random)?;
        Some(Self {
            then: then.len(),
            now: now.len(),
            change: find(&shift_ms, margin_ms, then.len() as f64, now.len() as f64),
            shift_ms,
            ratio,
            p_value: mann_whitney(then, now)?,
            then_ms: summary(then)?,
            now_ms: summary(now)?,
        })
    }

    /// Whether it can be ruled out, at 95 %, that it is slower beyond `margin_ms`.
    #[must_use]
    pub fn rules_out_worse(&self, margin_ms: f64) -> bool {
        self.shift_ms.high < margin_ms
    }
}

fn ratio_of_medians(then: &[f64], now: &[f64]) -> Option<f64> {
    Some(median(now)? / median(then)?)
}

fn find(shift: &Estimate, margin: f64, then: f64, now: f64) -> Change {
    if -margin < shift.low && shift.high < margin {
        return Change::Same;
    }
    if shift.low > margin {
        return Change::Worse;
    }
    if shift.high < 0.0 {
        return Change::Better;
    }
    // The variance of a shift goes with the sum of what 1 is divided by each number: how far must that sum come down for
    // the interval to leave what it is nearest to leaving?
    let half = (shift.high - shift.low) / 2.0;
    let to_tell = [margin - shift.value.abs(), shift.value - margin, -shift.value];
    let to_tell = to_tell.into_iter().fold(FINEST_MS, f64::max);
    let sum = (then.recip() + now.recip()) * (to_tell / half).powi(2).min(1.0);
    // Blocks of each, if both are measured anew; blocks of now, if then is kept. The way with fewer calls is taken.
    let each = 2.0 / sum;
    let alone = (sum - then.recip()).recip();
    let earlier_too = alone <= 0.0 || alone - now > 2.0 * each - now;
    let needed = if earlier_too { each } else { alone };
    Change::Inconclusive { more_blocks: (needed - now).ceil().max(1.0) as u32, earlier_too }
}

/// The Hodges–Lehmann estimate of the shift from `first` to `second`: the median of all differences between a value of
/// either (J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", 1963); none if either is empty or
/// holds what is not finite.
///
/// The differences are not written out: with both samples sorted, each row of their table is sorted, and a median is
/// closed in upon row by row (D. B. Johnson and T. Mizoguchi, "Selecting the Kth element in X + Y", 1978).
#[must_use]
pub fn shift(first: &[f64], second: &[f64]) -> Option<f64> {
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    // An infinity less itself is no number, and no number has a place in an order.
    if first.iter().chain(second).any(|value| !value.is_finite()) {
        return None;
    }
    let table = Differences { first: sorted(first), second: sorted(second) };
    let all = first.len() * second.len();
    let (lower, upper) = table.at((all.checked_sub(1)?) / 2);
    Some(if all.is_multiple_of(2) { f64::midpoint(lower, upper) } else { lower })
}

/// The differences between each value of `second` and each of `first`, both sorted: a row for each of `first`.
struct Differences {
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Differences {
    /// The difference at `place` (from 0) in the order of size, and the one after it (itself, if there is none).
    fn at(&self, place: usize) -> (f64, f64) {
        let mut open = vec![(0, self.second.len()); self.first.len()];
        // What is open holds both places. Once it is as little as the samples themselves, it is put in order.
        while size(&open) > self.first.len() + self.second.len() {
            let pivot = self.pivot(&open);
            let below = self.ends(|difference| difference < pivot);
            let up_to = self.ends(|difference| difference <= pivot);
            let (fewer, most) = (below.iter().sum::<usize>(), up_to.iter().sum::<usize>());
            if place + 1 < fewer {
                open.iter_mut().zip(below).for_each(|(open, end)| open.1 = end.min(open.1));
            } else if place >= most {
                open.iter_mut().zip(up_to).for_each(|(open, end)| open.0 = end.max(open.0));
            } else if fewer <= place && place + 1 < most {
                return (pivot, pivot);
            } else {
                // The pivot parts the two places: one row's end is the one, another row's beginning the other.
                let parted = if place < fewer { below } else { up_to };
                return self.about(&parted);
            }
        }
        let row = |((from, to), x): (&(usize, usize), &f64)| {
            self.second[*from..*to].iter().map(move |y| y - *x).collect::<Vec<_>>()
        };
        let mut left: Vec<_> = open.iter().zip(&self.first).flat_map(row).collect();
        left.sort_unstable_by(f64::total_cmp);
        let place = place - open.iter().map(|(from, _)| from).sum::<usize>();
        (left[place], *left.get(place + 1).unwrap_or(&left[place]))
    }

    /// The largest difference before and the smallest from where the rows are parted.
    fn about(&self, parted: &[usize]) -> (f64, f64) {
        let rows = || parted.iter().zip(&self.first);
        let before = rows().filter_map(|(end, x)| Some(self.second[..*end].last()? - x));
        let from = rows().filter_map(|(end, x)| Some(self.second.get(*end)? - x));
        let before = before.fold(f64::NEG_INFINITY, f64::max);
        (before, from.min_by(f64::total_cmp).unwrap_or(before))
    }

    /// The middle of what is open of the row that holds the middle of all that is open.
    fn pivot(&self, open: &[(usize, usize)]) -> f64 {
        let half = size(open) / 2;
        let mut passed = 0;
        let row = open.iter().position(|(from, to)| {
            passed += to - from;
            passed > half
        });
        // More is open than nothing, so some row holds the middle.
        let row = row.unwrap_or_default();
        self.second[usize::midpoint(open[row].0, open[row].1)] - self.first[row]
    }

    /// Where in each row the differences end that are `inside`: later in each row, since the values of `first` rise.
    fn ends(&self, inside: impl Fn(f64) -> bool) -> Vec<usize> {
        let mut end = 0;
        let row = |x: &f64| {
            while self.second.get(end).is_some_and(|y| inside(y - x)) {
                end += 1;
            }
            end
        };
        self.first.iter().map(row).collect()
    }
}

fn size(open: &[(usize, usize)]) -> usize {
    open.iter().map(|(from, to)| to - from).sum()
}

/// The two-sided p-value of the Mann–Whitney U test that two samples come from one distribution; none if either is empty.
///
/// Up to 30 values each, and without ties, the distribution of U is counted out; otherwise it is taken as normal, with the
/// variance corrected for ties and with a correction for continuity (H. B. Mann and D. R. Whitney, "On a test of whether
/// one of two random variables is stochastically larger than the other", 1947).
#[must_use]
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let of = |values: &[f64], which: bool| values.iter().map(|v| (*v, which)).collect::<Vec<_>>();
    let mut all = [of(first, true), of(second, false)].concat();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    // How often a value of the first is above one of the second, ties half: in halves, so that it is whole.
    let (mut halves, mut seconds, mut ties) = (0, 0, 0.0);
    for same in all.chunk_by(|a, b| a.0.total_cmp(&b.0) == Ordering::Equal) {
        let firsts = same.iter().filter(|(_, first)| *first).count();
        halves += firsts * (2 * seconds + same.len() - firsts);
        seconds += same.len() - firsts;
        ties += (same.len() as f64).powi(3) - same.len() as f64;
    }
    let (n, m) = (first.len(), second.len());
    let larger = halves.max(2 * n * m - halves);
    Some(if ties == 0.0 && n.max(m) <= MOST_EXACT {
        exact(n, m, larger / 2)
    } else {
        normal(n as f64, m as f64, larger as f64 / 2.0, ties)
    })
}

/// Twice the share of the orders of `n` and `m` values in which U is at least `larger`.
fn exact(n: usize, m: usize, larger: usize) -> f64 {
    // Row j, for i of the first sample: how many orders of i and j values have each U. The largest value is of the first
    // (it is then above all j of the second), or of the second.
    let mut rows: Vec<Vec<f64>> = (0..=m).map(|_| vec![1.0]).collect();
    for i in 1..=n {
        for j in 1..=m {
            let mut orders = vec![0.0; i * j + 1];
            rows[j].iter().enumerate().for_each(|(u, count)| orders[u + j] += count);
            rows[j - 1].iter().enumerate().for_each(|(u, count)| orders[u] += count);
            rows[j] = orders;
        }
    }
    let orders = &rows[m];
    let tail: f64 = orders[larger..].iter().sum();
    (2.0 * tail / orders.iter().sum::<f64>()).min(1.0)
}

fn normal(n: f64, m: f64, larger: f64, ties: f64) -> f64 {
    let all = n + m;
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance <= 0.0 {
        // All values alike: nothing speaks against their being of one distribution.
        return 1.0;
    }
    let z = (larger - n * m / 2.0 - 0.5) / variance.sqrt();
    erfc(z / std::f64::consts::SQRT_2).min(1.0)
}

#[cfg(test)]
mod tests;
