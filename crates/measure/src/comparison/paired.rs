//! Paired differences: how large the shift is, and whether it is one.
//!
//! All of it is checked against values computed with SciPy (`scipy.stats.wilcoxon`, `scipy.stats.bootstrap`).

use std::cmp::Ordering;

use statrs::function::erf::erfc;

/// Up to as many differences the distribution of the signed ranks is counted out; beyond, it is taken as normal.
const MOST_EXACT: usize = 30;

/// The median; none of nothing.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quantile `p` (0 to 1) with linear interpolation between order statistics (type 7 of R. J. Hyndman and Y. Fan,
/// "Sample quantiles in statistical packages", 1996); none of nothing.
#[must_use]
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = p * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

/// The Hodges–Lehmann estimate of the shift: the median of the means of all pairs of differences, each with itself too
/// (J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", 1963); none of nothing.
#[must_use]
pub fn hodges_lehmann(differences: &[f64]) -> Option<f64> {
    let mut means = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
    for (i, a) in differences.iter().enumerate() {
        means.extend(differences[i..].iter().map(|b| f64::midpoint(*a, *b)));
    }
    let (half, even) = (means.len() / 2, means.len().is_multiple_of(2));
    if means.is_empty() {
        return None;
    }
    let (low, upper, _) = means.select_nth_unstable_by(half, f64::total_cmp);
    let lower = low.iter().copied().max_by(f64::total_cmp).filter(|_| even);
    Some(lower.map_or(*upper, |lower| f64::midpoint(lower, *upper)))
}

/// The two-sided p-value of Wilcoxon's signed-rank test that differences are symmetric about 0; none if all are 0.
///
/// Differences of 0 are left out, as Wilcoxon did. With up to 30 of them the distribution is counted out, ties included
/// (F. Wilcoxon, "Individual comparisons by ranking methods", 1945); beyond, it is normal, with the variance corrected for
/// ties and without a correction for continuity.
#[must_use]
pub fn signed_rank(differences: &[f64]) -> Option<f64> {
    let mut differences: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let ranks = doubled_ranks(&differences);
    let positive = ranks.iter().zip(&differences).filter(|(_, d)| **d > 0.0).map(|(rank, _)| rank).sum();
    match differences.len() {
        0 => None,
        n if n <= MOST_EXACT => Some(exact(&ranks, positive)),
        _ => Some(normal(&ranks, positive)),
    }
}

/// The ranks of sorted magnitudes, twice as high as usual, so that those that ties share are whole.
fn doubled_ranks(sorted: &[f64]) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(sorted.len());
    for same in sorted.chunk_by(|a, b| a.abs().total_cmp(&b.abs()) == Ordering::Equal) {
        let (first, last) = (ranks.len() + 1, ranks.len() + same.len());
        ranks.extend(std::iter::repeat_n(first + last, same.len()));
    }
    ranks
}

fn exact(ranks: &[usize], positive: usize) -> f64 {
    let total: usize = ranks.iter().sum();
    // How many of the 2^n choices of signs have this sum of positive ranks.
    let mut choices = vec![0.0_f64; total + 1];
    choices[0] = 1.0;
    for rank in ranks {
        for sum in (*rank..=total).rev() {
            choices[sum] += choices[sum - rank];
        }
    }
    let all: f64 = choices.iter().sum();
    let tail = |side: &[f64]| side.iter().sum::<f64>() / all;
    let (low, high) = (tail(&choices[..=positive]), tail(&choices[positive..]));
    (2.0 * low.min(high)).min(1.0)
}

fn normal(ranks: &[usize], positive: usize) -> f64 {
    let mean = ranks.iter().sum::<usize>() as f64 / 2.0;
    // The variance of the sum is that of its terms, each rank or nothing: ties are in the ranks already.
    let variance: f64 = ranks.iter().map(|rank| (*rank as f64).powi(2)).sum::<f64>() / 4.0;
    let z = (positive as f64 - mean) / variance.sqrt();
    erfc(z.abs() / std::f64::consts::SQRT_2)
}
