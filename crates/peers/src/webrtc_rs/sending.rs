//! Sends pictures: one every thirtieth of a second, and a key frame when one is asked for. And sound.

use std::sync::Arc;

use rtc::{
    media_stream::MediaStreamTrack,
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use tincan_harness::{VideoCodec, frames::FrameSource};
use tokio::time::{Instant, timeout_at};
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP};

use super::keyframe_requests::asks_for_key_frame;
use crate::{
    audio::SoundSource,
    library::connection::MediaFault,
    pace::next_due,
    video::{PICTURE_INTERVAL, Packetizer, VideoSource},
};

/// The track to send on, and the SSRC of its only stream.
///
/// The track's id is drawn: webrtc-rs tells RTCP of the track that is sent from that of the track that is received by
/// their ids alone, so a request for a key frame is lost when both sides call their track the same.
#[must_use]
pub fn local_track(kind: RtpCodecKind, codec: RTCRtpCodec) -> (Arc<TrackLocalStaticRTP>, u32) {
    let ssrc = rand::random();
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec,
        ..Default::default()
    };
    let label = if kind == RtpCodecKind::Audio { "microphone" } else { "camera" };
    let (stream, id) = ("tincan".to_owned(), format!("{:032x}", rand::random::<u128>()));
    let track = MediaStreamTrack::new(stream, id, label.to_owned(), kind, vec![encoding]);
    (Arc::new(TrackLocalStaticRTP::new(track)), ssrc)
}

/// Sends pictures of `source` in `codec` until the track is unbound.
///
/// # Errors
/// When libvpx cannot encode.
pub async fn send_pictures(
    codec: VideoCodec,
    source: FrameSource,
    track: Arc<TrackLocalStaticRTP>,
    mut packetizer: Packetizer,
) -> Result<(), MediaFault> {
    let mut video = VideoSource::new(codec, source)?;
    let start = Instant::now();
    let mut due = start;
    let mut key = true;
    loop {
        if let Some((frame, timestamp)) = video.next(due - start, key)? {
            for packet in packetizer.packets(frame, timestamp) {
                if track.write_rtp(packet).await.is_err() {
                    return Ok(());
                }
            }
        }
        due = next_due(due, PICTURE_INTERVAL);
        let Some(asked) = key_frame_asked_for(&*track, due).await else { return Ok(()) };
        key = asked;
    }
}

/// Sends the sound of `source` until the track is unbound.
///
/// # Errors
/// When libopus cannot encode.
pub async fn send_sound(mut sound: SoundSource, track: Arc<TrackLocalStaticRTP>) -> Result<(), MediaFault> {
    let mut due = Instant::now();
    loop {
        if track.write_rtp(sound.next()?).await.is_err() {
            return Ok(());
        }
        due = next_due(due, tincan_opus::FRAME);
        if key_frame_asked_for(&*track, due).await.is_none() {
            return Ok(());
        }
    }
}

/// Waits until the next picture is due, and answers whether a key frame was asked for; none if the track has ended.
async fn key_frame_asked_for(track: &dyn TrackLocal, due: Instant) -> Option<bool> {
    let mut asked = false;
    loop {
        match timeout_at(due, track.poll()).await {
            Ok(Some(TrackLocalEvent::OnRtcpPacket(packets))) => {
                asked |= packets.iter().any(|packet| asks_for_key_frame(&**packet));
            }
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(_) => return Some(asked),
        }
    }
}
