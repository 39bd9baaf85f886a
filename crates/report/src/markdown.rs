//! Markdown for the summary of a CI step: the counts, the matrix, and why what did not pass did not.

use std::fmt::Write as _;

use tincan_harness::{attempt::Attempt, verdict::Outcome};

use crate::{
    matrix::{Group, Matrix, OUTCOMES, groups, matrices},
    report::Report,
};

/// A summary has little room (1 MiB on GitHub), and nobody reads more.
const MOST_REASONS: usize = 50;
/// Characters of one text.
const MOST_CHARACTERS: usize = 600;

/// The report as GitHub Flavored Markdown.
#[must_use]
pub fn render(report: &Report) -> String {
    let groups = groups(report);
    let mut text = format!("## tincan: {} passed of {}\n", report.count(Outcome::Passed), report.planned);
    let counts = OUTCOMES[1..].iter().map(|outcome| (outcome, report.count(*outcome)));
    let counts: Vec<_> =
        counts.filter(|(_, n)| *n > 0).map(|(outcome, n)| format!("{n} {outcome}")).collect();
    if !counts.is_empty() {
        let _ = writeln!(text, "\n{}", counts.join(", "));
    }
    let missing = (report.planned as usize).saturating_sub(report.attempts.len());
    if missing > 0 {
        let _ = writeln!(text, "\n**Cut short:** {missing} of {} calls were not made.", report.planned);
    }
    for matrix in matrices(&groups) {
        text += &table(report, &matrix, &groups);
    }
    text += &reasons(report);
    text
}

fn table(report: &Report, matrix: &Matrix, groups: &[Group<'_>]) -> String {
    let modes: String = matrix.modes.iter().map(|mode| format!(" {mode} |")).collect();
    let rule = " --- |".repeat(matrix.modes.len());
    let mut text = format!(
        "\n{}, {}\n\n| offerer | answerer |{modes}\n| --- | --- |{rule}\n",
        matrix.media, matrix.network
    );
    for row in &matrix.rows {
        let cell = |place: &Option<usize>| match place {
            Some(place) => format!(" {} {} |", sign(groups[*place].worst()), groups[*place].summary()),
            None => " not run |".to_owned(),
        };
        let cells: String = row.cells.iter().map(cell).collect();
        let label = |id| report.environment.label(id);
        let _ = writeln!(text, "| {} | {} |{cells}", label(row.offerer), label(row.answerer));
    }
    text
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Failed => "❌",
        Outcome::Unsupported => "➖",
        Outcome::Errored => "⚠️",
    }
}

fn reasons(report: &Report) -> String {
    let broken: Vec<_> =
        report.attempts.iter().filter(|attempt| attempt.verdict != Outcome::Passed).collect();
    let mut text = String::new();
    if !broken.is_empty() {
        text +=
            "\n### What did not pass\n\n| call | verdict | first break | why |\n| --- | --- | --- | --- |\n";
    }
    for attempt in broken.iter().take(MOST_REASONS) {
        let (name, number, verdict) = (escaped(&attempt.scenario), attempt.repetition, attempt.verdict);
        let (stage, why) = (stage(attempt), why(attempt));
        let _ = writeln!(text, "| {name} #{number} | {} {verdict} | {stage} | {why} |", sign(verdict));
    }
    if broken.len() > MOST_REASONS {
        let _ = writeln!(text, "\n{} more are in the report.", broken.len() - MOST_REASONS);
    }
    text
}

fn stage(attempt: &Attempt) -> String {
    let Some(diagnosis) = &attempt.diagnosis else { return String::new() };
    diagnosis.peer.map_or_else(|| diagnosis.stage.to_string(), |peer| format!("{}, {peer}", diagnosis.stage))
}

fn why(attempt: &Attempt) -> String {
    let reason = escaped(attempt.reason.as_deref().unwrap_or_default());
    attempt.diagnosis.as_ref().map_or(reason.clone(), |diagnosis| {
        format!(
            "{reason}<br>What shows it: {}<br>What to look at: {}",
            escaped(&diagnosis.evidence),
            escaped(&diagnosis.look_at)
        )
    })
}

/// Text that stands for itself in a cell of a table: no HTML, no link, no emphasis, no second line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars().take(MOST_CHARACTERS) {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            // As a character reference a bar does not end the cell, also in a code span; an at sign calls nobody.
            '|' => escaped += "&#124;",
            '@' => escaped += "&#64;",
            _ if letter.is_control() => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => escaped.extend(['\\', letter]),
            _ => escaped.push(letter),
        }
    }
    if text.chars().count() > MOST_CHARACTERS {
        escaped.push('…');
    }
    escaped
}
