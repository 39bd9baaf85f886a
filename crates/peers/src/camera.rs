//! The clip that a browser's camera plays: every picture carries the frame code. And what a camera and a microphone may play.

use std::{
    fs::File,
    io::{self, Write},
    iter::repeat_n,
    path::Path,
};

use tincan_harness::frames::{COUNTER_CYCLE, FrameCode, FrameSource, STRIP_SHARE};

/// The picture's width, in pixels.
pub const WIDTH: usize = 320;
/// The picture's height, in pixels.
pub const HEIGHT: usize = 240;
/// Pictures a second: so the clip says, and Chromium's fake camera keeps to it as well as it can. At 30, a call that is ready
/// to send would wait up to 33 ms for its first picture, and prove arrival a sixth of a second later.
pub(crate) const RATE: u32 = 60;

/// What a camera plays, and the microphone with it. All but the first are what a saboteur puts into them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Film {
    /// The counter rises, as it should.
    #[default]
    Rising,
    /// The counter falls.
    Backwards,
    /// One picture for ever, and one word.
    Still,
    /// No picture, and silence.
    Black,
    /// The pictures and words of another run.
    OfEarlierRun,
    /// Those of another peer of this run.
    OfThirdPeer,
}

impl Film {
    /// Who is said to have sent what stands at `place` in a film of `source` of `length`, and its counter; none if it is black.
    pub(crate) fn shows(self, source: FrameSource, place: u16, length: u16) -> Option<(FrameSource, u16)> {
        let FrameSource { peer, run } = source;
        Some(match self {
            Self::Rising => (source, place),
            Self::Backwards => (source, length - 1 - place),
            Self::Still => (source, 0),
            Self::OfEarlierRun => (FrameSource { peer, run: run.wrapping_sub(1) }, place),
            // Half of all numbers away: no run gives out so many.
            Self::OfThirdPeer => (FrameSource { peer: peer.wrapping_add(128), run }, place),
            Self::Black => return None,
        })
    }

    /// The code of the picture `place` of a film of `source`; none if it is black.
    fn code(self, source: FrameSource, place: u16) -> Option<FrameCode> {
        let (source, counter) = self.shows(source, place, COUNTER_CYCLE)?;
        Some(FrameCode::new(source, counter))
    }
}

/// The codes of a film of `source`, the first in the highest bit as in [`FrameCode::to_bits`]; none for a black picture. It is
/// played in a loop.
pub(crate) fn codes(source: FrameSource, film: Film) -> impl Iterator<Item = Option<u64>> {
    (0..COUNTER_CYCLE).map(move |place| film.code(source, place).map(FrameCode::to_bits))
}

/// Writes the clip of `source` to `path`: uncompressed YUV4MPEG2, [`COUNTER_CYCLE`] pictures, to be played in a loop.
///
/// # Errors
/// When the file cannot be written: it takes 30 MB.
pub fn write_clip(path: &Path, source: FrameSource, film: Film) -> io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg")?;
    let mut picture = Picture::of(source);
    for place in 0..COUNTER_CYCLE {
        match film.code(source, place) {
            Some(code) => picture.draw(code),
            None => picture.blacken(),
        }
        file.write_all(b"FRAME\n")?;
        file.write_all(&picture.planes)?;
    }
    Ok(())
}

/// One picture in I420. Below the code, for people: a colour by peer, and a bar that moves.
#[derive(Debug)]
pub struct Picture {
    /// Luma, then the two chroma planes at half the size.
    pub planes: Vec<u8>,
    bar: usize,
}

/// Grey and the tint of peer `number`, for both chroma planes: neighbouring numbers are 85 degrees apart on the circle.
fn tints(number: u8) -> [[u8; 2]; 2] {
    let angle = f64::from(number) * 85_f64.to_radians();
    [angle.sin(), angle.cos()].map(|part| [128, (128.0 + 60.0 * part) as u8])
}

const LUMA: usize = WIDTH * HEIGHT;
const BAR: usize = 16;

impl Picture {
    /// A picture in the colour of `source`, without a code yet.
    #[must_use]
    pub fn of(source: FrameSource) -> Self {
        let mut planes = vec![110; LUMA];
        // The code stays grey: in RGB, as a page reads it, a strong colour would shift light and dark.
        let grey = LUMA / 4 / STRIP_SHARE;
        for [first, tint] in tints(source.peer) {
            planes.extend(repeat_n(first, grey).chain(repeat_n(tint, LUMA / 4 - grey)));
        }
        Self { planes, bar: 0 }
    }

    /// Paints `code` at the top and moves the bar.
    pub fn draw(&mut self, code: FrameCode) {
        let luma = &mut self.planes[..LUMA];
        code.paint(luma, WIDTH);
        let next = usize::from(code.counter) * (WIDTH - BAR) / usize::from(COUNTER_CYCLE);
        for row in luma.chunks_exact_mut(WIDTH).skip(HEIGHT * 2 / 3).take(HEIGHT / 6) {
            row[self.bar..self.bar + BAR].fill(110);
            row[next..next + BAR].fill(220);
        }
        self.bar = next;
    }

    /// Paints it black (BT.601).
    fn blacken(&mut self) {
        self.planes[..LUMA].fill(16);
        self.planes[LUMA..].fill(128);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_film() {
        let source = FrameSource { peer: 3, run: 77 };
        let codes = |film| codes(source, film).collect::<Vec<_>>();
        let counters: Vec<_> = codes(Film::Rising)
            .into_iter()
            .map(|bits| bits.and_then(FrameCode::from_bits).map(|code| (code.source, code.counter)))
            .collect();
        assert_eq!(counters, (0..COUNTER_CYCLE).map(|counter| Some((source, counter))).collect::<Vec<_>>());
        assert!(codes(Film::Black).iter().all(Option::is_none));
    }

    #[test]
    fn the_clip_holds_every_code_in_order() {
        let source = FrameSource { peer: 3, run: 77 };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.y4m");
        write_clip(&path, source, Film::Rising).unwrap();
        let clip = std::fs::read(path).unwrap();
        let header = clip.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let frames: Vec<_> = clip[header..].chunks_exact(6 + LUMA * 3 / 2).collect();
        assert_eq!(frames.len(), usize::from(COUNTER_CYCLE));
        for (counter, frame) in frames.iter().enumerate() {
            let code = FrameCode::read(&frame[6..], WIDTH, HEIGHT, WIDTH).unwrap();
            assert_eq!(code, FrameCode::new(source, counter as u16));
        }
    }
}
