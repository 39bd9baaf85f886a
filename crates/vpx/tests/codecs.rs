//! What goes in comes out, and what is broken is an error: with the real libraries, for every codec.

use tincan_vpx::{Codec, Decoder, Encoder, VpxError, version};

const EVERY: [Codec; 4] = [Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1];
/// Odd, so that chroma is rounded up, where the library can do it.
const fn size(codec: Codec) -> (u16, u16) {
    match codec {
        Codec::H264 => (160, 90),
        _ => (161, 91),
    }
}
/// From one picture to the next, at 30 a second.
const INTERVAL: i64 = 3000;

/// Luma of a slope that moves with `n`, and grey.
fn picture(codec: Codec, n: usize) -> Vec<u8> {
    let (width, height) = size(codec);
    let (width, height) = (usize::from(width), usize::from(height));
    let luma = (0..width * height).map(|i| ((i % width + i / width + 4 * n) % 200 + 20) as u8);
    luma.chain(vec![128; 2 * width.div_ceil(2) * height.div_ceil(2)]).collect()
}

fn encoder(codec: Codec) -> Encoder {
    let (width, height) = size(codec);
    Encoder::new(codec, width, height).unwrap()
}

fn frames(codec: Codec, count: usize) -> Vec<Vec<u8>> {
    let mut encoder = encoder(codec);
    let encode = |n| encoder.encode(&picture(codec, n), n as i64 * INTERVAL, false).unwrap().unwrap().data;
    (0..count).map(encode).collect()
}

/// The mean difference of a decoded luma from what was drawn.
fn error(luma: tincan_vpx::Plane<'_>, drawn: &[u8]) -> f64 {
    let rows = luma.samples.chunks(luma.stride).map(|row| &row[..luma.width]);
    let differences = rows.flatten().zip(drawn).map(|(a, b)| f64::from(a.abs_diff(*b)));
    differences.sum::<f64>() / (luma.width * luma.height) as f64
}

#[test]
fn what_goes_in_comes_out() {
    for codec in EVERY {
        let mut decoder = Decoder::new(codec).unwrap();
        for (n, frame) in frames(codec, 30).iter().enumerate() {
            let decoded = decoder.decode(frame).unwrap().unwrap();
            let (width, height) = size(codec);
            assert_eq!((decoded.luma.width, decoded.luma.height), (width.into(), height.into()));
            let halves = (width.div_ceil(2).into(), height.div_ceil(2).into());
            assert_eq!((decoded.blue.width, decoded.red.height), halves);
            let error = error(decoded.luma, &picture(codec, n));
            assert!(error < 8.0, "{codec:?}, picture {n}: {error}");
        }
    }
}

#[test]
fn a_key_frame_comes_when_it_is_asked_for() {
    for codec in EVERY {
        let mut encoder = encoder(codec);
        let key = |n| encoder.encode(&picture(codec, n), n as i64 * INTERVAL, n == 4).unwrap().unwrap().key;
        assert_eq!(
            (0..6).map(key).collect::<Vec<_>>(),
            [true, false, false, false, true, false],
            "{codec:?}"
        );
    }
}

#[test]
fn an_encoder_of_an_impossible_size_is_an_error() {
    for (codec, width, height) in [
        (Codec::Vp8, 0, 0),
        (Codec::Vp8, 20_000, 16),
        (Codec::Vp9, 0, 240),
        (Codec::Av1, 0, 240),
        (Codec::H264, 0, 0),
        (Codec::H264, 161, 90),
    ] {
        let Err(error) = Encoder::new(codec, width, height) else { panic!("{codec:?} {width} by {height}") };
        assert!(error.to_string().contains(" failed to start an encoder: "), "{error}");
    }
}

#[test]
fn a_picture_of_the_wrong_size_or_time_is_an_error_and_the_next_is_encoded() {
    for codec in EVERY {
        let mut encoder = encoder(codec);
        let drawn = picture(codec, 0);
        for wrong in [&[][..], &drawn[1..]] {
            let error = encoder.encode(wrong, 0, false).unwrap_err();
            assert!(matches!(error, VpxError::WrongSize { .. }), "{error}");
        }
        assert!(encoder.encode(&drawn, INTERVAL, false).unwrap().is_some());
        for timestamp in [INTERVAL, 0, i64::MIN] {
            let error = encoder.encode(&drawn, timestamp, false).unwrap_err();
            assert_eq!(error, VpxError::NotLater { timestamp, previous: INTERVAL });
        }
        assert!(encoder.encode(&drawn, 2 * INTERVAL, false).unwrap().is_some());
    }
}

#[test]
fn what_is_no_frame_is_an_error_and_the_next_key_frame_is_decoded() {
    for codec in EVERY {
        let (frame, mut decoder) = (frames(codec, 1).remove(0), Decoder::new(codec).unwrap());
        let error = decoder.decode(b"tin can").unwrap_err();
        assert!(error.to_string().contains(" failed to decode a frame: "), "{error}");
        // Half a frame may be refused or half shown: either way the next whole one is.
        let _ = decoder.decode(&frame[..frame.len() / 2]);
        assert!(decoder.decode(&frame).unwrap().is_some(), "{codec:?}");
    }
}

/// Marsaglia's xorshift: bytes that are the same in each run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << shift } else { self.0 >> shift };
        }
        (self.0 % bound as u64) as usize
    }

    /// Random bytes, or a frame with some of its bytes changed and perhaps its end cut off.
    fn damaged(&mut self, frames: &[Vec<u8>]) -> Vec<u8> {
        if self.below(4) == 0 {
            return (0..self.below(300)).map(|_| self.below(256) as u8).collect();
        }
        let mut frame = frames[self.below(frames.len())].clone();
        // Not in the first ten bytes, which hold the size: a picture of 16,383 by 16,383 is a frame, too, and slow.
        for _ in 0..=self.below(8) {
            let place = self.below(frame.len());
            frame[place.max(10)] = self.below(256) as u8;
        }
        frame.truncate(frame.len() - self.below(frame.len() / 2));
        frame
    }
}

#[test]
fn whatever_is_decoded_nothing_panics_and_a_whole_frame_is_shown_afterwards() {
    for codec in EVERY {
        let (whole, mut noise) = (frames(codec, 8), Noise(0x7137_CA47));
        let mut decoder = Decoder::new(codec).unwrap();
        let mut refused = 0;
        for _ in 0..400 {
            match decoder.decode(&noise.damaged(&whole)) {
                // Every sample that is lent can be read.
                Ok(Some(decoded)) => {
                    assert!(decoded.luma.samples.iter().map(|s| u64::from(*s)).sum::<u64>() > 0)
                }
                Ok(None) => {}
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 20, "{codec:?}: {refused} refused");
        let mut fresh = Decoder::new(codec).unwrap();
        assert!(fresh.decode(&whole[0]).unwrap().is_some());
    }
}

#[test]
fn every_library_names_its_version() {
    for codec in EVERY {
        assert!(codec.is_built(), "the tests want every library");
        let version = version(codec).unwrap();
        assert!(version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()), "{version}");
    }
}
