//! Receives pictures: puts the packets of a track together, and asks for a key frame where one is missing.

use std::{sync::Arc, time::Instant};

use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tincan_harness::{Mailbox, VideoCodec};
use tincan_vpx::VpxError;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::video::{Assembly, LastPicture, VideoSink};

/// Posts every picture in `codec` that comes on `track`, and keeps the `last`, until the track ends.
///
/// # Errors
/// When libvpx cannot be initialised.
pub async fn receive_pictures(
    codec: VideoCodec,
    track: Arc<dyn TrackRemote>,
    mailbox: Mailbox,
    last: LastPicture,
) -> Result<(), VpxError> {
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
