//! Courses that are made up, and courses that are drawn.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::*;

fn course(of: &[u32], calls: u32) -> Vec<Count> {
    of.iter().map(|of| Count { of: *of, calls }).collect()
}

fn firsts(counts: &[Count]) -> Vec<usize> {
    stretches(counts).iter().map(|stretch| stretch.first).collect()
}

#[test]
fn what_is_in_all_calls_or_in_none_changes_wherever_it_differs() {
    assert_eq!(firsts(&course(&[0, 0, 5, 5, 0, 5], 5)), [0, 2, 4, 5]);
    assert_eq!(firsts(&course(&[5, 5, 5], 5)), [0]);
    assert_eq!(firsts(&[]), [0; 0]);
}

#[test]
fn a_build_without_calls_changes_nothing() {
    let mut counts = course(&[5, 0, 5, 0], 5);
    counts[1].calls = 0;
    assert_eq!(firsts(&counts), [0, 3]);
    counts[0].calls = 0;
    assert_eq!(firsts(&counts), [2, 3]);
}

#[test]
fn what_comes_and_goes_is_one_stretch_though_some_builds_have_it_in_all_calls() {
    let counts = course(&[3, 5, 2, 0, 4, 5, 1, 0, 3, 5, 2], 5);
    assert_eq!(stretches(&counts), [Stretch { first: 0, count: Count { of: 30, calls: 55 } }]);
}

#[test]
fn a_rate_that_changes_is_two_stretches() {
    let counts = course(&[0, 1, 0, 0, 0, 4, 5, 5, 3, 5], 5);
    let found = stretches(&counts);
    assert_eq!(found.iter().map(|stretch| stretch.first).collect::<Vec<_>>(), [0, 5]);
    assert_eq!(found[0].count, Count { of: 1, calls: 25 });
    assert_eq!(found[1].count, Count { of: 22, calls: 25 });
}

/// The one odd call belongs to a build that has changed all the same.
#[test]
fn one_odd_call_hides_no_change() {
    assert_eq!(firsts(&course(&[5, 5, 4, 0, 0, 0], 5)), [0, 3]);
}

#[test]
fn chance_is_divided_once_in_some_hundred_courses() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for rate in [0.1, 0.3, 0.5, 0.8, 0.95] {
        let divided = (0..3000).filter(|_| {
            let counts: Vec<_> = (0..22)
                .map(|_| Count { of: (0..5).filter(|_| random.random_bool(rate)).count() as u32, calls: 5 })
                .collect();
            counts.iter().any(|count| count.is_some()) && stretches(&counts).len() > 1
        });
        let divided = divided.count();
        assert!(divided <= 20, "{divided} of 3000 at {rate}");
    }
}
