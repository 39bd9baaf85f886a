//! How a history is told: as Markdown, and as plain text for a terminal. The page is in [`crate::html`].

use std::fmt::Write as _;

use tincan_measure::history::{BuildTold, History, ReleaseChange, ReleaseStep, TimeChange};

use crate::markdown::escaped;

/// What stands in the table of builds for one that its maker has built.
const OWN: &str = "its maker or distribution";

/// Whose builds they are, each once.
#[must_use]
pub fn labels(history: &History) -> Vec<&str> {
    let mut labels: Vec<_> = history.builds.iter().map(|build| build.label.as_str()).collect();
    labels.retain(|label| !label.is_empty());
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// The builds that could not be tried, with why.
pub fn not_tried(history: &History) -> impl Iterator<Item = (&BuildTold, &str)> {
    history.builds.iter().filter_map(|build| Some((build, build.not_tried.as_deref()?)))
}

/// `chromium-126 (126.0.6478.0)`
#[must_use]
pub fn name(build: &BuildTold) -> String {
    match &build.version {
        Some(version) => format!("{} ({version})", build.name),
        None => build.name.to_string(),
    }
}

/// A change in words, with its scenarios where it is not in all of them.
#[must_use]
pub fn change(history: &History, change: &ReleaseChange) -> String {
    let scenarios: Vec<_> = change.scenarios.iter().map(|name| short(history, name)).collect();
    let all = scenarios.len() == history.question.scenarios.len();
    if all { change.text.clone() } else { format!("{} (in {} alone)", change.text, scenarios.join(", ")) }
}

/// The name of a scenario without its pair and its network, where all of the history have the same.
fn short<'n>(history: &History, name: &'n str) -> &'n str {
    let ends = |name: &'n str| Some((name.split_once('/')?.0, name.rsplit_once('/')?.1));
    let Some((pair, network)) = ends(name) else { return name };
    let is_like =
        |other: &String| other.split('/').next() == Some(pair) && other.rsplit('/').next() == Some(network);
    let bare = name.strip_prefix(pair).and_then(|name| name.strip_suffix(network));
    let bare = bare.map(|name| name.trim_matches('/')).filter(|name| !name.is_empty());
    bare.filter(|_| history.question.scenarios.iter().all(is_like)).unwrap_or(name)
}

/// A change of times in words.
#[must_use]
pub fn time_change(history: &History, change: &TimeChange) -> String {
    format!("{}: {}", short(history, &change.scenario), change.text)
}

/// What was asked, in a sentence.
#[must_use]
pub fn asked(history: &History) -> String {
    let question = &history.question;
    format!(
        "{} builds, {} calls of each scenario with each: {}",
        question.builds.len(),
        question.repetitions,
        question.scenarios.join(", ")
    )
}

/// All that is told of a step, a line each.
fn lines(history: &History, step: &ReleaseStep) -> Vec<String> {
    let without: Vec<_> = step.without.iter().map(ToString::to_string).collect();
    let between = (!without.is_empty()).then(|| format!("not tried between them: {}", without.join(", ")));
    let changes = step.changes.iter().map(|found| change(history, found));
    let mut lines: Vec<_> = between
        .into_iter()
        .chain(changes)
        .chain(step.times.iter().map(|found| time_change(history, found)))
        .collect();
    if step.changes.is_empty() && step.times.is_empty() {
        lines.push("nothing changed".to_owned());
    }
    lines
}

/// The history as plain text.
#[must_use]
pub fn plain(history: &History) -> String {
    let mut text = format!("{}\n", asked(history));
    for step in &history.steps {
        let _ = writeln!(text, "\nfrom {} to {}", step.from, step.to);
        text.extend(lines(history, step).iter().map(|line| format!("  {line}\n")));
    }
    for (build, reason) in not_tried(history) {
        let _ = writeln!(text, "\nnot tried: {}: {reason}", name(build));
    }
    if !history.by_chance.is_empty() {
        let count = history.by_chance.len();
        let _ = writeln!(
            text,
            "\n{count} facts are in some calls of a build and not in others, and count as no change"
        );
    }
    for label in labels(history) {
        let _ = writeln!(text, "\nbuilds not by their maker: {label}");
    }
    text
}

/// The history as GitHub Flavored Markdown; its headings are of the third level.
#[must_use]
pub fn markdown(history: &History) -> String {
    let mut text = format!("{}.\n", escaped(&asked(history)));
    if !history.is_complete {
        text += "\n**Cut short:** not all calls have been made.\n";
    }
    text += &builds(history);
    for step in &history.steps {
        let _ = writeln!(text, "\n### {} to {}\n", step.from, step.to);
        text.extend(lines(history, step).iter().map(|line| format!("- {}\n", escaped(line))));
    }
    text += &by_chance(history);
    text
}

fn builds(history: &History) -> String {
    let mut text = "\n| build | version | passed | built by |\n|---|---|---|---|\n".to_owned();
    for build in &history.builds {
        let passed = match &build.not_tried {
            Some(reason) => format!("not tried: {}", escaped(reason)),
            None => format!("{} of {}", build.passed.of, build.passed.calls),
        };
        let version = build.version.as_deref().unwrap_or("–");
        let label = if build.label.is_empty() { OWN } else { &build.label };
        let _ = writeln!(text, "| {} | {} | {passed} | {} |", build.name, escaped(version), escaped(label));
    }
    text
}

fn by_chance(history: &History) -> String {
    if history.by_chance.is_empty() {
        return String::new();
    }
    let mut text =
        "\n### What comes and goes\n\nIn some calls of a build and not in others, which is no change:\n\n\
        | fact | scenario | builds | calls | rate, 95 % interval |\n|---|---|---|---|---|\n"
            .to_owned();
    for fact in &history.by_chance {
        let (count, percent) = (fact.count, |rate: f64| rate * 100.0);
        let _ = writeln!(
            text,
            "| {} | {} | {} to {} | {} of {} | {:.0}–{:.0} % |",
            escaped(&fact.fact),
            escaped(&fact.scenario),
            fact.first,
            fact.last,
            count.of,
            count.calls,
            percent(fact.low),
            percent(fact.high)
        );
    }
    text
}
