//! Puts frames together from RTP packets that may come late, twice, out of order or not at all.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rtc_rtp::packet::Packet;
use tincan_harness::VideoCodec;

use super::codec::Unpacker;

/// How long a gap is waited for: a retransmission takes a round trip, and a picture that comes later helps nobody.
const PATIENCE: Duration = Duration::from_millis(150);

/// What came out of the packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Assembled {
    /// A whole frame, in order.
    Frame(Vec<u8>),
    /// Packets are missing for good: what follows cannot be decoded before the next key frame.
    Loss,
}

/// Orders packets, and joins those of one frame.
pub(crate) struct Assembly {
    codec: VideoCodec,
    unpacker: Unpacker,
    /// Packets that wait for one before them, by their extended sequence number, with when they came.
    waiting: BTreeMap<u64, (Instant, Packet)>,
    /// The extended sequence number that is due; none before the first packet.
    due: Option<u64>,
    /// What there is of a frame; none outside of one.
    partial: Option<Vec<u8>>,
}

impl Assembly {
    /// One of frames of `codec`, of which nothing has come.
    pub(crate) fn new(codec: VideoCodec) -> Self {
        Self { codec, unpacker: Unpacker::new(codec), waiting: BTreeMap::new(), due: None, partial: None }
    }

    /// Takes a packet that came `now`; answers what it completes.
    pub(crate) fn push(&mut self, packet: Packet, now: Instant) -> Vec<Assembled> {
        let number = self.extend(packet.header.sequence_number);
        let due = *self.due.get_or_insert(number);
        if number >= due {
            self.waiting.entry(number).or_insert((now, packet));
        }
        let mut assembled = Vec::new();
        while let Some((first, came)) = self.waiting.first_key_value().map(|(n, (came, _))| (*n, *came)) {
            if Some(first) != self.due {
                if now.duration_since(came) < PATIENCE {
                    break;
                }
                self.partial = None;
                self.unpacker.lose(self.codec);
                self.due = Some(first);
                assembled.push(Assembled::Loss);
            }
            if let Some((_, (_, packet))) = self.waiting.pop_first() {
                self.due = Some(first + 1);
                assembled.extend(self.join(&packet).map(Assembled::Frame));
            }
        }
        assembled
    }

    /// The sequence number without its wrapping: the one nearest to that which is due (RFC 3550, appendix A.1).
    fn extend(&self, number: u16) -> u64 {
        // The first packet gets room below it.
        let due = self.due.unwrap_or(1 << 16 | u64::from(number));
        let ahead = number.wrapping_sub(due as u16) as i16;
        due.saturating_add_signed(i64::from(ahead))
    }

    /// Adds the packet that was due; answers the frame that it ends.
    fn join(&mut self, packet: &Packet) -> Option<Vec<u8>> {
        // Padding, which probes for bandwidth, belongs to no frame.
        let part = self.unpacker.part(packet)?;
        if part.begins {
            self.partial = Some(Vec::new());
        }
        self.partial.as_mut()?.extend_from_slice(&part.data);
        self.partial.take_if(|_| packet.header.marker)
    }
}

#[cfg(test)]
mod tests {
    use tincan_vpx::EncodedFrame;

    use super::*;
    use crate::video::Packetizer;

    const CODEC: VideoCodec = VideoCodec::Vp8;

    fn frames(count: u8) -> Vec<Vec<u8>> {
        (0..count).map(|n| vec![n; 3000]).collect()
    }

    fn packets(frames: &[Vec<u8>]) -> Vec<Packet> {
        let mut packetizer = Packetizer::new(CODEC, 7, 96);
        let frame = |data: &Vec<u8>| EncodedFrame { data: data.clone(), key: false };
        frames.iter().flat_map(|data| packetizer.packets(frame(data), 0)).collect()
    }

    fn assemble(packets: impl IntoIterator<Item = Packet>) -> Vec<Assembled> {
        let (mut assembly, now) = (Assembly::new(CODEC), Instant::now());
        packets.into_iter().flat_map(|packet| assembly.push(packet, now)).collect()
    }

    fn whole(frames: &[Vec<u8>]) -> Vec<Assembled> {
        frames.iter().cloned().map(Assembled::Frame).collect()
    }

    #[test]
    fn frames_come_out_whole_across_the_end_of_the_sequence_numbers() {
        let frames = frames(9);
        for start in [0, 65_530] {
            let mut packets = packets(&frames);
            for (index, packet) in packets.iter_mut().enumerate() {
                packet.header.sequence_number = (index as u16).wrapping_add(start);
            }
            assert_eq!(assemble(packets), whole(&frames), "from {start}");
        }
    }

    #[test]
    fn packets_that_come_twice_late_or_empty_change_nothing() {
        let frames = frames(4);
        let mut packets = packets(&frames);
        packets.swap(4, 5);
        packets.insert(2, packets[1].clone());
        let mut padding = packets[0].clone();
        padding.payload = Vec::new().into();
        padding.header.sequence_number = packets[packets.len() - 1].header.sequence_number.wrapping_add(1);
        packets.push(padding);
        assert_eq!(assemble(packets), whole(&frames));
    }

    #[test]
    fn a_gap_is_waited_for_and_then_given_up() {
        let frames = frames(3);
        let mut packets = packets(&frames);
        packets.remove(4);
        let (mut assembly, start) = (Assembly::new(CODEC), Instant::now());
        let mut push = |packet: &Packet, after| assembly.push(packet.clone(), start + after);
        let last = packets.len() - 1;
        let seen: Vec<_> = packets[..last].iter().flat_map(|packet| push(packet, Duration::ZERO)).collect();
        assert_eq!(seen, whole(&frames[..1]));
        let rest = push(&packets[last], PATIENCE);
        assert_eq!(rest, [vec![Assembled::Loss], whole(&frames[2..])].concat());
    }
}
