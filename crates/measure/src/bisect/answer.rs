//! Whether something is so with a build: asked again until it is sure, or until it shows that it is so in some calls only.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{history::Count, stats::clopper_pearson};

/// How likely an answer is wrong, of a build in which it is so in 9 of 10 calls or in 1 of 10 at the most.
pub const ERROR: f64 = 0.01;
/// The rate at which something counts as so; and 1 less that, at which it counts as not so.
const SO: f64 = 0.9;
/// After so many calls of one build it is said that it cannot be sure.
pub const MOST_CALLS: u32 = 12;

/// What is known of one build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// As with the good end.
    Good,
    /// As with the bad end.
    Bad,
    /// Neither: in some calls the one and in some the other, or between both.
    Unsure {
        /// What was seen.
        seen: String,
    },
    /// It could not be tried.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// In how many calls of a build something was so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateTally(pub Count);

impl RateTally {
    /// One more call.
    pub const fn count(&mut self, is_so: bool) {
        self.0.calls += 1;
        self.0.of += is_so as u32;
    }

    /// Whether it is so, once that is sure (A. Wald, "Sequential tests of statistical hypotheses", 1945: a rate of 0.9 against one of
    /// 0.1); three calls that say the same are enough.
    #[must_use]
    pub fn answer(self) -> Option<bool> {
        let Count { of, calls } = self.0;
        let evidence = (f64::from(of) - f64::from(calls - of)) * (SO / (1.0 - SO)).ln();
        let enough = ((1.0 - ERROR) / ERROR).ln();
        (evidence.abs() >= enough).then_some(evidence > 0.0)
    }

    /// Whether it is not worth asking on.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.0.calls >= MOST_CALLS
    }
}

/// `in 3 of 12 calls (7–57 %)`
impl fmt::Display for RateTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { of, calls } = self.0;
        write!(f, "in {of} of {calls} calls")?;
        match clopper_pearson(of, calls).filter(|_| self.0.is_some()) {
            Some((low, high)) => write!(f, " ({:.0}–{:.0} %)", low * 100.0, high * 100.0),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(calls: &[bool]) -> RateTally {
        let mut tally = RateTally::default();
        calls.iter().for_each(|is_so| tally.count(*is_so));
        tally
    }

    #[test]
    fn three_calls_that_say_the_same_are_enough() {
        assert_eq!((tally(&[true; 2]).answer(), tally(&[true; 3]).answer()), (None, Some(true)));
        assert_eq!((tally(&[false; 2]).answer(), tally(&[false; 3]).answer()), (None, Some(false)));
    }

    #[test]
    fn one_that_says_otherwise_takes_two_more() {
        assert_eq!(tally(&[true, false, true, true]).answer(), None);
        assert_eq!(tally(&[true, false, true, true, true]).answer(), Some(true));
    }

    #[test]
    fn what_is_so_in_every_second_call_is_never_sure() {
        let mut tally = RateTally::default();
        while !tally.is_over() {
            tally.count(tally.0.calls % 2 == 0);
            assert_eq!(tally.answer(), None);
        }
        assert_eq!(tally.to_string(), "in 6 of 12 calls (21–79 %)");
        assert_eq!(super::tests::tally(&[true; 3]).to_string(), "in 3 of 3 calls");
    }
}
