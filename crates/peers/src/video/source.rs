//! The pictures that are sent: drawn and encoded, one every thirtieth of a second.

use std::time::Duration;

use tincan_harness::{
    VideoCodec,
    frames::{COUNTER_CYCLE, FrameSource},
};
use tincan_vpx::{CLOCK_RATE, EncodedFrame, Encoder, VpxError};

use super::{
    codec::codec_of,
    picture::{HEIGHT, Picture, WIDTH},
};

/// From one picture to the next: 30 a second.
pub(crate) const PICTURE_INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Draws and encodes the pictures of one peer, within the caller's task: that takes about a millisecond, less than a thread
/// would cost.
pub(crate) struct VideoSource {
    encoder: Encoder,
    picture: Picture,
    counter: u16,
}

impl VideoSource {
    /// The pictures of `source`, in `codec`, of which none was drawn yet.
    ///
    /// # Errors
    /// When libvpx cannot be initialised.
    pub(crate) fn new(codec: VideoCodec, source: FrameSource) -> Result<Self, VpxError> {
        let encoder = Encoder::new(codec_of(codec), WIDTH as u16, HEIGHT as u16)?;
        Ok(Self { encoder, picture: Picture::new(source), counter: 0 })
    }

    /// The next picture, which is shown `time` after the first, as a key frame if one was asked for, with its time in units of
    /// [`CLOCK_RATE`]; none if the encoder dropped it.
    ///
    /// # Errors
    /// When libvpx cannot encode.
    pub(crate) fn next(
        &mut self,
        time: Duration,
        key: bool,
    ) -> Result<Option<(EncodedFrame, u32)>, VpxError> {
        let timestamp = ticks(time);
        let frame = self.encoder.encode(self.picture.draw(self.counter), timestamp, key)?;
        self.counter = (self.counter + 1) % COUNTER_CYCLE;
        Ok(frame.map(|frame| (frame, timestamp as u32)))
    }
}

/// A length of time in units of [`CLOCK_RATE`].
fn ticks(time: Duration) -> i64 {
    (time.as_micros() * u128::from(CLOCK_RATE) / 1_000_000) as i64
}
