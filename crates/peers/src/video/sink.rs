//! The pictures that are received: every frame is decoded, and the code that was read from it posted.

use std::time::{Duration, Instant};

use tincan_harness::{
    Event, FrameCode, Mailbox, Milestone, Note, VideoCodec, frames::FrameSighting, media::Sighting,
};
use tincan_vpx::{Decoder, Plane, VpxError};

use super::{
    assembly::Assembled,
    codec::{codec_of, is_key_frame},
    last_picture::LastPicture,
};

/// From one request for a key frame to the next: Chromium was seen to make one no oftener.
const REQUEST_INTERVAL: Duration = Duration::from_millis(300);

/// Decodes one stream of pictures within the caller's task: that takes a millisecond or two, less than a thread would cost.
pub(crate) struct VideoSink {
    codec: VideoCodec,
    decoder: Decoder,
    /// Whether a packet has come.
    begun: bool,
    /// Whether all that the next frame can refer to was decoded.
    decodable: bool,
    /// When a key frame was last asked for.
    asked: Option<Instant>,
    mailbox: Mailbox,
    last: LastPicture,
}

impl VideoSink {
    /// A stream of `codec` of which nothing has come: it posts every picture, and keeps the `last`.
    ///
    /// # Errors
    /// When libvpx cannot be initialised.
    pub(crate) fn new(codec: VideoCodec, mailbox: Mailbox, last: LastPicture) -> Result<Self, VpxError> {
        Ok(Self {
            codec,
            decoder: Decoder::new(codec_of(codec))?,
            begun: false,
            decodable: false,
            asked: None,
            mailbox,
            last,
        })
    }

    /// Takes down that a packet of it has come.
    #[cfg_attr(not(feature = "webrtc-rs"), allow(dead_code, reason = "libraries that give packets use it"))]
    pub(crate) fn begin(&mut self) {
        self.begin_at(Instant::now());
    }

    /// Takes down that a packet of it came at that time.
    pub(crate) fn begin_at(&mut self, came: Instant) {
        if !std::mem::replace(&mut self.begun, true) {
            let at = came.saturating_duration_since(self.mailbox.zero().into_std());
            self.mailbox.post(at, Event::Reached(Milestone::FirstPacket));
        }
    }

    /// Takes the next frame, or that one is missing.
    pub(crate) fn take(&mut self, assembled: Assembled) {
        let frame = match assembled {
            Assembled::Frame(frame) if self.decodable || is_key_frame(self.codec, &frame) => frame,
            Assembled::Frame(_) => return,
            Assembled::Loss => return self.decodable = false,
        };
        let decoded = self.decoder.decode(&frame);
        self.decodable = decoded.is_ok();
        let code = match decoded {
            Ok(Some(picture)) => {
                self.last.keep(&picture);
                let Plane { samples, width, height, stride } = picture.luma;
                FrameCode::read(samples, width, height, stride)
            }
            Ok(None) => return,
            Err(error) => return self.post(Event::Noted(Note::other(error))),
        };
        let at = self.mailbox.zero().elapsed();
        self.mailbox.post(at, Event::Media(Sighting::Frame(FrameSighting { at, code })));
    }

    /// Whether the other side has to be asked for a key frame `now`, which is taken for done if it is so.
    pub(crate) fn wants_key_frame(&mut self, now: Instant) -> bool {
        let wants = !self.decodable && self.asked.is_none_or(|asked| now - asked >= REQUEST_INTERVAL);
        self.asked = if wants { Some(now) } else { self.asked };
        wants
    }

    fn post(&self, event: Event) {
        self.mailbox.post(self.mailbox.zero().elapsed(), event);
    }
}
