//! `attempts.jsonl`: what a run appends to while it goes on, a line of JSON whenever something has ended. A report is made
//! of these lines, also if the run was killed between two of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{attempt::Attempt, environment::Browser};
use tincan_measure::lines::LinesError;

use crate::report::{Report, Run};

/// The name of the file in the folder of a run.
pub const FILE: &str = "attempts.jsonl";

/// A line of `attempts.jsonl`: an object with one field, whose name says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "a line of tincan's attempts.jsonl")]
pub enum Line {
    /// The first line, and no other one.
    Run(Run),
    /// A browser that was started: before the line of the first attempt that ended after that.
    Browser(Browser),
    /// An attempt that has ended, as it stands in the report.
    Attempt(Box<Attempt>),
    /// The folder of evidence of an earlier line is no longer there: the disk was full.
    EvidenceRemoved(String),
}

impl Line {
    /// The JSON Schema (draft 2020-12) of a line, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }
}

impl Report {
    /// The report of a run that has appended these lines.
    ///
    /// # Errors
    /// When they are not those of one command.
    pub fn of_lines(lines: impl IntoIterator<Item = Line>) -> Result<Self, LinesError> {
        let mut lines = lines.into_iter();
        let Some(Line::Run(mut run)) = lines.next() else { return Err(LinesError::NoFirst) };
        let mut attempts: Vec<Attempt> = Vec::new();
        for line in lines {
            match line {
                Line::Run(_) => return Err(LinesError::SecondFirst),
                Line::Browser(browser) => run.environment.browsers.push(browser),
                Line::Attempt(attempt) => attempts.push(*attempt),
                Line::EvidenceRemoved(folder) => {
                    let whose = |attempt: &&mut Attempt| attempt.evidence.as_ref() == Some(&folder);
                    attempts.iter_mut().filter(whose).for_each(|attempt| attempt.evidence = None);
                }
            }
        }
        Ok(Self::of(run, attempts))
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{environment::Environment, testing, verdict::Verdict};

    use super::*;
    use crate::report::SCHEMA_VERSION;

    fn run() -> Run {
        Run {
            schema_version: SCHEMA_VERSION,
            environment: Environment::default(),
            planned: 7,
            redacted: Vec::new(),
        }
    }

    fn attempt(repetition: u32) -> Attempt {
        let evidence = Some(format!("evidence/{repetition}"));
        Attempt {
            evidence,
            ..Attempt::without_exchange(&testing::catalogue().scenarios()[0], repetition, &Verdict::Passed)
        }
    }

    #[test]
    fn a_report_of_lines_is_that_of_the_attempts() {
        let browser = Browser { name: "chromium".to_owned(), ..Browser::default() };
        let mut lines = vec![Line::Run(run()), Line::Browser(browser.clone())];
        lines.extend((1..=3).map(|n| Line::Attempt(Box::new(attempt(n)))));
        let mut expected = Report::of(run(), (1..=3).map(attempt).collect());
        expected.environment.browsers.push(browser);
        expected.sum_up();
        assert_eq!(Report::of_lines(lines.clone()).as_ref(), Ok(&expected));
        lines.push(Line::EvidenceRemoved("evidence/2".to_owned()));
        expected.attempts[1].evidence = None;
        assert_eq!(Report::of_lines(lines).as_ref(), Ok(&expected));
    }

    #[test]
    fn lines_that_are_not_those_of_one_run_are_refused() {
        assert_eq!(Report::of_lines([]), Err(LinesError::NoFirst));
        assert_eq!(Report::of_lines([Line::Attempt(Box::new(attempt(1)))]), Err(LinesError::NoFirst));
        assert_eq!(Report::of_lines([Line::Run(run()), Line::Run(run())]), Err(LinesError::SecondFirst));
    }
}
