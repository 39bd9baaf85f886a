//! A history for people: one HTML file that needs nothing else, with a column for each release.

use maud::{Markup, html};
use tincan_measure::history::{Area, History, ReleaseStep, Row, SET_UP};

use super::{document::document, overview, words::clipped};
use crate::history::{asked, change, labels, name, not_tried, time_change};

/// Of a step beyond this many raw lines of one part the rest is left out; history.json has them.
const MOST_LINES: usize = 60;
/// A cell is clipped to so many characters.
const MOST_CELL: usize = 60;
/// What comes and goes is told of so many facts.
const MOST_BY_CHANCE: usize = 200;

/// The page of `history`.
#[must_use]
pub fn history_page(history: &History) -> String {
    let body = html! {
        a class="skip" href="#steps" { "Skip to the steps" }
        header { (header(history)) }
        main {
            (overview(history))
            (rows(history))
            section aria-labelledby="steps" {
                h2 id="steps" tabindex="-1" { "Step by step" }
                @for (place, step) in history.steps.iter().enumerate() { (self::step(history, place, step)) }
            }
            (times(history))
            (by_chance(history))
            (method(history))
            (overview::what_ran(&history.question.environment))
        }
        footer { p { "All that is shown here, and more, is in " a href="history.json" { "history.json" } " beside this file, and every
            call in " a href="history.jsonl" { "history.jsonl" } "." } }
    };
    document("What each release changed – tincan history", include_str!("history.css"), &body)
}

fn header(history: &History) -> Markup {
    html! {
        p class="product" { "tincan history" }
        h1 { "What each release changed" }
        @if !history.is_complete {
            p class="cut-short" { strong { "Partial: " } "it ended before all calls had been made. The same command goes on." }
        }
        p class="lead" { (asked(history)) }
        @for label in labels(history) { p class="lead" { "Not built by their maker, where marked *: " (label) "." } }
        @for (build, reason) in not_tried(history) {
            p class="cut-short" { strong { "Not tried: " } (name(build)) ": " (reason) }
        }
    }
}

fn overview(history: &History) -> Markup {
    html! {
        section aria-labelledby="overview" {
            h2 id="overview" { "In short" }
            @if history.steps.is_empty() { p { "There are not two builds that could be tried." } }
            ul {
                @for (place, step) in history.steps.iter().enumerate() {
                    li { a href={ "#step-" (place + 1) } { (step.from) " to " (step.to) } ": " (in_short(step)) }
                }
            }
        }
    }
}

fn in_short(step: &ReleaseStep) -> String {
    let counted = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 change of {what}")),
        count => Some(format!("{count} changes of {what}")),
    };
    let areas = [
        (Area::Verdict, "the verdict"),
        (Area::Descriptions, "descriptions"),
        (Area::Transport, "transport"),
        (Area::Codecs, "codecs"),
        (Area::States, "states"),
        (Area::Milestones, "milestones"),
        (Area::Statistics, "statistics"),
    ];
    let of = |area| step.changes.iter().filter(|change| change.area == area).count();
    let mut said: Vec<_> = areas.iter().filter_map(|(area, what)| counted(of(*area), what)).collect();
    said.extend(counted(step.times.len(), "times"));
    if said.is_empty() { "nothing changed".to_owned() } else { said.join(", ") }
}

fn rows(history: &History) -> Markup {
    html! {
        section aria-labelledby="releases" {
            h2 id="releases" { "Release by release" }
            @if history.rows.is_empty() { p { "Nothing that is compared differs between any two of them." } }
            @else {
                p class="legend" { "A row for all that changed with some release, as it is in each. A cell in which it is otherwise than in the
                    one before is marked." }
                div class="scroll" tabindex="0" role="group" aria-label="What changed, release by release" {
                    table class="releases" {
                        thead { tr { th scope="col" { "what" } @for build in &history.builds { th scope="col" {
                            (build.name) @if !build.label.is_empty() { "*" }
                            @if let Some(version) = &build.version { span class="version" { (version) } }
                        } } } }
                        tbody { @for row in &history.rows { (self::row(row)) } }
                    }
                }
            }
        }
    }
}

fn row(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.what) }
            @for (cell, changed) in row.cells.iter().zip(changed(&row.cells)) {
                td class=[changed.then_some("changed")] {
                    @match cell { Some(text) => (clipped(text, MOST_CELL)), None => "–" }
                }
            }
        }
    }
}

/// Which cells differ from the last one before that is known.
fn changed(cells: &[Option<String>]) -> Vec<bool> {
    let mut last = None;
    let differs = |cell: &Option<String>| {
        let differs = cell.is_some() && last.as_ref().is_some_and(|last| last != cell);
        last = if cell.is_some() { Some(cell.clone()) } else { last.take() };
        differs
    };
    cells.iter().map(differs).collect()
}

fn step(history: &History, place: usize, step: &ReleaseStep) -> Markup {
    let id = format!("step-{}", place + 1);
    let label = |peer| history.build(peer).map(name).unwrap_or_default();
    html! {
        section class="step" aria-labelledby=(id) {
            h3 id=(id) tabindex="-1" { (label(step.from)) " to " (label(step.to)) }
            @if !step.without.is_empty() {
                p class="note" { "Not tried between them: " (step.without.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
            }
            @if step.changes.is_empty() && step.times.is_empty() { p { "Nothing changed." } }
            ul {
                @for found in &step.changes { li { (change(history, found)) } }
                @for found in &step.times { li { (time_change(history, found)) } }
            }
            @if !step.raw.is_empty() {
                details {
                    summary { "The lines of the recordings " span class="note" { "that are in all calls of one and in none of the other" } }
                    @for raw in &step.raw {
                        p class="label" { (raw.scenario) ", " (raw.part) }
                        pre class="sdp" tabindex="0" role="group" aria-label={ "Lines of " (raw.part) } {
                            @for line in raw.gone.iter().take(MOST_LINES) { del { "− " (line) } "\n" }
                            @for line in raw.new.iter().take(MOST_LINES) { ins { "+ " (line) } "\n" }
                            @if raw.gone.len().max(raw.new.len()) > MOST_LINES { "… the rest is in history.json\n" }
                        }
                    }
                }
            }
        }
    }
}

fn times(history: &History) -> Markup {
    html! {
        section aria-labelledby="times" {
            h2 id="times" { "Set-up time" }
            p class="legend" { "From the click on create offer to the later of the two first frames: the median in milliseconds, with the number of
                calls." }
            div class="scroll" tabindex="0" role="group" aria-label="Set-up time, release by release" {
                table class="releases" {
                    thead { tr { th scope="col" { "scenario" } @for build in &history.builds { th scope="col" { (build.name) } } } }
                    tbody { @for scenario in &history.question.scenarios { tr {
                        th scope="row" { (scenario) }
                        @for build in &history.builds { td { (median(history, scenario, build.name)) } }
                    } } }
                }
            }
        }
    }
}

fn median(history: &History, scenario: &str, build: tincan_harness::PeerId) -> String {
    let is_own = |times: &&tincan_measure::history::Times| {
        times.build == build && times.scenario == scenario && times.quantity == SET_UP
    };
    let own = history.times.iter().find(is_own);
    own.map_or_else(|| "–".to_owned(), |times| format!("{:.0} (n = {})", times.median_ms, times.calls))
}

fn by_chance(history: &History) -> Markup {
    html! {
        section aria-labelledby="chance" {
            h2 id="chance" { "What comes and goes" }
            @if history.by_chance.is_empty() { p { "Every fact is in all calls of a build, or in none." } }
            @else {
                p { "In some calls of a build and not in others: that is no change, unless its rate changed." }
                div class="scroll" tabindex="0" role="group" aria-label="What comes and goes" { table {
                    thead { tr { th scope="col" { "fact" } th scope="col" { "scenario" } th scope="col" { "builds" } th scope="col" { "calls" }
                        th scope="col" { "rate, 95 % interval" } } }
                    tbody { @for fact in history.by_chance.iter().take(MOST_BY_CHANCE) { tr {
                        th scope="row" { (fact.fact) } td { (fact.scenario) } td { (fact.first) " to " (fact.last) }
                        td { (fact.count.of) " of " (fact.count.calls) }
                        td { (format!("{:.0}–{:.0} %", fact.low * 100.0, fact.high * 100.0)) }
                    } } }
                } }
                @if history.by_chance.len() > MOST_BY_CHANCE { p class="note" { "The rest is in history.json." } }
            }
        }
    }
}

fn method(history: &History) -> Markup {
    let question = &history.question;
    html! {
        section aria-labelledby="method" {
            h2 id="method" { "How it was measured" }
            p { "In each of " (question.repetitions) " rounds every build makes one call of each scenario with itself, in an order of builds that is
                drawn anew (seed " (question.seed) "), in browsers that were started for it and have made one call that is not counted." }
            p { "A fact is counted in how many calls of a build it is. What is in all calls of one build and in none of the next has changed. What is in
                some calls only of any build comes and goes; it has changed where its rate has: the builds are divided into stretches of one rate by
                optimal partitioning, at a price of 8 nats for each." }
            p { "Times have changed where a Mann–Whitney test tells the stretches before and after apart (5 % in all tests together, by
                Bonferroni), by more than " (question.margin_ms) " ms; the shift is Hodges and Lehmann’s, with its 95 % interval (BCa bootstrap)." }
        }
    }
}
