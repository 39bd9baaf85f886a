//! The results: a grid of offerers and answerers for each medium and network, what is unsupported, and each scenario in a row.

use maud::{Markup, html};
use tincan_harness::{
    Profile, attempt::Attempt, environment::Environment, scenario::PeerId, signaling::SignalingMode,
    verdict::Outcome,
};

use super::{
    attempt::has_details,
    pictures::link,
    words::{anchor, badge, sign},
};
use crate::{
    grid::{FEW, Grid, grids},
    group::{Group, OUTCOMES, Unsupported, counted, unsupported},
    report::Report,
};

const NOTHING: &str = "–";

/// The place of a scenario on the page.
pub(super) fn group_anchor(place: usize) -> String {
    format!("scenario-{}", place + 1)
}

/// Whether nothing is told of a group but why it is unsupported.
pub(super) fn is_quiet(group: &Group<'_>) -> bool {
    let is_quiet =
        |(_, attempt): &(usize, &Attempt)| attempt.verdict == Outcome::Unsupported && !has_details(attempt);
    group.attempts.iter().all(is_quiet)
}

/// What became of every pair in every mode.
pub(super) fn results(report: &Report, groups: &[Group<'_>]) -> Markup {
    let reasons = Reasons::of(groups);
    html! {
        section aria-labelledby="results" {
            h2 id="results" { "Results" }
            div class="grids" {
                @for grid in grids(report, groups) { (table(&grid, &report.environment, groups, &reasons)) }
            }
            p class="legend" {
                @for outcome in OUTCOMES.iter().filter(|outcome| report.count(**outcome) > 0) {
                    (badge(*outcome, &outcome.to_string())) " "
                }
                "Empty: not asked for."
            }
            (reasons.told(groups))
            (scenarios(groups, &reasons))
        }
    }
}

fn table(grid: &Grid, environment: &Environment, groups: &[Group<'_>], reasons: &Reasons<'_>) -> Markup {
    let title = grid.title();
    html! {
        div class="scroll" tabindex="0" role="group" aria-label={ "Results of " (title) } {
            table class="grid" {
                caption { span { strong { (title) } @if let Some(words) = grid.network.approximation() { " (" (words) ")" } } }
                thead { tr {
                    td class="corner" { "offerer ↓" br; "answerer →" }
                    @for answerer in &grid.answerers { th scope="col" { (peer(*answerer, environment)) } }
                } }
                tbody { @for offerer in &grid.offerers { tr {
                    th scope="row" { (peer(*offerer, environment)) }
                    @for answerer in &grid.answerers {
                        td { @for (mode, place) in grid.cell(*offerer, *answerer) {
                            (self::mode(mode, &groups[place], &reasons.target(place, &groups[place])))
                        } }
                    }
                } } }
            }
        }
    }
}

/// A peer at the head of a row or column, and below its name what has to be known of it.
fn peer(id: PeerId, environment: &Environment) -> Markup {
    let remarks = environment.profile(id).map(Profile::remarks).unwrap_or_default();
    html! {
        (id)
        @if !remarks.is_empty() { " " span class="remark" { (remarks.join(", ")) } }
    }
}

/// A mode in the cell of a pair: its outcome, how often it passed if it was repeated, and a link.
fn mode(mode: SignalingMode, group: &Group<'_>, target: &str) -> Markup {
    let worst = group.worst();
    html! {
        a class=(worst) href={ "#" (target) } {
            span class="sign" role="img" aria-label=(worst) { (sign(worst)) } " " (mode)
            @if let Some(tally) = group.tally() { " " (tally) }
            @if let Some(id) = group.known_fault { " " span class="remark" { "known fault of " (id) } }
        }
    }
}

/// The reasons for which something is unsupported, each with a place of its own on the page.
struct Reasons<'r>(Vec<Unsupported<'r>>);

impl<'r> Reasons<'r> {
    fn of(groups: &[Group<'r>]) -> Self {
        Self(unsupported(groups))
    }

    fn anchor(index: usize) -> String {
        format!("unsupported-{}", index + 1)
    }

    /// Where the scenario at `place` is told of: the attempt itself if there is one only, and the reason alone if it is
    /// unsupported.
    fn target(&self, place: usize, group: &Group<'_>) -> String {
        let reason = || self.0.iter().position(|found| found.places.contains(&place));
        match (is_quiet(group), group.attempts.as_slice()) {
            (true, _) => reason().map_or_else(|| group_anchor(place), Self::anchor),
            (false, [(only, _)]) => anchor(*only),
            (false, _) => group_anchor(place),
        }
    }

    fn told(&self, groups: &[Group<'_>]) -> Markup {
        let scenarios: usize = self.0.iter().map(|found| found.places.len()).sum();
        html! {
            @if !self.0.is_empty() {
                details class="quiet" {
                    summary { "Unsupported " span class="note" { (counted(scenarios)) ", and why" } }
                    ul { @for (index, found) in self.0.iter().enumerate() {
                        li id=(Self::anchor(index)) tabindex="-1" {
                            (found.reason)
                            p class="note" { @for (number, place) in found.places.iter().enumerate() {
                                @if number > 0 { ", " } (self::name(groups[*place].first()))
                            } }
                        }
                    } }
                }
            }
        }
    }
}

/// The name of its scenario, and where its evidence lies.
fn name(attempt: &Attempt) -> Markup {
    html! {
        @if let Some(folder) = &attempt.evidence { a href=(link(folder)) { (attempt.scenario) } }
        @else { (attempt.scenario) }
    }
}

/// Each scenario in a row, with its times.
fn scenarios(groups: &[Group<'_>], reasons: &Reasons<'_>) -> Markup {
    let cell = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    html! {
        @if !groups.is_empty() {
            details open[groups.len() <= FEW] {
                summary { "Times, pictures and pairs " span class="note" { "of each scenario" } }
                div class="scroll" tabindex="0" role="group" aria-label="Scenarios" {
                    table class="scenarios" {
                        thead { tr {
                            @for name in ["scenario", "verdict", "first frame", "frames seen", "selected pair"] {
                                th scope="col" { (name) }
                            }
                        } }
                        tbody { @for (place, group) in groups.iter().enumerate().filter(|(_, group)| !is_quiet(group)) { tr {
                            th scope="row" { a href={ "#" (reasons.target(place, group)) } { (group.first().scenario) } }
                            td { (group.summary()) }
                            td { (cell(group.first_frame())) } td { (cell(group.frames())) } td { (cell(group.pairs())) }
                        } } }
                    }
                }
            }
        }
    }
}
