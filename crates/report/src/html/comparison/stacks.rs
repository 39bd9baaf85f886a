//! How the time to the first frame divides: a bar for each arm, of the medians of its phases.

use maud::{Markup, html};
use tincan_measure::comparison::{Arm, Comparison, Phases};

use super::axis::{self, FOOT, LEFT, RIGHT, ROW, Scale, WIDTH, base};
use crate::html::words::{ms, number};

/// So many names of phases stand in a row of the key.
const IN_A_ROW: usize = 3;
/// The height of an arm's name and of its bar.
const ARM: f64 = 36.0;
const BAR: f64 = 15.0;
/// A part that is narrower than this has no room for its number, ...
const NARROWEST: f64 = 10.0;
/// ... and one narrower than this would vanish behind its own outline: it shows as a piece of the plain bar behind.
const OUTLINED: f64 = 2.0;

/// The bars of the arms of which phases are known; nothing without one.
pub(super) fn draw(comparison: &Comparison, arms: &[Arm], id: &str) -> Markup {
    let known = |arm: &Arm| comparison.phases(*arm).map(|medians| (*arm, medians.map(|ms| ms.max(0.0))));
    let bars: Vec<_> = arms.iter().filter_map(known).collect();
    if bars.is_empty() {
        return html! {};
    }
    let top = ROW * Phases::NAMES.len().div_ceil(IN_A_ROW) as f64 + 6.0;
    let bottom = top + ARM * bars.len() as f64 + 6.0;
    let words: Vec<_> = bars.iter().map(describe).collect();
    let shape = plot(&bars, top, bottom);
    let note = "medians, which need not add up to that of the whole";
    axis::figure("Phases", note, &format!("{id}-p"), bottom + FOOT, &words.join(" "), &shape)
}

fn describe((arm, medians): &(Arm, [f64; 6])) -> String {
    let parts: Vec<_> =
        Phases::NAMES.iter().zip(medians).map(|(name, ms)| format!("{name} {}", number(*ms))).collect();
    format!("{}, in ms: {}.", arm.name(), parts.join(", "))
}

fn plot(bars: &[(Arm, [f64; 6])], top: f64, bottom: f64) -> Markup {
    let sums = bars.iter().map(|(_, medians)| medians.iter().sum());
    let x = Scale::over(sums.chain([0.0]), LEFT - 44.0, RIGHT);
    html! {
        (key())
        (x.below(bottom, "ms from the click"))
        @for (row, (arm, medians)) in bars.iter().enumerate() {
            @let y = top + ARM * row as f64;
            text class="arm" x="0" y=(format!("{:.1}", y + 14.0)) { (arm.name()) ": " (ms(medians.iter().sum())) " together" }
            (parts(medians, &x, y + 19.0))
        }
    }
}

/// The parts of a bar, each with its number where there is room.
fn parts(medians: &[f64; 6], x: &Scale, y: f64) -> Markup {
    let mut from = 0.0;
    let places = medians.map(|ms| {
        let part = (x.at(from), x.at(from + ms));
        from += ms;
        part
    });
    let (start, whole) = (x.at(0.0), (x.at(from) - x.at(0.0)).max(OUTLINED));
    html! {
        path class="whole" d=(rectangle(start, y, whole)) {}
        @for (phase, (from, to)) in places.iter().enumerate() {
            @let width = to - from;
            @if width >= OUTLINED { path class={ "part p" (phase + 1) } d=(rectangle(*from, y, width)) {} }
            @if width >= NARROWEST {
                text class="number middle" x=(format!("{:.1}", from + width / 2.0)) y=(format!("{:.1}", y + 11.5)) { (phase + 1) }
            }
        }
    }
}

fn rectangle(x: f64, y: f64, width: f64) -> String {
    format!("M{x:.1} {y:.1}h{width:.1}v{BAR}h-{width:.1}z")
}

fn key() -> Markup {
    html! {
        @for (phase, name) in Phases::NAMES.iter().enumerate() {
            @let (x, y) = ((phase % IN_A_ROW) as f64 * WIDTH / IN_A_ROW as f64, base(phase / IN_A_ROW));
            path class={ "part p" (phase + 1) } d=(format!("M{x} {:.1}h12v12h-12z", y - 10.0)) {}
            text class="number middle" x=(x + 6.0) y=(y) { (phase + 1) }
            text x=(x + 17.0) y=(y) { (name) }
        }
    }
}
