//! The code that every sender's sound holds, and the proof that it makes of arrival.
//!
//! A sound is a row of words, each of five symbols of 40 ms. In a symbol five tones sound at once: one says which symbol of its
//! word it is, each of the others is one of eight and says three bits. A word says who sent it, in which run, the how manieth
//! word it is, and a checksum. Echo cancellation, noise suppression, gain control and Opus leave it readable: what they take
//! away is not which of eight tones is the loudest.

mod ear;
mod tones;
mod words;

pub use self::{
    ear::{CLEAR, Ear, HOP_MS, LOUD, PATIENCE_MS, WINDOW_MS},
    tones::{
        AMPLITUDE, BAND_TONES, BANDS, EDGE_MS, SYMBOL_MS, SYMBOLS, WORD_MS, band, positions, samples, symbol,
    },
    words::{COUNTER_CYCLE, Heard, SoundCode, SoundSighting, SoundTally, SoundWatch, WORDS_TO_PROVE},
};
