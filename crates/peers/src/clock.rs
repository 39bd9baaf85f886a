//! Aligns a peer's clock with the call's.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tincan_harness::timeline::ClockAlignment;
use tokio::time::Instant;

/// What is known of the reading that a peer's clock showed at the call's zero, in milliseconds.
///
/// Each answer of the peer was given after it was asked for and before it arrived, so each one bounds that reading
/// from both sides (as in RFC 5905, section 8, with every sample kept); the bounds of all hold at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerClock {
    zero: Instant,
    earliest: f64,
    latest: f64,
}

impl PeerClock {
    pub(crate) const fn new(zero: Instant) -> Self {
        Self { zero, earliest: f64::NEG_INFINITY, latest: f64::INFINITY }
    }

    /// Takes down that the peer's clock showed `shown` at some time between `asked` and now.
    pub(crate) fn observe(&mut self, asked: Instant, shown: f64) {
        let since_zero = |at: Instant| at.saturating_duration_since(self.zero).as_secs_f64() * 1000.0;
        self.earliest = self.earliest.max(shown - since_zero(Instant::now()));
        self.latest = self.latest.min(shown - since_zero(asked));
    }

    /// The middle of the bounds, and half their distance as the error; none before the first observation.
    pub(crate) fn alignment(&self) -> Option<ClockAlignment> {
        // Bounds that have crossed mean a clock that was set meanwhile: their distance is then the error, too.
        let (middle, half) = ((self.earliest + self.latest) / 2.0, (self.latest - self.earliest).abs() / 2.0);
        let duration = |ms: f64| Duration::try_from_secs_f64(ms / 1000.0).ok();
        Some(ClockAlignment { zero: duration(middle)?, error: duration(half)? })
    }

    /// What the peer's clock shows now, as far as is known.
    pub(crate) fn now(&self) -> Duration {
        self.alignment().map_or(Duration::ZERO, |clock| clock.zero + self.zero.elapsed())
    }
}

/// The clock of the page, as far as it is known; none before the page has spoken.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedClock(Arc<Mutex<Option<PeerClock>>>);

impl SharedClock {
    /// Does something with the clock: one that began at `zero` if there is none yet.
    pub(crate) fn with<T>(&self, zero: Instant, work: impl FnOnce(&mut PeerClock) -> T) -> T {
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(clock.get_or_insert_with(|| PeerClock::new(zero)))
    }

    /// Forgets what is known: another document has another clock.
    pub(crate) fn reset(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_answer_narrows_the_bounds() {
        let zero = Instant::now();
        let mut clock = PeerClock::new(zero);
        assert_eq!(clock.alignment(), None);
        tokio::time::advance(Duration::from_millis(10)).await;
        clock.observe(zero, 5_004.0); // asked at 0, answered by 10: 4994 to 5004
        let first = clock.alignment().unwrap();
        assert_eq!((first.zero, first.error), (Duration::from_millis(4999), Duration::from_millis(5)));
        let asked = Instant::now();
        tokio::time::advance(Duration::from_millis(4)).await;
        clock.observe(asked, 5_013.0); // asked at 10, answered by 14: 4999 to 5003
        let second = clock.alignment().unwrap();
        assert_eq!((second.zero, second.error), (Duration::from_millis(5001), Duration::from_millis(2)));
    }
}
