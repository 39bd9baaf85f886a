//! A sweep as a page: what set-up time does as the STUN server gets slower.

use maud::{Markup, html};
use tincan_measure::{
    comparison::{RESAMPLES, Sample, median},
    sweep::{ArmFits, Fit, Sweep},
};

use super::{
    comparison::{SweepArm, sweep_chart},
    document::document,
    overview,
};

/// The page of `sweep`.
#[must_use]
pub fn sweep_page(sweep: &Sweep) -> String {
    let body = html! {
        a class="skip" href="#found" { "Skip to what was found" }
        header {
            p class="product" { "tincan sweep" }
            h1 { "Set-up time against the STUN round trip" }
            p class="who-calls" { (sweep.pair) " over " (sweep.network_name()) }
            @if sweep.is_partial() {
                p class="cut-short" { strong { "Partial: " } "it ended before all calls that were asked for had been made." }
            }
            p class="lead" { (overview::in_a_line(&sweep.environment)) }
        }
        main {
            section aria-labelledby="found" {
                h2 id="found" tabindex="-1" { "What was found" }
                ul { @for fits in &sweep.fits { (found(fits, sweep.host_gathering_ms)) } }
                @for sample in &sweep.dead { p { (dead(sample)) } }
                div class="plots" { (chart(sweep)) }
                (medians(sweep))
            }
            (method(sweep))
            (overview::what_ran(&sweep.environment))
        }
        footer { p { "All times are in milliseconds from the click on create offer to the later of the two first frames.
            Every call that was measured is in " a href="sweep.json" { "sweep.json" } " beside this file." } }
    };
    document("tincan sweep", include_str!("comparison/style.css"), &body)
}

fn found(fits: &ArmFits, host_gathering_ms: f64) -> Markup {
    let words =
        |fit: &Option<Fit>| fit.as_ref().map_or_else(|| "too few calls".to_owned(), ToString::to_string);
    html! {
        li { strong { (fits.arm.name()) } " above " (host_gathering_ms) " ms of round trip: " (words(&fits.above)) }
        li { (fits.arm.name()) " at all round trips: " (words(&fits.all)) }
    }
}

fn dead(sample: &Sample) -> String {
    let arm = sample.arm.name();
    match (sample.first_frame_ms, sample.phases) {
        (Some(ms), Some(phases)) => format!(
            "With a STUN server that never answers {arm} took {ms:.0} ms, of which {:.0} ms its descriptions waited for gathering.",
            phases.gathering_ms
        ),
        _ => format!(
            "With a STUN server that never answers {arm} was left out: {}.",
            sample.left_out.as_deref().unwrap_or("not measured")
        ),
    }
}

fn chart(sweep: &Sweep) -> Markup {
    let points: Vec<_> = sweep.arms.iter().map(|arm| sweep.times(*arm, f64::NEG_INFINITY).concat()).collect();
    let line = |place: usize| {
        let fit = sweep.fits.get(place)?.above.as_ref()?;
        Some((fit.intercept_ms, fit.slope.value))
    };
    let arms = sweep.arms.iter().zip(&points).enumerate();
    let arms: Vec<_> =
        arms.map(|(place, (arm, points))| SweepArm { arm: *arm, points, line: line(place) }).collect();
    sweep_chart(&arms, "sweep")
}

fn medians(sweep: &Sweep) -> Markup {
    let at = |arm, delay: u64| {
        let points = sweep.points.iter().filter(|p| p.stun_delay_ms == delay && p.sample.arm == arm);
        let times: Vec<_> = points.filter_map(|point| point.sample.first_frame_ms).collect();
        median(&times).map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0} (n = {})", times.len()))
    };
    html! {
        div class="scroll" { table {
            caption { "Medians, ms" }
            thead { tr { th scope="col" { "STUN round trip, ms" } @for arm in &sweep.arms { th scope="col" { (arm.name()) } } } }
            tbody { @for delay in &sweep.stun_delays_ms { tr {
                th scope="row" { (delay) }
                @for arm in &sweep.arms { td { (at(*arm, *delay)) } }
            } } }
        } }
    }
}

fn method(sweep: &Sweep) -> Markup {
    html! {
        section aria-labelledby="method" {
            h2 id="method" { "How it was measured" }
            p { "Each of " (sweep.planned) " blocks holds a call of either mode at every delay, in an order drawn from the seed
                (" (sweep.seed) "). The lines are by least squares; the brackets are 95 % intervals of the slope (bootstrap over
                blocks, expanded percentiles, " (RESAMPLES) " resamples). Below what a host takes to gather its own candidates,
                some " (sweep.host_gathering_ms) " ms, vanilla waits for that, so the lines drawn are those above it." }
        }
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{attempt::BySide, environment::Environment, network::NetworkCondition};
    use tincan_measure::{
        comparison::Arm,
        sweep::{HOST_GATHERING_MS, Point, SCHEMA_VERSION},
    };

    use super::*;

    fn sweep(blocks: u32) -> Sweep {
        let sample = |arm, ms| Sample {
            arm,
            first_frame_ms: Some(ms),
            first_frames_ms: BySide::default(),
            phases: None,
            carrying_ms: BySide::default(),
            served: None,
            packets: BySide::default(),
            clock_error_ms: Some(0.3),
            left_out: None,
        };
        let delays = [0, 200, 400, 800];
        let of_block = |block: u32| {
            let wave = f64::from((block * 5) % 7);
            delays.iter().flat_map(move |delay| {
                let vanilla = 130.0 + *delay as f64 + wave;
                [(Arm::Vanilla, vanilla), (Arm::Trickle, 120.0 + wave)].map(|(arm, ms)| Point {
                    block,
                    stun_delay_ms: *delay,
                    sample: sample(arm, ms),
                })
            })
        };
        let mut sweep = Sweep {
            schema_version: SCHEMA_VERSION,
            environment: Environment::default(),
            pair: "chromium-to-<b>".to_owned(),
            network: NetworkCondition::SlowStun { delay_ms: 200 },
            seed: 1,
            signaling_delay_ms: 0,
            planned: 8,
            arms: vec![Arm::Vanilla, Arm::Trickle],
            stun_delays_ms: delays.to_vec(),
            host_gathering_ms: HOST_GATHERING_MS,
            points: (1..=blocks).flat_map(of_block).collect(),
            fits: Vec::new(),
            dead: Vec::new(),
        };
        sweep.fit();
        sweep
    }

    #[test]
    fn the_page_says_which_law_each_arm_agrees_with() {
        let page = sweep_page(&sweep(8));
        assert!(page.contains("1.000 [") && page.contains("ms per ms: grows by the round trip"), "{page}");
        assert!(page.contains("ms per ms: does not grow"), "{page}");
        assert!(page.contains("chromium-to-&lt;b&gt;") && !page.contains("Partial"), "{page}");
    }

    #[test]
    fn a_page_of_part_of_the_calls_says_so() {
        let page = sweep_page(&sweep(3));
        assert!(page.contains("Partial: ") && page.contains("too few calls"), "{page}");
    }
}
