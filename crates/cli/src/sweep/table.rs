//! What a sweep says in the terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use tincan_measure::{
    comparison::{Arm, Sample, median},
    sweep::Sweep,
};

const NOTHING: &str = "–";

/// The medians, the lines, and what a dead server does.
pub fn render(sweep: &Sweep, interrupted: bool) -> String {
    let mut text = format!("\n{}: {}, {} calls", sweep.network_name(), sweep.pair, sweep.points.len());
    if sweep.is_partial() {
        text += ", not all that were asked for";
    }
    let _ = writeln!(text, "\n{}", medians(sweep));
    for fits in &sweep.fits {
        let fit =
            |fit: &Option<_>| fit.as_ref().map_or_else(|| "too few calls".to_owned(), ToString::to_string);
        let _ = writeln!(
            text,
            "{} above {} ms: {}\n{} at all delays: {}",
            fits.arm.name(),
            sweep.host_gathering_ms,
            fit(&fits.above),
            fits.arm.name(),
            fit(&fits.all)
        );
    }
    let left_out = sweep.points.iter().filter(|point| point.sample.left_out.is_some()).count();
    if left_out > 0 {
        let _ = writeln!(text, "left out: {left_out}");
    }
    for sample in &sweep.dead {
        let _ = writeln!(text, "dead-stun: {}", dead(sample));
    }
    if interrupted {
        text += "\ninterrupted: what was measured until then is kept\n";
    }
    let _ = writeln!(
        text,
        "\nseed {}; slopes: least squares, 95 % intervals by bootstrap over blocks (expanded percentiles)",
        sweep.seed
    );
    text
}

/// A row a delay: the median of each arm.
fn medians(sweep: &Sweep) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    let header = sweep.arms.iter().map(|arm| format!("{}, ms", arm.name()));
    table.set_header(std::iter::once("STUN round trip, ms".to_owned()).chain(header));
    for delay in &sweep.stun_delays_ms {
        let at = |arm: &Arm| {
            let points = sweep.points.iter().filter(|p| p.stun_delay_ms == *delay && p.sample.arm == *arm);
            let times: Vec<_> = points.filter_map(|point| point.sample.first_frame_ms).collect();
            median(&times).map_or_else(|| NOTHING.to_owned(), |ms| format!("{ms:.0}"))
        };
        table.add_row(std::iter::once(delay.to_string()).chain(sweep.arms.iter().map(at)));
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// `vanilla 40040 ms, of which 39915 ms its descriptions waited for gathering: …`
fn dead(sample: &Sample) -> String {
    let (arm, left_out) = (sample.arm.name(), sample.left_out.as_deref().unwrap_or("not measured"));
    match (sample.first_frame_ms, sample.phases) {
        (Some(ms), Some(phases)) if phases.gathering_ms > ms / 2.0 => format!(
            "{arm} {ms:.0} ms, of which its descriptions waited {:.0} ms for a STUN server that never answers",
            phases.gathering_ms
        ),
        (Some(ms), _) => format!("{arm} {ms:.0} ms"),
        (None, _) => format!("{arm} left out: {left_out}"),
    }
}
