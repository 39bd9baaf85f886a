//! The headline, what did not pass, and what ran.

use maud::{Markup, html};
use tincan_harness::{
    environment::{Browser, Environment},
    verdict::Outcome,
};

use super::words::{anchor, badge, clipped, date, sign, title};
use crate::{
    again::command,
    group::{Group, OUTCOMES},
    report::Report,
};

/// A reason in the list of what did not pass is clipped to so many characters.
const MOST_REASON: usize = 240;
/// As many scenarios that did not pass are listed before the results, and as many with those that are folded.
const FIRST_LISTED: usize = 10;
const MOST_LISTED: usize = 60;

/// `N passed of M`.
pub(super) fn headline(report: &Report) -> String {
    format!("{} passed of {}", report.count(Outcome::Passed), report.planned)
}

/// The headline, the other counts, and what ran in a line.
pub(super) fn header(report: &Report) -> Markup {
    let others = OUTCOMES[1..].iter().map(|outcome| (*outcome, report.count(*outcome)));
    let others: Vec<_> = others.filter(|(_, n)| *n > 0).collect();
    let missing = (report.planned as usize).saturating_sub(report.ended());
    html! {
        p class="product" { "tincan report" }
        h1 { (headline(report)) }
        @if !others.is_empty() {
            p class="counts" { @for (outcome, n) in &others { (badge(*outcome, &format!("{n} {outcome}"))) " " } }
        }
        @if missing > 0 {
            p class="cut-short" { strong { "Cut short: " } (missing) " of " (report.planned) " calls were not made." }
        }
        p class="lead" { (in_a_line(&report.environment)) }
    }
}

/// When it began, and with what.
pub(super) fn in_a_line(environment: &Environment) -> String {
    let parts = [
        date(environment.started_at_s),
        browsers(environment).join(", "),
        format!("page {}", environment.page),
        environment.platform.clone(),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Each browser once, by name and version, and the libraries that could take part.
fn browsers(environment: &Environment) -> Vec<String> {
    let mut names: Vec<_> =
        environment.browsers.iter().map(|browser| format!("{} {}", browser.name, browser.version)).collect();
    names.extend(
        environment.peers.iter().filter_map(|profile| profile.library.as_ref()).map(ToString::to_string),
    );
    names.sort();
    names.dedup();
    names
}

/// What failed or was errored, a scenario in a line, with the reason of its worst attempt and a link to that.
pub(super) fn what_broke(groups: &[Group<'_>]) -> Markup {
    let broken: Vec<_> = groups.iter().filter(|group| group.faults().next().is_some()).collect();
    html! {
        @if !broken.is_empty() {
            section aria-labelledby="broken" {
                h2 id="broken" { "What did not pass" }
                @let (first, others) = broken.split_at(broken.len().min(FIRST_LISTED));
                ul class="broken" { @for group in first { (fault(group)) } }
                @if !others.is_empty() {
                    details {
                        summary { (others.len()) " more" }
                        ul class="broken" { @for group in others.iter().take(MOST_LISTED - FIRST_LISTED) { (fault(group)) } }
                        @if broken.len() > MOST_LISTED { p class="note" { (broken.len() - MOST_LISTED) " more are below." } }
                    }
                }
            }
        }
    }
}

fn fault(group: &Group<'_>) -> Markup {
    let worst = group.faults().find(|(_, attempt)| attempt.verdict == group.worst());
    html! {
        @if let Some((place, attempt)) = worst {
            li {
                (badge(attempt.verdict, &attempt.verdict.to_string())) " "
                a href={ "#" (anchor(place)) } { (title(attempt)) @if group.is_repeated() { " #" (attempt.repetition) } }
                @if group.is_repeated() { ", " (group.count(Outcome::Failed) + group.count(Outcome::Errored)) " of " (group.number()) " attempts" }
                @if let Some(found) = &attempt.diagnosis {
                    ": " strong { (found.stage) @if let Some(peer) = found.peer { ", " (peer) } } ". " (clipped(&found.evidence, MOST_REASON))
                } @else if let Some(reason) = &attempt.reason { ": " (clipped(reason, MOST_REASON)) }
            }
        }
    }
}

/// A link to each of several attempts.
pub(super) fn links(group: &Group<'_>) -> Markup {
    html! {
        p class="links" {
            @for (place, attempt) in &group.attempts {
                a class=(attempt.verdict) href={ "#" (anchor(*place)) } aria-label={ "attempt " (attempt.repetition) ", " (attempt.verdict) } {
                    (attempt.repetition) span aria-hidden="true" { (sign(attempt.verdict)) }
                } " "
            }
        }
    }
}

/// What is known of a scenario that does not always pass, and the command that makes it again.
pub(super) fn known(group: &Group<'_>, environment: &Environment) -> Markup {
    let fault = group.attempts.iter().find_map(|(_, attempt)| environment.known_fault(attempt));
    html! {
        @if group.faults().next().is_some() {
            @if let Some((profile, fault)) = fault { p { "A known fault " (fault.describe(profile.id)) "." } }
            p class="note" { "To see it again: " code { (command(environment, group.first(), group.number())) } }
        }
    }
}

/// The programmes and the machine.
pub(super) fn what_ran(environment: &Environment) -> Markup {
    let deadlines = environment.deadlines_s.iter().map(|(name, seconds)| format!("{name} {seconds}"));
    let crates = environment.crates.iter().map(|(name, version)| format!("{name} {version}"));
    let rows = [
        ("tincan", environment.tincan.clone()),
        ("crates", crates.collect::<Vec<_>>().join(", ")),
        ("began", date(environment.started_at_s)),
        ("machine", format!("{}, {} processors", environment.platform, environment.processors)),
        ("page", format!("{} (map {})", environment.page, environment.page_map)),
        ("calls at a time", environment.jobs.to_string()),
        ("deadlines, in s", deadlines.collect::<Vec<_>>().join(", ")),
        ("run number", environment.run_number.to_string()),
    ];
    html! {
        section aria-labelledby="ran" {
            h2 id="ran" { "What ran" }
            dl { @for (name, value) in rows { @if !value.is_empty() { dt { (name) } dd { (value) } } } }
            @for browser in distinct(&environment.browsers) { (self::browser(browser)) }
        }
    }
}

/// Browsers that differ in more than their folders, the first of each kind.
fn distinct(browsers: &[Browser]) -> Vec<&Browser> {
    let key = |browser: &Browser| {
        (browser.binary.clone(), browser.version.clone(), browser.driver_version.clone(), browser.headless)
    };
    let first =
        |(index, browser): &(usize, &Browser)| !browsers[..*index].iter().any(|b| key(b) == key(browser));
    browsers.iter().enumerate().filter(first).map(|(_, browser)| browser).collect()
}

fn browser(browser: &Browser) -> Markup {
    let window = if browser.headless { "headless" } else { "with a window" };
    let sandbox = if browser.sandbox { "sandboxed" } else { "without its sandbox" };
    html! {
        details {
            summary { (browser.name) " " (browser.version) " " span class="note" {
                (window) ", " (sandbox) ", "
                @if browser.driver_version.is_empty() { "no driver" } @else { "driver " (browser.driver_version) } } }
            dl {
                dt { "browser" } dd { code { (browser.binary) } }
                @if !browser.driver_binary.is_empty() { dt { "driver" } dd { code { (browser.driver_binary) } } }
                @for (flag, purpose) in &browser.flags { dt { code { (flag) } } dd { (purpose) } }
            }
        }
    }
}
