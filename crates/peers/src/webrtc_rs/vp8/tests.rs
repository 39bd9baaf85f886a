//! What goes in comes out, and what is broken is noticed.

use tincan_harness::frames::{FrameCode, FrameSource};

use super::*;
use crate::webrtc_rs::picture::{HEIGHT, Picture, WIDTH};

const SOURCE: FrameSource = FrameSource { peer: 3, run: 0x00C0_FFEE };

fn encoder() -> Encoder {
    Encoder::new(WIDTH as u16, HEIGHT as u16).unwrap()
}

#[test]
fn every_picture_keeps_its_code_through_encoding_and_decoding() {
    let (mut encoder, mut decoder, mut picture) = (encoder(), Decoder::new().unwrap(), Picture::new(SOURCE));
    for counter in 0..60 {
        let drawn = picture.draw(counter);
        let frame = encoder.encode(drawn, i64::from(counter) * 3000, false).unwrap().unwrap();
        assert_eq!(frame.key, counter == 0, "picture {counter}");
        let luma = decoder.decode(&frame.data).unwrap().unwrap().luma;
        assert_eq!((luma.width, luma.height), (WIDTH, HEIGHT));
        let read = FrameCode::read(luma.samples, luma.width, luma.height, luma.stride);
        assert_eq!(read, Some(FrameCode::new(SOURCE, counter)));
    }
}

#[test]
fn a_key_frame_comes_when_it_is_asked_for() {
    let (mut encoder, mut picture) = (encoder(), Picture::new(SOURCE));
    let keys: Vec<_> = (0..6)
        .map(|n| encoder.encode(picture.draw(n), i64::from(n) * 3000, n == 4).unwrap().unwrap().key)
        .collect();
    assert_eq!(keys, [true, false, false, false, true, false]);
}

#[test]
fn what_is_no_frame_is_an_error_and_the_next_key_frame_is_decoded() {
    let (mut encoder, mut decoder, mut picture) = (encoder(), Decoder::new().unwrap(), Picture::new(SOURCE));
    let frame = encoder.encode(picture.draw(0), 0, true).unwrap().unwrap();
    let error = decoder.decode(b"tin can").unwrap_err();
    assert!(error.to_string().starts_with("libvpx failed to decode a frame"), "{error}");
    // Half a frame may be refused or half shown: either way the next whole one is.
    let _ = decoder.decode(&frame.data[..frame.data.len() / 2]);
    assert!(decoder.decode(&frame.data).unwrap().is_some());
}
