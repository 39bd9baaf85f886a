//! What a word holds, and what words prove.

use crc::{CRC_16_IBM_3740, Crc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    media::{
        frames::{FrameCode, FrameSource},
        sequence::{Place, Sequence},
    },
    timeline::{Milestone, PeerTime},
};

/// Counters run from 0 to one less than this, and start again: a microphone that plays a file plays it in a loop.
pub const COUNTER_CYCLE: u16 = 32;
/// As many distinct, rising words prove that sound arrives.
pub const WORDS_TO_PROVE: u32 = 3;
/// The bits of a word.
const BITS: u32 = 60;
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// What stands in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundCode {
    /// Who sent it.
    pub source: FrameSource,
    /// Its place in the sender's sequence, modulo [`COUNTER_CYCLE`].
    pub counter: u16,
}

impl SoundCode {
    /// The code of the word `counter` of `source`.
    #[must_use]
    pub const fn new(source: FrameSource, counter: u16) -> Self {
        Self { source: FrameCode::new(source, 0).source, counter: counter % COUNTER_CYCLE }
    }

    /// The 60 bits: who sent it in 8, the run in 24, the counter in 12, the checksum in 16.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        let payload =
            u64::from(self.source.peer) << 36 | u64::from(self.source.run) << 12 | u64::from(self.counter);
        payload << 16 | u64::from(checksum(payload))
    }

    /// Reads the 60 bits; none if the checksum is wrong.
    #[must_use]
    pub fn from_bits(bits: u64) -> Option<Self> {
        let payload = bits >> 16;
        let source = FrameSource { peer: (payload >> 36) as u8, run: (payload >> 12) as u32 & 0xFF_FFFF };
        let counter = payload as u16 & 0xFFF;
        let is_valid = bits >> BITS == 0 && checksum(payload) == bits as u16 && counter < COUNTER_CYCLE;
        is_valid.then_some(Self { source, counter })
    }
}

fn checksum(payload: u64) -> u16 {
    CHECKSUM.checksum(&payload.to_be_bytes()[2..])
}

/// What was heard for the length of a word, or of two if it was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Five symbols in their order. Whether they are a code, [`SoundCode::from_bits`] says.
    Word(u64),
    /// Something that is no word.
    Noise,
    /// Nothing.
    Silence,
}

/// A length of the sound that a peer has decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundSighting {
    /// When it began to be heard, in the receiver's clock. What stood before the first whole word, without a break, belongs to
    /// that word: a sound begins anywhere in one.
    pub began: PeerTime,
    /// When it had been heard.
    pub at: PeerTime,
    /// What it was.
    pub heard: Heard,
}

impl SoundSighting {
    /// The same at `at`, in another clock that goes as fast.
    #[must_use]
    pub const fn stamped(self, at: PeerTime) -> Self {
        Self { at, began: at.saturating_sub(self.at.saturating_sub(self.began)), ..self }
    }
}

/// The sound that one side has decoded, by what it proves: in words of 200 ms, and lengths of twice that in which there was none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SoundTally {
    /// Words and lengths without one.
    pub heard: u32,
    /// By the other peer, of this run, each with a counter above that of the one before.
    pub proven: u32,
    /// Words of the other peer that should have stood between two of those that did: gaps, or what could not be read.
    pub missing: u32,
    /// Lengths in which it was silent.
    pub silent: u32,
    /// Sound without a valid code.
    pub unreadable: u32,
    /// By the receiver itself: it heard its own microphone.
    pub own: u32,
    /// By a third peer of this run.
    pub foreign: u32,
    /// Of another run.
    pub stale: u32,
    /// With the counter of the one before.
    pub repeated: u32,
    /// With a counter below that of the one before.
    pub backwards: u32,
}

/// Looks at one side's sound as it comes, and says when it proves something.
#[derive(Debug, Clone)]
pub struct SoundWatch {
    sequence: Sequence,
    tally: SoundTally,
}

impl SoundWatch {
    /// A watch at the peer `own`, to which `expected` sends.
    #[must_use]
    pub fn new(own: FrameSource, expected: FrameSource) -> Self {
        let [own, expected] = [own, expected].map(|source| SoundCode::new(source, 0).source);
        Self { sequence: Sequence::new(own, expected, COUNTER_CYCLE), tally: SoundTally::default() }
    }

    /// Takes down what was heard; answers the milestone that it reaches, if any.
    pub fn see(&mut self, sighting: &SoundSighting) -> Option<Milestone> {
        self.tally.heard += 1;
        let code = match sighting.heard {
            Heard::Silence => {
                self.tally.silent += 1;
                return None;
            }
            Heard::Noise => None,
            Heard::Word(bits) => SoundCode::from_bits(bits),
        };
        let Some(SoundCode { source, counter }) = code else {
            self.tally.unreadable += 1;
            return None;
        };
        let place = self.sequence.see(source, counter);
        self.count(place);
        match place {
            Place::Own | Place::Foreign | Place::Former | Place::Stale => None,
            _ if self.sequence.is_first() => Some(Milestone::FirstSound),
            _ => self.sequence.is_enough(WORDS_TO_PROVE).then_some(Milestone::SoundProven),
        }
    }

    fn count(&mut self, place: Place) {
        let tally = &mut self.tally;
        let counted = match place {
            Place::Rising { missing } => {
                tally.missing += u32::from(missing);
                &mut tally.proven
            }
            Place::Repeated => &mut tally.repeated,
            Place::Backwards => {
                tally.proven = 0;
                &mut tally.backwards
            }
            Place::Own => &mut tally.own,
            Place::Foreign => &mut tally.foreign,
            // No sound takes the place of another one.
            Place::Former => return,
            Place::Stale => &mut tally.stale,
        };
        *counted += 1;
    }

    /// Counts anew.
    pub(crate) fn begin_round(&mut self) {
        self.tally = SoundTally::default();
        self.sequence.begin_change();
    }

    /// Has it proven anew that sound arrives.
    pub(crate) const fn begin_anew(&mut self) {
        self.sequence.begin_anew();
        self.tally.proven = 0;
    }

    /// What was heard since the call was changed last.
    #[must_use]
    pub const fn tally(&self) -> SoundTally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: FrameSource = FrameSource { peer: 1, run: 0x00AB_CDEF };
    const B: FrameSource = FrameSource { peer: 2, run: 0x00AB_CDEF };

    fn sighting(heard: Heard) -> SoundSighting {
        SoundSighting { began: PeerTime::ZERO, at: PeerTime::ZERO, heard }
    }

    fn word(source: FrameSource, counter: u16) -> SoundSighting {
        sighting(Heard::Word(SoundCode::new(source, counter).to_bits()))
    }

    fn milestones(watch: &mut SoundWatch, counters: impl IntoIterator<Item = u16>) -> Vec<Milestone> {
        counters.into_iter().filter_map(|counter| watch.see(&word(B, counter))).collect()
    }

    #[test]
    fn a_word_is_read_as_it_was_written_and_one_wrong_bit_is_noticed() {
        let code = SoundCode::new(FrameSource { peer: 200, run: 0xFFFF_FFFF }, 31);
        let bits = code.to_bits();
        assert_eq!(SoundCode::from_bits(bits), Some(code));
        for bit in 0..64 {
            assert_eq!(SoundCode::from_bits(bits ^ 1 << bit), None, "bit {bit}");
        }
    }

    #[test]
    fn three_rising_words_prove_arrival_also_with_gaps_and_across_the_end_of_the_cycle() {
        let mut watch = SoundWatch::new(A, B);
        assert_eq!(milestones(&mut watch, [30, 31, 2, 3]), [Milestone::FirstSound, Milestone::SoundProven]);
        assert_eq!((watch.tally().proven, watch.tally().missing), (4, 2));
    }

    #[test]
    fn what_repeats_or_runs_backwards_proves_nothing() {
        let mut watch = SoundWatch::new(A, B);
        assert_eq!(milestones(&mut watch, [9; 5]), [Milestone::FirstSound; 5]);
        assert_eq!((watch.tally().repeated, watch.tally().proven), (4, 1));
        let mut watch = SoundWatch::new(A, B);
        assert!(!milestones(&mut watch, (0..30).rev()).contains(&Milestone::SoundProven));
        assert_eq!(watch.tally().backwards, 29);
    }

    #[test]
    fn what_is_not_by_the_other_peer_is_told_apart() {
        let mut watch = SoundWatch::new(A, B);
        let others =
            [word(A, 1), word(FrameSource { peer: 9, ..A }, 1), word(FrameSource { run: 1, ..B }, 1)];
        for heard in others.into_iter().chain([Heard::Word(5), Heard::Noise, Heard::Silence].map(sighting)) {
            assert_eq!(watch.see(&heard), None);
        }
        let tally = watch.tally();
        assert_eq!((tally.own, tally.foreign, tally.stale, tally.unreadable, tally.silent), (1, 1, 1, 2, 1));
        assert_eq!((tally.heard, tally.proven), (6, 0));
    }
}
