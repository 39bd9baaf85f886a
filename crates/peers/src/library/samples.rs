//! What getStats says through a call.

use std::{mem, time::Duration};

use serde_json::Value;
use tincan_harness::{peer::StatsSample, timeline::PeerTime};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// From one sample to the next; a browser is asked as often.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(250);
/// Beyond this, every second sample is dropped.
const MOST_SAMPLES: usize = 200;

/// When samples are due, from now on.
#[expect(clippy::disallowed_methods, reason = "what is sampled has no event; nothing is awaited by it")]
pub(super) fn ticks() -> Interval {
    let mut timer = interval(SAMPLE_INTERVAL);
    timer.reset();
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
}

/// The samples of a call that is running.
#[derive(Debug)]
pub(super) struct Samples {
    taken: Vec<StatsSample>,
    /// How many ticks there were.
    ticks: usize,
    /// Which ticks give a sample: every one, every second, every fourth...
    every: usize,
}

impl Samples {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { taken: Vec::new(), ticks: 0, every: 1 }
    }

    /// Counts a tick, and answers whether a sample is to be taken at it.
    pub(super) const fn tick(&mut self) -> bool {
        self.ticks += 1;
        self.ticks.is_multiple_of(self.every)
    }

    /// Adds what was said `at` that time. A call that lasts long keeps every second sample, and is asked half as often from
    /// then on.
    pub(super) fn add(&mut self, at: PeerTime, entries: Vec<Value>) {
        self.taken.push(StatsSample { at, entries });
        if self.taken.len() == MOST_SAMPLES {
            let mut keep = false;
            self.taken.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }

    /// Answers all, with the last, which was said `at` that time.
    pub(super) fn end(&mut self, at: PeerTime, entries: Vec<Value>) -> Vec<StatsSample> {
        self.add(at, entries);
        mem::take(&mut self.taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_call_has_few_samples_from_its_beginning_to_its_end() {
        let mut samples = Samples::new();
        for second in 0..1000 {
            if samples.tick() {
                samples.add(Duration::from_secs(second), Vec::new());
            }
        }
        let at: Vec<_> = samples.taken.iter().map(|sample| sample.at.as_secs()).collect();
        assert!((MOST_SAMPLES / 2 - 1..MOST_SAMPLES).contains(&at.len()), "{} samples", at.len());
        assert!(at.is_sorted() && at[0] == 0 && at[at.len() - 1] > 990, "{at:?}");
    }
}
