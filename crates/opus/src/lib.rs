//! Opus by libopus, behind an interface that needs no `unsafe`: one channel at 48 kHz.
//!
//! The functions that are used have been the same since libopus 1.0, so they are declared here and no header is read.
#![expect(unsafe_code, reason = "libopus is C; every call into it is in this crate")]

mod error;
mod ffi;

use std::time::Duration;

pub use error::OpusError;
use ffi::{Decoding, Encoding};

/// Samples a second, and units of RTP time (RFC 7587, section 4.1).
pub const RATE: u32 = 48_000;
/// The length of a frame that is encoded here.
pub const FRAME: Duration = Duration::from_millis(20);
/// The samples of such a frame.
pub const FRAME_SAMPLES: usize = RATE as usize / 50;
/// The most bytes of a packet: more than any is at the bit rates that libopus chooses by itself.
const MOST_BYTES: usize = 1275;
/// The most samples in a packet: 120 ms (RFC 6716, section 2.1.4).
const MOST_SAMPLES: usize = RATE as usize * 120 / 1000;

/// Encodes one stream.
#[derive(Debug)]
pub struct Encoder(Encoding);

impl Encoder {
    /// An encoder at the bit rate that libopus chooses for speech and music.
    ///
    /// # Errors
    /// When libopus has no memory for it.
    pub fn new() -> Result<Self, OpusError> {
        Encoding::new(RATE as i32).map(Self)
    }

    /// The packet of a frame of [`FRAME_SAMPLES`] samples, between -1 and 1.
    ///
    /// # Errors
    /// When they are not as many, or libopus refuses.
    pub fn encode(&mut self, frame: &[f32]) -> Result<Vec<u8>, OpusError> {
        let mut packet = vec![0; MOST_BYTES];
        if frame.len() != FRAME_SAMPLES {
            let reason = format!("a frame has {FRAME_SAMPLES} samples, and {} were given", frame.len());
            return Err(OpusError { step: "encode", reason });
        }
        let bytes = self.0.encode(frame, &mut packet)?;
        packet.truncate(bytes);
        Ok(packet)
    }
}

/// Decodes one stream.
#[derive(Debug)]
pub struct Decoder(Decoding);

impl Decoder {
    /// A decoder of which nothing was asked yet.
    ///
    /// # Errors
    /// When libopus has no memory for it.
    pub fn new() -> Result<Self, OpusError> {
        Decoding::new(RATE as i32).map(Self)
    }

    /// The samples of a packet, between -1 and 1; also of a packet of two channels, as one.
    ///
    /// # Errors
    /// When it is none of Opus.
    pub fn decode(&mut self, packet: &[u8]) -> Result<Vec<f32>, OpusError> {
        let mut samples = vec![0.0; MOST_SAMPLES];
        let count = self.0.decode(packet, &mut samples)?;
        samples.truncate(count);
        Ok(samples)
    }

    /// What libopus makes up for a packet that was lost, of as many samples as [`FRAME_SAMPLES`].
    ///
    /// # Errors
    /// When libopus refuses.
    pub fn conceal(&mut self) -> Result<Vec<f32>, OpusError> {
        let mut samples = vec![0.0; FRAME_SAMPLES];
        let count = self.0.decode(&[], &mut samples)?;
        samples.truncate(count);
        Ok(samples)
    }
}

/// The version of libopus that runs, as it says itself: `libopus 1.3.1`.
#[must_use]
pub fn version() -> String {
    ffi::version()
}
