//! Set-up time against the round trip to the STUN server: a dot for each call, and a line for each arm.

use maud::{Markup, html};
use tincan_measure::comparison::Arm;

use super::axis::{self, FOOT, LEFT, PLOT, RIGHT, ROW, Scale, base, class};
use crate::html::words::number;

/// The calls of one arm, and the line through them.
#[derive(Debug, Clone, Copy)]
pub struct SweepArm<'a> {
    /// Which arm.
    pub arm: Arm,
    /// Of each call the round trip to the STUN server and the time to the first frame, in milliseconds.
    pub points: &'a [(f64, f64)],
    /// Where the line meets a round trip of 0, in milliseconds, and by how many milliseconds it rises with each.
    pub line: Option<(f64, f64)>,
}

/// The drawing of `all`, whose ids in the page begin with `id`; nothing without a call.
#[must_use]
pub fn sweep_chart(all: &[SweepArm<'_>], id: &str) -> Markup {
    let series: Vec<_> = all.iter().filter(|series| !series.points.is_empty()).collect();
    if series.is_empty() {
        return html! {};
    }
    let top = ROW * series.len() as f64 + 10.0;
    let words: Vec<_> = series.iter().map(|series| series.describe()).collect();
    let (name, note) = ("Set-up time against the STUN round trip", "ms to the first frame");
    axis::figure(name, note, &format!("{id}-s"), top + PLOT + FOOT, &words.join("; "), &plot(&series, top))
}

fn plot(series: &[&SweepArm<'_>], top: f64) -> Markup {
    let bottom = top + PLOT;
    let trips = || series.iter().flat_map(|series| series.points).map(|(trip, _)| *trip);
    let longest = trips().filter(|trip| trip.is_finite()).fold(0.0, f64::max);
    let ends = series.iter().flat_map(|series| series.ends(longest)).map(|(_, took)| took);
    let times = series.iter().flat_map(|series| series.points).map(|(_, took)| *took);
    let x = Scale::over(trips().chain([0.0]), LEFT, RIGHT);
    let y = Scale::over(times.chain(ends).chain([0.0]), bottom, top);
    let dot = |(trip, took): &(f64, f64)| format!("M{:.1} {:.1}h0", x.at(*trip), y.at(*took));
    html! {
        (y.beside())
        (x.below(bottom, "ms of round trip to the STUN server"))
        @for (row, series) in series.iter().enumerate() {
            @let arm = class(series.arm);
            path class={ "blocks " (arm) } d=(series.drawn().map(dot).collect::<String>()) {}
            @if let [(from, low), (to, high)] = series.ends(longest)[..] {
                path class={ "line " (arm) } d=(format!("M{:.1} {:.1}L{:.1} {:.1}", x.at(from), y.at(low), x.at(to), y.at(high))) {}
            }
            @let line = base(row) - 4.0;
            path class={ "line " (arm) } d=(format!("M0 {line:.1}h36")) {}
            path class={ "blocks " (arm) } d=(format!("M18 {line:.1}h0")) {}
            text x=(LEFT) y=(base(row)) { (series.describe()) }
        }
    }
}

impl SweepArm<'_> {
    fn drawn(&self) -> impl Iterator<Item = &(f64, f64)> {
        self.points.iter().filter(|(trip, took)| trip.is_finite() && took.is_finite())
    }

    /// Both ends of the line, from no round trip to the longest; none without a line.
    fn ends(&self, longest: f64) -> Vec<(f64, f64)> {
        let at = |(start, slope): (f64, f64)| [0.0, longest].map(|trip| (trip, start + slope * trip));
        let ends = self.line.map(at).filter(|ends| ends.iter().all(|(_, took)| took.is_finite()));
        ends.into_iter().flatten().collect()
    }

    fn describe(&self) -> String {
        let (name, n) = (self.arm.name(), self.points.len());
        match self.line {
            Some((start, slope)) => {
                let (start, rise) = (number(start), format!("{:.2}", slope.abs()));
                let sign = if slope < 0.0 && rise != "0.00" { "−" } else { "+" };
                format!("{name}: {start} ms {sign} {rise} × round trip, n = {n}")
            }
            None => format!("{name}: no line, n = {n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VANILLA: [(f64, f64); 3] = [(0.0, 230.0), (200.0, 330.0), (800.0, 930.0)];
    const TRICKLE: [(f64, f64); 3] = [(0.0, 110.0), (200.0, 112.0), (800.0, 109.0)];

    fn drawn(line: Option<(f64, f64)>) -> String {
        let vanilla = SweepArm { arm: Arm::Vanilla, points: &VANILLA, line };
        let trickle = SweepArm { arm: Arm::Trickle, points: &TRICKLE, line: Some((110.0, -0.001)) };
        sweep_chart(&[vanilla, trickle], "x").into_string()
    }

    #[test]
    fn each_call_is_a_dot_and_each_line_has_its_words() {
        let chart = drawn(Some((130.0, 1.0)));
        assert!(chart.contains(">vanilla: 130.0 ms + 1.00 × round trip, n = 3</text>"), "{chart}");
        assert!(chart.contains(">trickle: 110.0 ms + 0.00 × round trip, n = 3</text>"), "{chart}");
        for arm in ["vanilla", "trickle"] {
            let dots = chart.split(&format!("class=\"blocks {arm}\" d=\"")).nth(1).unwrap();
            assert_eq!(dots.split('"').next().unwrap().matches("h0").count(), 3);
        }
        // 0 stands at the corner, and the line ends below the highest mark, at the longest round trip.
        assert!(chart.contains("M48.0 154.8L318.0 49.2"), "{chart}");
    }

    #[test]
    fn without_a_line_there_are_dots_and_without_calls_nothing() {
        assert!(drawn(None).contains(">vanilla: no line, n = 3</text>"));
        let spoilt = drawn(Some((f64::NAN, f64::INFINITY)));
        assert!(!spoilt.split(" d=\"").skip(1).any(|rest| rest.split('"').next().unwrap().contains("NaN")));
        let nothing = SweepArm { arm: Arm::Trickle, points: &[], line: None };
        assert_eq!(sweep_chart(&[nothing], "x").into_string(), "");
    }
}
