//! The clock of a program.

use std::{collections::VecDeque, time::Duration};

use tincan_harness::timeline::{ClockAlignment, PeerTime};
use tokio::time::Instant;

use crate::{clock::PeerClock, wire};

/// The clock by which a program's messages are stamped: its own, or the arrival of the message.
#[derive(Debug)]
pub(super) struct ProgramClock {
    zero: Instant,
    /// Its own clock; none if it has none.
    own: Option<PeerClock>,
    /// When it was asked for its clock, and has not answered yet.
    asked: VecDeque<Instant>,
    /// The shortest time from a question to its answer.
    round_trip: Option<Duration>,
}

impl ProgramClock {
    /// The clock in a call that began at `zero`.
    pub(super) fn new(zero: Instant, stamps: bool) -> Self {
        Self { zero, own: stamps.then(|| PeerClock::new(zero)), asked: VecDeque::new(), round_trip: None }
    }

    /// It is asked now.
    pub(super) fn asked(&mut self) {
        self.asked.push_back(Instant::now());
    }

    /// It has answered, with what its clock shows.
    ///
    /// # Errors
    /// When it was not asked.
    pub(super) fn answered(&mut self, at: Option<f64>) -> Result<(), String> {
        let asked = self.asked.pop_front().ok_or("it told its clock without being asked to")?;
        let took = asked.elapsed();
        self.round_trip = Some(self.round_trip.map_or(took, |before| before.min(took)));
        if let (Some(own), Some(at)) = (&mut self.own, at) {
            own.observe(asked, at);
        }
        Ok(())
    }

    /// When a message was stamped that has just come.
    ///
    /// # Errors
    /// When it has no stamp and should have one, or one that is none.
    pub(super) fn stamp(&mut self, at: Option<f64>) -> Result<PeerTime, String> {
        let Some(own) = &mut self.own else { return Ok(self.zero.elapsed()) };
        let at = at.ok_or("its message has no `at`, and it has said that it stamps")?;
        if at < 0.0 {
            return Err(format!("its message is stamped {at}, before the zero of any clock"));
        }
        // It happened after the call began, and before it was told.
        own.observe(self.zero, at);
        Ok(wire::time(at))
    }

    /// What the clock shows now, as far as is known.
    pub(super) fn now(&self) -> PeerTime {
        self.own.map_or_else(|| self.zero.elapsed(), |own| own.now())
    }

    /// What the clock shows when the call's shows `at`, as far as is known.
    pub(super) fn of_call(&self, at: Duration) -> PeerTime {
        self.own.and_then(|own| own.alignment()).map_or(at, |alignment| alignment.zero + at)
    }

    /// How it stands to the call's. What is stamped on arrival is late by less than a question and its answer take.
    pub(super) fn alignment(&self) -> Option<ClockAlignment> {
        match self.own {
            Some(own) => own.alignment(),
            None => self.round_trip.map(|error| ClockAlignment { zero: Duration::ZERO, error }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_stamped_on_arrival_is_as_late_as_a_question_takes() {
        let mut clock = ProgramClock::new(Instant::now(), false);
        assert_eq!(clock.alignment(), None);
        for took in [4, 2, 9] {
            clock.asked();
            tokio::time::advance(Duration::from_millis(took)).await;
            clock.answered(None).unwrap();
        }
        assert_eq!(clock.alignment().unwrap().error, Duration::from_millis(2));
        assert_eq!(clock.stamp(None), Ok(Duration::from_millis(15)));
        assert_eq!(clock.of_call(Duration::from_millis(7)), Duration::from_millis(7));
        assert!(clock.answered(None).is_err(), "it was not asked");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_of_its_own_is_aligned_by_its_answers() {
        let mut clock = ProgramClock::new(Instant::now(), true);
        clock.asked();
        tokio::time::advance(Duration::from_millis(2)).await;
        clock.answered(Some(5_001.0)).unwrap(); // asked at 0, answered by 2: 4999 to 5001
        let aligned = clock.alignment().unwrap();
        assert_eq!((aligned.zero, aligned.error), (Duration::from_secs(5), Duration::from_millis(1)));
        assert_eq!(clock.of_call(Duration::from_millis(7)), Duration::from_millis(5_007));
        assert_eq!(clock.stamp(Some(5_002.0)), Ok(Duration::from_millis(5_002)));
        assert!(clock.stamp(None).unwrap_err().contains("no `at`"));
        assert!(clock.stamp(Some(-1.0)).unwrap_err().contains("-1"));
    }
}
