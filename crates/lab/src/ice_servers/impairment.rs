//! What becomes of each datagram, drawn from a seed.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::options::RelayPath;

/// The fates of the datagrams of one direction of one allocation, one after the other.
pub(super) struct Impairment {
    path: RelayPath,
    random: ChaCha8Rng,
}

impl Impairment {
    /// Each `stream` of a seed has fates of its own.
    pub(super) fn new(path: RelayPath, seed: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Self { path, random }
    }

    /// How long the next datagram is held; `None` when it is lost.
    ///
    /// Two numbers are drawn whatever the path is: which datagrams are lost does not depend on the jitter.
    pub(super) fn draw(&mut self) -> Option<Duration> {
        let (chance, place): (f64, f64) = (self.random.random(), self.random.random());
        let latest = self.path.delay + self.path.jitter.mul_f64(2.0 * place);
        (chance >= self.path.loss).then(|| latest.saturating_sub(self.path.jitter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: RelayPath =
        RelayPath { loss: 0.25, delay: Duration::from_millis(50), jitter: Duration::from_millis(20) };

    fn impairment(path: RelayPath, seed: u64, stream: u64) -> Vec<Option<Duration>> {
        let mut impairment = Impairment::new(path, seed, stream);
        (0..4000).map(|_| impairment.draw()).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_fates() {
        assert_eq!(impairment(PATH, 7, 0), impairment(PATH, 7, 0));
        assert_ne!(impairment(PATH, 7, 0), impairment(PATH, 8, 0));
        assert_ne!(impairment(PATH, 7, 0), impairment(PATH, 7, 1));
    }

    #[test]
    fn losses_and_delays_are_those_asked_for() {
        let drawn = impairment(PATH, 7, 0);
        let lost = drawn.iter().filter(|fate| fate.is_none()).count();
        assert!((900..1100).contains(&lost), "{lost} of 4000 lost at one in four");
        let held: Vec<_> = drawn.into_iter().flatten().collect();
        let (least, most) = (held.iter().min().unwrap(), held.iter().max().unwrap());
        assert!(
            (30..32).contains(&least.as_millis()) && (68..=70).contains(&most.as_millis()),
            "{least:?} {most:?}"
        );
    }

    #[test]
    fn which_are_lost_does_not_depend_on_the_delay() {
        let lost = |path| impairment(path, 7, 0).iter().map(Option::is_none).collect::<Vec<_>>();
        assert_eq!(lost(PATH), lost(RelayPath { delay: Duration::ZERO, jitter: Duration::ZERO, ..PATH }));
    }

    #[test]
    fn nothing_and_everything_can_be_lost() {
        assert!(impairment(RelayPath { loss: 1.0, ..PATH }, 7, 0).iter().all(Option::is_none));
        assert!(impairment(RelayPath { loss: 0.0, ..PATH }, 7, 0).iter().all(Option::is_some));
    }
}
