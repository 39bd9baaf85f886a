//! What a comparison says in the terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use tincan_measure::comparison::{
    Arm, Comparison, Comparisons, Contrast, Estimate, FEWEST_BLOCKS, Finding, Phases, median, quantile,
};

const NOTHING: &str = "–";

/// The arms of each condition, what can be said of them, and what ran.
pub fn render(comparisons: &Comparisons, interrupted: bool) -> String {
    let mut text = String::new();
    for comparison in &comparisons.comparisons {
        let made = comparison.blocks.len();
        let _ = write!(text, "\n{}: {}, {made} blocks", comparison.network, comparisons.who());
        if made < comparisons.planned as usize {
            let _ = write!(text, " of {}", comparisons.planned);
        }
        if let Some(words) = comparison.network.approximation() {
            let _ = write!(text, "; {words}");
        }
        let _ = writeln!(text, "\n{}", arms(comparisons, comparison));
        text += &describe(comparisons, comparison);
    }
    if interrupted {
        text += "\ninterrupted: what was measured until then is kept\n";
    }
    let _ = writeln!(
        text,
        "\nseed {}, margin {} ms; shift: Hodges–Lehmann, intervals: 95 %, BCa bootstrap over blocks; p: Wilcoxon signed-rank",
        comparisons.seed, comparisons.margin_ms
    );
    text
}

/// A row an arm: how many, how long, and how that divides.
fn arms(comparisons: &Comparisons, comparison: &Comparison) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    let phases = Phases::NAMES.map(|name| format!("{name}, ms"));
    let header = ["arm", "n", "median, ms", "p90, ms"].into_iter().map(str::to_owned);
    table.set_header(header.chain(phases));
    for arm in &comparisons.arms {
        let times = comparison.times(*arm);
        let ms = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), |ms| format!("{ms:.0}"));
        let head =
            [arm.name().to_owned(), times.len().to_string(), ms(median(&times)), ms(quantile(&times, 0.9))];
        let phases = comparison.phases(*arm);
        let phases = (0..Phases::NAMES.len()).map(|index| ms(phases.map(|phases| phases[index])));
        table.add_row(head.into_iter().chain(phases));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn describe(comparisons: &Comparisons, comparison: &Comparison) -> String {
    let mut text = String::new();
    let contrasts = [
        (Arm::Trickle, &comparison.trickle),
        (Arm::HalfTrickle, &comparison.half_trickle),
        (Arm::VanillaAgain, &comparison.control),
    ];
    for (arm, contrast) in contrasts {
        if let Some(contrast) = contrast {
            let _ = writeln!(text, "{} against vanilla: {}", arm.name(), describe_contrast(contrast));
        }
    }
    let carrying = comparison.carrying_ms();
    if let (Some(median), Some(p95)) = (median(&carrying), quantile(&carrying, 0.95)) {
        let _ = writeln!(
            text,
            "carrying a description took {median:.1} ms (95 of 100: at most {p95:.1} ms), as part of signalling"
        );
    }
    for (reason, count) in comparison.left_out() {
        let _ = writeln!(text, "left out: {count} {}: {reason}", if count == 1 { "call" } else { "calls" });
    }
    let sentence = comparisons.sentence(comparison);
    let _ = writeln!(text, "{}", sentence.unwrap_or_else(|| nothing_to_say(comparison)));
    text
}

/// `-105 ms [-110, -98], ratio 0.53 [0.51, 0.56], p = 0.00003: changed`.
fn describe_contrast(contrast: &Contrast) -> String {
    let Estimate { value, low, high } = contrast.shift_ms;
    let ratio = contrast.ratio;
    let p = match contrast.p_value {
        p if p < 0.0001 => "p < 0.0001".to_owned(),
        p => format!("p = {p:.4}"),
    };
    format!(
        "{value:+.1} ms [{low:.1}, {high:.1}], ratio {:.2} [{:.2}, {:.2}], {p}: {}",
        ratio.value, ratio.low, ratio.high, contrast.finding
    )
}

/// Why there is no sentence, and what to do.
fn nothing_to_say(comparison: &Comparison) -> String {
    let control = comparison.control.as_ref().map(|control| control.finding);
    match (control, comparison.finding()) {
        (Some(Finding::Changed), _) => {
            "nothing can be said: vanilla differs from itself, so the machine has changed \
             meanwhile; compare again on a machine that does nothing else"
                .to_owned()
        }
        (_, Some(Finding::Inconclusive { more_blocks })) => format!(
            "nothing can be said yet: about {more_blocks} more blocks would tell (--blocks {})",
            comparison.blocks.len() + more_blocks as usize
        ),
        _ => format!("nothing can be said: fewer than {FEWEST_BLOCKS} blocks are complete"),
    }
}
