//! JUnit XML, as CI systems read it: a test case for each attempt, its class is the scenario.

use std::{fmt::Write as _, time::Duration};

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};

use crate::{
    report::{Attempt, Report},
    verdict::Outcome,
};

/// The report as XML.
///
/// # Errors
/// When the XML cannot be written, which has no known cause.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new("tincan");
    suite.add_test_cases(report.attempts.iter().map(case));
    let mut junit = quick_junit::Report::new("tincan");
    junit.add_test_suite(suite);
    junit.to_string()
}

fn case(attempt: &Attempt) -> TestCase {
    let mut status = match attempt.verdict {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Errored => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Unsupported => TestCaseStatus::skipped(),
    };
    if attempt.verdict != Outcome::Passed {
        status.set_type(attempt.verdict.to_string());
        status.set_message(allowed(&message(attempt)));
        status.set_description(allowed(&description(attempt)));
    }
    let mut case = TestCase::new(format!("attempt {}", attempt.repetition), status);
    case.set_classname(allowed(&attempt.scenario));
    if let Some(time) = time(attempt) {
        case.set_time(time);
    }
    case
}

/// The first break if it is known, and the reason.
fn message(attempt: &Attempt) -> String {
    let reason = attempt.reason.clone().unwrap_or_default();
    let Some(diagnosis) = &attempt.diagnosis else { return reason };
    format!("{}: {reason}", diagnosis.stage)
}

fn description(attempt: &Attempt) -> String {
    let mut text = attempt.reason.clone().unwrap_or_default();
    if let Some(diagnosis) = &attempt.diagnosis {
        let peer = diagnosis.peer.map_or_else(String::new, |peer| format!(", {peer}"));
        let _ = write!(
            text,
            "\nfirst break: {}{peer}\nwhat shows it: {}\nwhat to look at: {}",
            diagnosis.stage, diagnosis.evidence, diagnosis.look_at
        );
    }
    if let Some(folder) = &attempt.evidence {
        let _ = write!(text, "\nevidence: {folder}");
    }
    text
}

/// The time to the first frame; else that of the last thing that was reached.
fn time(attempt: &Attempt) -> Option<Duration> {
    let last = attempt.milestones.iter().map(|m| m.at_ms).reduce(f64::max);
    let ms = attempt.first_frame_ms.or(last).filter(|ms| *ms >= 0.0)?;
    Duration::try_from_secs_f64(ms / 1000.0).ok()
}

/// The characters that XML 1.0 allows (section 2.2, `Char`).
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{1_0000}'..);
    text.chars().filter(is_allowed).collect()
}
