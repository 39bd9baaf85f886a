//! What may be quoted of each network condition, or why nothing is said of it.

use maud::{Markup, html};
use tincan_measure::comparison::{Arm, Comparison, Comparisons, Contrast, Estimate, FEWEST_BLOCKS, Finding};

use crate::html::words::number;

/// What is said of a condition.
struct Said {
    /// In a word, with its sign and its look.
    label: &'static str,
    sign: &'static str,
    class: &'static str,
    text: String,
    /// Whether it is the sentence that may be quoted.
    is_quotable: bool,
}

/// What is said of each condition.
pub(super) fn overview(comparisons: &Comparisons) -> Markup {
    html! {
        section aria-labelledby="found" {
            h2 id="found" { "What may be quoted" }
            @if comparisons.comparisons.is_empty() { p { "No network condition was compared." } }
            ul class="found" {
                @for (place, comparison) in comparisons.comparisons.iter().enumerate() {
                    @let said = Said::of(comparisons, comparison);
                    li {
                        (said.badge()) " " a href={ "#" (anchor(place)) } { (comparison.network) }
                        (said.draw())
                    }
                }
            }
        }
    }
}

/// What is said of `comparison`, where the rest of it stands.
pub(super) fn of(comparisons: &Comparisons, comparison: &Comparison) -> Markup {
    let said = Said::of(comparisons, comparison);
    html! { p class="finding" { (said.badge()) " " (said.text) } }
}

impl Said {
    fn of(comparisons: &Comparisons, comparison: &Comparison) -> Self {
        let margin = comparisons.margin_ms;
        if let Some(text) = comparisons.sentence(comparison) {
            let (label, sign) = match comparison.finding() {
                Some(Finding::Same) => ("same", "="),
                _ => ("changed", "≠"),
            };
            return Self { label, sign, class: "said", text, is_quotable: true };
        }
        let nothing = |label, text| Self { label, sign: "–", class: "unsaid", text, is_quotable: false };
        match (&comparison.trickle, &comparison.control) {
            (None, _) => nothing("too few blocks", too_few(comparison, Arm::Trickle)),
            (_, None) => nothing("too few blocks", too_few(comparison, Arm::VanillaAgain)),
            (_, Some(control)) if control.finding == Finding::Changed => {
                nothing("the control differs", differs(control))
            }
            (Some(trickle), _) => {
                let text = unclear(trickle, margin);
                Self { label: "inconclusive", sign: "?", class: "unsaid", text, is_quotable: false }
            }
        }
    }

    fn badge(&self) -> Markup {
        html! { span class={ "badge " (self.class) } { span aria-hidden="true" { (self.sign) } " " (self.label) } }
    }

    fn draw(&self) -> Markup {
        html! {
            @if self.is_quotable { blockquote { p { (self.text) } } } @else { p { (self.text) } }
        }
    }
}

fn too_few(comparison: &Comparison, second: Arm) -> String {
    let whole = comparison.blocks.iter().filter(|block| block.pair(second).is_some()).count();
    let what = match second {
        Arm::VanillaAgain => "both vanilla calls".to_owned(),
        arm => format!("a vanilla and a {} call", arm.name()),
    };
    format!(
        "Nothing is said: {whole} of {} blocks hold {what}, and fewer than {FEWEST_BLOCKS} tell nothing.",
        comparison.blocks.len()
    )
}

fn differs(control: &Contrast) -> String {
    let Estimate { value, low, high } = control.shift_ms;
    let (direction, by) =
        if value < 0.0 { ("earlier", [-value, -high, -low]) } else { ("later", [value, low, high]) };
    let [by, low, high] = by.map(number);
    format!(
        "Nothing is said: the second vanilla call of a block came {by} ms [{low}, {high}] {direction} than the first, so \
         something other than the mode has changed."
    )
}

fn unclear(trickle: &Contrast, margin_ms: f64) -> String {
    let more = match trickle.finding {
        Finding::Inconclusive { more_blocks: 1 } => "about 1 more block would tell",
        Finding::Inconclusive { more_blocks } => &format!("about {more_blocks} more blocks would tell"),
        Finding::Changed | Finding::Same => "more blocks would tell",
    };
    let [shift, low, high] =
        [trickle.shift_ms.value, trickle.shift_ms.low, trickle.shift_ms.high].map(number);
    format!(
        "Nothing is said: trickle’s shift of {shift} ms [{low}, {high}] shows neither a difference nor that there is none \
         within {margin_ms} ms; {more}."
    )
}

/// Where the condition at `place` stands in the page.
pub(super) fn anchor(place: usize) -> String {
    format!("condition-{}", place + 1)
}
