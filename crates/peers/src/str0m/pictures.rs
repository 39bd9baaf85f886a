//! Pictures, sent and received as whole frames: str0m makes packets of them, and puts them together.

use std::{sync::Arc, time::Instant};

use str0m::{
    format::PayloadParams,
    media::{KeyframeRequestKind, MediaData, MediaTime},
};
use tincan_harness::{Mailbox, Note, VideoCodec, frames::FrameSource};
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender},
    },
    time::{self, timeout_at},
};

use super::agent::{Agent, Request};
use crate::{
    library::connection::MediaFault,
    pace::next_due,
    video::{Assembled, LastPicture, PICTURE_INTERVAL, VideoSink, VideoSource},
};

/// Sends pictures of `source` in `codec` until the call ends.
///
/// # Errors
/// When libvpx cannot encode.
pub(super) async fn send_pictures(
    codec: VideoCodec,
    source: FrameSource,
    agent: UnboundedSender<Request>,
    key_frame_asked: Arc<Notify>,
) -> Result<(), MediaFault> {
    let mut video = VideoSource::new(codec, source)?;
    // Where RTP time starts: at random (RFC 3550, section 5.1).
    let offset: u32 = rand::random();
    let start = time::Instant::now();
    let mut due = start;
    let mut key = true;
    loop {
        if let Some((frame, timestamp)) = video.next(due - start, key)? {
            let at = u64::from(offset) + u64::from(timestamp);
            if agent.send(Box::new(move |agent| agent.write(frame.data, at))).is_err() {
                return Ok(());
            }
        }
        due = next_due(due, PICTURE_INTERVAL);
        key = false;
        while timeout_at(due, key_frame_asked.notified()).await.is_ok() {
            key = true;
        }
    }
}

/// Posts every picture that comes in `frames`, and keeps the `last`, until the call ends.
///
/// # Errors
/// When libvpx cannot be initialised.
pub(super) async fn receive_pictures(
    codec: VideoCodec,
    mut frames: UnboundedReceiver<MediaData>,
    agent: UnboundedSender<Request>,
    mailbox: Mailbox,
    last: LastPicture,
) -> Result<(), MediaFault> {
    let mut video = VideoSink::new(codec, mailbox, last)?;
    while let Some(data) = frames.recv().await {
        video.begin_at(data.network_time);
        if !data.contiguous {
            video.take(Assembled::Loss);
        }
        video.take(Assembled::Frame(data.data.to_vec()));
        if video.wants_key_frame(Instant::now()) {
            // It fails when the call has ended, and then nothing is wanted any more.
            let _ = agent.send(Box::new(Agent::ask_for_key_frame));
        }
    }
    Ok(())
}

impl Agent {
    /// As what is sent: the codec that was negotiated first. None if none was.
    pub(super) fn sent(&mut self) -> Option<PayloadParams> {
        let mid = self.mid?;
        if !self.rtc.media(mid)?.direction().is_sending() {
            return None;
        }
        self.rtc.writer(mid)?.payload_params().next().copied()
    }

    /// Sends a frame, whose RTP time is `at`.
    fn write(&mut self, frame: Vec<u8>, at: u64) {
        let Some((mid, sent)) = self.mid.zip(self.sent()) else { return };
        self.counted.sent = Some(sent);
        let Some(writer) = self.rtc.writer(mid) else { return };
        if let Err(error) = writer.write(sent.pt(), Instant::now(), MediaTime::from_90khz(at), frame) {
            self.note(Note::other(format!("str0m: {error}")));
        }
    }

    fn ask_for_key_frame(&mut self) {
        let asked = self.mid.and_then(|mid| self.rtc.writer(mid));
        let asked = asked.map(|mut writer| writer.request_keyframe(None, KeyframeRequestKind::Pli));
        if let Some(Err(error)) = asked {
            self.note(Note::other(format!("str0m asks for no key frame: {error}")));
        }
    }
}
