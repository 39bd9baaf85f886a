//! Which share of the calls of each arm had its first frame by a time: empirical distributions, as steps.

use maud::{Markup, html};
use tincan_measure::comparison::{Arm, Comparison, median, quantile};

use super::axis::{self, FOOT, LEFT, PLOT, RIGHT, ROW, Scale, base, class, mark};
use crate::html::words::{ms, number};

const NAME: &str = "Share of calls with their first frame by then";

/// The calls of one arm.
struct Curve {
    arm: Arm,
    /// Their times, the shortest first.
    times: Vec<f64>,
    median: f64,
}

impl Curve {
    fn of(comparison: &Comparison, arm: Arm) -> Option<Self> {
        let mut times = comparison.times(arm);
        times.retain(|time| time.is_finite());
        times.sort_by(f64::total_cmp);
        Some(Self { arm, median: median(&times)?, times })
    }

    fn describe(&self) -> String {
        let at = |p| quantile(&self.times, p).map(number).unwrap_or_default();
        let (name, n) = (self.arm.name(), self.times.len());
        format!(
            "{name}: {n} calls from {} to {} ms, median {}, 90th percentile {}.",
            at(0.0),
            at(1.0),
            at(0.5),
            at(0.9)
        )
    }
}

/// The distributions of the arms that are compared; nothing without a call.
pub(super) fn draw(comparison: &Comparison, arms: &[Arm], id: &str) -> Markup {
    let compared = arms.iter().filter(|arm| **arm != Arm::VanillaAgain);
    let curves: Vec<_> = compared.filter_map(|arm| Curve::of(comparison, *arm)).collect();
    if curves.is_empty() {
        return html! {};
    }
    let top = ROW * curves.len() as f64 + 10.0;
    let words: Vec<_> = curves.iter().map(Curve::describe).collect();
    let shape = plot(&curves, top);
    axis::figure(NAME, "", &format!("{id}-e"), top + PLOT + FOOT, &words.join(" "), &shape)
}

fn plot(curves: &[Curve], top: f64) -> Markup {
    let bottom = top + PLOT;
    let x = Scale::over(curves.iter().flat_map(|curve| curve.times.iter().copied()), LEFT, RIGHT);
    let y = |share: f64| bottom - share * PLOT;
    html! {
        path class="grid" d=(format!("M{LEFT} {top:.1}H{RIGHT}M{LEFT} {:.1}H{RIGHT}", y(0.5))) {}
        @for (share, text) in [(1.0, "100 %"), (0.5, "50 %"), (0.0, "0 %")] {
            text class="mark end" x=(LEFT - 5.0) y=(format!("{:.1}", y(share) + 4.0)) { (text) }
        }
        (x.below(bottom, "ms to the first frame"))
        @for (row, curve) in curves.iter().enumerate() {
            @let (arm, at) = (class(curve.arm), x.at(curve.median));
            path class={ "line " (arm) } d=(steps(&curve.times, &x, y)) {}
            path class={ "drop " (arm) } d=(format!("M{at:.1} {:.1}V{bottom:.1}", y(0.5))) {}
            path class={ "at " (arm) } d=(mark(curve.arm, at, y(0.5))) {}
            (key(curve, row))
        }
    }
}

/// A line as it is drawn, the mark of the median, and what they stand for.
fn key(curve: &Curve, row: usize) -> Markup {
    let (arm, y) = (class(curve.arm), base(row));
    html! {
        path class={ "line " (arm) } d=(format!("M0 {:.1}h36", y - 4.0)) {}
        path class={ "at " (arm) } d=(mark(curve.arm, 18.0, y - 4.0)) {}
        text x=(LEFT) y=(y) { (curve.arm.name()) ": median " (ms(curve.median)) ", n = " (curve.times.len()) }
    }
}

/// The steps of sorted `times`. Those that fall on the same half unit are one, so that many calls take no more room than
/// there are places.
fn steps(times: &[f64], x: &Scale, y: impl Fn(f64) -> f64) -> String {
    let places: Vec<_> = times.iter().map(|time| (x.at(*time) * 2.0).round() as i32).collect();
    let mut shape = format!("M{LEFT} {:.1}", y(0.0));
    let mut done = 0;
    for same in places.chunk_by(|a, b| a == b) {
        done += same.len();
        let (at, share) = (f64::from(same[0]) / 2.0, done as f64 / times.len() as f64);
        shape += &format!("H{at}V{:.1}", y(share));
    }
    shape + &format!("H{RIGHT}")
}
