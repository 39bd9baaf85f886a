//! What is shown while calls are made: a line for each that has ended, and on a terminal what is going on now.

use std::{collections::BTreeMap, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use tincan_harness::{Attempt, Scenario};
use tincan_report::group::time;

use crate::print;

const TICK: Duration = Duration::from_millis(100);

/// The progress of a run, on standard error.
#[derive(Debug)]
pub struct Progress {
    /// Draws nothing where there is no terminal.
    bar: ProgressBar,
    calling: BTreeMap<usize, String>,
    stopping: bool,
}

impl Progress {
    /// The progress of a run of `planned` calls, none of which has begun.
    pub fn new(planned: u32) -> Self {
        let bar = ProgressBar::new(planned.into());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, calling: BTreeMap::new(), stopping: false }
    }

    /// A worker makes a call.
    pub fn started(&mut self, worker: usize, scenario: &Scenario) {
        self.calling.insert(worker, scenario.to_string());
        self.show();
    }

    /// A worker's call has ended.
    pub fn ended(&mut self, worker: usize, attempt: &Attempt) {
        self.calling.remove(&worker);
        self.bar.inc(1);
        self.bar.suspend(|| print::to_stderr(&line(attempt)));
        self.show();
    }

    /// No more calls are begun, and those that are being made are dropped.
    pub fn stop(&mut self) {
        self.stopping = true;
        self.bar.suspend(|| print::to_stderr("interrupted: closing what is open (once more ends at once)"));
        self.show();
    }

    /// Whether it has been told to stop.
    pub const fn is_stopping(&self) -> bool {
        self.stopping
    }

    fn show(&self) {
        let calling = self.calling.values().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.bar.set_message(match () {
            () if self.stopping => "closing".to_owned(),
            () if calling.is_empty() => calling,
            () => format!("calling {calling}"),
        });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `passed       chromium-to-chromium/vanilla/vp8/direct  231 ms`, or the reason below if it did not pass.
fn line(attempt: &Attempt) -> String {
    let outcome = print::outcome(attempt.verdict, 11);
    let repetition = if attempt.repetition > 1 { format!(" #{}", attempt.repetition) } else { String::new() };
    let more = match (&attempt.reason, attempt.first_frame_ms) {
        (Some(reason), _) => format!("\n{:13}{reason}", ""),
        (None, Some(ms)) => format!("  {}", time(ms)),
        (None, None) => String::new(),
    };
    format!("{outcome}  {}{repetition}{more}", attempt.scenario)
}
