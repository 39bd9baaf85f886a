//! Receives pictures: decodes every frame, and posts the code that was read from it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tincan_harness::{Event, FrameCode, Mailbox, Milestone, Note, frames::FrameSighting};
use tincan_vpx::{Codec, Decoder, Plane, VpxError};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{
    assembly::{Assembled, Assembly, is_key_frame},
    last_picture::LastPicture,
};

/// From one request for a key frame to the next: Chromium was seen to make one no oftener.
const REQUEST_INTERVAL: Duration = Duration::from_millis(300);

/// Posts every picture that comes on `track`, and keeps the `last`, until the track ends.
///
/// A frame is decoded within this task: that takes a millisecond or two, less than a thread would cost.
///
/// # Errors
/// When libvpx cannot be initialised.
pub async fn receive_pictures(
    track: Arc<dyn TrackRemote>,
    mailbox: Mailbox,
    last: LastPicture,
) -> Result<(), VpxError> {
    let mut receiver = Receiver {
        decoder: Decoder::new(Codec::Vp8)?,
        begun: false,
        decodable: false,
        asked: None,
        mailbox,
        last,
    };
    let mut assembly = Assembly::default();
    while let Some(event) = track.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
        let (now, ssrc) = (Instant::now(), packet.header.ssrc);
        receiver.begin();
        for assembled in assembly.push(packet, now) {
            receiver.take(assembled);
        }
        if receiver.wants_key_frame(now) {
            // It fails when the connection has closed, and then nothing is wanted any more.
            let _ = track
                .write_rtcp(vec![Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc: ssrc })])
                .await;
        }
    }
    Ok(())
}

struct Receiver {
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

impl Receiver {
    fn begin(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.post(Event::Reached(Milestone::FirstPacket));
        }
    }

    fn take(&mut self, assembled: Assembled) {
        let frame = match assembled {
            Assembled::Frame(frame) if self.decodable || is_key_frame(&frame) => frame,
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
        self.mailbox.post(at, Event::Media(FrameSighting { at, code }));
    }

    fn post(&self, event: Event) {
        self.mailbox.post(self.mailbox.zero().elapsed(), event);
    }

    fn wants_key_frame(&mut self, now: Instant) -> bool {
        let wants = !self.decodable && self.asked.is_none_or(|asked| now - asked >= REQUEST_INTERVAL);
        self.asked = if wants { Some(now) } else { self.asked };
        wants
    }
}
