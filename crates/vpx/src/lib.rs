//! VP8 and VP9 by libvpx, AV1 by libaom and H.264 by OpenH264, behind an interface that needs no `unsafe`.
//!
//! Any libvpx from 1.8 on will do, of any distribution: what differs from version to version is in `shim.c`, which is compiled
//! against the headers that are installed. The same holds for the other two; where one of them is missing, so is its codec.
#![expect(unsafe_code, reason = "the libraries are C; every call into them is in this crate")]

use std::{fmt, marker::PhantomData, slice};

mod error;
mod ffi;

pub use error::VpxError;

/// Units of RTP time, and of the encoder's time, in a second (RFC 7741 and RFC 9628, section 4.1).
pub const CLOCK_RATE: u32 = 90_000;

/// Kilobits a second that an encoder aims at: plenty for 320 × 240 with a frame code, little for a network.
const TARGET_KILOBITS: u32 = 800;
/// Pictures between two key frames at the most: ten seconds' worth, for a receiver that asks for none.
const MOST_BETWEEN_KEY_FRAMES: u32 = 300;
/// For how long a picture is shown, in units of [`CLOCK_RATE`]: the encoder plans its bits by it.
const PICTURE_DURATION: u32 = CLOCK_RATE / 30;

/// What can be encoded and decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// VP8 (RFC 6386).
    Vp8,
    /// VP9, profile 0.
    Vp9,
    /// H.264, constrained baseline, as units of Annex B.
    H264,
    /// AV1, main profile, as temporal units.
    Av1,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Codec {
    const fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::H264 => "H.264",
            Self::Av1 => "AV1",
        }
    }

    /// Whether its library was there when this was built.
    #[must_use]
    pub fn is_built(self) -> bool {
        self.library().is_ok()
    }

    /// The library that encodes and decodes it.
    #[cfg_attr(
        not(all(has_aom, has_openh264)),
        allow(unreachable_patterns, reason = "what is built comes first")
    )]
    fn library(self) -> Result<&'static ffi::Library, VpxError> {
        match self {
            Self::Vp8 | Self::Vp9 => Ok(&ffi::VPX),
            #[cfg(has_aom)]
            Self::Av1 => Ok(&ffi::AOM),
            #[cfg(has_openh264)]
            Self::H264 => Ok(&ffi::OPENH264),
            #[cfg(not(has_aom))]
            Self::Av1 => Err(VpxError::NotBuilt { codec: self.name(), library: "libaom" }),
            #[cfg(not(has_openh264))]
            Self::H264 => Err(VpxError::NotBuilt { codec: self.name(), library: "OpenH264" }),
        }
    }

    /// `enum tincan_codec_name`.
    fn number(self) -> u32 {
        match self {
            Self::Vp8 => 8,
            Self::Vp9 => 9,
            Self::H264 => 264,
            Self::Av1 => 1,
        }
    }

    /// The fastest speed that still codes a picture decently (libvpx, `VP8E_SET_CPUUSED`: −16 to 16 for VP8, −9 to 9 for
    /// VP9; libaom, `AOME_SET_CPUUSED`: up to 10 in its realtime usage; OpenH264 has none).
    fn speed(self) -> i32 {
        match self {
            Self::Vp8 => -8,
            Self::Vp9 => 8,
            Self::H264 => 0,
            Self::Av1 => 10,
        }
    }
}

/// A picture that was encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// The frame, without a container.
    pub data: Vec<u8>,
    /// Whether it can be decoded without another.
    pub key: bool,
}

/// Encodes pictures of one size for a call: no lag, and a key frame when it is asked for.
pub struct Encoder {
    handle: ffi::Handle,
    width: u16,
    height: u16,
    previous: Option<i64>,
}

impl Encoder {
    /// An encoder of I420 pictures of `width` by `height` samples.
    ///
    /// # Errors
    /// When the library is not built in, or cannot encode that size.
    pub fn new(codec: Codec, width: u16, height: u16) -> Result<Self, VpxError> {
        let settings = ffi::Settings {
            codec: codec.number(),
            width: width.into(),
            height: height.into(),
            clock_rate: CLOCK_RATE,
            kilobits: TARGET_KILOBITS,
            most_between_key_frames: MOST_BETWEEN_KEY_FRAMES,
            speed: codec.speed(),
        };
        Ok(Self { handle: codec.library()?.start_encoder(&settings)?, width, height, previous: None })
    }

    /// Encodes an I420 picture that is shown at `timestamp`, in units of [`CLOCK_RATE`]; none if the encoder dropped it.
    ///
    /// # Errors
    /// When the picture is not of the encoder's size or not later than the one before, or the library refuses it.
    pub fn encode(
        &mut self,
        picture: &[u8],
        timestamp: i64,
        key: bool,
    ) -> Result<Option<EncodedFrame>, VpxError> {
        self.accept(picture, timestamp)?;
        // SAFETY: the handle is an encoder's, and the size of the picture is its own.
        let frame = unsafe { self.handle.encode(picture, timestamp, PICTURE_DURATION, key)? };
        self.previous = Some(timestamp);
        if frame.data.is_null() {
            return Ok(None);
        }
        // SAFETY: the frame stays as it is until the next call, and is copied here.
        let data = unsafe { slice::from_raw_parts(frame.data, frame.size) }.to_vec();
        Ok(Some(EncodedFrame { data, key: frame.key != 0 }))
    }

    fn accept(&self, picture: &[u8], timestamp: i64) -> Result<(), VpxError> {
        let &Self { width, height, previous, .. } = self;
        let (expected, given) = (samples(width, height), picture.len());
        if given != expected {
            return Err(VpxError::WrongSize { width, height, expected, given });
        }
        match previous {
            Some(previous) if timestamp <= previous => Err(VpxError::NotLater { timestamp, previous }),
            _ => Ok(()),
        }
    }
}

/// Samples of an I420 picture: luma, and a quarter of it, rounded up in both directions, for each of two planes of chroma.
fn samples(width: u16, height: u16) -> usize {
    let [width, height] = [width, height].map(usize::from);
    width * height + 2 * width.div_ceil(2) * height.div_ceil(2)
}

/// A decoded picture, as I420.
#[derive(Debug, Clone, Copy)]
pub struct Decoded<'d> {
    /// Brightness.
    pub luma: Plane<'d>,
    /// Blue difference, at half the size.
    pub blue: Plane<'d>,
    /// Red difference, at half the size.
    pub red: Plane<'d>,
}

/// One plane of a decoded picture.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'d> {
    /// The samples, row by row.
    pub samples: &'d [u8],
    /// Samples that are shown in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples from the start of a row to the start of the next.
    pub stride: usize,
}

/// Decodes one stream of frames.
pub struct Decoder(ffi::Handle);

impl Decoder {
    /// A decoder that waits for a key frame.
    ///
    /// # Errors
    /// When the library is not built in, or cannot be initialised.
    pub fn new(codec: Codec) -> Result<Self, VpxError> {
        codec.library()?.start_decoder(codec.number()).map(Self)
    }

    /// Decodes one frame; none if it shows no picture.
    ///
    /// # Errors
    /// When the frame is damaged, needs one that was never decoded, or is not I420.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Option<Decoded<'_>>, VpxError> {
        // SAFETY: the handle is a decoder's.
        let picture = unsafe { self.0.decode(frame)? };
        if picture.planes[0].is_null() {
            return Ok(None);
        }
        let lent = Lent { picture, lender: PhantomData };
        let (width, height) = (lent.picture.width, lent.picture.height);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        Ok(Some(Decoded {
            luma: lent.plane(0, width, height),
            blue: lent.plane(1, half_width, half_height),
            red: lent.plane(2, half_width, half_height),
        }))
    }
}

/// A picture that stays as it is until the next call on its decoder, which the lifetime forbids.
struct Lent<'d> {
    picture: ffi::Picture,
    lender: PhantomData<&'d mut Decoder>,
}

impl<'d> Lent<'d> {
    fn plane(&self, index: usize, width: usize, height: usize) -> Plane<'d> {
        let stride = self.picture.strides[index];
        // A stride below the width, which no library here uses, makes the slice shorter, never longer.
        let length = stride * height.saturating_sub(1) + width.min(stride);
        // SAFETY: the shim answers planes of I420, each with `height` rows, `stride` samples apart, the last of which has
        // `width`.
        let samples = unsafe { slice::from_raw_parts(self.picture.planes[index], length) };
        Plane { samples, width, height, stride }
    }
}

/// The version of the library of `codec` that is loaded, as it names itself: `v1.12.0`; none if it is not built in.
#[must_use]
pub fn version(codec: Codec) -> Option<String> {
    Some(codec.library().ok()?.version())
}
