//! Whether a build is as slow as the good end or as the bad one: by rank tests of calls that were made in turns, and never by one call.

use crate::comparison::{mann_whitney, shift};

use super::answer::{Answer, ERROR};

/// After so many calls of each build it is looked whether they tell. Each look may err, so each has its share of the error.
pub const LOOKS: [usize; 3] = [6, 12, 24];

/// The times of one build, and those of both ends, made in turns with it, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimesOf {
    /// The good end's.
    pub good: Vec<f64>,
    /// The build's.
    pub build: Vec<f64>,
    /// The bad end's.
    pub bad: Vec<f64>,
}

/// What a look at the times of two builds has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Looked {
    /// They differ, by so many milliseconds from the first to the second (Hodges and Lehmann).
    Differ(f64),
    /// They do not, as far as can be seen so far.
    Alike,
}

/// Whether two samples differ by more than `margin_ms`, at one of the [`LOOKS`].
#[must_use]
pub fn look(first: &[f64], second: &[f64], margin_ms: f64) -> Looked {
    let by = shift(first, second).unwrap_or_default();
    let is_sure = mann_whitney(first, second).is_some_and(|p| p < ERROR / LOOKS.len() as f64);
    if is_sure && by.abs() > margin_ms { Looked::Differ(by) } else { Looked::Alike }
}

impl TimesOf {
    /// Whether the build is as one end and not as the other; none as long as it may be either.
    #[must_use]
    pub fn answer(&self, margin_ms: f64) -> Option<Answer> {
        let from_good = look(&self.good, &self.build, margin_ms);
        let from_bad = look(&self.build, &self.bad, margin_ms);
        match (from_good, from_bad) {
            (Looked::Differ(_), Looked::Alike) => Some(Answer::Bad),
            (Looked::Alike, Looked::Differ(_)) => Some(Answer::Good),
            (Looked::Differ(good), Looked::Differ(bad)) => Some(Answer::Unsure {
                seen: format!(
                    "it takes {} than the good one, and the bad one {} than it",
                    more(good),
                    more(bad)
                ),
            }),
            (Looked::Alike, Looked::Alike) => None,
        }
    }
}

fn more(ms: f64) -> String {
    format!("{:.0} ms {}", ms.abs(), if ms < 0.0 { "less" } else { "more" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(ms: f64) -> Vec<f64> {
        (0..12).map(|at| ms + f64::from((at * 5) % 12)).collect()
    }

    fn answer(build: f64) -> Option<Answer> {
        TimesOf { good: around(100.0), build: around(build), bad: around(160.0) }.answer(10.0)
    }

    #[test]
    fn a_build_is_as_the_end_from_which_it_does_not_differ() {
        assert_eq!((answer(101.0), answer(158.0)), (Some(Answer::Good), Some(Answer::Bad)));
        let between = answer(130.0).unwrap();
        assert!(matches!(&between, Answer::Unsure { seen } if seen.contains("30 ms more")), "{between:?}");
    }

    #[test]
    fn ends_within_the_margin_do_not_differ_however_sure_that_is() {
        assert_eq!(look(&around(100.0), &around(109.0), 10.0), Looked::Alike);
        assert!(
            matches!(look(&around(100.0), &around(112.0), 10.0), Looked::Differ(by) if (by - 12.0).abs() < 0.1)
        );
    }

    #[test]
    fn few_calls_that_say_little_decide_nothing() {
        assert_eq!(look(&[1.0, 100.0, 50.0], &[90.0, 200.0, 60.0], 10.0), Looked::Alike);
        let few = TimesOf { good: vec![1.0], build: vec![1.0], bad: vec![2.0] };
        assert_eq!(few.answer(10.0), None);
    }
}
