//! The differences within blocks, in the order of the blocks: each a dot, with the shift, its interval and the margin.

use maud::{Markup, html};
use tincan_measure::comparison::{Arm, Comparison, Contrast, Finding, Pair};

use super::axis::{self, FOOT, LEFT, PLOT, RIGHT, ROW, Scale, base, class};
use crate::html::words::number;

/// As many blocks are drawn; of more, every second, third, ...
const MOST_BLOCKS: usize = 600;
/// Room between the axis and the first dot, and behind the last.
const INDENT: f64 = 6.0;

/// One arm against vanilla.
struct Against<'a> {
    arm: Arm,
    /// In the order of the blocks; none where a call is left out.
    differences: Vec<Option<f64>>,
    contrast: Option<&'a Contrast>,
    margin_ms: f64,
}

/// A drawing for each arm against vanilla; of the control only if it differs, since then that is why nothing is said.
pub(super) fn draw(comparison: &Comparison, arms: &[Arm], margin_ms: f64, id: &str) -> Markup {
    let of = |arm: &Arm| {
        let contrast = match arm {
            Arm::Vanilla => return None,
            Arm::Trickle => &comparison.trickle,
            Arm::HalfTrickle => &comparison.half_trickle,
            Arm::VanillaAgain => Some(&comparison.control)
                .filter(|of| of.as_ref().is_some_and(|of| of.finding == Finding::Changed))?,
        };
        let difference =
            |Pair { first_ms, second_ms }| Some(second_ms - first_ms).filter(|ms: &f64| ms.is_finite());
        let differences =
            comparison.blocks.iter().map(|block| block.pair(*arm).and_then(difference)).collect();
        Some(Against { arm: *arm, differences, contrast: contrast.as_ref(), margin_ms })
    };
    html! { @for against in arms.iter().filter_map(of) { (against.figure(id)) } }
}

impl Against<'_> {
    fn figure(&self, id: &str) -> Markup {
        let (name, id) = (self.arm.name(), format!("{id}-{}", class(self.arm)));
        let keys = self.keys();
        if self.known().count() == 0 {
            return html! {};
        }
        let top = ROW * keys.len() as f64 + 10.0;
        let shape = html! { (self.plot(top)) @for (row, key) in keys.iter().enumerate() { (key.draw(row, class(self.arm))) } };
        let title = format!("Difference to vanilla: {name}");
        let note = format!("ms, block by block; below 0, {name} came first");
        axis::figure(&title, &note, &id, top + PLOT + FOOT, &self.describe(&keys), &shape)
    }

    fn known(&self) -> impl Iterator<Item = f64> {
        self.differences.iter().flatten().copied()
    }

    fn keys(&self) -> Vec<Key> {
        let (known, all) = (self.known().count(), self.differences.len());
        let every = match self.every() {
            1 => String::new(),
            every => format!(", of which one in {every} is drawn"),
        };
        let mut keys = vec![Key(Sign::Dot, format!("a block: {known} of {all}{every}"))];
        if let Some(Contrast { shift_ms, .. }) = self.contrast {
            let (shift, low, high) = (number(shift_ms.value), number(shift_ms.low), number(shift_ms.high));
            keys.push(Key(Sign::Band, format!("shift {shift} ms [{low}, {high}]")));
        }
        keys.push(Key(Sign::Margin, format!("margin: {} ms on both sides of 0", self.margin_ms)));
        if known < all {
            keys.push(Key(Sign::Cross, format!("left out: {}", all - known)));
        }
        keys
    }

    /// Which of the blocks are drawn: all, every second, ...
    fn every(&self) -> usize {
        self.differences.len().div_ceil(MOST_BLOCKS).max(1)
    }

    fn describe(&self, keys: &[Key]) -> String {
        let (low, high) = self
            .known()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), ms| (low.min(ms), high.max(ms)));
        let earlier = self.known().filter(|ms| *ms < 0.0).count();
        let later = self.known().filter(|ms| *ms > 0.0).count();
        let (name, low, high) = (self.arm.name(), number(low), number(high));
        let keys: Vec<_> = keys[1..].iter().map(|Key(_, text)| text.as_str()).collect();
        format!(
            "Differences from {low} to {high} ms: {name} came first in {earlier} blocks and last in {later}; {}.",
            keys.join("; ")
        )
    }

    fn plot(&self, top: f64) -> Markup {
        let bottom = top + PLOT;
        let band = self.contrast.map(|contrast| contrast.shift_ms);
        let ends = band.iter().flat_map(|band| [band.low, band.high]);
        let margins = [-self.margin_ms, 0.0, self.margin_ms];
        let y = Scale::over(self.known().chain(ends).chain(margins), bottom, top);
        let count = self.differences.len();
        let x = |block: usize| {
            LEFT + INDENT + (block as f64 + 0.5) / count as f64 * (RIGHT - LEFT - 2.0 * INDENT)
        };
        let drawn = || self.differences.iter().enumerate().step_by(self.every());
        let dots: String = drawn()
            .filter_map(|(block, ms)| ms.map(|ms| format!("M{:.1} {:.1}h0", x(block), y.at(ms))))
            .collect();
        let crosses: String =
            drawn().filter(|(_, ms)| ms.is_none()).map(|(block, _)| cross(x(block), bottom - 5.0)).collect();
        let across = |ms: f64| format!("M{LEFT} {:.1}H{RIGHT}", y.at(ms));
        html! {
            (y.beside())
            @if let Some(band) = band {
                @let (low, high) = (y.at(band.low), y.at(band.high));
                path class={ "band " (class(self.arm)) } d=(format!("M{LEFT} {high:.1}H{RIGHT}V{low:.1}H{LEFT}z")) {}
                path class={ "shift " (class(self.arm)) } d=(across(band.value)) {}
            }
            path class="margin" d=(across(-self.margin_ms) + &across(self.margin_ms)) {}
            path class="zero" d=(across(0.0)) {}
            path class={ "blocks " (class(self.arm)) } d=(dots) {}
            @if !crosses.is_empty() { path class="crosses" d=(crosses) {} }
            @for block in [0, count - 1] {
                text class="mark middle" x=(format!("{:.1}", x(block))) y=(format!("{:.1}", bottom + 15.0)) { (block + 1) }
            }
            text class="mark end" x=(RIGHT) y=(format!("{:.1}", bottom + 28.0)) { "block" }
        }
    }
}

/// What stands in a key for something.
enum Sign {
    Dot,
    Band,
    Margin,
    Cross,
}

/// What is drawn, and what it stands for.
struct Key(Sign, String);

impl Key {
    fn draw(&self, row: usize, arm: &str) -> Markup {
        let y = base(row) - 4.0;
        html! {
            @match self.0 {
                Sign::Dot => path class={ "blocks " (arm) } d=(format!("M18 {y:.1}h0")) {},
                Sign::Band => {
                    path class={ "band " (arm) } d=(format!("M0 {:.1}h36v9h-36z", y - 4.5)) {}
                    path class={ "shift " (arm) } d=(format!("M0 {y:.1}h36")) {}
                },
                Sign::Margin => path class="margin" d=(format!("M0 {y:.1}h36")) {},
                Sign::Cross => path class="crosses" d=(cross(18.0, y)) {},
            }
            text x=(LEFT) y=(y + 4.0) { (self.1) }
        }
    }
}

fn cross(x: f64, y: f64) -> String {
    format!("M{:.1} {:.1}l6 6m0-6l-6 6", x - 3.0, y - 3.0)
}
