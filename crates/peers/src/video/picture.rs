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
