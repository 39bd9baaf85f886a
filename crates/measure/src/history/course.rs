//! The course of a fact through builds: in how many calls of each it is, and from where to where that is the same.
//!
//! What is in all calls or in none of every build changes wherever it differs. What is in some calls only of some build comes and goes
//! by chance, at some rate; a release may change that rate. Where, is found by optimal partitioning (B. Jackson and others, "An algorithm
//! for optimal partitioning of data on an interval", 2005): the builds are divided into stretches of one rate each, so that what the
//! likelihood gains by one more stretch is worth its price.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::clopper_pearson;

/// What one more stretch has to gain, in nats: a likelihood ratio of 3000 to 1. Of 22 builds of one rate, 5 calls each, that are divided by
/// chance, there is about one in 300, whatever the rate (by simulation, in the tests).
const PRICE: f64 = 8.0;

/// In how many of so many calls something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// In how many it is.
    pub of: u32,
    /// How many calls there are.
    pub calls: u32,
}

impl Count {
    /// Whether it is in all calls, of which there are some.
    #[must_use]
    pub const fn is_all(self) -> bool {
        self.calls > 0 && self.of == self.calls
    }

    /// Whether it is in none, of which there are some.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.calls > 0 && self.of == 0
    }

    /// Whether it is in some calls and not in others.
    #[must_use]
    pub const fn is_some(self) -> bool {
        0 < self.of && self.of < self.calls
    }

    const fn and(self, other: Self) -> Self {
        Self { of: self.of + other.of, calls: self.calls + other.calls }
    }

    /// What is least likely of it, in nats, if all calls have its own rate.
    fn cost(self) -> f64 {
        let (of, calls) = (f64::from(self.of), f64::from(self.calls));
        let part = |n: f64| if n > 0.0 { -n * (n / calls).ln() } else { 0.0 };
        part(of) + part(calls - of)
    }

    /// The exact 95 % interval of its rate (Clopper and Pearson); none without calls.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        clopper_pearson(self.of, self.calls)
    }
}

/// Builds that follow each other, in which something is at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first of them, by its place.
    pub first: usize,
    /// In how many of their calls it is.
    pub count: Count,
}

/// The stretches of a fact that is in so many calls of each build. A build without calls belongs to the stretch before it.
#[must_use]
pub fn stretches(counts: &[Count]) -> Vec<Stretch> {
    let known: Vec<(usize, Count)> =
        counts.iter().copied().enumerate().filter(|(_, count)| count.calls > 0).collect();
    let comes_and_goes = known.iter().any(|(_, count)| count.is_some());
    let firsts = if comes_and_goes { partition(&known) } else { differences(&known) };
    let ends = firsts.iter().skip(1).copied().chain([known.len()]);
    let stretch = |(from, to): (usize, usize)| Stretch {
        first: known[from].0,
        count: known[from..to].iter().fold(Count::default(), |sum, (_, count)| sum.and(*count)),
    };
    firsts.iter().copied().zip(ends).map(stretch).collect()
}

fn differences(known: &[(usize, Count)]) -> Vec<usize> {
    let differs = |at: usize| at == 0 || known[at].1.is_all() != known[at - 1].1.is_all();
    (0..known.len()).filter(|at| differs(*at)).collect()
}

/// Where the stretches begin whose cost is the least.
fn partition(known: &[(usize, Count)]) -> Vec<usize> {
    // The least cost of the builds before each, and where the last stretch of these begins.
    let mut best = vec![(0.0, 0)];
    for to in 1..=known.len() {
        let mut count = Count::default();
        let mut least = (f64::INFINITY, 0);
        for from in (0..to).rev() {
            count = count.and(known[from].1);
            let price = if from == 0 { 0.0 } else { PRICE };
            let cost = best[from].0 + price + count.cost();
            if cost < least.0 {
                least = (cost, from);
            }
        }
        best.push(least);
    }
    let (mut firsts, mut to) = (Vec::new(), known.len());
    while to > 0 {
        to = best[to].1;
        firsts.push(to);
    }
    firsts.reverse();
    firsts
}

#[cfg(test)]
mod tests;
