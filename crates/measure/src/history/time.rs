//! What got slower or quicker: stretches of builds whose times are alike, found by rank tests.
//!
//! Builds take turns within each round, so what the machine does meanwhile hits all of them alike. The times of all builds are divided
//! where a rank test tells the two parts apart best, and each part again, as long as that is surer than chance would have it in all the
//! tests that are made (binary segmentation, with Bonferroni's correction).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::scenario::PeerId;

use super::call::{CallRecord, Calls};
use crate::comparison::{FEWEST_BLOCKS, Phases, UnpairedContrast, mann_whitney, median};

/// How likely any change of times is told that is none.
const ERROR: f64 = 0.05;
/// The place of the phase that ends with the first packet.
const FIRST_PACKET: usize = 4;
/// The whole of it, from the click on create offer to the later of the two first frames.
pub const SET_UP: &str = "set-up";

/// Everything of a call that takes time: the whole, and each of its phases.
#[must_use]
pub fn quantities() -> [&'static str; 7] {
    let [gathering, signalling, ice, dtls, packet, frame] = Phases::NAMES;
    [SET_UP, gathering, signalling, ice, dtls, packet, frame]
}

/// What a call took for one of [`quantities`], in milliseconds; none if it is left out of times.
#[must_use]
pub fn time_ms(call: &CallRecord, quantity: &str) -> Option<f64> {
    if quantity == SET_UP {
        return call.first_frame_ms;
    }
    let at = Phases::NAMES.iter().position(|name| *name == quantity)?;
    let phases = call.phases?;
    // Where no first packet was stamped, all that it took is counted to the frame, and neither says anything.
    let is_known = at < FIRST_PACKET || phases.values()[FIRST_PACKET] > 0.0;
    is_known.then(|| phases.values()[at])
}

/// The times of one quantity with one build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Times {
    /// The build.
    pub build: PeerId,
    /// The scenario.
    pub scenario: String,
    /// What took so long: `set-up`, or a phase of it.
    pub quantity: String,
    /// How many calls are in it.
    pub calls: usize,
    /// Their median, in milliseconds.
    pub median_ms: f64,
    /// The 90th percentile.
    pub p90_ms: f64,
}

/// A change of times from one build to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeChange {
    /// The scenario.
    pub scenario: String,
    /// What takes longer or less long: `set-up`, or a phase of it.
    pub quantity: String,
    /// The builds before, back to where it changed last, against this one and those after, up to where it changes next.
    pub contrast: UnpairedContrast,
    /// It in words, without the scenario.
    pub text: String,
}

/// The changes of times, each with the place of the build with which it came.
pub(super) fn changes(calls: &Calls) -> Vec<(usize, TimeChange)> {
    let question = &calls.question;
    let tests = question.builds.len() * question.scenarios.len() * quantities().len();
    let mut found = Vec::new();
    for scenario in &question.scenarios {
        for quantity in quantities() {
            let samples: Vec<_> =
                question.builds.iter().map(|build| times(calls, build.name, scenario, quantity)).collect();
            let division =
                Division { samples: &samples, margin_ms: question.margin_ms, error: ERROR / tests as f64 };
            let mut firsts = vec![0];
            division.divide(0, samples.len(), &mut firsts);
            firsts.sort_unstable();
            found.extend(contrasts(calls, &division, &firsts).into_iter().map(|(at, contrast)| {
                let text = in_words(quantity, &contrast);
                let change =
                    TimeChange { scenario: scenario.clone(), quantity: quantity.to_owned(), contrast, text };
                (at, change)
            }));
        }
    }
    found
}

/// The times of `quantity` in the calls of one build, in milliseconds.
pub(super) fn times(calls: &Calls, build: PeerId, scenario: &str, quantity: &str) -> Vec<f64> {
    let own = calls.calls.iter().filter(|call| call.build == build && call.scenario == scenario);
    own.filter_map(|call| time_ms(call, quantity)).collect()
}

fn contrasts(calls: &Calls, division: &Division<'_>, firsts: &[usize]) -> Vec<(usize, UnpairedContrast)> {
    let question = &calls.question;
    let ends = firsts.iter().skip(1).copied().chain([division.samples.len()]);
    let stretches: Vec<_> = firsts.iter().copied().zip(ends).collect();
    let contrast = |pair: &[(usize, usize)]| {
        let (then, now) = (division.pooled(pair[0].0, pair[0].1), division.pooled(pair[1].0, pair[1].1));
        // Builds that could not be tried belong to the stretch after which they come.
        let first = (pair[1].0..pair[1].1).find(|at| !division.samples[*at].is_empty())?;
        Some((first, UnpairedContrast::of(&then, &now, question.margin_ms, question.seed)?))
    };
    stretches.windows(2).filter_map(contrast).collect()
}

/// The times of each build, and what has to be seen in them.
struct Division<'s> {
    samples: &'s [Vec<f64>],
    margin_ms: f64,
    /// How likely one test may find what is not there.
    error: f64,
}

impl Division<'_> {
    fn pooled(&self, from: usize, to: usize) -> Vec<f64> {
        self.samples[from..to].concat()
    }

    fn divide(&self, from: usize, to: usize, firsts: &mut Vec<usize>) {
        let tried = (from + 1..to).filter_map(|at| {
            let (before, after) = (self.pooled(from, at), self.pooled(at, to));
            let enough = before.len().min(after.len()) >= FEWEST_BLOCKS;
            Some((at, mann_whitney(&before, &after).filter(|_| enough)?))
        });
        let Some((at, p_value)) = tried.min_by(|a, b| a.1.total_cmp(&b.1)) else { return };
        let middle = |from, to| median(&self.pooled(from, to)).unwrap_or_default();
        let apart = (middle(from, at) - middle(at, to)).abs();
        if p_value < self.error && apart > self.margin_ms {
            firsts.push(at);
            self.divide(from, at, firsts);
            self.divide(at, to, firsts);
        }
    }
}

/// `set-up takes 31 ms [20, 40] longer: the median was 120 ms (n = 36), and is 151 ms (n = 12)`
fn in_words(quantity: &str, contrast: &UnpairedContrast) -> String {
    let shift = contrast.shift_ms;
    let (size, low, high, word) = match shift.value < 0.0 {
        true => (-shift.value, -shift.high, -shift.low, "less"),
        false => (shift.value, shift.low, shift.high, "longer"),
    };
    let p = match contrast.p_value < 0.0001 {
        true => "p below 0.0001".to_owned(),
        false => format!("p {:.4}", contrast.p_value),
    };
    format!(
        "{quantity} takes {size:.0} ms [{low:.0}, {high:.0}] {word}: the median was {:.0} ms (n = {}), and is {:.0} ms (n = {}), {p}",
        contrast.then_ms[0], contrast.then, contrast.now_ms[0], contrast.now,
    )
}
