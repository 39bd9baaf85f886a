//! Receives pictures: puts the packets of a track together, and asks for a key frame where one is missing. And sound.

use std::{sync::Arc, time::Instant};

use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tincan_harness::{Mailbox, VideoCodec};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::{
    audio::SoundSink,
    library::connection::MediaFault,
    video::{Assembly, LastPicture, VideoSink},
};

/// Posts every picture in `codec` that comes on `track`, and keeps the `last`, until the track ends.
///
/// # Errors
/// When libvpx cannot be initialised.
pub async fn receive_pictures(
    codec: VideoCodec,
    track: Arc<dyn TrackRemote>,
    mailbox: Mailbox,
    last: LastPicture,
) -> Result<(), MediaFault> {
    let (mut video, mut assembly) = (VideoSink::new(codec, mailbox, last)?, Assembly::new(codec));
    while let Some(event) = track.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
        let (now, ssrc) = (Instant::now(), packet.header.ssrc);
        video.begin();
        for assembled in assembly.push(packet, now) {
            video.take(assembled);
        }
        if video.wants_key_frame(now) {
            // It fails when the connection has closed, and then nothing is wanted any more.
            let _ = track
                .write_rtcp(vec![Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc: ssrc })])
                .await;
        }
    }
    Ok(())
}

/// Posts all that is heard on `track` until it ends.
///
/// # Errors
/// When libopus cannot be initialised.
pub async fn receive_sound(track: Arc<dyn TrackRemote>, mailbox: Mailbox) -> Result<(), MediaFault> {
    let mut sound = SoundSink::new(mailbox)?;
    while let Some(event) = track.poll().await {
        if let TrackRemoteEvent::OnRtpPacket(packet) = event {
            sound.take(packet.header.sequence_number, &packet.payload);
        }
    }
    Ok(())
}
