//! Sound, sent and received as whole packets of Opus: str0m puts them into RTP, and takes them out.

use std::time::Instant;

use str0m::{
    format::PayloadParams,
    media::{Direction, Frequency, MediaData, MediaKind, MediaTime, Mid},
};
use tincan_harness::{Mailbox, Note, frames::FrameSource};
use tincan_opus::{FRAME, FRAME_SAMPLES};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{self, timeout_at},
};

use super::agent::{Agent, Request};
use crate::{
    audio::{SoundSink, SoundSource},
    library::connection::MediaFault,
    pace::next_due,
};

/// Sends the sound of `source` until the call ends.
///
/// # Errors
/// When libopus cannot encode.
pub(super) async fn send_sound(
    source: FrameSource,
    agent: UnboundedSender<Request>,
) -> Result<(), MediaFault> {
    // str0m puts in the SSRC and the payload type that were negotiated.
    let mut sound = SoundSource::new(source, 0, 0)?;
    // Where RTP time starts: at random (RFC 3550, section 5.1).
    let mut at = u64::from(rand::random::<u32>());
    let mut due = time::Instant::now();
    loop {
        let payload = sound.next()?.payload.to_vec();
        let sent = agent.send(Box::new(move |agent| agent.write_sound(payload, at)));
        due = next_due(due, FRAME);
        at += FRAME_SAMPLES as u64;
        if sent.is_err() || timeout_at(due, agent.closed()).await.is_ok() {
            return Ok(());
        }
    }
}

/// Posts all that is heard in the packets that come, until the call ends.
///
/// # Errors
/// When libopus cannot be initialised.
pub(super) async fn receive_sound(
    mut packets: UnboundedReceiver<MediaData>,
    mailbox: Mailbox,
) -> Result<(), MediaFault> {
    let mut sound = SoundSink::new(mailbox)?;
    while let Some(data) = packets.recv().await {
        sound.take(**data.seq_range.start() as u16, &data.data);
    }
    Ok(())
}

impl Agent {
    /// As what sound is sent: the codec that was negotiated first. None if none was.
    pub(super) fn sent_sound(&mut self) -> Option<PayloadParams> {
        let mid = self.sound.mid?;
        if !self.rtc.media(mid)?.direction().is_sending() {
            return None;
        }
        self.rtc.writer(mid)?.payload_params().next().copied()
    }

    /// Sends a packet, whose RTP time is `at`.
    fn write_sound(&mut self, packet: Vec<u8>, at: u64) {
        let Some((mid, sent)) = self.sound.mid.zip(self.sent_sound()) else { return };
        self.counted.sent_sound = Some(sent);
        let Some(writer) = self.rtc.writer(mid) else { return };
        let time = MediaTime::new(at, Frequency::FORTY_EIGHT_KHZ);
        if let Err(error) = writer.write(sent.pt(), Instant::now(), time, packet) {
            self.note(Note::other(format!("str0m: {error}")));
        }
    }

    /// Takes down that there is media of a kind, in the description of the other side or in the answer to the own one.
    pub(super) fn media_added(&mut self, kind: MediaKind, mid: Mid, direction: Direction) {
        match kind {
            MediaKind::Video => self.mid = Some(mid),
            MediaKind::Audio => self.sound.mid = Some(mid),
        }
        if direction.is_receiving() {
            self.track(kind);
        }
    }
}
