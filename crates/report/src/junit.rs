//! JUnit XML, as CI systems read it: a test case for each attempt.
//!
//! Jenkins sorts cases by the package and the class in `classname`, GitLab tells them apart by `classname` and `name`
//! together, and most summaries on GitHub show the name alone. So the name says all, and no two cases of a file share one.

use std::{collections::HashSet, fmt::Write as _, iter, time::Duration};

use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite};
use tincan_harness::{attempt::Attempt, verdict::Outcome};

use crate::{alike::Alike, report::Report};

/// The report as XML.
///
/// # Errors
/// When the XML cannot be written, which has no known cause.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new("tincan");
    let mut names = HashSet::new();
    suite.add_test_cases(report.attempts.iter().map(|attempt| case(attempt, &mut names)));
    suite.add_test_cases(alike(report).iter().map(|attempt| case(attempt, &mut names)));
    let mut junit = quick_junit::Report::new("tincan");
    if let Some(time) = report.attempts.iter().filter_map(time).reduce(Duration::saturating_add) {
        suite.set_time(time);
        junit.set_time(time);
    }
    junit.add_test_suite(suite);
    junit.to_string()
}

/// Those that came out as another one did, of which no more is kept: what is told of that one holds for them, but for its times.
fn alike(report: &Report) -> Vec<Attempt> {
    let stands = |alike: &Alike| {
        let is_it =
            |attempt: &&Attempt| attempt.scenario == alike.scenario && attempt.repetition == alike.like;
        report.attempts.iter().find(is_it)
    };
    let of = |alike: &Alike| -> Vec<Attempt> {
        let Some(one) = stands(alike) else { return Vec::new() };
        let one = one.clone().without_details();
        let repetitions = alike.repetitions.iter();
        repetitions
            .map(|repetition| Attempt { repetition: *repetition, took_ms: None, ..one.clone() })
            .collect()
    };
    report.alike.iter().flat_map(of).collect()
}

fn case(attempt: &Attempt, names: &mut HashSet<String>) -> TestCase {
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
    let mut case = TestCase::new(name(attempt, names), status);
    case.set_classname(allowed(&class(attempt)));
    if let Some(time) = time(attempt) {
        case.set_time(time);
    }
    case
}

/// The scenario, and from the second attempt at it on its number: `…/direct #2`. A report that somebody has put together may
/// hold an attempt twice, or names that differ only by what XML forbids: then what comes later is told apart as well.
fn name(attempt: &Attempt, names: &mut HashSet<String>) -> String {
    let repetition = if attempt.repetition > 1 { format!(" #{}", attempt.repetition) } else { String::new() };
    let name = allowed(&format!("{}{repetition}", attempt.scenario));
    let more = (2_u32..).map(|again| format!("{name} ({again})"));
    let free = iter::once(name.clone()).chain(more).find(|name| !names.contains(name)).unwrap_or_default();
    names.insert(free.clone());
    free
}

/// `tincan.OFFERER-to-ANSWERER`: as a package and a class, the pair.
fn class(attempt: &Attempt) -> String {
    let pair = attempt.scenario.split('/').next().unwrap_or_default();
    format!("tincan.{}", pair.replace('.', "-"))
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

/// What the attempt took; none if nobody took the time.
fn time(attempt: &Attempt) -> Option<Duration> {
    Duration::try_from_secs_f64(attempt.took_ms? / 1000.0).ok()
}

/// The characters that XML 1.0 allows (section 2.2, `Char`).
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{1_0000}'..);
    text.chars().filter(is_allowed).collect()
}
