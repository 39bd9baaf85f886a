//! The report for people: one HTML file that needs nothing else, and opens from disk.
//!
//! It holds no script, and its Content-Security-Policy allows nothing but its own style and pictures inside of it. Every
//! text is escaped by `maud`. How large it can grow is bounded: what goes beyond is told in brief, and the page says so.

mod attempt;
mod bars;
mod bytes;
mod charts;
mod comparison;
mod document;
mod grids;
mod history;
mod implementations;
mod overview;
mod phases;
mod pictures;
mod room;
mod sdp;
mod sequence;
mod since;
mod sweep;
mod tables;
pub(crate) mod words;

use std::collections::BTreeMap;

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, environment::Environment, verdict::Outcome};

pub use self::{
    comparison::comparison_page, history::history_page, pictures::Attachments, sweep::sweep_page,
};
use self::{
    document::document,
    room::Room,
    words::{anchor, badge, title},
};
use crate::{
    group::{Group, groups},
    report::Report,
};

/// The page of `report`, with the pictures of `attachments` in it.
#[must_use]
pub fn render(report: &Report, attachments: &Attachments<'_>) -> String {
    let groups = groups(report);
    // What stands there in any case takes its room first.
    let brief = page(report, &groups, &BTreeMap::new()).len();
    let details = details(&groups, &report.environment, attachments, brief);
    page(report, &groups, &details)
}

fn page(report: &Report, groups: &[Group<'_>], details: &BTreeMap<usize, Markup>) -> String {
    let title = format!("{} – tincan report", overview::headline(report));
    let clip = attempt::clip(report.attempts.len());
    let body = html! {
        a class="skip" href="#calls" { "Skip to the calls" }
        header { (overview::header(report)) }
        main {
            @if let Some(since) = &report.since { (since::section(since)) }
            (overview::what_broke(groups))
            (grids::results(report, groups))
            (implementations::section(report, groups))
            section aria-labelledby="calls" {
                h2 id="calls" tabindex="-1" { "Calls" }
                @if groups.is_empty() { p { "No call has ended." } }
                @for (place, group) in groups.iter().enumerate().filter(|(_, group)| !grids::is_quiet(group)) {
                    (scenario(place, group, report, details, clip))
                }
            }
            (overview::what_ran(&report.environment))
        }
        footer { p { "All times are in milliseconds from the click on create offer. Everything that is shown here, and more, is in "
            a href="report.json" { "report.json" } " beside this file." } }
    };
    document(&title, "", &body)
}

fn scenario(
    place: usize,
    group: &Group<'_>,
    report: &Report,
    details: &BTreeMap<usize, Markup>,
    clip: usize,
) -> Markup {
    let id = grids::group_anchor(place);
    html! {
        section class="scenario" aria-labelledby=(id) {
            h3 id=(id) tabindex="-1" { (title(group.first())) " " span class="note" { (group.first().scenario) } }
            @if group.is_repeated() {
                p { (badge(group.worst(), &group.summary())) }
                (overview::links(group))
            }
            (overview::known(group, &report.environment))
            @for (place, attempt) in &group.attempts { (one(*place, attempt, group, details.get(place), clip)) }
        }
    }
}

fn one(place: usize, attempt: &Attempt, group: &Group<'_>, details: Option<&Markup>, clip: usize) -> Markup {
    let id = anchor(place);
    html! {
        // No section: a landmark for each attempt, all of one name, would bury those that help.
        article id=(id) class={ "attempt " (attempt.verdict) } aria-labelledby={ (id) "-h" } tabindex="-1" {
            (attempt::head(attempt, &id, clip))
            @if let Some(alike) = group.like(attempt) { (attempt::alike(alike)) }
            @if let Some(details) = details {
                details open[attempt.verdict != Outcome::Passed] {
                    summary { "Timeline, SDP and statistics " span class="note" { "of this call" } }
                    (details)
                }
            } @else if attempt::has_details(attempt) {
                p class="note" { "Its details are left out to keep this page small; report.json has them." }
            } @else if attempt.details_left_out {
                p class="note" { "Its details are left out to keep this report small; the run that it is from has them." }
            }
        }
    }
}

/// The details of as many attempts as there is room for beside the rest of the page, by their place in the report.
fn details(
    groups: &[Group<'_>],
    environment: &Environment,
    attachments: &Attachments<'_>,
    brief: usize,
) -> BTreeMap<usize, Markup> {
    let mut room = Room::beside(brief);
    let mut shown: BTreeMap<usize, (usize, &Attempt)> = BTreeMap::new();
    let mut details = BTreeMap::new();
    let mut others = false;
    for (rank, of, place, attempt) in order(groups) {
        let again = rank == Rank::PassedAgain;
        if again && !others {
            others = true;
            room.rest(brief + size_of(&details));
        }
        let Some(part) = room.take_details(attempt::details(attempt, environment, &anchor(place), again))
        else {
            continue;
        };
        let (sdp, in_full) = room.sdp(attempt, shown.get(&of).copied());
        if in_full {
            shown.entry(of).or_insert((place, attempt));
        }
        let pictures = pictures::draw(attempt, attachments, &mut room.pictures);
        details.insert(place, part.with(&sdp, &pictures));
    }
    details
}

/// Whose details come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The first one of its scenario that did not pass.
    Fault,
    /// The first one of its scenario, which passed.
    First,
    /// Another one that did not pass.
    FaultAgain,
    /// Another one that passed.
    PassedAgain,
}

/// The attempts that have details, each with its rank, the place of its group, and its own, in the order in which they are
/// given room.
fn order<'r>(groups: &[Group<'r>]) -> Vec<(Rank, usize, usize, &'r Attempt)> {
    let mut order = Vec::new();
    for (of, group) in groups.iter().enumerate() {
        let fault = group.attempts.iter().position(|(_, attempt)| attempt.verdict != Outcome::Passed);
        for (number, (place, attempt)) in group.attempts.iter().enumerate() {
            let rank = match (attempt.verdict, number) {
                (Outcome::Passed, 0) => Rank::First,
                (Outcome::Passed, _) => Rank::PassedAgain,
                _ if fault == Some(number) => Rank::Fault,
                _ => Rank::FaultAgain,
            };
            order.push((rank, of, *place, *attempt));
        }
    }
    order.retain(|(.., attempt)| attempt::has_details(attempt));
    order.sort_by_key(|(rank, _, place, _)| (*rank, *place));
    order
}

fn size_of(details: &BTreeMap<usize, Markup>) -> usize {
    details.values().map(|details| details.0.len()).sum()
}
