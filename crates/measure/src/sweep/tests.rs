//! Lines and laws, against values of SciPy and against truth that is known because it was simulated.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use tincan_harness::attempt::BySide;

use super::*;
use crate::comparison::{
    FEWEST_BLOCKS, expanded_percentile,
    tests::{heavy, normal},
};

const DELAYS: [u64; 6] = [0, 50, 100, 200, 400, 800];

fn sample(arm: Arm, first_frame_ms: Option<f64>) -> Sample {
    Sample {
        arm,
        first_frame_ms,
        first_frames_ms: BySide::default(),
        phases: None,
        carrying_ms: BySide::default(),
        served: None,
        packets: BySide::default(),
        clock_error_ms: Some(0.5),
        left_out: first_frame_ms.is_none().then(|| "failed".to_owned()),
    }
}

/// What the host's gathering hides of the round trip is not seen; `wave` is from 0 to 7.
fn vanilla(delay: u64, wave: f64) -> f64 {
    230.0 + delay.max(125) as f64 + wave
}

/// Vanilla that waits for one side, trickle that waits for none.
fn sweep() -> Sweep {
    let mut points = Vec::new();
    for block in 0..8 {
        for (place, delay) in (0..).zip(DELAYS) {
            let wave = f64::from((block * 37 + place * 23) % 29) / 4.0;
            let times = [(Arm::Vanilla, vanilla(delay, wave)), (Arm::Trickle, 160.0 + wave)];
            let point =
                |(arm, ms)| Point { block: block + 1, stun_delay_ms: delay, sample: sample(arm, Some(ms)) };
            points.extend(times.map(point));
        }
    }
    let mut sweep = Sweep {
        schema_version: SCHEMA_VERSION,
        environment: Environment::default(),
        pair: "chromium-to-chromium".to_owned(),
        network: NetworkCondition::Direct,
        seed: 1,
        signaling_delay_ms: 0,
        planned: 8,
        arms: vec![Arm::Vanilla, Arm::Trickle],
        stun_delays_ms: DELAYS.to_vec(),
        host_gathering_ms: HOST_GATHERING_MS,
        points,
        fits: Vec::new(),
        dead: Vec::new(),
    };
    sweep.fit();
    sweep
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

/// `scipy.stats.linregress`, SciPy 1.17.1; intervals by `scipy.stats.bootstrap(method="percentile", n_resamples=4000)` over
/// blocks, with a confidence level of 0.98852496, which is 95 % expanded for 8 blocks.
#[test]
fn lines_are_those_of_scipy() {
    let points = [(100.5, 10.0), (200.25, 21.5), (300.125, 29.0), (150.0, 16.0), (800.0, 79.0)];
    let (slope, intercept) = slope_and_intercept(&points).expect("there is a line");
    near(slope, 0.097_539_945_235_590_4);
    near(intercept, 0.845_547_486_550_749_7);

    let found = sweep();
    let [all, above] =
        [&found.fits[0].all, &found.fits[0].above].map(|fit| fit.clone().expect("there is a line"));
    near(all.slope.value, 0.885_496_543_778_801_5);
    near(all.intercept_ms, 300.632_142_857_142_9);
    near(above.slope.value, 1.001_328_125_000_000_1);
    near(above.intercept_ms, 232.796_874_999_999_94);
    assert_eq!((all.blocks, all.points, above.blocks, above.points), (8, 48, 8, 24));
    let close = |found: &Fit, low: f64, high: f64| {
        assert!((found.slope.low - low).abs() < 5e-4 && (found.slope.high - high).abs() < 5e-4, "{found:?}");
    };
    close(&all, 0.883_3, 0.887_6);
    close(&above, 0.996_5, 1.006_4);
}

#[test]
fn a_law_is_told_where_it_holds() {
    let found = sweep();
    let [vanilla, trickle] = &found.fits[..] else { panic!("{:?}", found.fits) };
    let law = |fit: &Option<Fit>| fit.as_ref().and_then(Fit::law);
    assert_eq!((vanilla.arm, law(&vanilla.above)), (Arm::Vanilla, Some(Law::RoundTrip)));
    assert_eq!(
        (trickle.arm, law(&trickle.above), law(&trickle.all)),
        (Arm::Trickle, Some(Law::Constant), Some(Law::Constant))
    );
    // Through all delays, what the host's gathering hides bends the line.
    assert_eq!(law(&vanilla.all), None);
    let said = |fit: &Option<Fit>| fit.as_ref().map(ToString::to_string).expect("there is a line");
    assert!(said(&vanilla.all).ends_with("ms per ms: agrees with no law"), "{}", said(&vanilla.all));
    assert!(said(&vanilla.above).starts_with("1.001 [0.99"), "{}", said(&vanilla.above));
    assert!(said(&vanilla.above).ends_with("ms per ms: grows by the round trip"), "{}", said(&vanilla.above));
}

#[test]
fn a_slope_that_may_be_anything_tells_no_law() {
    let block = |i: u32| {
        let wild = if i.is_multiple_of(2) { 3.0 } else { -1.0 };
        vec![(200.0, 400.0), (400.0, 400.0 + wild * 200.0)]
    };
    let fit = Fit::of(&(0..8).map(block).collect::<Vec<_>>(), 1).expect("there is a line");
    assert_eq!((fit.law(), fit.laws.len()), (None, 3));
    assert!(fit.to_string().ends_with("too uncertain to tell a law"), "{fit}");
    let twice: Vec<_> =
        (0..8).map(|i| vec![(200.0, 640.0), (400.0, 1_040.0 + f64::from(i % 3) - 1.0)]).collect();
    assert_eq!(Fit::of(&twice, 1).and_then(|fit| fit.law()), Some(Law::TwoRoundTrips));
}

#[test]
fn too_little_is_no_line() {
    let mut short = sweep();
    assert!(!short.is_partial());
    short.points.retain(|point| (point.block as usize) < FEWEST_BLOCKS);
    short.fit();
    assert_eq!((short.fits[0].all.clone(), short.is_partial()), (None, true));
    let mut one_delay = sweep();
    one_delay.points.retain(|point| point.stun_delay_ms == 200);
    one_delay.fit();
    assert_eq!((&one_delay.fits[0].all, &one_delay.fits[0].above), (&None, &None));
    assert_eq!((slope_and_intercept(&[]), slope_and_intercept(&[(1.0, 2.0)])), (None, None));
}

#[test]
fn what_is_left_out_takes_no_part() {
    let mut found = sweep();
    found.points[10].sample = sample(Arm::Vanilla, None);
    found
        .points
        .iter_mut()
        .filter(|point| point.block == 2)
        .for_each(|point| point.sample.first_frame_ms = None);
    found.fit();
    let all = found.fits[0].all.as_ref().expect("there is a line");
    assert_eq!((all.blocks, all.points), (7, 41));
}

#[test]
fn what_is_written_is_read_again() {
    let text = sweep().render().expect("it can be written");
    let read: Sweep = serde_json::from_str(&text).expect("it can be read");
    assert_eq!(read.points, sweep().points);
    assert!(Sweep::schema().is_ok_and(|schema| schema.contains("tincan sweep")));
}

/// What a call takes beyond the law, in milliseconds: 0 in the mean.
type Draw = fn(&mut ChaCha8Rng) -> f64;

fn lognormal(random: &mut ChaCha8Rng) -> f64 {
    // The mean of a lognormal is e to half the variance.
    100.0 * ((0.3 * normal(random)).exp() - 0.045_f64.exp())
}

/// Timer ticks: lumps 100 ms apart.
fn bimodal(random: &mut ChaCha8Rng) -> f64 {
    let lump = if random.random::<f64>() < 0.3 { 70.0 } else { -30.0 };
    lump + 10.0 * normal(random)
}

/// A block of a machine that is slow for whole blocks, and noisier where calls take longer; the slope is 1.
fn block(draw: Draw, random: &mut ChaCha8Rng) -> Vec<(f64, f64)> {
    let slow = 30.0 * normal(random);
    let time = |delay: f64| (delay, 230.0 + delay + slow + draw(random) * (1.0 + delay / 800.0));
    [200.0, 400.0, 600.0, 800.0].map(time).to_vec()
}

/// Of 2,000 sweeps of 20 blocks each.
#[test]
fn intervals_of_slopes_hold_the_truth_93_to_97_times_of_a_hundred() {
    for (name, draw) in [("lognormal", lognormal as Draw), ("bimodal", bimodal), ("heavy", heavy)] {
        let mut random = ChaCha8Rng::seed_from_u64(20);
        let mut held = 0;
        for _ in 0..2_000 {
            let blocks: Vec<_> = (0..20).map(|_| block(draw, &mut random)).collect();
            let sums: Vec<_> = blocks.iter().map(|block| line::Sums::of(block, (500.0, 830.0))).collect();
            let slope =
                expanded_percentile(&sums, line::of_all, 1_000, &mut random).expect("there are enough");
            held += u32::from(slope.low <= 1.0 && 1.0 <= slope.high);
        }
        let share = f64::from(held) / 20.0;
        assert!((93.0..=97.0).contains(&share), "{name}: {share} %");
    }
}
