//! The sound that a browser's microphone plays: every word carries the sound code.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use tincan_harness::{
    frames::FrameSource,
    sounds::{COUNTER_CYCLE, SoundCode, samples},
};

use crate::camera::Film;

/// Samples a second, as Opus has them (RFC 7587, section 4.1).
pub(crate) const RATE: u32 = 48_000;
/// The bytes of a sample.
const SAMPLE: u32 = 2;
/// The bytes of a RIFF header for linear PCM, after its own length.
const HEADER: u32 = 36;

/// The words of a film of `source`; none for silence. They are played in a loop.
pub(crate) fn words(source: FrameSource, film: Film) -> impl Iterator<Item = Option<u64>> {
    let word = move |place| {
        let (source, counter) = film.shows(source, place, COUNTER_CYCLE)?;
        Some(SoundCode::new(source, counter).to_bits())
    };
    (0..COUNTER_CYCLE).map(word)
}

/// Writes the sound of `source` to `path`: a RIFF file in linear PCM, one channel, [`COUNTER_CYCLE`] words, to be played in a
/// loop.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_sound(path: &Path, source: FrameSource, film: Film) -> io::Result<()> {
    let sound: Vec<_> = words(source, film).flat_map(|word| samples(word, RATE)).collect();
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&header(sound.len() as u32 * SAMPLE))?;
    for sample in sound {
        file.write_all(&((sample * f32::from(i16::MAX)) as i16).to_le_bytes())?;
    }
    file.flush()
}

/// The header of a file with so many bytes of samples.
fn header(bytes: u32) -> Vec<u8> {
    let [pcm, channels] = [1_u16, 1].map(u16::to_le_bytes);
    let [block, bits] = [SAMPLE as u16, SAMPLE as u16 * 8].map(u16::to_le_bytes);
    let [length, format, rate, per_second, data] =
        [HEADER + bytes, 16, RATE, RATE * SAMPLE, bytes].map(u32::to_le_bytes);
    let parts: [&[u8]; 13] = [
        b"RIFF",
        &length,
        b"WAVE",
        b"fmt ",
        &format,
        &pcm,
        &channels,
        &rate,
        &per_second,
        &block,
        &bits,
        b"data",
        &data,
    ];
    parts.concat()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tincan_harness::sounds::{Ear, Heard};

    use super::*;

    #[test]
    fn the_file_holds_every_word_in_order() {
        let source = FrameSource { peer: 3, run: 77 };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("microphone.wav");
        write_sound(&path, source, Film::Rising).unwrap();
        let file = std::fs::read(path).unwrap();
        let header = HEADER as usize + 8;
        assert_eq!(file.len() as u32 - 8, u32::from_le_bytes(file[4..8].try_into().unwrap()));
        let sample = |bytes: &[u8]| f32::from(i16::from_le_bytes([bytes[0], bytes[1]])) / f32::from(i16::MAX);
        let sound: Vec<_> = file[header..].chunks_exact(2).map(sample).collect();
        let end = Duration::from_secs_f64(sound.len() as f64 / f64::from(RATE));
        let code = |heard| match heard {
            Heard::Word(bits) => SoundCode::from_bits(bits),
            _ => None,
        };
        let heard = Ear::new(RATE).hear(&sound, end);
        let codes: Vec<_> = heard.into_iter().map(|sighting| code(sighting.heard)).collect();
        // Only what follows the last word tells that it has ended.
        let expected = (0..COUNTER_CYCLE - 1).map(|counter| Some(SoundCode::new(source, counter)));
        assert_eq!(codes, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_microphone_that_is_black_is_silent() {
        assert!(words(FrameSource { peer: 3, run: 77 }, Film::Black).all(|word| word.is_none()));
    }
}
