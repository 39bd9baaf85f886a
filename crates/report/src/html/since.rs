//! What has changed since an earlier report.

use maud::{Markup, html};

use super::words::{clipped, date};
use crate::since::{ScenarioChange, Since};

/// A reason is clipped to so many characters.
const MOST_REASON: usize = 240;
/// As many scenarios are listed at once, and as many with those that are folded.
const FIRST_LISTED: usize = 20;
const MOST_LISTED: usize = 400;

/// The section of `since`.
pub(super) fn section(since: &Since) -> Markup {
    let (first, others) = since.scenarios.split_at(since.scenarios.len().min(FIRST_LISTED));
    html! {
        section aria-labelledby="since" {
            h2 id="since" { "Since " (date(since.started_at_s)) }
            @if since.is_nothing() { p { "Nothing has changed." } }
            @if !since.versions.is_empty() {
                ul { @for version in &since.versions { li { (version) } } }
            }
            @if !first.is_empty() { ul { @for change in first { (item(change)) } } }
            @if !others.is_empty() {
                details {
                    summary { (others.len()) " more" }
                    ul { @for change in others.iter().take(MOST_LISTED) { (item(change)) } }
                    @if others.len() > MOST_LISTED { p class="note" { "The rest is in report.json." } }
                }
            }
        }
    }
}

fn item(change: &ScenarioChange) -> Markup {
    html! {
        li {
            @if change.is_certain() { strong { (change) } } @else { (change) }
            @if let Some(reason) = &change.reason { ". " (clipped(reason, MOST_REASON)) }
        }
    }
}
