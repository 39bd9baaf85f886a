//! A call that was made.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tincan_harness::{Attempt, Diagnosis, attempt::ReachedAt, verdict::Outcome};

use crate::{judgement::Judgement, kept::Kept};

/// A call that was made: what became of it, and what was seen. Its peers have ended.
///
/// If the test panics while it has this, the evidence of the call is kept, also of one that passed.
#[derive(Debug)]
pub struct Call {
    attempt: Attempt,
    folder: PathBuf,
    kept: Mutex<Kept>,
}

impl Call {
    pub(crate) fn new(attempt: Attempt, kept: Kept) -> Self {
        Self { attempt, folder: kept.folder().to_owned(), kept: Mutex::new(kept) }
    }

    /// Whether it passed, failed, could not be asked (errored), or is unsupported.
    #[must_use]
    pub const fn verdict(&self) -> Outcome {
        self.attempt.verdict
    }

    /// Why it did not pass; none if it did.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.attempt.reason.as_deref()
    }

    /// The first stage that broke, on which side, and what shows it; none if it passed.
    #[must_use]
    pub const fn diagnosis(&self) -> Option<&Diagnosis> {
        self.attempt.diagnosis.as_ref()
    }

    /// All that was seen: what stands in `report.json` of an attempt.
    #[must_use]
    pub const fn seen(&self) -> &Attempt {
        &self.attempt
    }

    /// What was reached, in order of time.
    #[must_use]
    pub fn milestones(&self) -> &[ReachedAt] {
        &self.attempt.milestones
    }

    /// The folder with `report.html` and `report.json`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the evidence, if it was kept: of a call that did not pass, or if that was asked for.
    #[must_use]
    pub fn evidence(&self) -> Option<PathBuf> {
        self.kept().evidence()
    }

    /// From the click on create offer to the later of the two first frames.
    ///
    /// # Panics
    /// With the diagnosis, unless both sides have seen one.
    #[must_use]
    #[track_caller]
    pub fn first_frame(&self) -> Duration {
        match self.attempt.first_frame_ms {
            Some(ms) => Duration::from_secs_f64(ms.max(0.0) / 1000.0),
            None => self.fall_short("there is no first frame on both sides"),
        }
    }

    /// Goes on if the call passed.
    ///
    /// # Panics
    /// With the diagnosis and the path of the evidence, if it did not.
    #[track_caller]
    pub fn assert_passed(&self) -> &Self {
        if self.verdict() != Outcome::Passed {
            self.fall_short("the call did not pass");
        }
        self
    }

    /// Goes on if a verdict of one's own holds: `own` is a `bool`, or a `Result` with what does not hold.
    ///
    /// # Panics
    /// With what does not hold and the path of the evidence, if it does not.
    #[track_caller]
    pub fn assert<J: Judgement>(&self, own: impl FnOnce(&Attempt) -> J) -> &Self {
        if let Some(shortfall) = own(&self.attempt).shortfall() {
            self.fall_short(&shortfall);
        }
        self
    }

    /// Keeps the evidence, and panics with all that is known.
    #[track_caller]
    fn fall_short(&self, why: &str) -> ! {
        let kept = self.kept().keep_all();
        let lost = kept.err().map(|error| format!("\n  {error}")).unwrap_or_default();
        // Whoever reads the output of a test wants this first.
        panic!("{why}\n{self}{lost}")
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The call, what became of it, what is known of the cause, and where more is.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verdict(), self.attempt.scenario)?;
        if let Some(reason) = self.reason() {
            write!(f, "\n  {reason}")?;
        }
        if let Some(diagnosis) = self.diagnosis() {
            let Diagnosis { stage, evidence, look_at, .. } = diagnosis;
            write!(f, "\n  first break: {stage}: {evidence}\n  look at: {look_at}")?;
        }
        if let Some(evidence) = self.evidence() {
            write!(f, "\n  evidence: {}", evidence.display())?;
        }
        write!(f, "\n  report: {}", self.folder.join(tincan_output::report::PAGE).display())
    }
}

impl Drop for Call {
    /// A test that panics for a reason of its own has evidence, too.
    fn drop(&mut self) {
        if !thread::panicking() || self.evidence().is_some() {
            return;
        }
        let mut kept = self.kept();
        let place = kept.place_of_evidence();
        match kept.keep_all() {
            Ok(()) => eprintln!("evidence of {}: {}", self.attempt.scenario, place.display()),
            Err(error) => eprintln!("{error}"),
        }
    }
}
