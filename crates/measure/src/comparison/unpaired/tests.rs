//! The statistics of two samples, against values of SciPy and against truth that is known because it was simulated.

use rand::RngExt;

use super::*;
use crate::comparison::{
    bootstrap::{acceleration, jackknife},
    tests::{heavy, near, normal as gaussian},
};

const THEN: [f64; 12] =
    [212.5, 220.25, 231.0, 208.75, 240.5, 226.125, 219.0, 252.75, 215.5, 223.25, 236.0, 229.5];
const NOW: [f64; 10] = [225.75, 241.25, 230.5, 218.5, 262.0, 247.5, 233.125, 228.0, 251.5, 239.75];
const TIED_THEN: [f64; 10] = [5.0, 7.0, 7.0, 9.0, 5.0, 11.0, 8.0, 7.0, 10.0, 6.0];
const TIED_NOW: [f64; 8] = [7.0, 9.0, 9.0, 12.0, 8.0, 11.0, 10.0, 9.0];

fn large() -> (Vec<f64>, Vec<f64>) {
    let then = (0..45).map(|i| f64::from((i * 37) % 101) / 4.0 + 200.0);
    let now = (0..40).map(|i| f64::from((i * 53) % 97) / 3.0 + 203.0);
    (then.collect(), now.collect())
}

/// `numpy.median(numpy.subtract.outer(now, then))`, with SciPy 1.17.1 and NumPy 2.4.6.
#[test]
fn shifts_are_those_of_numpy() {
    let (then, now) = large();
    near(shift(&THEN, &NOW), 11.25);
    near(shift(&TIED_THEN, &TIED_NOW), 2.0);
    near(shift(&then, &now), 5.5);
    near(shift(&then[..30], &now[..30]), 5.666_666_666_666_657);
    near(ratio_of_medians(&THEN, &NOW), 1.052_294_853_963_846_6);
    assert_eq!((shift(&[], &NOW), shift(&THEN, &[]), shift(&THEN, &[f64::NAN, 1.0])), (None, None, None));
}

#[test]
fn a_median_that_is_closed_in_upon_is_that_of_all_differences() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..2_000 {
        let mut draw = |most| -> Vec<f64> {
            let n = random.random_range(1..most);
            // Few values, so that there are ties, and some of them not whole in binary.
            (0..n).map(|_| f64::from(random.random_range(0..20)) / 10.0).collect()
        };
        let (first, second) = (draw(25), draw(30));
        let differences: Vec<_> = second.iter().flat_map(|y| first.iter().map(move |x| y - x)).collect();
        // A median of two is rounded in one way or another.
        let off = shift(&first, &second).unwrap() - median(&differences).unwrap();
        assert!(off.abs() < 1e-12, "{first:?}, {second:?}: off by {off:e}");
    }
}

/// `scipy.stats.mannwhitneyu`, SciPy 1.17.1: with `method="exact"` without ties and up to 30, otherwise with
/// `method="asymptotic"` and `use_continuity=True`.
#[test]
fn p_values_are_those_of_scipy() {
    let (then, now) = large();
    near(mann_whitney(&THEN, &NOW), 0.069_150_663_577_908_17);
    near(mann_whitney(&NOW, &THEN), 0.069_150_663_577_908_17);
    let apart: Vec<_> = now[..30].iter().map(|ms| ms + 0.1).collect();
    near(mann_whitney(&then[..30], &apart), 0.019_900_562_020_513_76);
    near(mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0, 7.5]), 0.057_142_857_142_857_14);
    near(mann_whitney(&TIED_THEN, &TIED_NOW), 0.058_832_311_245_518_874);
    near(mann_whitney(&then, &now), 0.006_961_902_487_446_68);
    near(mann_whitney(&[1.0; 3], &[1.0; 2]), 1.0);
    assert_eq!((mann_whitney(&[], &NOW), mann_whitney(&THEN, &[])), (None, None));
}

/// The third value of `scipy.stats._resampling._bca_interval`, SciPy 1.17.1, for the shift and for the ratio of means.
#[test]
fn the_acceleration_of_two_samples_of_unlike_size_is_that_of_scipy() {
    let of = |statistic: fn(&[f64], &[f64]) -> Option<f64>| {
        let then = jackknife(&THEN, &|then: &[f64]| statistic(then, &NOW))?;
        let now = jackknife(&NOW, &|now: &[f64]| statistic(&THEN, now))?;
        Some(acceleration(&[then, now]))
    };
    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }
    near(of(shift), -0.015_534_371_906_347_492);
    near(of(|then, now| Some(mean(now) / mean(then))), -0.001_579_986_953_596_569_1);
}

/// `scipy.stats.bootstrap(method="BCa", n_resamples=20000)`: from 1.5 or 1.58 to 9.43 or 9.5, by the seed, for the shift of
/// the large samples; (0.99597, 1.11758) for the ratio of the small ones.
#[test]
fn intervals_are_those_of_scipy_within_the_chance_of_the_draw() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (then, now) = large();
    let found = bca_of_two(&then, &now, shift, 20_000, &mut random).expect("there are enough");
    assert!((found.low - 1.5).abs() < 0.2 && (found.high - 9.5).abs() < 0.2, "{found:?}");
    let found = bca_of_two(&THEN, &NOW, ratio_of_medians, 20_000, &mut random).expect("there are enough");
    assert!((found.low - 0.995_97).abs() < 0.005 && (found.high - 1.117_58).abs() < 0.005, "{found:?}");
}

/// A time, in milliseconds.
type Draw = fn(&mut ChaCha8Rng) -> f64;

fn lognormal(random: &mut ChaCha8Rng) -> f64 {
    100.0 * (0.3 * gaussian(random)).exp()
}

/// Timer ticks: lumps 100 ms apart.
fn bimodal(random: &mut ChaCha8Rng) -> f64 {
    let lump = if random.random::<f64>() < 0.3 { 200.0 } else { 100.0 };
    lump + 10.0 * gaussian(random)
}

/// Of how many of `sessions` of 40 times then and 40 times now `holds`, in percent.
fn share(
    draw: Draw,
    shift: f64,
    sessions: u32,
    holds: impl Fn(&[f64], &[f64], &mut ChaCha8Rng) -> bool,
) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut found = 0;
    for _ in 0..sessions {
        let then: Vec<_> = (0..40).map(|_| draw(&mut random)).collect();
        let now: Vec<_> = (0..40).map(|_| draw(&mut random) + shift).collect();
        found += u32::from(holds(&then, &now, &mut random));
    }
    100.0 * f64::from(found) / f64::from(sessions)
}

#[test]
fn of_releases_that_do_not_differ_four_to_six_of_a_hundred_are_called_different() {
    for (name, draw) in [("lognormal", lognormal as Draw), ("bimodal", bimodal), ("heavy", heavy)] {
        let differ = |then: &[f64], now: &[f64], _: &mut _| mann_whitney(then, now).is_some_and(|p| p < 0.05);
        let share = share(draw, 0.0, 4_000, differ);
        assert!((4.0..=6.0).contains(&share), "{name}: {share} %");
    }
}

fn the_interval_holds_the_truth(draw: Draw) {
    let share = share(draw, 12.0, 1_000, |then, now, random| {
        let found = bca_of_two(then, now, shift, 300, random).expect("there are enough");
        found.low <= 12.0 && 12.0 <= found.high
    });
    assert!((93.0..=97.0).contains(&share), "{share} %");
}

#[test]
fn intervals_of_lognormal_times_hold_the_truth_93_to_97_times_of_a_hundred() {
    the_interval_holds_the_truth(lognormal);
}

#[test]
fn intervals_of_bimodal_times_hold_the_truth_93_to_97_times_of_a_hundred() {
    the_interval_holds_the_truth(bimodal);
}

#[test]
fn intervals_of_heavy_tailed_times_hold_the_truth_93_to_97_times_of_a_hundred() {
    the_interval_holds_the_truth(heavy);
}

fn estimate(value: f64, half: f64) -> Estimate {
    Estimate { value, low: value - half, high: value + half }
}

#[test]
fn the_four_findings() {
    let found = |value, half| find(&estimate(value, half), 10.0, 20.0, 20.0);
    assert_eq!(found(0.0, 9.0), Change::Same);
    assert_eq!(found(4.0, 5.0), Change::Same);
    assert_eq!(found(16.0, 5.0), Change::Worse);
    assert_eq!(found(-16.0, 5.0), Change::Better);
    // Known to be quicker; whether by the margin is not asked.
    assert_eq!(found(-9.0, 5.0), Change::Better);
    // The interval's lower end must lie above the margin, not at it.
    assert!(matches!(found(16.0, 6.0), Change::Inconclusive { .. }));
}

#[test]
fn how_many_more_blocks_would_tell() {
    let found = |value, half, then| find(&estimate(value, half), 10.0, then, 20.0);
    let more = |more_blocks, earlier_too| Change::Inconclusive { more_blocks, earlier_too };
    // Half the width is needed, so a quarter of the sum: never reached while the earlier 20 stay.
    assert_eq!(found(15.0, 10.0, 20.0), more(60, true));
    // A little less is needed: 1/20 + 1/23.8 is 0.92 of 1/20 + 1/20.
    assert_eq!(found(16.0, 6.0 / 0.92_f64.sqrt(), 20.0), more(4, false));
    // The earlier measurement is large: only the later one needs more.
    assert_eq!(found(15.0, 10.0, 2_000.0), more(63, false));
    // At the margin itself nothing would ever tell; the number is large, not infinite.
    assert_eq!(found(10.0, 5.0, 20.0), more(1_980, true));
    assert!(
        more(60, true).to_string().starts_with("inconclusive (about 60 more blocks would tell, with a base")
    );
}

#[test]
fn a_contrast_says_all_of_it() {
    let found = UnpairedContrast::of(&THEN, &NOW, 10.0, 7).expect("there are enough");
    assert_eq!((found.then, found.now, found.rules_out_worse(10.0)), (12, 10, false));
    assert_eq!((found.then_ms[0], found.now_ms[0]), (224.6875, 236.4375));
    assert!(matches!(found.change, Change::Inconclusive { .. }), "{found:?}");
    let later: Vec<_> = NOW.iter().map(|ms| ms + 20.0).collect();
    let found = UnpairedContrast::of(&THEN, &later, 10.0, 7).expect("there are enough");
    assert_eq!((found.change, found.change.to_string()), (Change::Worse, "worse".to_owned()));
    assert_eq!(UnpairedContrast::of(&THEN[..5], &NOW, 10.0, 7), None);
}
