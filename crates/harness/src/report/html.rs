//! The report for people: one HTML file that needs nothing else, and opens from disk.
//!
//! It holds no script, and its Content-Security-Policy allows nothing but its own style and pictures inside of it. Every
//! text is escaped by `maud`. How large it can grow is bounded: what goes beyond is told in brief, and the page says so.

mod attempt;
mod bars;
mod charts;
mod comparison;
mod overview;
mod phases;
mod pictures;
mod sdp;
mod sequence;
mod sweep;
mod tables;
mod words;

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::{
    attempt::Part,
    words::{anchor, badge, title},
};
pub use self::{comparison::comparison_page, pictures::Attachments, sweep::sweep_page};
use super::{
    Attempt, Ran, Report,
    matrix::{Group, groups},
};
use crate::verdict::Outcome;

/// Nothing but the style in the page and pictures in it (Content Security Policy Level 3).
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Room for all that stands in a page for attempts, in bytes: with the rest of the page it stays below 1 MB.
const ALL_BUDGET: usize = 960_000;
/// Room for the drawings and tables of attempts that show what a scenario is like, or did not pass, in bytes. What they,
/// the SDPs and the pictures leave is for the others.
const DETAILS_BUDGET: usize = 420_000;
/// Room for SDPs, in bytes.
const SDP_BUDGET: usize = 220_000;
/// Room for pictures as they stand in the page, in bytes: base64 makes 4 of 3.
const PICTURE_BUDGET: usize = 220_000;

/// The page of `report`, with the pictures of `attachments` in it.
#[must_use]
pub fn render(report: &Report, attachments: &Attachments<'_>) -> String {
    let groups = groups(report);
    let details = details(&groups, &report.ran, attachments);
    let title = format!("{} – tincan report", overview::headline(report));
    let body = html! {
        a class="skip" href="#calls" { "Skip to the calls" }
        header { (overview::header(report)) }
        main {
            (overview::matrices(&groups))
            (overview::what_broke(&groups))
            section aria-labelledby="calls" {
                h2 id="calls" tabindex="-1" { "Calls" }
                @if groups.is_empty() { p { "No call has ended." } }
                @for (place, group) in groups.iter().enumerate() { (scenario(place, group, &details)) }
            }
            (overview::what_ran(&report.ran))
        }
        footer { p { "All times are in milliseconds from the click on create offer. Everything that is shown here, and more, is in "
            a href="report.json" { "report.json" } " beside this file." } }
    };
    document(&title, "", &body)
}

/// The page around `body`, with `more_style` after the style of every page.
fn document(title: &str, more_style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("html/style.css"))) (PreEscaped(more_style)) }
            }
            body { (body) }
        }
    };
    // A page may hold no other control characters (HTML, section 13.1.4), and no text has a use for them.
    let is_text = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    page.into_string().chars().filter(is_text).collect()
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
fn details(groups: &[Group<'_>], ran: &Ran, attachments: &Attachments<'_>) -> BTreeMap<usize, Markup> {
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
    let mut room = Room { details: DETAILS_BUDGET, sdp: SDP_BUDGET, pictures: PICTURE_BUDGET };
    let brief: usize = order.iter().map(|(_, place, _, attempt)| one(*place, attempt, None).0.len()).sum();
    let mut shown: BTreeMap<usize, (usize, &Attempt)> = BTreeMap::new();
    let mut details = BTreeMap::new();
    let mut others = false;
    for (rank, place, of, attempt) in order.into_iter().filter(|(.., attempt)| attempt::has_details(attempt))
    {
        if rank == PASSED_AGAIN && !others {
            others = true;
            room.details = ALL_BUDGET.saturating_sub(brief + size_of(&details));
            room.pictures = 0;
        }
        let again = rank == PASSED_AGAIN;
        let Some(part) = room.take_details(attempt::details(attempt, ran, &anchor(place), again)) else {
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

/// What stands around the details of an attempt, and in them of descriptions that are shown elsewhere, in bytes.
const FRAME: usize = 600;

/// What may still be written, in bytes.
struct Room {
    details: usize,
    sdp: usize,
    pictures: usize,
}

impl Room {
    fn take_details(&mut self, part: Part) -> Option<Part> {
        take(&mut self.details, part.size() + FRAME).then_some(part)
    }

    /// The descriptions of `attempt`, and whether they are there in full: so they are for the first of a scenario and
    /// for what did not pass, as long as there is room.
    fn sdp(&mut self, attempt: &Attempt, shown: Option<(usize, &Attempt)>) -> (Markup, bool) {
        if attempt.sdp.offer.is_none() && attempt.sdp.answer.is_none() {
            return (html! { p { "No description was carried." } }, false);
        }
        if shown.is_none() || attempt.verdict != Outcome::Passed {
            let in_full = sdp::in_full(&attempt.sdp);
            if take(&mut self.sdp, in_full.0.len()) {
                return (in_full, true);
            }
        }
        let brief = match shown {
            Some((place, shown)) => sdp::against(attempt, shown, &anchor(place)),
            None => html! { p class="note" { "Left out to keep this page small; report.json has it." } },
        };
        (brief, false)
    }
}

/// Takes `size` of `room`, if there is as much.
fn take(room: &mut usize, size: usize) -> bool {
    let left = room.checked_sub(size);
    *room = left.unwrap_or(*room);
    left.is_some()
}
