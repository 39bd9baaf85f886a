//! The pictures that the Rust peer sends: the frame code, and below it a plain colour with a moving bar.

use tincan_harness::frames::{FrameCode, FrameSource, STRIP_SHARE};

/// Samples in a row of luma.
pub(crate) const WIDTH: usize = 320;
/// Rows of luma.
pub(crate) const HEIGHT: usize = 240;

const LUMA: usize = WIDTH * HEIGHT;
const CHROMA: usize = LUMA / 4;
const BAR_WIDTH: usize = 16;
const BACKGROUND: u8 = 110;
const BAR: u8 = 220;
/// Blue and red difference of the colours, by the peer's number: blue, orange, green, violet.
const COLOURS: [(u8, u8); 4] = [(180, 100), (70, 175), (90, 80), (165, 165)];

/// The sender's picture, drawn anew for every frame, as I420: a plane of luma and two of chroma.
pub(crate) struct Picture {
    source: FrameSource,
    planes: Vec<u8>,
}

impl Picture {
    /// The picture of `source`, its colour set and nothing drawn yet.
    #[must_use]
    pub(crate) fn new(source: FrameSource) -> Self {
        let (blue, red) = COLOURS[usize::from(source.peer) % COLOURS.len()];
        let mut planes = vec![BACKGROUND; LUMA];
        planes.resize(LUMA + CHROMA, blue);
        planes.resize(LUMA + 2 * CHROMA, red);
        let mut picture = Self { source, planes };
        // Colour behind the code would only cost bits.
        picture.whiten_strip();
        picture
    }

    /// Draws the picture of this counter.
    pub(crate) fn draw(&mut self, counter: u16) -> &[u8] {
        let luma = &mut self.planes[..LUMA];
        FrameCode::new(self.source, counter).paint(luma, WIDTH);
        let left = usize::from(counter) * 4 % (WIDTH - BAR_WIDTH);
        for row in luma.chunks_exact_mut(WIDTH).skip(HEIGHT / STRIP_SHARE) {
            row.fill(BACKGROUND);
            row[left..left + BAR_WIDTH].fill(BAR);
        }
        &self.planes
    }

    fn whiten_strip(&mut self) {
        let (_, chroma) = self.planes.split_at_mut(LUMA);
        for plane in chroma.chunks_exact_mut(CHROMA) {
            plane[..CHROMA / STRIP_SHARE].fill(128);
        }
    }
}

#[cfg(test)]
mod tests {
    use tincan_vpx::{Codec, Decoder, Encoder};

    use super::*;

    #[test]
    fn every_picture_keeps_its_code_through_encoding_and_decoding() {
        let source = FrameSource { peer: 3, run: 0x00C0_FFEE };
        let mut encoder = Encoder::new(Codec::Vp8, WIDTH as u16, HEIGHT as u16).unwrap();
        let (mut decoder, mut picture) = (Decoder::new(Codec::Vp8).unwrap(), Picture::new(source));
        for counter in 0..60 {
            let frame =
                encoder.encode(picture.draw(counter), i64::from(counter) * 3000, false).unwrap().unwrap();
            let luma = decoder.decode(&frame.data).unwrap().unwrap().luma;
            assert_eq!((luma.width, luma.height), (WIDTH, HEIGHT));
            let read = FrameCode::read(luma.samples, luma.width, luma.height, luma.stride);
            assert_eq!(read, Some(FrameCode::new(source, counter)));
        }
    }
}
