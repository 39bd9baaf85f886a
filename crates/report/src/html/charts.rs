//! What getStats counted through a call, as small line charts.

use maud::{Markup, html};
use tincan_harness::{
    abilities::Detail,
    attempt::{Attempt, StatsPoint},
    environment::Environment,
    signaling::Role,
};

use super::words::number;

const WIDTH: f64 = 280.0;
const HEIGHT: f64 = 120.0;
const LEFT: f64 = 8.0;
const RIGHT: f64 = 272.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 98.0;

/// A quantity, its unit, and how it is read from a point.
struct Quantity {
    name: &'static str,
    unit: &'static str,
    of: fn(&StatsPoint) -> Option<f64>,
    /// What a peer has to be able to tell for it, where not every one is.
    detail: Option<Detail>,
}

const QUANTITIES: [Quantity; 3] = [
    Quantity {
        name: "Bytes received",
        unit: "kB",
        of: |point| point.bytes_received.map(|bytes| bytes as f64 / 1000.0),
        detail: None,
    },
    Quantity {
        name: "Frames decoded",
        unit: "frames",
        of: |point| point.frames_decoded.map(|frames| frames as f64),
        detail: Some(Detail::DecodedFrames),
    },
    Quantity {
        name: "Round trip",
        unit: "ms",
        of: |point| point.round_trip_ms,
        detail: Some(Detail::RoundTrip),
    },
];

/// A line: time and value.
type Series = Vec<(f64, f64)>;

/// The charts of `attempt`: one for each quantity that either side has given.
pub(super) fn draw(attempt: &Attempt, environment: &Environment, id: &str) -> Markup {
    let charts: Vec<_> = QUANTITIES
        .iter()
        .enumerate()
        .map(|(index, quantity)| (index, quantity, series(attempt, quantity)))
        .filter(|(_, _, series)| series.iter().any(|series| !series.is_empty()))
        .collect();
    if charts.is_empty() {
        return html! {};
    }
    html! {
        figure {
            figcaption { "Statistics " span class="note" { "offerer solid, answerer dashed; ms from the click" } }
            div class="charts" {
                @for (index, quantity, series) in &charts {
                    (chart(quantity, &told(attempt, environment, quantity), series, &format!("{id}-c{index}")))
                }
            }
        }
    }
}

fn series(attempt: &Attempt, quantity: &Quantity) -> [Series; 2] {
    [&attempt.stats.offerer, &attempt.stats.answerer].map(|points| {
        let finite = |(at, value): &(f64, f64)| at.is_finite() && value.is_finite();
        let read = |point: &StatsPoint| (quantity.of)(point).map(|value| (point.at_ms, value));
        points.iter().filter_map(read).filter(finite).collect()
    })
}

/// Of either side, what is said of it if it has given nothing.
fn told(attempt: &Attempt, environment: &Environment, quantity: &Quantity) -> [&'static str; 2] {
    [attempt.offerer, attempt.answerer].map(|peer| {
        let tells = quantity.detail.is_none_or(|detail| environment.tells(peer, detail));
        if tells { "not known" } else { "not told" }
    })
}

fn chart(quantity: &Quantity, missing: &[&str; 2], series: &[Series; 2], id: &str) -> Markup {
    let all = || series.iter().flatten();
    let (first, last) = bounds(all().map(|(at, _)| *at));
    let highest = all().map(|(_, value)| *value).fold(0.0, f64::max);
    let x = |at: f64| if last > first { LEFT + (at - first) / (last - first) * (RIGHT - LEFT) } else { LEFT };
    let y = |value: f64| if highest > 0.0 { BOTTOM - value / highest * (BOTTOM - TOP) } else { BOTTOM };
    let place = |point: &(f64, f64)| format!("{:.0},{:.0}", x(point.0), y(point.1));
    html! {
        svg class="chart" role="img" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-labelledby={ (id) "t " (id) "d" } {
            title id={ (id) "t" } { (quantity.name) }
            desc id={ (id) "d" } {
                @for ((role, series), missing) in Role::BOTH.iter().zip(series).zip(missing) {
                    (describe(*role, series, quantity.unit, missing)) " "
                }
            }
            text x=(LEFT) y="10" class="name" { (quantity.name) }
            text x=(RIGHT) y="10" class="end" { "to " (number(highest)) " " (quantity.unit) }
            path class="axis" d=(format!("M{LEFT} {BOTTOM}H{RIGHT}")) {}
            @for (series, class) in series.iter().zip(["offerer", "answerer"]) {
                @if let [only] = series.as_slice() {
                    circle class=(class) cx=(format!("{:.0}", x(only.0))) cy=(format!("{:.0}", y(only.1))) r="3" {}
                } @else if !series.is_empty() {
                    polyline class=(class) points=(series.iter().map(place).collect::<Vec<_>>().join(" ")) {}
                }
            }
            text x=(LEFT) y="112" { (number(first)) }
            @if last > first { text x=(RIGHT) y="112" class="end" { (number(last)) } }
        }
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

fn describe(role: Role, series: &Series, unit: &str, missing: &str) -> String {
    match series.as_slice() {
        [] => format!("The {role}: {missing}."),
        [(at, value)] => format!("The {role}: {} {unit} at {} ms.", number(*value), number(*at)),
        [(from, first), .., (to, last)] => format!(
            "The {role}: {} {unit} at {} ms, {} {unit} at {} ms, {} values.",
            number(*first),
            number(*from),
            number(*last),
            number(*to),
            series.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{testing, verdict::Verdict};

    use super::*;

    fn drawn(frames: &[Option<u64>]) -> String {
        let point = |(index, frames): (usize, &Option<u64>)| StatsPoint {
            at_ms: index as f64 * 100.0,
            frames_decoded: *frames,
            ..StatsPoint::default()
        };
        let mut attempt =
            Attempt::without_exchange(&testing::catalogue().scenarios()[0], 1, &Verdict::Passed);
        attempt.stats.offerer = frames.iter().enumerate().map(point).collect();
        draw(&attempt, &Environment::default(), "x").into_string()
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(drawn(&[]), "");
        assert_eq!(drawn(&[None, None]), "");
    }

    #[test]
    fn a_side_that_gave_nothing_could_not_tell_it_or_is_not_known() {
        let scenario = testing::catalogue().select(&["chromium-to-webrtc-rs/trickle".to_owned()]).unwrap()[0];
        let mut attempt = Attempt::without_exchange(&scenario, 1, &Verdict::Passed);
        attempt.stats.offerer = vec![StatsPoint { round_trip_ms: Some(1.0), ..StatsPoint::default() }];
        let mut environment = Environment { peers: testing::profiles(), ..Environment::default() };
        assert!(draw(&attempt, &environment, "x").into_string().contains("The answerer: not known."));
        let told = &mut environment.peers[1].abilities.reads_back;
        *told = told.clone().without(&[Detail::RoundTrip]);
        assert!(draw(&attempt, &environment, "x").into_string().contains("The answerer: not told."));
    }

    #[test]
    fn one_point_is_a_dot_and_two_are_a_line() {
        let one = drawn(&[None, Some(7)]);
        assert!(one.contains("<circle") && !one.contains("<polyline"), "{one}");
        let two = drawn(&[Some(0), Some(7)]);
        assert!(two.contains(r#"points="8,98 272,16""#), "{two}");
        assert!(!(one + &two).contains("NaN"));
    }

    #[test]
    fn a_value_that_stays_at_zero_is_a_line_on_the_axis() {
        assert!(drawn(&[Some(0), Some(0)]).contains(r#"points="8,98 272,98""#));
    }
}
