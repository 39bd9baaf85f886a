//! Who took part: a table to compare them, and all that is known of each.

use maud::{Markup, html};
use tincan_harness::profile::KnownFault;

use super::words::{anchor, title};
use crate::{
    group::Group,
    implementation::{Implementation, NOTHING},
    report::Report,
};

/// As many calls that failed by a known fault are linked.
const MOST_LINKS: usize = 6;

/// The section; nothing where it is not known who could take part.
pub(super) fn section(report: &Report, groups: &[Group<'_>]) -> Markup {
    html! {
        @if !report.implementations.is_empty() || !report.left_out.is_empty() {
            section aria-labelledby="implementations" {
                h2 id="implementations" { "Implementations" }
                @if !report.left_out.is_empty() {
                    p { "Left out, so that nothing is said of them:" }
                    ul { @for left_out in &report.left_out { li { strong { (left_out.name) } ": " (left_out.reason) } } }
                }
                @if !report.implementations.is_empty() { (table(&report.implementations)) }
                @for (place, implementation) in report.implementations.iter().enumerate() {
                    (one(place, implementation, report, groups))
                }
            }
        }
    }
}

fn place_of(place: usize) -> String {
    format!("implementation-{}", place + 1)
}

fn table(all: &[Implementation]) -> Markup {
    html! {
        p class="note" { "As they say themselves. What is counted here is named below." }
        div class="scroll" tabindex="0" role="group" aria-label="Implementations" {
            table class="implementations" {
                thead { tr {
                    th scope="col" { "who" }
                    @for name in Implementation::columns() { th scope="col" { (name) } }
                } }
                tbody { @for (place, implementation) in all.iter().enumerate() { tr {
                    th scope="row" { a href={ "#" (place_of(place)) } { (implementation.name) } }
                    @for cell in implementation.cells() { td { (sign(&cell)) } }
                } } }
            }
        }
    }
}

/// A cell; what is seen at a glance where it is yes or nothing, and read out as a word.
fn sign(cell: &str) -> Markup {
    html! {
        @match cell {
            "yes" => span role="img" aria-label="yes" { "✓" },
            NOTHING => span role="img" aria-label="no" { (NOTHING) },
            _ => (cell),
        }
    }
}

fn one(place: usize, implementation: &Implementation, report: &Report, groups: &[Group<'_>]) -> Markup {
    html! {
        details id=(place_of(place)) {
            summary { (implementation.name) " " span class="note" { "all that is known of it" } }
            dl {
                @for (name, value) in implementation.details() { dt { (name) } dd { (value) } }
                @if !implementation.known_faults.is_empty() {
                    dt { "known faults" }
                    dd { ul { @for known in implementation.faults() {
                        li { (fault(known)) (seen(implementation, known, report, groups)) }
                    } } }
                }
            }
        }
    }
}

fn fault(known: &KnownFault) -> Markup {
    let address = known.reported.split_whitespace().find(|word| word.starts_with("https://"));
    html! {
        (known.what) ", since " (known.since) " ("
        @match address {
            Some(address) => a href=(address) rel="noreferrer" { (known.reported) },
            None => (known.reported),
        }
        ")"
    }
}

/// The calls here that failed by it.
fn seen(
    implementation: &Implementation,
    known: &KnownFault,
    report: &Report,
    groups: &[Group<'_>],
) -> Markup {
    let by_it = |group: &&Group<'_>| -> bool { first(group, implementation, known, report).is_some() };
    let found: Vec<_> = groups.iter().filter(by_it).collect();
    html! {
        @if !found.is_empty() {
            p class="note" {
                "Seen in "
                @for (number, group) in found.iter().take(MOST_LINKS).enumerate() {
                    @if number > 0 { "; " }
                    @if let Some(place) = first(group, implementation, known, report) {
                        a href={ "#" (anchor(place)) } { (title(group.first())) }
                    }
                }
                @if found.len() > MOST_LINKS { "; and in " (found.len() - MOST_LINKS) " more" }
            }
        }
    }
}

/// The place of the first attempt of a group that failed by a fault.
fn first(group: &Group<'_>, of: &Implementation, known: &KnownFault, report: &Report) -> Option<usize> {
    let by_it = |(_, attempt): &&(usize, &_)| {
        let marked = report.environment.known_fault(attempt);
        marked.is_some_and(|(profile, fault)| profile.id == of.name && fault.what == known.what)
    };
    group.attempts.iter().find(by_it).map(|(place, _)| *place)
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Attempt, Diagnosis, Environment, Stage, Verdict, scenario::PeerId, testing, timeline::FIRST_ROUND,
        verdict::Outcome,
    };

    use super::*;
    use crate::{Run, SCHEMA_VERSION, group::groups, sdp::LeftOut};

    fn report() -> Report {
        let scenario =
            testing::catalogue().select(&["chromium-to-webrtc-rs/vanilla/vp8/lossy-20ms-5pct".to_owned()]);
        let (evidence, look_at) = (String::new(), String::new());
        let diagnosis =
            Some(Diagnosis { stage: Stage::Dtls, round: FIRST_ROUND, peer: None, evidence, look_at });
        let passed = Attempt::without_exchange(&scenario.unwrap()[0], 1, &Verdict::Passed);
        let failed = Attempt { repetition: 2, verdict: Outcome::Failed, diagnosis, ..passed.clone() };
        let environment = Environment { peers: testing::profiles().to_vec(), ..Environment::default() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 2, redacted: Vec::new() };
        Report::of(run, vec![passed, failed])
    }

    fn drawn(report: &Report) -> String {
        section(report, &groups(report)).into_string()
    }

    #[test]
    fn a_known_fault_is_told_with_the_call_that_failed_by_it() {
        let drawn = drawn(&report());
        let (_, of_library) = drawn.split_once("id=\"implementation-2\"").unwrap();
        assert!(of_library.contains("a flight that is lost is not sent again, since 0.21.1 (in a test)"));
        assert!(of_library.contains("Seen in <a href=\"#attempt-2\">"), "{of_library}");
        assert_eq!(drawn.matches("Seen in").count(), 1, "another fault is not it");
    }

    #[test]
    fn an_address_is_linked_and_nothing_else_is() {
        let mut report = report();
        for (reported, linked) in [
            ("https://example.org/bug/1", true),
            ("see https://example.org/bug/1", true),
            ("javascript:alert(1)", false),
            ("README.md", false),
        ] {
            report.implementations[1].known_faults[0].reported = reported.to_owned();
            let is_linked = drawn(&report).contains("href=\"https://example.org/bug/1\" rel=\"noreferrer\"");
            assert_eq!(is_linked, linked, "{reported}");
            assert!(!drawn(&report).contains("href=\"javascript"));
        }
    }

    #[test]
    fn who_is_left_out_is_told_with_the_reason() {
        let mut report = report();
        assert!(!drawn(&report).contains("Left out"));
        report.left_out =
            vec![LeftOut { name: PeerId::literal("pion"), reason: "its setup failed: no go".to_owned() }];
        report.implementations.clear();
        let drawn = drawn(&report);
        assert!(drawn.contains("<strong>pion</strong>: its setup failed: no go"), "{drawn}");
        report.left_out.clear();
        assert_eq!(super::section(&report, &[]).into_string(), "");
    }
}
