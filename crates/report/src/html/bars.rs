//! The phases of a call as bars, a group for each side, on one scale.

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, signaling::Role};

use super::{
    phases::{Phase, phases},
    words::{ms, number},
};

const WIDTH: f64 = 600.0;
const LEFT: f64 = 150.0;
/// Room behind the longest bar for its time.
const RIGHT: f64 = 70.0;
const ROW: f64 = 19.0;

/// The bars of `attempt`; nothing if no phase was begun.
pub(super) fn draw(attempt: &Attempt, id: &str) -> Markup {
    let sides = Role::BOTH.map(|role| (role, phases(attempt, role)));
    let count = sides.iter().map(|(_, phases)| phases.len()).sum::<usize>();
    if count == 0 {
        return html! {};
    }
    let end = end(attempt);
    let height = ROW * (count as f64 + 2.0) + 8.0;
    html! {
        figure {
            figcaption { "Phases " span class="note" { "ms from the click; they overlap" } }
            div class="scroll" tabindex="0" role="group" aria-label="Phases" {
                svg class="bars" role="img" viewBox=(format!("0 0 {WIDTH} {height:.0}")) width=(WIDTH)
                    height=(format!("{height:.0}")) aria-labelledby={ (id) "-pt " (id) "-pd" } {
                    title id={ (id) "-pt" } { "Phases of the call on each side" }
                    desc id={ (id) "-pd" } {
                        @for (role, phases) in &sides { "The " (role) ": " (describe(phases)) ". " }
                    }
                    (groups(&sides, end))
                }
            }
        }
    }
}

/// The last moment that is known of the call, which bars of phases that did not end reach to.
fn end(attempt: &Attempt) -> f64 {
    let notes = attempt.notes.iter().map(|note| note.at_ms);
    attempt.milestones.iter().map(|m| m.at_ms).chain(notes).fold(1.0, f64::max)
}

fn groups(sides: &[(Role, Vec<Phase>); 2], end: f64) -> Markup {
    let ends = sides.iter().flat_map(|(_, phases)| phases).map(|phase| phase.end_ms.unwrap_or(end));
    let scale = (WIDTH - LEFT - RIGHT) / ends.fold(1.0, f64::max);
    let mut y = 0.0;
    let mut bars = Vec::new();
    let texts = html! {
        @for (role, phases) in sides {
            text class="side" x="0" y=(down(&mut y)) { (role) }
            @for phase in phases {
                @let bar = Bar::of(phase, end, scale, down(&mut y));
                (bar.text(phase))
                ({ bars.push(bar); html! {} })
            }
        }
    };
    html! { (path(&bars, true)) (path(&bars, false)) (texts) }
}

/// The base line of the next row.
fn down(y: &mut f64) -> f64 {
    *y += ROW;
    *y - 4.0
}

/// A bar: where it begins, how long it is, and the base line of its text.
struct Bar {
    x: f64,
    width: f64,
    y: f64,
    /// None if the phase did not end.
    took_ms: Option<f64>,
}

impl Bar {
    fn of(phase: &Phase, end: f64, scale: f64, y: f64) -> Self {
        let until = phase.end_ms.unwrap_or(end);
        let (x, width) = (LEFT + phase.start_ms * scale, ((until - phase.start_ms) * scale).max(2.0));
        Self { x, width, y, took_ms: phase.end_ms.map(|end| end - phase.start_ms) }
    }

    fn text(&self, phase: &Phase) -> Markup {
        html! {
            text class="phase" x=(LEFT - 8.0) y=(self.y) { (phase.name) }
            text x=(format!("{:.1}", self.x + self.width + 5.0)) y=(self.y) {
                @match self.took_ms { Some(took) => (number(took)), None => "not ended" }
            }
        }
    }
}

/// All bars of phases that `ended`, or that did not, as one shape: that takes a third of the bytes of one each.
fn path(bars: &[Bar], ended: bool) -> Markup {
    let bars = bars.iter().filter(|bar| bar.took_ms.is_some() == ended);
    let shape: String = bars
        .map(|Bar { x, width, y, .. }| format!("M{x:.1} {}h{width:.1}v12h-{width:.1}z", y - 10.0))
        .collect();
    html! {
        @if !shape.is_empty() { path class=(if ended { "bar" } else { "bar open" }) d=(shape) {} }
    }
}

fn describe(phases: &[Phase]) -> String {
    let word = |phase: &Phase| match phase.end_ms {
        Some(end) => {
            let (name, start) = (phase.name, number(phase.start_ms));
            format!("{name} from {start} to {}", ms(end))
        }
        None => format!("{} from {}, not ended", phase.name, ms(phase.start_ms)),
    };
    let words: Vec<_> = phases.iter().map(word).collect();
    if words.is_empty() { "nothing was begun".to_owned() } else { words.join(", ") }
}
