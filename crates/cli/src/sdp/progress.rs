//! What is shown while peers are asked: on a terminal alone, on standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const TICK: Duration = Duration::from_millis(100);

/// The progress of questions.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// That of `planned` questions, none of which was asked.
    pub fn new(planned: usize) -> Self {
        let bar = ProgressBar::new(planned as u64);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }

    /// Says what is being done.
    pub fn say(&self, message: String) {
        self.0.set_message(message);
    }

    /// One more is over.
    pub fn advance(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
