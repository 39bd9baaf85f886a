//! A line with delay, jitter and loss: which packet gets through, and when. Pure; the link emulator has the sockets.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::{error::LabError, frame};

/// The most delay and jitter that a line can have together.
const MOST_DELAY: Duration = Duration::from_secs(60);

/// The most frames that wait in one direction; what comes on top is lost, as in the queue of a router. At 1,500 bytes
/// a frame these are 12 MB.
const MOST_WAITING: usize = 8_192;

/// What a line does to packets, in each direction alike. The default is a cable: no delay, no loss.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Line {
    /// The delay of every packet, one way.
    pub delay: Duration,
    /// The delay of each packet is drawn evenly from `delay - jitter` to `delay + jitter`, never below zero, as that of a
    /// datagram in [`RelayPath`](crate::ice_servers::RelayPath). Here none overtakes another.
    pub jitter: Duration,
    /// The share of packets that are lost, 0 to 1.
    pub loss: f64,
    /// Which packets are lost and what is added to the delay: the same seed has the same fate for the n-th packet of a
    /// direction.
    pub seed: u64,
}

/// What has gone into a line, in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// The packets whose fate was drawn: all but multicast and broadcast, with which the kernel looks around.
    pub packets: u64,
    /// How many of these were lost by that.
    pub lost: u64,
    /// Frames that were dropped because too many waited, or because the far side did not take them.
    pub overflowed: u64,
}

/// What has gone into a line, in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineTraffic {
    /// From the peer or server, toward the core.
    pub up: Traffic,
    /// From the core, toward the peer or server.
    pub down: Traffic,
}

impl Line {
    /// Whether this is just a cable.
    pub(super) fn is_plain(&self) -> bool {
        self.delay.is_zero() && self.jitter.is_zero() && self.loss == 0.0
    }

    /// # Errors
    /// [`LabError::Loss`], [`LabError::Delay`]
    pub(super) fn check(&self) -> Result<(), LabError> {
        if !(0.0..=1.0).contains(&self.loss) {
            return Err(LabError::Loss { loss: self.loss });
        }
        let asked = self.delay.saturating_add(self.jitter);
        if asked > MOST_DELAY {
            return Err(LabError::Delay { asked, most: MOST_DELAY });
        }
        Ok(())
    }
}

/// One direction of a line.
pub(super) struct Direction {
    line: Line,
    rng: ChaCha8Rng,
    waiting: VecDeque<(Instant, Vec<u8>)>,
    traffic: Traffic,
}

impl Direction {
    /// The `number` keeps the two directions of a line from sharing their fate.
    pub(super) fn new(line: Line, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(line.seed);
        rng.set_stream(number);
        Self { line, rng, waiting: VecDeque::new(), traffic: Traffic::default() }
    }

    /// Takes an Ethernet frame that came at `now`.
    pub(super) fn take(&mut self, frame: &[u8], now: Instant) {
        let is_packet = frame::is_unicast(frame);
        // Two numbers are drawn for every packet, lost or not: so one's fate does not hang on another's.
        let (lost, share) = if is_packet {
            (self.rng.random::<f64>() < self.line.loss, self.rng.random::<f64>())
        } else {
            (false, 0.5)
        };
        self.traffic.packets += u64::from(is_packet);
        self.traffic.lost += u64::from(lost);
        if lost {
            return;
        }
        if self.waiting.len() >= MOST_WAITING {
            self.traffic.overflowed += 1;
            return;
        }
        let latest = self.line.delay + self.line.jitter.mul_f64(2.0 * share);
        let due = now + latest.saturating_sub(self.line.jitter);
        self.waiting.push_back((due, frame.to_vec()));
    }

    /// When the next frame is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// The next frame, if it is due by `now`. One that is due waits for those that came before it.
    pub(super) fn release(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.waiting.pop_front_if(|(due, _)| *due <= now).map(|(_, frame)| frame)
    }

    /// A frame that was released was not taken on the far side.
    pub(super) fn refused(&mut self) {
        self.traffic.overflowed += 1;
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.traffic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// An IPv4 packet, as far as a line looks at it; the last byte tells it from others.
    fn packet(number: u8) -> Vec<u8> {
        let mut frame = vec![0; 64];
        frame[12] = 8;
        frame.push(number);
        frame
    }

    fn sent_through(line: Line, number: u64, packets: u8) -> Vec<u8> {
        let start = Instant::now();
        let mut direction = Direction::new(line, number);
        (0..packets).for_each(|packet_number| direction.take(&packet(packet_number), start));
        let came = std::iter::from_fn(|| direction.release(start + line.delay + line.jitter));
        came.map(|frame| frame[64]).collect()
    }

    #[test]
    fn a_frame_waits_for_its_delay_and_no_longer() {
        let start = Instant::now();
        let mut direction = Direction::new(Line { delay: 50 * MS, ..Line::default() }, 0);
        direction.take(&packet(1), start);
        assert_eq!(direction.due(), Some(start + 50 * MS));
        assert_eq!(direction.release(start + 49 * MS), None);
        assert_eq!(direction.release(start + 50 * MS), Some(packet(1)));
        assert_eq!(direction.due(), None);
    }

    #[test]
    fn the_same_seed_loses_the_same_packets_and_the_directions_differ() {
        let line = Line { loss: 0.3, seed: 7, ..Line::default() };
        let came = sent_through(line, 0, 200);
        assert_eq!(came, sent_through(line, 0, 200));
        assert_ne!(came, sent_through(line, 1, 200));
        assert_ne!(came, sent_through(Line { seed: 8, ..line }, 0, 200));
        assert!((110..170).contains(&came.len()), "{} of 200 came", came.len());
    }

    #[test]
    fn jitter_neither_changes_the_loss_nor_lets_a_packet_overtake() {
        let line = Line { loss: 0.3, seed: 7, ..Line::default() };
        let shaken = Line { delay: 20 * MS, jitter: 30 * MS, ..line };
        let came = sent_through(shaken, 0, 200);
        assert_eq!(came, sent_through(line, 0, 200));
        assert!(came.is_sorted());
    }

    #[test]
    fn jitter_lies_around_the_delay_as_in_a_relay() {
        let start = Instant::now();
        let line = Line { delay: 20 * MS, jitter: 5 * MS, ..Line::default() };
        let due = |seed| {
            let mut direction = Direction::new(Line { seed, ..line }, 0);
            direction.take(&packet(0), start);
            direction.due().unwrap() - start
        };
        let all: Vec<_> = (0..100).map(due).collect();
        let (earliest, latest) = (all.iter().min().unwrap(), all.iter().max().unwrap());
        assert!((15 * MS..16 * MS).contains(earliest), "{earliest:?}");
        assert!((24 * MS..25 * MS).contains(latest), "{latest:?}");
        let mut direction = Direction::new(Line { jitter: 30 * MS, delay: Duration::ZERO, ..line }, 0);
        direction.take(&packet(0), start);
        assert!(direction.due().is_some_and(|due| due >= start));
    }

    #[test]
    fn multicast_is_not_lost_and_draws_no_number() {
        let start = Instant::now();
        let mut direction = Direction::new(Line { loss: 1.0, ..Line::default() }, 0);
        let mut multicast = packet(0);
        multicast[0] = 0x33;
        direction.take(&multicast, start);
        direction.take(&packet(1), start);
        assert_eq!(direction.release(start), Some(multicast));
        assert_eq!(direction.release(start), None);
        assert_eq!(direction.traffic(), Traffic { packets: 1, lost: 1, overflowed: 0 });
    }

    #[test]
    fn a_queue_that_is_full_takes_no_more() {
        let start = Instant::now();
        let mut direction = Direction::new(Line { delay: MS, ..Line::default() }, 0);
        (0..=MOST_WAITING).for_each(|_| direction.take(&packet(0), start));
        assert_eq!(direction.traffic().overflowed, 1);
    }

    #[test]
    fn a_line_that_cannot_be_is_refused() {
        for loss in [-0.1, 1.1, f64::NAN] {
            assert!(matches!(Line { loss, ..Line::default() }.check(), Err(LabError::Loss { .. })), "{loss}");
        }
        let slow = Line { delay: Duration::MAX, jitter: MS, ..Line::default() };
        assert!(matches!(slow.check(), Err(LabError::Delay { .. })));
        assert!(Line { loss: 1.0, delay: MOST_DELAY, ..Line::default() }.check().is_ok());
    }
}
