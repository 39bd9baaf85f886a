//! The picture that was decoded last, for people to look at.

use std::sync::{Arc, Mutex, PoisonError};

use tincan_vpx::{Decoded, Plane};

/// Keeps the last picture of a call; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastPicture(Arc<Mutex<Kept>>);

/// A picture as I420, its planes without gaps; before the first one, no samples at all.
#[derive(Debug, Default)]
struct Kept {
    width: usize,
    height: usize,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl LastPicture {
    /// Keeps a copy of this one instead.
    pub(crate) fn keep(&self, decoded: &Decoded<'_>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.width, kept.height) = (decoded.luma.width, decoded.luma.height);
        copy(&decoded.luma, &mut kept.luma);
        copy(&decoded.blue, &mut kept.blue);
        copy(&decoded.red, &mut kept.red);
    }

    /// The picture as PNG; none before the first one.
    #[must_use]
    pub(crate) fn as_png(&self) -> Option<Vec<u8>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.luma.is_empty() {
            return None;
        }
        let mut file = Vec::new();
        let (width, height) = (u32::try_from(kept.width).ok()?, u32::try_from(kept.height).ok()?);
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&kept.rgb()).ok()?;
        writer.finish().ok()?;
        Some(file)
    }
}

/// Copies the samples that are shown into `copied`, which keeps its memory from one picture to the next.
fn copy(plane: &Plane<'_>, copied: &mut Vec<u8>) {
    copied.clear();
    for row in plane.samples.chunks(plane.stride.max(1)).take(plane.height) {
        copied.extend_from_slice(&row[..plane.width.min(row.len())]);
    }
}

impl Kept {
    fn rgb(&self) -> Vec<u8> {
        let half = self.width.div_ceil(2);
        let pixel = |(index, luma): (usize, &u8)| {
            let chroma = index / self.width / 2 * half + index % self.width / 2;
            let sample = |plane: &[u8]| plane.get(chroma).copied().unwrap_or(128);
            rgb(*luma, sample(&self.blue), sample(&self.red))
        };
        self.luma.iter().enumerate().flat_map(pixel).collect()
    }
}

/// From ITU-R BT.601 with luma from 16 to 235, which is what VP8 carries (RFC 6386, section 9.2), in units of 1/256.
fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let luma = 298 * (i32::from(luma) - 16) + 128;
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    [luma + 409 * red, luma - 100 * blue - 208 * red, luma + 516 * blue]
        .map(|colour| (colour >> 8).clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tincan_harness::frames::{FrameCode, FrameSource};
    use tincan_vpx::{Codec, Decoder, Encoder};

    use super::*;
    use crate::video::picture::{HEIGHT, Picture, WIDTH};

    #[test]
    fn colours_are_those_of_bt_601() {
        let close = |got: [u8; 3], wanted: [u8; 3]| {
            assert!(got.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(wanted) < 2), "{got:?}");
        };
        close(rgb(16, 128, 128), [0, 0, 0]);
        close(rgb(235, 128, 128), [255, 255, 255]);
        close(rgb(82, 90, 240), [255, 1, 0]);
        close(rgb(144, 54, 34), [0, 255, 1]);
        close(rgb(41, 240, 110), [0, 0, 255]);
    }

    #[test]
    fn the_png_shows_the_picture_that_was_decoded_last() {
        let source = FrameSource { peer: 2, run: 77 };
        let (mut encoder, mut decoder) = (
            Encoder::new(Codec::Vp8, WIDTH as u16, HEIGHT as u16).unwrap(),
            Decoder::new(Codec::Vp8).unwrap(),
        );
        let (mut picture, last) = (Picture::new(source), LastPicture::default());
        assert_eq!(last.as_png(), None);
        for counter in 0..3 {
            let frame =
                encoder.encode(picture.draw(counter), i64::from(counter) * 3000, false).unwrap().unwrap();
            last.keep(&decoder.decode(&frame.data).unwrap().unwrap());
        }
        let mut shown = png::Decoder::new(Cursor::new(last.as_png().unwrap())).read_info().unwrap();
        let mut pixels = vec![0; shown.output_buffer_size().unwrap()];
        let info = shown.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT));
        let green: Vec<_> = pixels.chunks_exact(3).map(|pixel| pixel[1]).collect();
        assert_eq!(FrameCode::read(&green, WIDTH, HEIGHT, WIDTH), Some(FrameCode::new(source, 2)));
        // Green, as the second of the colours of peers.
        let [red, green, blue] = pixels[pixels.len() - 3..] else { panic!("a pixel has three samples") };
        assert!(green > red && green > blue, "{red} {green} {blue}");
    }
}
