//! The comparison of modes for people: one HTML file that needs nothing else, as the report is.
//!
//! What may be quoted of each network condition comes first, or why nothing is said; then, condition by condition, the
//! drawings and the tables that it rests on. Every drawing says in words what it shows.

mod axis;
mod differences;
mod distributions;
mod findings;
mod stacks;
mod sweep;
mod tables;

use maud::{Markup, html};
use tincan_measure::comparison::{Arm, Comparison, Comparisons, RESAMPLES};

pub use self::sweep::{SweepArm, sweep_chart};

use super::{document::document, overview, words::clipped};

/// Who called whom is clipped to so many characters.
const MOST_WHO: usize = 200;

/// The page of `comparisons`.
#[must_use]
pub fn comparison_page(comparisons: &Comparisons) -> String {
    let conditions: Vec<_> = comparisons.comparisons.iter().enumerate().collect();
    let body = html! {
        a class="skip" href="#conditions" { "Skip to the network conditions" }
        header { (header(comparisons)) }
        main {
            (findings::overview(comparisons))
            (asked(comparisons))
            section aria-labelledby="conditions" {
                h2 id="conditions" tabindex="-1" { "Network conditions" }
                @for (place, comparison) in conditions { (condition(comparisons, comparison, place)) }
            }
            (method(comparisons))
            (overview::what_ran(&comparisons.environment))
        }
        footer { p { "All times are in milliseconds from the click on create offer. Every call that was measured is in "
            a href="comparison.json" { "comparison.json" } " beside this file." } }
    };
    let title = format!("{} – tincan comparison", clipped(&comparisons.pair, MOST_WHO));
    document(&title, include_str!("comparison/style.css"), &body)
}

fn header(comparisons: &Comparisons) -> Markup {
    html! {
        p class="product" { "tincan comparison" }
        h1 { "Vanilla against trickle" }
        p class="who-calls" { (clipped(&comparisons.who(), MOST_WHO)) }
        @if comparisons.is_partial() {
            p class="cut-short" { strong { "Partial: " } "it ended before all blocks that were asked for had been made. What is
                said rests on the blocks that there are." }
        }
        p class="lead" { (overview::in_a_line(&comparisons.environment)) }
    }
}

/// What was asked for.
fn asked(comparisons: &Comparisons) -> Markup {
    let delay = match comparisons.signaling_delay_ms {
        0 => "none added: as long as the harness takes".to_owned(),
        delay => format!("{delay} ms added to each signal"),
    };
    let names: Vec<_> = arms(comparisons).iter().map(|arm| arm.name()).collect();
    let rows = [
        ("pair", clipped(&comparisons.pair, MOST_WHO)),
        ("blocks", format!("{} in each condition", comparisons.planned)),
        ("calls of a block", names.join(", ")),
        ("margin", format!("{} ms: a difference within it is none", comparisons.margin_ms)),
        ("signalling delay", delay),
        ("seed", comparisons.seed.to_string()),
    ];
    html! {
        section aria-labelledby="asked" {
            h2 id="asked" { "What was asked" }
            dl { @for (name, value) in rows { dt { (name) } dd { (value) } } }
        }
    }
}

/// The arms that were asked for, each once, in the order of [`Arm::ALL`].
fn arms(comparisons: &Comparisons) -> Vec<Arm> {
    Arm::ALL.into_iter().filter(|arm| comparisons.arms.contains(arm)).collect()
}

fn condition(comparisons: &Comparisons, comparison: &Comparison, place: usize) -> Markup {
    let (id, arms) = (findings::anchor(place), arms(comparisons));
    let (made, planned) = (comparison.blocks.len(), comparisons.planned);
    html! {
        section class="condition" aria-labelledby=(id) {
            h3 id=(id) tabindex="-1" { (comparison.network) }
            @if let Some(words) = comparison.network.approximation() { p { "It is " (words) "." } }
            (findings::of(comparisons, comparison))
            @if made < planned as usize {
                p class="cut-short" { strong { "Partial: " } (made) " of " (planned) " blocks were made." }
            }
            div class="plots" {
                (distributions::draw(comparison, &arms, &id))
                (differences::draw(comparison, &arms, comparisons.margin_ms, &id))
                (stacks::draw(comparison, &arms, &id))
            }
            (tables::arms(comparison, &arms))
            (tables::contrasts(comparison, &arms))
            (tables::phases(comparison, &arms))
            (tables::packets(comparison, &arms))
            (tables::left_out(comparison))
        }
    }
}

fn method(comparisons: &Comparisons) -> Markup {
    html! {
        section aria-labelledby="method" {
            h2 id="method" { "How it was measured" }
            p { "Each block holds one call of every kind, in an order drawn from the seed, on the same pair of peers with
                fresh pages. A call is measured from the click on create offer to the later of the two first frames; the clocks of
                both sides are aligned, and a call whose clocks are not aligned well enough is left out and counted." }
            p { "The shift is the Hodges–Lehmann estimate of the differences within blocks, the ratio that of the medians; the
                brackets are 95 % intervals (BCa bootstrap over blocks, " (RESAMPLES) " resamples, seed " (comparisons.seed) "); p is of
                Wilcoxon’s signed-rank test, two-sided. A difference is " em { "changed" } " if p is below 0.05 and the interval
                does not hold 0, " em { "the same" } " if the whole interval lies within the margin, and " em { "inconclusive" }
                " otherwise. The second vanilla call of each block is the control: if it differs from the first, nothing is
                said of that condition." }
        }
    }
}

#[cfg(test)]
mod tests;
