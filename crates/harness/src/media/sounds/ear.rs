//! Hears words in samples.

use std::{f64::consts::TAU, time::Duration};

use super::{
    tones::{BAND_TONES, BANDS, SYMBOL_BITS, SYMBOLS, WORD_MS, band, positions},
    words::{Heard, SoundSighting},
};
use crate::timeline::PeerTime;

/// The length of what is looked at at once, in milliseconds: less than a symbol, so that some lie within one.
pub const WINDOW_MS: u32 = 30;
/// From one look to the next, in milliseconds.
pub const HOP_MS: u32 = 10;
/// The part of the power of its group that the loudest tone has at the least, where a symbol is clear.
pub const CLEAR: f64 = 0.6;
/// What is less than this, of full scale (root mean square), is silence.
pub const LOUD: f64 = 0.001;

/// The time of a look is that of its middle.
const MIDDLE: Duration = Duration::from_millis(WINDOW_MS as u64 / 2);
/// When there was no word for so long, in milliseconds, it is said what there was instead.
pub const PATIENCE_MS: u32 = 2 * WORD_MS;
const PATIENCE: Duration = Duration::from_millis(PATIENCE_MS as u64);

/// Listens to one stream of samples.
#[derive(Debug)]
pub struct Ear {
    rate: u32,
    /// What each sample of a window weighs (Hann).
    weights: Vec<f64>,
    /// The frequencies, in groups: in each, one tone sounds at a time.
    groups: Vec<Vec<f64>>,
    /// What was not looked at yet, or only in part.
    waiting: Vec<f32>,
    /// The symbols of the word that is being heard: how clear each was at its best, and what it says.
    word: Vec<(f64, u64)>,
    /// Which symbol is being heard.
    position: Option<usize>,
    /// Since when there is a sound that was not told.
    began: Option<PeerTime>,
    /// When something was told last.
    told: Option<PeerTime>,
    /// Whether there was a sound since.
    loud: bool,
}

/// What was heard at one look.
enum Look {
    Silent,
    Unclear,
    Symbol { position: usize, data: u64, clear: f64 },
}

impl Ear {
    /// One for `rate` samples a second.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        let bands = (0..BANDS).map(|index| band(index).to_vec());
        let window = rate * WINDOW_MS / 1000;
        let weight = |index| 0.5 - 0.5 * (TAU * f64::from(index) / f64::from(window)).cos();
        Self {
            rate,
            weights: (0..window).map(weight).collect(),
            groups: std::iter::once(positions().to_vec()).chain(bands).collect(),
            waiting: Vec::new(),
            word: Vec::new(),
            position: None,
            began: None,
            told: None,
            loud: false,
        }
    }

    /// Takes the next samples, between -1 and 1, of which the last is heard at `end`; answers what was heard with them.
    pub fn hear(&mut self, samples: &[f32], end: PeerTime) -> Vec<SoundSighting> {
        self.waiting.extend_from_slice(samples);
        let (window, hop) = (self.weights.len(), (self.rate * HOP_MS / 1000) as usize);
        let (mut start, mut told) = (0, Vec::new());
        while self.waiting.len() - start >= window {
            let later = (self.waiting.len() - start) as f64 / f64::from(self.rate);
            let at = end.saturating_sub(Duration::from_secs_f64(later)) + MIDDLE;
            let look = self.look(&self.waiting[start..start + window]);
            told.extend(self.follow(&look, at));
            start += hop;
        }
        self.waiting.drain(..start);
        told
    }

    fn look(&self, window: &[f32]) -> Look {
        let power = window.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / window.len() as f64;
        if power.sqrt() < LOUD {
            return Look::Silent;
        }
        let weighed: Vec<_> =
            window.iter().zip(&self.weights).map(|(sample, weight)| f64::from(*sample) * weight).collect();
        let heard: Vec<_> = self.groups.iter().map(|group| self.loudest(group, &weighed)).collect();
        let clear = heard.iter().map(|(_, part)| *part).fold(1.0, f64::min);
        if clear < CLEAR {
            return Look::Unclear;
        }
        let data = heard[1..].iter().fold(0, |data, (tone, _)| data * BAND_TONES as u64 + *tone as u64);
        Look::Symbol { position: heard[0].0, data, clear }
    }

    /// Which of the frequencies is the loudest, and its part of their power.
    fn loudest(&self, frequencies: &[f64], weighed: &[f64]) -> (usize, f64) {
        let powers: Vec<_> = frequencies.iter().map(|frequency| self.power(*frequency, weighed)).collect();
        let sum: f64 = powers.iter().sum();
        let loudest = (0..powers.len()).max_by(|one, other| powers[*one].total_cmp(&powers[*other]));
        let tone = loudest.unwrap_or_default();
        (tone, powers[tone] / sum.max(f64::MIN_POSITIVE))
    }

    /// The power of one frequency (Goertzel).
    fn power(&self, frequency: f64, weighed: &[f64]) -> f64 {
        let twice = 2.0 * (TAU * frequency / f64::from(self.rate)).cos();
        let (mut last, mut before) = (0.0, 0.0);
        for sample in weighed {
            (last, before) = (sample + twice * last - before, last);
        }
        last * last + before * before - twice * last * before
    }

    /// Goes on with a look at `at`; answers what is told by it.
    fn follow(&mut self, look: &Look, at: PeerTime) -> Option<SoundSighting> {
        let silent = matches!(look, Look::Silent);
        if !self.loud && !silent {
            // From here on it is sound that may be a word.
            self.told = Some(at);
        }
        let told = *self.told.get_or_insert(at);
        self.loud |= !silent;
        let same = matches!(look, Look::Symbol { position, .. } if Some(*position) == self.position);
        let ended = !same && self.position == Some(SYMBOLS - 1) && self.word.len() == SYMBOLS;
        let word = ended.then(|| self.tell(Heard::Word(self.bits()), at));
        if ended {
            (self.position, self.began) = (None, None);
        }
        match look {
            Look::Symbol { position, data, clear } => self.take(*position, *data, *clear, at),
            Look::Unclear => {}
            Look::Silent => (self.position, self.began) = (None, None),
        }
        if word.is_none() && at.saturating_sub(told) >= PATIENCE {
            let heard = if self.loud { Heard::Noise } else { Heard::Silence };
            return Some(self.tell(heard, at));
        }
        word
    }

    /// Takes down a clear symbol: as the next of its word, or as the first of another one.
    fn take(&mut self, position: usize, data: u64, clear: f64, at: PeerTime) {
        self.began.get_or_insert(at);
        if Some(position) != self.position {
            if position == 0 || position != self.word.len() {
                self.word.clear();
            }
            self.position = Some(position);
            // A word that was not heard from its first symbol on is none.
            if position == self.word.len() {
                self.word.push((clear, data));
            }
        } else if let Some(best) = self.word.get_mut(position).filter(|best| best.0 < clear) {
            *best = (clear, data);
        }
    }

    fn bits(&self) -> u64 {
        self.word.iter().fold(0, |bits, (_, data)| bits << SYMBOL_BITS | data)
    }

    fn tell(&mut self, heard: Heard, at: PeerTime) -> SoundSighting {
        let began = self.began.unwrap_or(at);
        (self.told, self.loud) = (Some(at), false);
        SoundSighting { began, at, heard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{
        frames::FrameSource,
        sounds::{
            tones::{SYMBOL_MS, samples},
            words::SoundCode,
        },
    };

    const RATE: u32 = 48_000;
    const SOURCE: FrameSource = FrameSource { peer: 7, run: 0x00C0_FFEE };

    fn words(counters: impl IntoIterator<Item = u16>) -> Vec<f32> {
        let word = |counter| samples(Some(SoundCode::new(SOURCE, counter).to_bits()), RATE);
        counters.into_iter().flat_map(word).collect()
    }

    /// What is heard in `sound`, which comes in pieces as a network brings it, from a second on.
    fn heard(sound: &[f32], rate: u32) -> Vec<SoundSighting> {
        let (mut ear, mut time) = (Ear::new(rate), Duration::from_secs(1));
        let mut hear = |piece: &[f32]| {
            time += Duration::from_secs_f64(piece.len() as f64 / f64::from(rate));
            ear.hear(piece, time)
        };
        sound.chunks(777).flat_map(&mut hear).collect()
    }

    fn counters(sightings: &[SoundSighting]) -> Vec<Option<u16>> {
        let code = |heard| match heard {
            Heard::Word(bits) => SoundCode::from_bits(bits).filter(|code| code.source == SOURCE),
            _ => None,
        };
        sightings.iter().map(|sighting| Some(code(sighting.heard)?.counter)).collect()
    }

    #[test]
    fn a_sound_that_begins_anywhere_is_heard_and_when_it_began() {
        let all = [words([30, 31, 0, 1]), vec![0.0; 4800]].concat();
        for cut in [0, 2500, 3333, 5000] {
            let silence = vec![0.0; 9600];
            let sightings = heard(&[&silence, &all[cut..]].concat(), RATE);
            let expected: &[u16] = if cut == 0 { &[30, 31, 0, 1] } else { &[31, 0, 1] };
            let found: Vec<_> = counters(&sightings).into_iter().flatten().collect();
            assert_eq!(found, expected, "from sample {cut}");
            let began = sightings[0].began.as_secs_f64() - 1.2;
            assert!(began.abs() < 0.025, "{began}");
            let ended = sightings[0].at.as_secs_f64() - 1.2 - 0.2 * if cut == 0 { 1.0 } else { 2.0 };
            assert!((ended + cut as f64 / f64::from(RATE)).abs() < 0.025, "{ended}");
        }
    }

    #[test]
    fn another_rate_a_quiet_sound_and_noise_leave_it_readable() {
        let mut random = 1_u32;
        let mut noise = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(random) / f64::from(u32::MAX) - 0.5) as f32 * 0.02
        };
        let quiet: Vec<_> = words([4, 5, 6, 7]).iter().map(|sample| sample * 0.1 + noise()).collect();
        assert_eq!(counters(&heard(&[quiet, vec![0.0; 4800]].concat(), RATE)), [4, 5, 6, 7].map(Some));
        let at_44100 = |counter| samples(Some(SoundCode::new(SOURCE, counter).to_bits()), 44_100);
        let sound = [at_44100(1), at_44100(2), vec![0.0; 4800]].concat();
        assert_eq!(counters(&heard(&sound, 44_100)), [1, 2].map(Some));
    }

    #[test]
    fn silence_and_what_is_no_word_are_told_apart() {
        let told =
            |sound: &[f32]| heard(sound, RATE).iter().map(|sighting| sighting.heard).collect::<Vec<_>>();
        assert_eq!(told(&vec![0.0; 48_000]), [Heard::Silence; 2]);
        // A buffer that is stuck within a symbol.
        let symbol = (RATE * SYMBOL_MS / 1000) as usize;
        let stuck = words([3])[..symbol].repeat(25);
        assert_eq!(told(&stuck), [Heard::Noise; 2]);
    }
}
