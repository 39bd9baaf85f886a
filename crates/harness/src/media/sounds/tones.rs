//! The tones of a word.

use std::f64::consts::TAU;

/// The symbols of a word.
pub const SYMBOLS: usize = 5;
/// The tones of a symbol, besides the one that says which symbol it is.
pub const BANDS: usize = 4;
/// Of how many tones each of them is one.
pub const BAND_TONES: usize = 8;
/// The length of a symbol, in milliseconds: two frames of Opus, as they usually are.
pub const SYMBOL_MS: u32 = 40;
/// The length of a word, in milliseconds.
pub const WORD_MS: u32 = SYMBOL_MS * SYMBOLS as u32;

/// The lowest tone, and from one to the next, in hertz: all lie within what a telephone carries, or little above.
const LOWEST: f64 = 530.0;
const STEP: f64 = 100.0;
/// Of full scale: five of them leave room for gain control.
pub const AMPLITUDE: f64 = 0.12;
/// In which a tone rises and falls, in milliseconds: a sharp edge is a click in all tones at once.
pub const EDGE_MS: u32 = 4;
/// The bits that a tone says.
const BAND_BITS: u32 = BAND_TONES.trailing_zeros();
/// The bits of a symbol.
pub(super) const SYMBOL_BITS: u32 = BAND_BITS * BANDS as u32;

/// The frequencies that say which symbol of its word it is, in hertz.
#[must_use]
pub fn positions() -> [f64; SYMBOLS] {
    std::array::from_fn(|tone| LOWEST + STEP * tone as f64)
}

/// The frequencies of the band `band`, in hertz.
#[must_use]
pub fn band(band: usize) -> [f64; BAND_TONES] {
    std::array::from_fn(|tone| LOWEST + STEP * (SYMBOLS + band * BAND_TONES + tone) as f64)
}

/// The frequencies that sound in the symbol `position` of the word `bits`.
pub fn symbol(bits: u64, position: usize) -> impl Iterator<Item = f64> {
    let data = bits >> (SYMBOL_BITS * (SYMBOLS - 1 - position) as u32);
    let tone = move |band: usize| (data >> (BAND_BITS * (BANDS - 1 - band) as u32)) as usize % BAND_TONES;
    (0..BANDS).map(move |index| band(index)[tone(index)]).chain([positions()[position]])
}

/// The sound of a word at `rate` samples a second, or as much silence; between -1 and 1.
#[must_use]
pub fn samples(word: Option<u64>, rate: u32) -> Vec<f32> {
    let length = (rate * SYMBOL_MS / 1000) as usize;
    let edge = f64::from(rate * EDGE_MS / 1000);
    let mut samples = vec![0.0; length * SYMBOLS];
    let Some(bits) = word else { return samples };
    let envelope = |index: usize| {
        let to_edge = index.min(length - 1 - index) as f64;
        if to_edge < edge { 0.5 - 0.5 * (TAU / 2.0 * to_edge / edge).cos() } else { 1.0 }
    };
    let amplitudes: Vec<_> = (0..length).map(|index| AMPLITUDE * envelope(index)).collect();
    for (position, part) in samples.chunks_exact_mut(length).enumerate() {
        for frequency in symbol(bits, position) {
            let turn = TAU * frequency / f64::from(rate);
            for (index, (sample, amplitude)) in part.iter_mut().zip(&amplitudes).enumerate() {
                *sample += (amplitude * (turn * index as f64).sin()) as f32;
            }
        }
    }
    samples
}
