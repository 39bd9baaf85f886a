//! What many attempts at one scenario say together: how often it passes, and how sure that is.

use std::{collections::HashMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::function::{beta::inv_beta_reg, factorial::ln_binomial};
use tincan_harness::verdict::Outcome;

/// What is left out of an interval, half of it at each end: the interval holds the true rate in 95 % of runs.
const OUTSIDE: f64 = 0.05;

/// How often a scenario passed. What is unsupported is no attempt at it; what errored is one that did not pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassRate {
    /// The scenario's name.
    pub scenario: String,
    /// How many attempts passed.
    pub passed: u32,
    /// How many attempts there were.
    pub attempts: u32,
    /// How many of them were errored: they count as not passed, though no peer may be to blame.
    pub errored: u32,
    /// Passed for each attempt, from 0 to 1.
    pub rate: f64,
    /// The lower end of the 95 % interval of the rate (Clopper and Pearson).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What became of the attempts at one scenario.
#[derive(Debug, Default)]
struct Tally {
    passed: u32,
    errored: u32,
    tried: u32,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        self.passed += u32::from(outcome == Outcome::Passed);
        self.errored += u32::from(outcome == Outcome::Errored);
        self.tried += u32::from(outcome != Outcome::Unsupported);
    }

    /// The rate at which `scenario` passed; none if nothing was attempted.
    fn rate(&self, scenario: &str) -> Option<PassRate> {
        let Self { passed, errored, tried } = *self;
        let (low, high) = clopper_pearson(passed, tried)?;
        Some(PassRate {
            scenario: scenario.to_owned(),
            passed,
            attempts: tried,
            errored,
            rate: f64::from(passed) / f64::from(tried),
            low,
            high,
        })
    }
}

/// `48 of 50 passed (96 %, 86–100 %)`, with the 95 % interval. Less than all is never 100 %, and more than none never 0 %.
impl fmt::Display for PassRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, attempts, rate, low, high, .. } = self;
        let percent = |rate: f64| (rate * 100.0).round() as u32;
        let shown = match *passed {
            0 => 0,
            passed if passed == *attempts => 100,
            _ => percent(*rate).clamp(1, 99),
        };
        write!(f, "{passed} of {attempts} passed ({shown} %, {}–{} %)", percent(*low), percent(*high))
    }
}

/// The pass rate of each scenario that was attempted, in the order in which the scenarios first ended: `attempts` are
/// scenarios' names, each with what became of it. They are gone through once.
#[must_use]
pub fn pass_rates<'a>(attempts: impl IntoIterator<Item = (&'a str, Outcome)>) -> Vec<PassRate> {
    let (mut places, mut tallies) = (HashMap::new(), Vec::<(&str, Tally)>::new());
    for (scenario, outcome) in attempts {
        let place = *places.entry(scenario).or_insert(tallies.len());
        if place == tallies.len() {
            tallies.push((scenario, Tally::default()));
        }
        tallies[place].1.count(outcome);
    }
    tallies.iter().filter_map(|(scenario, tally)| tally.rate(scenario)).collect()
}

/// The exact 95 % interval of a rate of which `passed` of `attempts` are known (C. J. Clopper and E. S. Pearson, "The use
/// of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934). None without attempts.
///
/// It holds for few attempts and for rates of 0 and 1, where intervals by the normal distribution do not.
#[must_use]
pub fn clopper_pearson(passed: u32, attempts: u32) -> Option<(f64, f64)> {
    if attempts == 0 || passed > attempts {
        return None;
    }
    let (k, n) = (f64::from(passed), f64::from(attempts));
    let low = if passed == 0 { 0.0 } else { inv_beta_reg(k, n - k + 1.0, OUTSIDE / 2.0) };
    let high = if passed == attempts { 1.0 } else { inv_beta_reg(k + 1.0, n - k, 1.0 - OUTSIDE / 2.0) };
    Some((low, high))
}

/// How likely two rates, each of `(passed, attempts)`, differ as much as they do by chance alone, if there is no difference: the
/// two-sided exact test of R. A. Fisher ("Statistical Methods for Research Workers", 1925), by summing what is no more likely.
#[must_use]
pub fn fisher_exact(one: (u32, u32), other: (u32, u32)) -> f64 {
    let (n, m) = (u64::from(one.1), u64::from(other.1));
    let passed = u64::from(one.0) + u64::from(other.0);
    let ln = |x: u64| ln_binomial(n, x) + ln_binomial(m, passed - x) - ln_binomial(n + m, passed);
    // Two that are as likely differ in their last digits.
    let observed = ln(u64::from(one.0)) + 1e-7;
    let all = passed.saturating_sub(m)..=passed.min(n);
    all.map(ln).filter(|ln| *ln <= observed).map(f64::exp).sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums of C(n, x) C(m, K - x) / C(n + m, K) in exact fractions, of Python's `fractions`.
    #[test]
    fn the_exact_test_is_fishers() {
        for (one, other, p) in [
            ((5, 5), (0, 5), 0.007_936_507_936_507_936),
            ((5, 5), (1, 5), 0.047_619_047_619_047_616),
            ((5, 5), (4, 5), 1.0),
            ((20, 20), (17, 20), 0.230_769_230_769_230_77),
            ((3, 7), (9, 10), 0.100_678_733_031_674_21),
            ((0, 3), (0, 9), 1.0),
            ((100, 120), (60, 120), 5.835_756_802_260_362_4e-8),
        ] {
            let found = fisher_exact(one, other);
            assert!((found / p - 1.0).abs() < 1e-6, "{one:?} {other:?}: {found}, not {p}");
            assert!((fisher_exact(other, one) / p - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_pass_rate_is_never_rounded_to_all_or_nothing() {
        let shown = |passed, attempts| {
            let (low, high) = clopper_pearson(passed, attempts).unwrap();
            let rate = f64::from(passed) / f64::from(attempts);
            PassRate { scenario: String::new(), passed, attempts, errored: 0, rate, low, high }.to_string()
        };
        assert_eq!(shown(48, 50), "48 of 50 passed (96 %, 86–100 %)");
        assert_eq!(shown(999, 1000), "999 of 1000 passed (99 %, 99–100 %)");
        assert_eq!(
            (shown(1, 1000), shown(2, 2)),
            ("1 of 1000 passed (1 %, 0–1 %)".into(), "2 of 2 passed (100 %, 16–100 %)".into())
        );
    }
    /// `scipy.special.betaincinv(k, n - k + 1, 0.025)` and `betaincinv(k + 1, n - k, 0.975)`, of SciPy 1.17.1.
    const BY_SCIPY: [(u32, u32, f64, f64); 14] = [
        (0, 1, 0.0, 0.975),
        (1, 1, 0.025, 1.0),
        (0, 10, 0.0, 0.3084971078187607),
        (10, 10, 0.6915028921812392, 1.0),
        (1, 2, 0.01257911709342505, 0.9874208829065749),
        (5, 10, 0.18708602844739855, 0.8129139715526015),
        (8, 10, 0.4439045376923585, 0.9747892736731666),
        (48, 50, 0.8628623743960326, 0.9951185665738356),
        (1, 1000, 2.531748749129404e-05, 0.005558924279826672),
        (999, 1000, 0.9944410757201734, 0.9999746825125088),
        (9999, 10000, 0.9994429630020529, 0.9999974682224065),
        (5000, 10000, 0.4901513805899805, 0.5098486194100196),
        (0, 10000, 0.0, 0.0003688199146187622),
        (10000, 10000, 0.9996311800853812, 1.0),
    ];

    #[test]
    fn the_interval_is_that_of_scipy() {
        for (passed, attempts, low, high) in BY_SCIPY {
            let (found_low, found_high) = clopper_pearson(passed, attempts).unwrap();
            let off = (found_low - low).abs().max((found_high - high).abs());
            assert!(off < 1e-9, "{passed} of {attempts}: {found_low} to {found_high}, off by {off:e}");
        }
        assert_eq!((clopper_pearson(0, 0), clopper_pearson(2, 1)), (None, None));
    }

    #[test]
    fn the_unsupported_is_no_attempt_and_the_errored_did_not_pass() {
        let attempts = [
            ("a", Outcome::Passed),
            ("b", Outcome::Unsupported),
            ("a", Outcome::Errored),
            ("a", Outcome::Unsupported),
            ("c", Outcome::Errored),
        ];
        let rates = pass_rates(attempts);
        let counts: Vec<_> =
            rates.iter().map(|r| (r.scenario.as_str(), r.passed, r.attempts, r.errored, r.rate)).collect();
        assert_eq!(counts, [("a", 1, 2, 1, 0.5), ("c", 0, 1, 1, 0.0)]);
    }
}
