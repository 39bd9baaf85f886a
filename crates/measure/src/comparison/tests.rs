//! The statistics, against values of SciPy and against truth that is known because it was simulated.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::{contrast::SIGNIFICANT, *};

const SMALL: [f64; 12] = [12.5, -3.25, 40.0, 7.75, 18.5, -1.5, 22.25, 9.0, -12.75, 30.5, 5.25, 16.0];
const TIED: [f64; 12] = [5.0, -5.0, 5.0, 10.0, -3.0, 0.0, 8.0, 8.0, 2.0, -2.0, 7.0, 5.0];

fn large() -> Vec<f64> {
    (0..45).map(|i| f64::from((i * 37) % 101) / 4.0 - 8.0).collect()
}

pub(crate) fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("there is a value");
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

/// `numpy.median` over the Walsh averages, `scipy.stats.wilcoxon` (exact by enumeration where there are ties), SciPy 1.17.
#[test]
fn estimates_and_p_values_are_those_of_scipy() {
    near(hodges_lehmann(&SMALL), 11.875);
    near(hodges_lehmann(&TIED), 3.5);
    near(hodges_lehmann(&large()), 4.125);
    near(quantile(&large(), 0.9), 14.2);
    near(signed_rank(&SMALL), 0.020_996_093_75);
    near(signed_rank(&TIED), 0.040_039_062_5);
    near(signed_rank(&large()), 0.001_734_451_549_002_860_9);
    assert_eq!((signed_rank(&[0.0; 9]), hodges_lehmann(&[])), (None, None));
}

/// `scipy.stats.t.ppf(0.975, freedom)`, SciPy 1.17.1.
#[test]
fn quantiles_of_student_are_those_of_scipy() {
    near(Some(bootstrap::student(1.0)), 12.706_204_736_174_694);
    near(Some(bootstrap::student(7.0)), 2.364_624_251_592_784);
    near(Some(bootstrap::student(100.0)), 1.983_971_518_523_551_8);
}

/// The interval of `scipy.stats.bootstrap(method="BCa", n_resamples=20000)` is (3.4375, 20.375).
#[test]
fn intervals_are_those_of_scipy_within_the_chance_of_the_draw() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let found = bca(&SMALL, hodges_lehmann, 20_000, &mut random).expect("there are enough");
    assert!((found.low - 3.4375).abs() < 0.5 && (found.high - 20.375).abs() < 0.5, "{found:?}");
}

/// A difference drawn from a distribution whose centre of symmetry, or whose pseudo-median, is 0.
type Draw = fn(&mut ChaCha8Rng) -> f64;

pub(crate) fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// The difference of two alike: symmetric, whatever they are.
fn of_lognormals(random: &mut ChaCha8Rng) -> f64 {
    let mut draw = || 100.0 * (0.3 * normal(random)).exp();
    draw() - draw()
}

/// As calls on a quiet machine were seen to spread: by some 20 ms, with a tail to the right.
fn of_calls(random: &mut ChaCha8Rng) -> f64 {
    let mut draw = || 100.0 * (0.2 * normal(random)).exp();
    draw() - draw()
}

/// Timer ticks: lumps 100 ms apart.
fn of_bimodals(random: &mut ChaCha8Rng) -> f64 {
    let mut draw = || if random.random::<f64>() < 0.3 { 100.0 } else { 0.0 } + 10.0 * normal(random);
    draw() - draw()
}

/// Student's t with 2 degrees of freedom: its variance is infinite.
pub(crate) fn heavy(random: &mut ChaCha8Rng) -> f64 {
    let chi: f64 = (0..2).map(|_| normal(random).powi(2)).sum();
    20.0 * normal(random) / (chi / 2.0).sqrt()
}

/// Of how many of `sessions` of 40 blocks `holds`, in percent.
fn share(draw: Draw, shift: f64, sessions: u32, holds: impl Fn(&[f64], &mut ChaCha8Rng) -> bool) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut found = 0;
    for _ in 0..sessions {
        let drawn: Vec<_> = (0..40).map(|_| draw(&mut random) + shift).collect();
        found += u32::from(holds(&drawn, &mut random));
    }
    100.0 * f64::from(found) / f64::from(sessions)
}

const DRAWS: [(&str, Draw); 3] = [("lognormal", of_lognormals), ("bimodal", of_bimodals), ("heavy", heavy)];

#[test]
fn of_sessions_without_a_difference_four_to_six_of_a_hundred_are_called_different() {
    for (name, draw) in DRAWS {
        let share = share(draw, 0.0, 2_000, |drawn, _| signed_rank(drawn).is_some_and(|p| p < SIGNIFICANT));
        assert!((4.0..=6.0).contains(&share), "{name}: {share} %");
    }
}

/// Of a hundred sessions, in how many the interval holds the shift.
fn coverage(draw: Draw) -> f64 {
    share(draw, 12.0, 1_000, |drawn, random| {
        let found = bca(drawn, hodges_lehmann, 400, random).expect("there are enough");
        found.low <= 12.0 && 12.0 <= found.high
    })
}

#[test]
fn intervals_of_lognormal_differences_hold_the_truth_93_to_97_times_of_a_hundred() {
    let share = coverage(of_lognormals);
    assert!((93.0..=97.0).contains(&share), "{share} %");
}

#[test]
fn intervals_of_bimodal_differences_hold_the_truth_93_to_97_times_of_a_hundred() {
    let share = coverage(of_bimodals);
    assert!((93.0..=97.0).contains(&share), "{share} %");
}

#[test]
fn intervals_of_heavy_tailed_differences_hold_the_truth_93_to_97_times_of_a_hundred() {
    let share = coverage(heavy);
    assert!((93.0..=97.0).contains(&share), "{share} %");
}

#[test]
fn forty_blocks_show_twenty_milliseconds_nine_times_of_ten() {
    let share = share(of_calls, 20.0, 2_000, |drawn, _| signed_rank(drawn).is_some_and(|p| p < SIGNIFICANT));
    assert!(share >= 90.0, "{share} %");
}

fn pairs(differences: &[f64]) -> Vec<Pair> {
    differences.iter().map(|d| Pair { first_ms: 200.0, second_ms: 200.0 + d }).collect()
}

#[test]
fn the_three_findings() {
    let contrast = |differences: &[f64]| Contrast::of(&pairs(differences), 10.0, 7);
    let spread = |by: f64, shift: f64| -> Vec<f64> {
        (0..20).map(|i| f64::from((i * 7) % 20 - 10) * by + shift).collect()
    };
    assert_eq!(contrast(&spread(0.5, 0.0)).unwrap().finding, Finding::Same);
    assert_eq!(contrast(&spread(1.0, -90.0)).unwrap().finding, Finding::Changed);
    let unclear = contrast(&spread(9.0, 12.0)).unwrap().finding;
    assert!(matches!(unclear, Finding::Inconclusive { more_blocks: 1.. }), "{unclear:?}");
    assert_eq!(contrast(&[0.0; 8]).unwrap().finding, Finding::Same);
    assert_eq!(contrast(&[1.0; FEWEST_BLOCKS - 1]), None);
}
