//! The code that every sender's picture holds, and the proof that it makes of arrival.
//!
//! The top third of a picture is a grid of light and dark blocks, one bit each: who sent it, in which run, the how
//! manieth picture it is, and a checksum. The blocks are textured: flat ones were seen to go stale under VP9 and AV1.

use crc::{CRC_16_IBM_3740, Crc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sequence::{Place, Sequence};
pub use super::source::FrameSource;
use crate::timeline::{Milestone, PeerTime};

/// Blocks in a row of the code.
pub const COLUMNS: usize = 16;
/// Rows of blocks.
pub const ROWS: usize = 4;
/// The code fills the top `1 / STRIP_SHARE` of the picture, over its whole width.
pub const STRIP_SHARE: usize = 3;
/// Counters run from 0 to one less than this, and start again: a camera that plays a clip plays it in a loop.
pub const COUNTER_CYCLE: u16 = 256;
/// As many distinct, rising pictures prove that video arrives.
pub const FRAMES_TO_PROVE: u32 = 10;

/// The mean luma of a light block.
pub const LIGHT: u8 = 205;
/// The mean luma of a dark block.
pub const DARK: u8 = 45;
/// By how much the texture lies above and below the mean.
pub const TEXTURE: u8 = 20;
/// The edge of a square of the texture, in samples.
pub const TEXTURE_SIZE: usize = 4;
/// A block whose mean luma is above this is a light one.
pub const THRESHOLD: u32 = 125;
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// What stands in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameCode {
    /// Who sent it.
    pub source: FrameSource,
    /// Its place in the sender's sequence, modulo [`COUNTER_CYCLE`].
    pub counter: u16,
}

impl FrameCode {
    /// The code of the picture `counter` of `source`.
    #[must_use]
    pub const fn new(source: FrameSource, counter: u16) -> Self {
        Self {
            source: FrameSource { peer: source.peer, run: source.run & 0xFF_FFFF },
            counter: counter % COUNTER_CYCLE,
        }
    }

    /// The 64 blocks, the first in the highest bit, a light one set.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        let payload =
            u64::from(self.source.peer) << 40 | u64::from(self.source.run) << 16 | u64::from(self.counter);
        payload << 16 | u64::from(checksum(payload))
    }

    /// Reads the 64 blocks; none if the checksum is wrong.
    #[must_use]
    pub fn from_bits(bits: u64) -> Option<Self> {
        let payload = bits >> 16;
        let source = FrameSource { peer: (payload >> 40) as u8, run: (payload >> 16) as u32 & 0xFF_FFFF };
        let counter = payload as u16;
        (checksum(payload) == bits as u16 && counter < COUNTER_CYCLE).then_some(Self { source, counter })
    }

    /// Paints the code into the top of a luma plane of `width` samples a row, as many rows as fit.
    pub fn paint(self, luma: &mut [u8], width: usize) {
        let height = luma.len() / width;
        let mut above = None;
        for y in 0..height / STRIP_SHARE {
            let (blocks, band) = (y * ROWS * STRIP_SHARE / height, y / TEXTURE_SIZE % 2);
            let (start, end) = (y * width, (y + 1) * width);
            if above == Some((blocks, band)) {
                luma.copy_within(start - width..start, start);
            } else {
                self.paint_row(&mut luma[start..end], blocks, band);
            }
            above = Some((blocks, band));
        }
    }

    /// Paints one row of samples: a part of the row of blocks `blocks`, in the light or the dark band of the texture.
    fn paint_row(self, row: &mut [u8], blocks: usize, band: usize) {
        let (bits, width) = (self.to_bits(), row.len());
        for (x, sample) in row.iter_mut().enumerate() {
            let block = blocks * COLUMNS + x * COLUMNS / width;
            let light = bits >> (COLUMNS * ROWS - 1 - block.min(COLUMNS * ROWS - 1)) & 1 == 1;
            let mean = if light { LIGHT } else { DARK };
            let raised = (x / TEXTURE_SIZE + band).is_multiple_of(2);
            *sample = if raised { mean + TEXTURE } else { mean - TEXTURE };
        }
    }

    /// Reads the code from a luma plane whose rows are `stride` samples apart; none if there is no valid one.
    #[must_use]
    pub fn read(luma: &[u8], width: usize, height: usize, stride: usize) -> Option<Self> {
        let (wide, high) = (width / COLUMNS, height / STRIP_SHARE / ROWS);
        if wide < 2 || high < 2 || luma.len() < stride * (height - 1) + width {
            return None;
        }
        let blocks = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
        let bits = blocks.fold(0, |bits, (row, column)| {
            // Only the middle of a block is read: its edges bleed into the next.
            let left = width * column / COLUMNS + wide / 4;
            let top = height * row / (STRIP_SHARE * ROWS) + high / 4;
            let middle =
                (top..top + high / 2).flat_map(|y| &luma[y * stride + left..y * stride + left + wide / 2]);
            let (sum, count) =
                middle.fold((0, 0), |(sum, count), sample| (sum + u32::from(*sample), count + 1));
            bits << 1 | u64::from(sum > THRESHOLD * count)
        });
        Self::from_bits(bits)
    }
}

fn checksum(payload: u64) -> u16 {
    CHECKSUM.checksum(&payload.to_be_bytes()[2..])
}

/// One picture that a peer has decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameSighting {
    /// When it was shown or decoded, in the receiver's clock.
    pub at: PeerTime,
    /// What was read from it; none if no valid code was found.
    pub code: Option<FrameCode>,
}

/// The pictures that one side has decoded, by what they prove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FrameTally {
    /// Decoded pictures that were looked at.
    pub seen: u32,
    /// By the other peer, of this run, each with a counter above that of the one before.
    pub proven: u32,
    /// Without a valid code.
    pub unreadable: u32,
    /// By the receiver itself: it was shown its own camera.
    pub own: u32,
    /// By a third peer of this run.
    pub foreign: u32,
    /// By the other peer's camera, in the place of which its screen is to be sent.
    #[serde(default, skip_serializing_if = "is_none")]
    pub former: u32,
    /// Of another run.
    pub stale: u32,
    /// With the counter of the one before.
    pub repeated: u32,
    /// With a counter below that of the one before.
    pub backwards: u32,
    /// The longest time between two of the other peer's that rise, in milliseconds. In a call that is changed it counts from the
    /// last one before that.
    #[serde(default)]
    pub longest_gap_ms: u32,
}

const fn is_none(count: &u32) -> bool {
    *count == 0
}

/// Looks at one side's pictures as they come, and says when they prove something.
#[derive(Debug, Clone)]
pub struct FrameWatch {
    sequence: Sequence,
    expected: FrameSource,
    tally: FrameTally,
    /// When the last one came that rises.
    last: Option<PeerTime>,
}

impl FrameWatch {
    /// A watch at the peer `own`, to which `expected` sends.
    #[must_use]
    pub fn new(own: FrameSource, expected: FrameSource) -> Self {
        let [own, expected] = [own, expected].map(|source| FrameCode::new(source, 0).source);
        Self {
            sequence: Sequence::new(own, expected, COUNTER_CYCLE),
            expected,
            tally: FrameTally::default(),
            last: None,
        }
    }

    /// Takes down a picture; answers the milestone that it reaches, if any.
    pub fn see(&mut self, sighting: &FrameSighting) -> Option<Milestone> {
        self.tally.seen += 1;
        let Some(FrameCode { source, counter }) = sighting.code else {
            self.tally.unreadable += 1;
            return None;
        };
        let place = self.sequence.see(source, counter);
        self.count(place);
        if matches!(place, Place::Rising { .. }) {
            let gap = self.last.replace(sighting.at).map(|last| sighting.at.saturating_sub(last).as_millis());
            let gap = gap.and_then(|gap| u32::try_from(gap).ok()).unwrap_or_default();
            self.tally.longest_gap_ms = self.tally.longest_gap_ms.max(gap);
        }
        match place {
            Place::Own | Place::Foreign | Place::Former | Place::Stale => None,
            _ if self.sequence.is_first() => Some(Milestone::FirstFrame),
            _ => self.sequence.is_enough(FRAMES_TO_PROVE).then_some(Milestone::FramesProven),
        }
    }

    const fn count(&mut self, place: Place) {
        let tally = &mut self.tally;
        let counted = match place {
            Place::Rising { .. } => &mut tally.proven,
            Place::Repeated => &mut tally.repeated,
            Place::Backwards => {
                tally.proven = 0;
                &mut tally.backwards
            }
            Place::Own => &mut tally.own,
            Place::Foreign => &mut tally.foreign,
            Place::Former => &mut tally.former,
            Place::Stale => &mut tally.stale,
        };
        *counted += 1;
    }

    /// From now on the other side's screen is awaited in the place of its camera.
    pub(super) fn expect_screen(&mut self) {
        let screen = FrameCode::new(self.expected.screen(), 0).source;
        self.sequence.expect(screen);
    }

    /// Counts anew, but for the time since the last one.
    pub(super) fn begin_round(&mut self) {
        self.tally = FrameTally::default();
        self.sequence.begin_change();
    }

    /// Has it proven anew that pictures arrive.
    pub(super) const fn begin_anew(&mut self) {
        self.sequence.begin_anew();
        self.tally.proven = 0;
    }

    /// What was seen since the call was changed last.
    #[must_use]
    pub const fn tally(&self) -> FrameTally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: FrameSource = FrameSource { peer: 1, run: 0x00AB_CDEF };
    const B: FrameSource = FrameSource { peer: 2, run: 0x00AB_CDEF };

    fn sighting(source: FrameSource, counter: u16) -> FrameSighting {
        FrameSighting { at: PeerTime::ZERO, code: Some(FrameCode::new(source, counter)) }
    }

    fn milestones(watch: &mut FrameWatch, counters: impl IntoIterator<Item = u16>) -> Vec<Milestone> {
        counters.into_iter().filter_map(|counter| watch.see(&sighting(B, counter))).collect()
    }

    #[test]
    fn a_code_survives_painting_and_reading_at_every_size_that_is_sent() {
        for (width, height) in [(320, 240), (640, 480), (160, 120), (480, 270)] {
            let code = FrameCode::new(A, 201);
            let mut luma = vec![128; width * height];
            code.paint(&mut luma, width);
            assert_eq!(FrameCode::read(&luma, width, height, width), Some(code), "{width}x{height}");
        }
    }

    #[test]
    fn a_flipped_block_is_noticed() {
        let bits = FrameCode::new(A, 7).to_bits();
        for block in 0..64 {
            assert_eq!(FrameCode::from_bits(bits ^ 1 << block), None, "block {block}");
        }
    }

    #[test]
    fn black_grey_and_tiny_pictures_hold_no_code() {
        for level in [0, 128, 255] {
            assert_eq!(FrameCode::read(&vec![level; 320 * 240], 320, 240, 320), None);
        }
        assert_eq!(FrameCode::read(&[0; 64], 8, 8, 8), None);
    }

    #[test]
    fn ten_rising_pictures_prove_arrival_even_with_gaps_and_across_the_end_of_the_cycle() {
        let mut watch = FrameWatch::new(A, B);
        let seen = milestones(&mut watch, [250, 252, 255, 0, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(seen, [Milestone::FirstFrame, Milestone::FramesProven]);
    }

    #[test]
    fn a_still_or_backward_picture_proves_nothing() {
        let mut watch = FrameWatch::new(A, B);
        assert_eq!(milestones(&mut watch, [9; 40]), [Milestone::FirstFrame; 40]);
        assert_eq!((watch.tally().repeated, watch.tally().proven), (39, 1));
        let mut watch = FrameWatch::new(A, B);
        let backward = milestones(&mut watch, (0..200).rev());
        assert!(!backward.contains(&Milestone::FramesProven), "{backward:?}");
        assert_eq!(watch.tally().backwards, 199);
    }

    #[test]
    fn in_a_call_that_is_changed_pictures_prove_anew_and_the_gap_is_measured() {
        let mut watch = FrameWatch::new(A, B);
        let at = |watch: &mut FrameWatch, ms, counter| {
            watch.see(&FrameSighting { at: PeerTime::from_millis(ms), ..sighting(B, counter) })
        };
        for counter in 0..12 {
            at(&mut watch, 30 * u64::from(counter), counter);
        }
        assert_eq!((watch.tally().proven, watch.tally().longest_gap_ms), (12, 30));
        watch.begin_round();
        assert_eq!(at(&mut watch, 630, 12), None);
        assert_eq!((watch.tally().proven, watch.tally().longest_gap_ms), (1, 300));
        // While the call is being changed nothing is enough.
        assert!((13..60).filter_map(|counter| at(&mut watch, 640, counter)).next().is_none());
        watch.begin_anew();
        // One that came before does not come again.
        assert_eq!((at(&mut watch, 640, 59), watch.tally().proven), (None, 0));
        let proven = (60..70).filter_map(|counter| at(&mut watch, 650, counter));
        assert_eq!(proven.collect::<Vec<_>>(), [Milestone::FramesProven]);
        assert_eq!((watch.tally().seen, watch.tally().longest_gap_ms), (59, 300));
    }

    #[test]
    fn when_a_screen_is_sent_the_camera_proves_nothing_any_more() {
        let mut watch = FrameWatch::new(A, B);
        assert_eq!(milestones(&mut watch, 0..10).len(), 2);
        watch.begin_round();
        watch.expect_screen();
        watch.begin_anew();
        assert_eq!(milestones(&mut watch, 10..40), []);
        assert_eq!((watch.tally().seen, watch.tally().proven, watch.tally().former), (30, 0, 30));
        let screen: Vec<_> =
            (3..40).filter_map(|counter| watch.see(&sighting(B.screen(), counter))).collect();
        assert_eq!(screen, [Milestone::FramesProven]);
    }

    #[test]
    fn own_foreign_and_stale_pictures_are_told_apart() {
        let mut watch = FrameWatch::new(A, B);
        for source in [A, FrameSource { peer: 9, ..A }, FrameSource { run: 1, ..B }] {
            assert_eq!(watch.see(&sighting(source, 1)), None);
        }
        let tally = watch.tally();
        assert_eq!((tally.own, tally.foreign, tally.stale, tally.proven), (1, 1, 1, 0));
    }
}
