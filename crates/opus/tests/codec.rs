//! What comes out is what went in, and what is none of Opus is an error.

use std::f32::consts::TAU;

use tincan_opus::{Decoder, Encoder, FRAME_SAMPLES, RATE, version};

fn tone(frequency: f32) -> Vec<f32> {
    (0..RATE as usize).map(|index| 0.3 * (TAU * frequency * index as f32 / RATE as f32).sin()).collect()
}

/// The power of one frequency.
fn power(samples: &[f32], frequency: f32) -> f32 {
    let angle = |index| TAU * frequency * index as f32 / RATE as f32;
    let part = |of: fn(f32) -> f32| -> f32 {
        samples.iter().enumerate().map(|(index, sample)| sample * of(angle(index))).sum()
    };
    part(f32::sin).hypot(part(f32::cos)) / samples.len() as f32
}

#[test]
fn a_tone_passes_and_a_lost_packet_is_made_up_for() {
    let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
    let mut heard = Vec::new();
    for (number, frame) in tone(1000.0).chunks_exact(FRAME_SAMPLES).enumerate() {
        let packet = encoder.encode(frame).unwrap();
        assert!(!packet.is_empty());
        heard.extend(if number == 20 { decoder.conceal() } else { decoder.decode(&packet) }.unwrap());
    }
    assert_eq!(heard.len(), RATE as usize);
    assert!(power(&heard, 1000.0) > 0.1 && power(&heard, 1500.0) < 0.01);
}

#[test]
fn what_is_no_frame_or_no_packet_is_an_error() {
    let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
    assert!(encoder.encode(&[0.0; 7]).is_err());
    // Code 3 and no count of frames (RFC 6716, section 3.2.5).
    let error = decoder.decode(&[3]).unwrap_err().to_string();
    assert!(error.contains("corrupted"), "{error}");
    assert!(version().starts_with("libopus "), "{}", version());
}
