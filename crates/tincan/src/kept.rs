//! What is written of a call.

use std::path::{Path, PathBuf};

use tincan_harness::{Attempt, Environment, Exchange, environment::Browser};
use tincan_output::{Evidence, Output};
use tincan_report::{Report, Run, SCHEMA_VERSION, evidence, lines::Line, redact::Secret};

use crate::error::Result;

/// The report of one call, and its evidence.
#[derive(Debug)]
pub(crate) struct Kept {
    output: Output,
    redact: bool,
    report: Report,
    /// All that is known of the call, for evidence that is wanted later.
    attempt: Option<Attempt>,
    exchange: Option<Exchange>,
}

impl Kept {
    /// Opens the folder of a call, before anything is started.
    ///
    /// # Errors
    /// When it cannot be written, or holds what tincan did not write.
    pub(crate) fn begin(folder: PathBuf, environment: Environment, redact: bool) -> Result<Self> {
        let redacted = if redact { Secret::ALL.to_vec() } else { Vec::new() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 1, redacted };
        let output = Output::open(Some(folder), &run)?;
        Ok(Self { output, redact, report: Report::of(run, Vec::new()), attempt: None, exchange: None })
    }

    /// Takes down what the call yielded: its evidence if it did not pass, or is to be kept in any case.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn end(
        &mut self,
        (attempt, exchange): (Attempt, Option<Exchange>),
        browsers: &[Browser],
        keep_evidence: bool,
    ) -> Result<()> {
        for browser in browsers {
            self.report.environment.browsers.push(browser.clone());
            self.output.append(&Line::Browser(browser.clone()))?;
        }
        (self.attempt, self.exchange) = (Some(attempt), exchange);
        let kept = self.keep(keep_evidence);
        if let Some(attempt) = self.report.attempts.first() {
            self.output.append(&Line::Attempt(Box::new(attempt.clone())))?;
        }
        kept
    }

    /// Keeps the evidence of a call of which it was not kept, and writes the report anew.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep_all(&mut self) -> Result<()> {
        if self.evidence().is_some() { Ok(()) } else { self.keep(true) }
    }

    fn keep(&mut self, all: bool) -> Result<()> {
        let Some(attempt) = self.attempt.clone() else { return Ok(()) };
        let mut evidence = Evidence::new(self.output.folder(), all, self.redact);
        let (attempt, kept) = evidence.keep(attempt, self.exchange.as_ref(), &self.report.environment);
        self.report.attempts = vec![attempt];
        self.report.sum_up();
        self.output.write(&self.report)?;
        self.output.write_page(&self.report)?;
        Ok(kept?)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.output.folder()
    }

    /// Where evidence is; none if it is not kept.
    pub(crate) fn evidence(&self) -> Option<PathBuf> {
        let evidence = self.report.attempts.first()?.evidence.as_ref()?;
        Some(self.folder().join(evidence))
    }

    /// Where evidence would be if it were kept.
    pub(crate) fn place_of_evidence(&self) -> PathBuf {
        let name = self.attempt.as_ref().map(evidence::folder_name).unwrap_or_default();
        self.folder().join(evidence::FOLDER).join(name)
    }
}
