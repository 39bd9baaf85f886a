//! The figures of one network condition: each arm, each contrast, the phases, and what was left out.

use maud::{Markup, html};
use tincan_measure::comparison::{
    Arm, Comparison, Contrast, Estimate, PacketRanges, Phases, Sample, SeenBy, WORST_CLOCK_ERROR_MS, median,
    quantile,
};

use crate::html::words::{clipped, number};

/// As many reasons are listed, each clipped to so many characters.
const MOST_REASONS: usize = 12;
const MOST_REASON: usize = 240;
const UNKNOWN: &str = "–";

/// A table with its name, that scrolls by itself where it is too wide.
fn table(caption: &str, head: &[&str], rows: &[(String, Vec<String>)]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(caption) {
            table class="figures" {
                caption { (caption) }
                thead { tr { td {} @for name in head { th scope="col" { (name) } } } }
                tbody { @for (name, values) in rows {
                    tr { th scope="row" { (name) } @for value in values { td { (value) } } }
                } }
            }
        }
    }
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), number)
}

/// How long the calls of each arm took.
pub(super) fn arms(comparison: &Comparison, arms: &[Arm]) -> Markup {
    let row = |arm: &Arm| {
        let times = comparison.times(*arm);
        let side = |of: fn(&Sample) -> Option<f64>| {
            median(&comparison.samples(*arm).filter_map(of).collect::<Vec<_>>())
        };
        let left_out = comparison.samples(*arm).filter(|sample| sample.left_out.is_some()).count();
        let values = vec![
            times.len().to_string(),
            known(quantile(&times, 0.5)),
            known(quantile(&times, 0.9)),
            known(side(|sample| sample.first_frames_ms.offerer)),
            known(side(|sample| sample.first_frames_ms.answerer)),
            left_out.to_string(),
        ];
        (arm.name().to_owned(), values)
    };
    let head = ["n", "median", "90th percentile", "offerer’s median", "answerer’s median", "left out"];
    let rows: Vec<_> = arms.iter().map(row).collect();
    html! {
        (table("Time to the first frame, in ms", &head, &rows))
        (clocks(comparison))
    }
}

/// How well the clocks were aligned in the calls that count.
fn clocks(comparison: &Comparison) -> Markup {
    let calls =
        comparison.blocks.iter().flat_map(|block| &block.0).filter(|sample| sample.left_out.is_none());
    let errors: Vec<_> = calls.filter_map(|sample| sample.clock_error_ms).collect();
    html! {
        @if let (Some(middle), Some(worst)) = (median(&errors), quantile(&errors, 1.0)) {
            p class="note" { "The clocks of the two sides were aligned within " (number(middle)) " ms in the median, " (number(worst))
                " ms at worst; a call beyond " (WORST_CLOCK_ERROR_MS) " ms is left out." }
        }
    }
}

/// Each arm against vanilla.
pub(super) fn contrasts(comparison: &Comparison, arms: &[Arm]) -> Markup {
    let row = |arm: &Arm| {
        let contrast = match arm {
            Arm::Vanilla => return None,
            Arm::Trickle => &comparison.trickle,
            Arm::HalfTrickle => &comparison.half_trickle,
            Arm::VanillaAgain => &comparison.control,
        };
        let name = match arm {
            Arm::VanillaAgain => "control: vanilla again".to_owned(),
            arm => arm.name().to_owned(),
        };
        Some((name, contrast.as_ref().map_or_else(nothing, figures)))
    };
    let rows: Vec<_> = arms.iter().filter_map(row).collect();
    html! {
        @if !rows.is_empty() {
            (table("Against vanilla, block by block", &["blocks", "shift, in ms [95 %]", "ratio of medians [95 %]", "p", "finding"], &rows))
        }
    }
}

fn nothing() -> Vec<String> {
    let mut values = vec![UNKNOWN.to_owned(); 4];
    values.push("too few blocks".to_owned());
    values
}

fn figures(contrast: &Contrast) -> Vec<String> {
    let Estimate { value, low, high } = contrast.ratio;
    // Where gathering waits in vain, trickle takes a hundredth of the time.
    let digits = if value < 0.1 { 4 } else { 2 };
    let shift = contrast.shift_ms;
    let p_value = match contrast.p_value {
        p if p < 0.001 => "< 0.001".to_owned(),
        p => format!("{p:.3}"),
    };
    vec![
        contrast.blocks.to_string(),
        format!("{} [{}, {}]", number(shift.value), number(shift.low), number(shift.high)),
        format!("{value:.digits$} [{low:.digits$}, {high:.digits$}]"),
        p_value,
        contrast.finding.to_string(),
    ]
}

/// The figures of the bars.
pub(super) fn phases(comparison: &Comparison, arms: &[Arm]) -> Markup {
    let known = |arm: &Arm| comparison.phases(*arm).map(|medians| (arm.name(), medians));
    let (names, medians): (Vec<_>, Vec<_>) = arms.iter().filter_map(known).unzip();
    let row = |(phase, name): (usize, &&str)| {
        (format!("{} {name}", phase + 1), medians.iter().map(|of| number(of[phase])).collect())
    };
    let rows: Vec<_> = Phases::NAMES.iter().enumerate().map(row).collect();
    html! { @if !names.is_empty() { (table("Phases: medians, in ms", &names, &rows)) } }
}

/// The packets of a call, as far as they are seen.
pub(super) fn packets(comparison: &Comparison, arms: &[Arm]) -> Markup {
    let row = |arm: Arm, (by, counts): (SeenBy, Option<PacketRanges>)| {
        let PacketRanges { server_requests, checks, dtls, dtls_flights } = counts?;
        let values = [server_requests, checks, dtls, dtls_flights].map(|range| range.to_string()).to_vec();
        Some((format!("{}, seen by the {by}", arm.name()), values))
    };
    let of_arm = |arm: &Arm| {
        comparison.counts(*arm).by_whom().into_iter().filter_map(|seen| row(*arm, seen)).collect::<Vec<_>>()
    };
    let rows: Vec<_> = arms.iter().flat_map(of_arm).collect();
    let head = ["requests to servers", "connectivity checks", "DTLS datagrams", "DTLS flights"];
    html! { @if !rows.is_empty() { (table("Packets of a call until its media, by phase", &head, &rows)) } }
}

/// What was left out, and why.
pub(super) fn left_out(comparison: &Comparison) -> Markup {
    let reasons = comparison.left_out();
    let all: usize = reasons.iter().map(|(_, count)| count).sum();
    html! {
        @if reasons.is_empty() {
            p class="note" { "No call was left out." }
        } @else {
            p class="label" { (all) @if all == 1 { " call was left out" } @else { " calls were left out" } }
            ul {
                @for (reason, count) in reasons.iter().take(MOST_REASONS) { li { (count) " × " (clipped(reason, MOST_REASON)) } }
                @if reasons.len() > MOST_REASONS { li { (reasons.len() - MOST_REASONS) " more reasons are in comparison.json" } }
            }
        }
    }
}
