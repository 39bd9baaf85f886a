//! Markdown for the summary of a CI step: the counts, why what did not pass did not, and the grids.

use std::fmt::Write as _;

use tincan_harness::{attempt::Attempt, scenario::PeerId, signaling::SignalingMode, verdict::Outcome};

use crate::{
    grid::{FEW, Grid, grids, letter, letters},
    group::{Group, OUTCOMES, Unsupported, counted, groups, unsupported},
    html::words::date,
    implementation::Implementation,
    report::Report,
    sdp::LeftOut,
    since::Since,
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
    let missing = (report.planned as usize).saturating_sub(report.ended());
    if missing > 0 {
        let _ = writeln!(text, "\n**Cut short:** {missing} of {} calls were not made.", report.planned);
    }
    text += &report.since.as_ref().map(since).unwrap_or_default();
    text += &faults(&groups);
    for grid in grids(report, &groups) {
        text += &table(report, &grid, &groups);
    }
    text += &left_out(report);
    text += &implementations(report);
    text += &quiet(&groups);
    text += &scenarios(&groups);
    text
}

/// What has changed since an earlier report.
fn since(since: &Since) -> String {
    let mut text = format!("\n### Since {}\n\n", date(since.started_at_s));
    if since.is_nothing() {
        return text + "Nothing has changed.\n";
    }
    let lines = since.versions.iter().map(ToString::to_string);
    let scenarios = since.scenarios.iter().map(|change| {
        let reason = change.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{change}{reason}")
    });
    let all: Vec<_> = lines.chain(scenarios).collect();
    for line in all.iter().take(MOST_REASONS) {
        let _ = writeln!(text, "- {}", escaped(line));
    }
    if all.len() > MOST_REASONS {
        let _ = writeln!(text, "- and {} more, which are in report.json", all.len() - MOST_REASONS);
    }
    text
}

/// A grid: a cell has the letter of each mode with its sign, and how often it passed if it was repeated.
fn table(report: &Report, grid: &Grid, groups: &[Group<'_>]) -> String {
    let label = |id: &PeerId| report.environment.label(*id);
    let heads: String = grid.answerers.iter().map(|id| format!(" {} |", label(id))).collect();
    let rule = " --- |".repeat(grid.answerers.len());
    let (title, letters) = (grid.title(), letters(&grid.modes));
    let mut text = format!("\n**{title}** ({letters})\n\n| offerer ↓ answerer → |{heads}\n| --- |{rule}\n");
    for offerer in &grid.offerers {
        let cell = |answerer: &PeerId| {
            let marks: Vec<_> =
                grid.cell(*offerer, *answerer).map(|(mode, place)| mark(mode, &groups[place])).collect();
            let between = if marks.iter().any(|mark| mark.contains(['/', '('])) { "<br>" } else { " " };
            format!(" {} |", marks.join(between))
        };
        let cells: String = grid.answerers.iter().map(cell).collect();
        let _ = writeln!(text, "| {} |{cells}", label(offerer));
    }
    text
}

fn mark(mode: SignalingMode, group: &Group<'_>) -> String {
    let tally = group.tally().map(|tally| format!(" {tally}")).unwrap_or_default();
    let fault = group.known_fault.map(|id| format!(" (known fault of {id})")).unwrap_or_default();
    format!("{}{}{tally}{fault}", letter(mode), sign(group.worst()))
}

/// Who was to take part and does not.
fn left_out(report: &Report) -> String {
    if report.left_out.is_empty() {
        return String::new();
    }
    let line = |left_out: &LeftOut| format!("- {}: {}\n", left_out.name, escaped(&left_out.reason));
    format!("\n**Left out:**\n\n{}", report.left_out.iter().map(line).collect::<String>())
}

/// Who took part, a row each, and their known faults.
fn implementations(report: &Report) -> String {
    if report.implementations.is_empty() {
        return String::new();
    }
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads = [vec!["who".to_owned()], Implementation::columns()].concat();
    let mut text =
        format!("\n### Implementations\n\n{}{}", row(&heads), row(&vec!["---".to_owned(); heads.len()]));
    for implementation in &report.implementations {
        let cells = implementation.cells().iter().map(|cell| escaped(cell)).collect();
        text += &row(&[vec![implementation.name.to_string()], cells].concat());
    }
    let faults = report.implementations.iter().flat_map(|it| it.faults().map(|fault| (it.name, fault)));
    let faults: String =
        faults.map(|(name, fault)| format!("- {}\n", escaped(&fault.describe(name)))).collect();
    if faults.is_empty() {
        return text;
    }
    text + &format!("\n<details><summary>Known faults</summary>\n\n{faults}\n</details>\n")
}

/// Why what is unsupported is so, folded.
fn quiet(groups: &[Group<'_>]) -> String {
    let reasons = unsupported(groups);
    if reasons.is_empty() {
        return String::new();
    }
    let scenarios: usize = reasons.iter().map(|found| found.places.len()).sum();
    let mut text = format!("\n<details><summary>Unsupported: {}, and why</summary>\n\n", counted(scenarios));
    for Unsupported { reason, places } in reasons {
        let names: Vec<_> = places.iter().map(|place| escaped(&groups[*place].first().scenario)).collect();
        let _ = writeln!(text, "- {}: {}", escaped(reason), names.join(", "));
    }
    text + "\n</details>\n"
}

/// Each scenario in a row with its times, folded.
fn scenarios(groups: &[Group<'_>]) -> String {
    let told: Vec<_> =
        groups.iter().filter(|group| group.count(Outcome::Unsupported) < group.number()).collect();
    if told.is_empty() {
        return String::new();
    }
    let open = if groups.len() <= FEW { " open" } else { "" };
    let mut text = format!(
        "\n<details{open}><summary>Times, pictures and pairs of each scenario</summary>\n\n\
         | scenario | verdict | first frame | frames seen | selected pair |\n\
         | --- | --- | --- | --- | --- |\n"
    );
    let cell = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    for group in told {
        let (name, summary) = (escaped(&group.first().scenario), group.summary());
        let (time, frames, pairs) = (cell(group.first_frame()), cell(group.frames()), cell(group.pairs()));
        let _ = writeln!(text, "| {name} | {summary} | {time} | {frames} | {} |", escaped(&pairs));
    }
    text + "\n</details>\n"
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✅",
        Outcome::Failed => "❌",
        Outcome::Unsupported => "➖",
        Outcome::Errored => "⚠️",
    }
}

/// Those of a scenario, each with how many there are like it.
fn faults_of<'r>(group: &Group<'r>) -> Vec<(&'r Attempt, usize)> {
    let like = |attempt: &Attempt| group.like(attempt).map_or(0, |alike| alike.repetitions.len());
    group.faults().map(|(_, attempt)| (attempt, like(attempt))).collect()
}

/// What failed or was errored, first.
fn faults(groups: &[Group<'_>]) -> String {
    let broken: Vec<_> = groups.iter().flat_map(faults_of).collect();
    let mut text = String::new();
    if !broken.is_empty() {
        text +=
            "\n### What did not pass\n\n| call | verdict | first break | why |\n| --- | --- | --- | --- |\n";
    }
    for (attempt, like) in broken.iter().take(MOST_REASONS) {
        let (name, number, verdict) = (escaped(&attempt.scenario), attempt.repetition, attempt.verdict);
        let (stage, why) = (stage(attempt), why(attempt));
        let like = if *like == 0 { String::new() } else { format!(" and {like} like it") };
        let _ = writeln!(text, "| {name} #{number}{like} | {} {verdict} | {stage} | {why} |", sign(verdict));
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
pub(crate) fn escaped(text: &str) -> String {
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
