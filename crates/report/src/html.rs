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
mod overview;
mod phases;
mod pictures;
mod room;
mod sdp;
mod sequence;
mod sweep;
mod tables;
mod words;

use std::collections::BTreeMap;

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, environment::Environment, verdict::Outcome};

pub use self::{comparison::comparison_page, pictures::Attachments, sweep::sweep_page};
use self::{
    document::document,
    room::Room,
    words::{anchor, badge, title},
};
use crate::{
    matrix::{Group, groups},
    report::Report,
};

/// The page of `report`, with the pictures of `attachments` in it.
#[must_use]
pub fn render(report: &Report, attachments: &Attachments<'_>) -> String {
    let groups = groups(report);
    let details = details(&groups, &report.environment, attachments);
    let title = format!("{} – tincan report", overview::headline(report));
    let body = html! {
        a class="skip" href="#calls" { "Skip to the calls" }
        header { (overview::header(report)) }
        main {
            (overview::matrices(&report.environment, &groups))
            (overview::what_broke(&groups))
            section aria-labelledby="calls" {
                h2 id="calls" tabindex="-1" { "Calls" }
                @if groups.is_empty() { p { "No call has ended." } }
                @for (place, group) in groups.iter().enumerate() { (scenario(place, group, &details)) }
            }
            (overview::what_ran(&report.environment))
        }
        footer { p { "All times are in milliseconds from the click on create offer. Everything that is shown here, and more, is in "
            a href="report.json" { "report.json" } " beside this file." } }
    };
    document(&title, "", &body)
}

fn scenario(place: usize, group: &Group<'_>, details: &BTreeMap<usize, Markup>) -> Markup {
    let id = overview::group_anchor(place);
    html! {
        section class="scenario" aria-labelledby=(id) {
            h3 id=(id) tabindex="-1" { (title(group.first())) " " span class="note" { (group.first().scenario) } }
            @if group.attempts.len() > 1 {
                p { (badge(group.worst(), &group.summary())) }
                (overview::links(group))
            }
            @for (place, attempt) in &group.attempts { (one(*place, attempt, details.get(place))) }
        }
    }
}

fn one(place: usize, attempt: &Attempt, details: Option<&Markup>) -> Markup {
    let id = anchor(place);
    html! {
        // No section: a landmark for each attempt, all of one name, would bury those that help.
        article id=(id) class={ "attempt " (attempt.verdict) } aria-labelledby={ (id) "-h" } tabindex="-1" {
            (attempt::head(attempt, &id))
            @if let Some(details) = details {
                details open[attempt.verdict != Outcome::Passed] {
                    summary { "Timeline, SDP and statistics " span class="note" { "of this call" } }
                    (details)
                }
            } @else if attempt::has_details(attempt) {
                p class="note" { "Its details are left out to keep this page small; report.json has them." }
            }
        }
    }
}

/// The details of as many attempts as there is room for, by their place in the report. First come those that show what
/// a scenario is like, then what did not pass, then the others.
fn details(
    groups: &[Group<'_>],
    environment: &Environment,
    attachments: &Attachments<'_>,
) -> BTreeMap<usize, Markup> {
    let mut order = Vec::new();
    for (of, group) in groups.iter().enumerate() {
        for (number, (place, attempt)) in group.attempts.iter().enumerate() {
            let passed = attempt.verdict == Outcome::Passed;
            let rank = if number == 0 {
                0
            } else if passed {
                PASSED_AGAIN
            } else {
                1
            };
            order.push((rank, *place, of, *attempt));
        }
    }
    order.sort_by_key(|(rank, place, ..)| (*rank, *place));
    let mut room = Room::whole();
    let brief: usize = order.iter().map(|(_, place, _, attempt)| one(*place, attempt, None).0.len()).sum();
    let mut shown: BTreeMap<usize, (usize, &Attempt)> = BTreeMap::new();
    let mut details = BTreeMap::new();
    let mut others = false;
    for (rank, place, of, attempt) in order.into_iter().filter(|(.., attempt)| attempt::has_details(attempt))
    {
        if rank == PASSED_AGAIN && !others {
            others = true;
            room.rest(brief + size_of(&details));
        }
        let again = rank == PASSED_AGAIN;
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

/// The rank of an attempt that passed, and is not the first of its scenario.
const PASSED_AGAIN: u8 = 2;

fn size_of(details: &BTreeMap<usize, Markup>) -> usize {
    details.values().map(|details| details.0.len()).sum()
}
