//! Linear scales with round marks, and what the drawings have in common: their size, their marks, their keys.

use maud::{Markup, html};
use tincan_measure::comparison::Arm;

/// How wide a drawing is: as wide as a small screen shows without scrolling.
pub(super) const WIDTH: f64 = 336.0;
/// Where what is drawn begins and ends: there is room beside it for marks of tens of seconds.
pub(super) const LEFT: f64 = 48.0;
pub(super) const RIGHT: f64 = 318.0;
/// The height of what is drawn.
pub(super) const PLOT: f64 = 132.0;
/// The height of a row of a key.
pub(super) const ROW: f64 = 15.0;
/// What stands below the plot: the marks and the name of the axis.
pub(super) const FOOT: f64 = 32.0;
/// About as many marks stand on an axis.
const MARKS: f64 = 5.0;
/// No time is drawn beyond this (11 days), in milliseconds: what a spoilt file holds must not spoil a drawing.
const FARTHEST: f64 = 1e9;

/// From values to places in a drawing.
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// One that holds all of `values`, from `from` to `to`, and begins and ends at a mark.
    pub(super) fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let places = values.filter(|value| value.is_finite()).map(|value| value.clamp(-FARTHEST, FARTHEST));
        let (low, high) =
            places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let step = round_step((high - low).max(1.0) / MARKS);
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { low, high, step, from, to }
    }

    /// Where `value` stands.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    /// The marks, each with its place.
    fn marks(&self) -> impl Iterator<Item = (f64, String)> {
        let digits = usize::from(self.step < 1.0);
        let count = ((self.high - self.low) / self.step).round() as u32;
        (0..=count).map(move |mark| {
            let value = self.low + f64::from(mark) * self.step;
            let text = format!("{:.digits$}", value.abs());
            let sign = if value < 0.0 { "−" } else { "" };
            (self.at(value), format!("{sign}{text}"))
        })
    }

    /// The axis of a horizontal scale, at the height `y`, named `name`.
    pub(super) fn below(&self, y: f64, name: &str) -> Markup {
        let lines: String = self.marks().map(|(x, _)| format!("M{x:.1} {y:.1}v4")).collect();
        html! {
            path class="axis" d=(format!("M{} {y:.1}H{}{lines}", self.from, self.to)) {}
            @for (x, text) in self.marks() { text class="mark middle" x=(format!("{x:.1}")) y=(format!("{:.1}", y + 15.0)) { (text) } }
            text class="mark end" x=(self.to) y=(format!("{:.1}", y + 28.0)) { (name) }
        }
    }

    /// The marks of a vertical scale, at the left, each with a line across.
    pub(super) fn beside(&self) -> Markup {
        let lines: String = self.marks().map(|(y, _)| format!("M{LEFT} {y:.1}H{RIGHT}")).collect();
        html! {
            path class="grid" d=(lines) {}
            @for (y, text) in self.marks() { text class="mark end" x=(LEFT - 5.0) y=(format!("{:.1}", y + 4.0)) { (text) } }
        }
    }
}

/// The next of 1, 2 and 5, times a power of 10, that is not below `step`; 0.1 at least.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|of| of * power).find(|round| *round >= step * 0.999);
    round.unwrap_or(10.0 * power).max(0.1)
}

/// The class of what is drawn of `arm`: its colour, its dashes.
pub(super) const fn class(arm: Arm) -> &'static str {
    match arm {
        Arm::Vanilla => "vanilla",
        Arm::Trickle => "trickle",
        Arm::HalfTrickle => "half-trickle",
        Arm::VanillaAgain => "vanilla-again",
    }
}

/// The mark of `arm` around a place: each has its own shape, since not everyone tells the colours apart.
pub(super) fn mark(arm: Arm, x: f64, y: f64) -> String {
    match arm {
        Arm::Vanilla => format!("M{:.1} {y:.1}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z", x - 4.5),
        Arm::Trickle => format!("M{x:.1} {:.1}l5.5 5.5l-5.5 5.5l-5.5-5.5z", y - 5.5),
        Arm::HalfTrickle => format!("M{:.1} {:.1}h8v8h-8z", x - 4.0, y - 4.0),
        Arm::VanillaAgain => format!("M{x:.1} {:.1}l5.5 9h-11z", y - 5.0),
    }
}

/// A drawing with its name above: `shape` is drawn in `height`, and `words` say what it shows.
pub(super) fn figure(name: &str, note: &str, id: &str, height: f64, words: &str, shape: &Markup) -> Markup {
    html! {
        figure class="plot" {
            figcaption { (name) @if !note.is_empty() { " " span class="note" { (note) } } }
            svg role="img" viewBox=(format!("0 0 {WIDTH} {height:.0}")) aria-labelledby={ (id) "t " (id) "d" } {
                title id={ (id) "t" } { (name) }
                desc id={ (id) "d" } { (words) }
                (shape)
            }
        }
    }
}

/// The base line of row `row` of a key.
pub(super) fn base(row: usize) -> f64 {
    ROW * row as f64 + 12.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(values: &[f64]) -> Vec<String> {
        Scale::over(values.iter().copied(), 0.0, 100.0).marks().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round_and_hold_all_values() {
        assert_eq!(marks(&[103.0, 296.0]), ["100", "150", "200", "250", "300"]);
        assert_eq!(marks(&[-12.0, 10.0]), ["−15", "−10", "−5", "0", "5", "10"]);
        assert_eq!(marks(&[0.0, 40_011.0]), ["0", "10000", "20000", "30000", "40000", "50000"]);
    }

    #[test]
    fn what_cannot_be_placed_spoils_no_drawing() {
        for values in [&[][..], &[7.0], &[f64::NAN, f64::INFINITY], &[-1e300, 1e300], &[0.0, 0.0]] {
            let scale = Scale::over(values.iter().copied(), 0.0, 100.0);
            let places: Vec<_> = scale.marks().map(|(at, _)| at).collect();
            assert!(places.iter().all(|at| (0.0..=100.0).contains(at)) && places.len() < 12, "{places:?}");
            assert!(values.iter().filter(|v| v.is_finite()).all(|v| (0.0..=100.0).contains(&scale.at(*v))));
        }
    }
}
