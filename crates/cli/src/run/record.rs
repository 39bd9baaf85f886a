//! What is known of a run, and where it is written: attempts as they end, and the report at the end.

use std::{
    io::{self, ErrorKind},
    iter,
    time::Duration,
};

use anyhow::Context;
use tincan_harness::{Attempt, environment::Browser};
use tincan_output::{Evidence, Output};
use tincan_report::{
    Report, Run,
    lines::{FILE as ATTEMPTS, Line},
};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    progress::Progress,
    subject::Subject,
    summary, table,
    worker::{Ended, News},
};
use crate::{exit::Exit, print, report::Formats, stop::Stop};

/// A run that goes on.
#[derive(Debug)]
pub struct Record {
    /// What has ended. Its pass rates are worked out at the end.
    report: Report,
    output: Output,
    evidence: Evidence,
}

impl Record {
    /// The record of a run of which nothing has ended.
    pub fn new(run: Run, output: Output, evidence: Evidence) -> Self {
        Self { report: Report::of(run, Vec::new()), output, evidence }
    }

    /// Takes down what the workers say until the last of them has made its calls.
    ///
    /// # Errors
    /// When an attempt, or else the evidence of one, could not be written. The first orders a stop.
    pub async fn take_down(&mut self, mut news: UnboundedReceiver<News>, stop: &Stop) -> anyhow::Result<()> {
        let mut progress = Progress::new(self.report.planned);
        let (mut written, mut kept) = (Ok(()), Ok(()));
        loop {
            let said = tokio::select! {
                biased;
                () = stop.ordered(), if !progress.is_stopping() => {
                    progress.stop();
                    continue;
                }
                said = news.recv() => said,
            };
            match said {
                Some(News::Started { worker, scenario }) => progress.started(worker, &scenario),
                Some(News::Ended(Ended { worker, attempt, exchange, browsers })) => {
                    let known = self.know(browsers);
                    // A call whose evidence is lost has its verdict in the report all the same.
                    let (attempt, outcome) =
                        self.evidence.keep(*attempt, exchange.as_deref(), &self.report.environment);
                    kept = kept.and(outcome.map_err(Into::into));
                    written = written.and(known).and(self.add(attempt));
                    if written.is_err() {
                        stop.order();
                    }
                    // Only now: what has been shown to have ended is not lost any more.
                    self.report
                        .attempts
                        .last()
                        .into_iter()
                        .for_each(|attempt| progress.ended(worker, attempt));
                }
                None => return written.and(kept),
            }
        }
    }

    /// Takes down browsers that were started. Each stands in the report once, however often it was started.
    fn know(&mut self, browsers: Vec<Browser>) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        for browser in browsers {
            if !self.report.environment.browsers.contains(&browser) {
                self.report.environment.browsers.push(browser.clone());
                let line = Line::Browser(browser);
                outcome = outcome.and(self.with_room(|output, _| Ok(output.append(&line)?)));
            }
        }
        outcome
    }

    /// Takes down an attempt, and appends it to those that are written.
    fn add(&mut self, attempt: Attempt) -> anyhow::Result<()> {
        self.report.attempts.push(attempt);
        self.with_room(|output, report| match report.attempts.last() {
            Some(attempt) => Ok(output.append(&Line::Attempt(Box::new(attempt.clone())))?),
            None => Ok(()),
        })
    }

    /// Writes something. While there is no room for it, verdicts come before evidence: the last that was kept makes way.
    ///
    /// # Errors
    /// When there was none at first: then the run is over, even if it could be written in the end.
    fn with_room(
        &mut self,
        mut write: impl FnMut(&mut Output, &Report) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Err(mut error) = write(&mut self.output, &self.report) else { return Ok(()) };
        let (mut gone, mut at_once) = (Vec::new(), 1);
        while is_full(&error) {
            let attempts = &mut self.report.attempts;
            let more = iter::from_fn(|| self.evidence.give_up_last(attempts)).take(at_once);
            let before = gone.len();
            gone.extend(more);
            if gone.len() == before {
                break;
            }
            match write(&mut self.output, &self.report) {
                Ok(()) => {
                    error = error.context(format!("{} made way for what had to be written", gone.join(", ")));
                    break;
                }
                Err(still) => error = still,
            }
            // A large report is not written once more for each folder.
            at_once *= 2;
        }
        for folder in gone {
            // If there is no room even for this, the report has a link that leads nowhere.
            let _ = self.output.append(&Line::EvidenceRemoved(folder));
        }
        Err(error)
    }

    /// Makes the report of what has ended, and writes it, its page and the other formats. Answers also which of these could
    /// be written.
    pub fn finish(mut self, formats: &Formats) -> (Finished, [anyhow::Result<()>; 3]) {
        self.report.sum_up();
        let mut written = self.with_room(|output, report| Ok(output.write(report)?));
        if !self.output.report().exists() {
            let folder = self.output.folder().display();
            written = written.with_context(|| {
                format!(
                    "what has ended is in {folder}/{ATTEMPTS}: make room, and then `tincan report {folder}`"
                )
            });
        }
        let page = self.output.write_page(&self.report).map_err(Into::into);
        let written = [written, page, formats.write(&self.report)];
        (Finished { report: self.report, output: self.output }, written)
    }
}

/// A run that is over.
#[derive(Debug)]
pub struct Finished {
    report: Report,
    output: Output,
}

impl Finished {
    /// How it ends. Where what it was about took no part, it says so.
    pub fn exit(&self, subject: Option<Subject>) -> Exit {
        let attempts = &self.report.attempts;
        if let Some(unused) = subject.and_then(|subject| subject.unused(&self.report)) {
            print::to_stderr(&format!("error: {unused}"));
            return Exit::CouldNotAsk;
        }
        Exit::of_run(attempts.iter().map(|attempt| attempt.verdict))
    }

    /// What is shown at the end.
    pub fn results(&self, took: Duration, interrupted: bool) -> String {
        let (table, summary) = (
            table::render(&self.report),
            summary::render(&self.report, self.output.folder(), took, interrupted),
        );
        let (page, report) = (self.output.page(), self.output.report());
        format!("{table}{summary}\npage: {}\nreport: {}\n", page.display(), report.display())
    }
}

/// Whether there was no room.
fn is_full(error: &anyhow::Error) -> bool {
    let mut kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    kinds.any(|kind| matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use anyhow::anyhow;
    use tincan_harness::{Environment, Verdict};
    use tincan_output::lines;
    use tincan_peers::registry::catalogue;
    use tincan_report::SCHEMA_VERSION;

    use super::*;

    /// A run of which as many attempts have ended, each with evidence.
    fn record(folder: &Path, attempts: u32) -> Record {
        let run = Run {
            schema_version: SCHEMA_VERSION,
            environment: Environment::default(),
            planned: 99,
            redacted: Vec::new(),
        };
        let output = Output::open(Some(folder.to_owned()), &run).unwrap();
        let evidence = Evidence::new(output.folder(), true, false);
        let mut record = Record::new(run, output, evidence);
        for repetition in 1..=attempts {
            let attempt =
                Attempt::without_exchange(&catalogue().scenarios()[0], repetition, &Verdict::Passed);
            let (attempt, kept) = record.evidence.keep(attempt, None, &record.report.environment);
            kept.unwrap();
            record.add(attempt).unwrap();
        }
        record
    }

    fn with_evidence(report: &Report) -> usize {
        report.attempts.iter().filter(|attempt| attempt.evidence.is_some()).count()
    }

    fn appended(folder: &Path) -> Report {
        let found = lines::read(&folder.join(ATTEMPTS), SCHEMA_VERSION).unwrap();
        assert_eq!(found.left_out, []);
        Report::of_lines(found.lines).unwrap()
    }

    #[test]
    fn while_there_is_no_room_evidence_makes_way_and_no_more_of_it_than_twice_what_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = record(folder.path(), 9);
        let mut tries = 0;
        let outcome = record.with_room(|_, report| {
            tries += 1;
            let full =
                || anyhow::Error::from(io::Error::from(ErrorKind::StorageFull)).context("failed to write x");
            if with_evidence(report) > 5 { Err(full()) } else { Ok(()) }
        });
        let said = format!("{:#}", outcome.unwrap_err());
        assert!(
            said.contains("-9, ") && said.contains("made way") && said.contains("failed to write x"),
            "{said}"
        );
        // One folder, then two, then four.
        assert_eq!((tries, with_evidence(&record.report)), (4, 2));
        assert_eq!(std::fs::read_dir(folder.path().join("evidence")).unwrap().count(), 2);
        assert_eq!(appended(folder.path()).attempts, record.report.attempts);
    }

    #[test]
    fn evidence_makes_way_for_nothing_but_room() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = record(folder.path(), 2);
        assert!(record.with_room(|_, _| Err(anyhow!("it is read-only"))).is_err());
        assert_eq!(with_evidence(&record.report), 2);
    }

    #[test]
    fn the_report_of_the_lines_is_that_of_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = record(folder.path(), 3);
        let browser = Browser { name: "chromium".to_owned(), ..Browser::default() };
        record.know(vec![browser.clone(), browser]).unwrap();
        assert!(!record.output.report().exists(), "it is written before the end");
        let appended = appended(folder.path());
        let (finished, written) = record.finish(&Formats::new(Default::default()).unwrap());
        assert!(written.iter().all(Result::is_ok), "{written:?}");
        assert_eq!((appended.environment.browsers.len(), appended), (1, finished.report));
    }
}
