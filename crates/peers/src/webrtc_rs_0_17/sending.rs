//! Sends pictures: one every thirtieth of a second, and a key frame when one is asked for. And sound.

use std::{future::pending, sync::Arc};

use rtc_rtp::packet::Packet;
use tincan_harness::{VideoCodec, frames::FrameSource};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::{Instant, timeout_at},
};
use webrtc_0_17::{
    error::Error,
    interceptor,
    rtcp::{
        self,
        payload_feedbacks::{
            full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication,
        },
    },
    rtp,
    rtp_transceiver::rtp_sender::RTCRtpSender,
    track::track_local::{TrackLocalWriter, track_local_static_rtp::TrackLocalStaticRTP},
};

use crate::{
    audio::SoundSource,
    library::connection::MediaFault,
    pace::next_due,
    video::{PICTURE_INTERVAL, Packetizer, VideoSource},
};

/// A request for a key frame.
struct KeyFrame;

/// Sends pictures of `source` in `codec` until the connection is closed.
///
/// # Errors
/// When libvpx cannot encode.
pub async fn send_pictures(
    codec: VideoCodec,
    source: FrameSource,
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<RTCRtpSender>,
) -> Result<(), MediaFault> {
    let (ask, asked) = mpsc::unbounded_channel();
    let listen = async {
        hear_requests(&sender, &ask).await;
        pending().await
    };
    tokio::select! {
        ended = send(codec, source, &track, asked) => ended,
        () = listen => Ok(()),
    }
}

async fn send(
    codec: VideoCodec,
    source: FrameSource,
    track: &TrackLocalStaticRTP,
    mut asked: UnboundedReceiver<KeyFrame>,
) -> Result<(), MediaFault> {
    let mut video = VideoSource::new(codec, source)?;
    // The track puts in the SSRC and the payload type that were negotiated.
    let mut packetizer = Packetizer::new(codec, 0, 0);
    let start = Instant::now();
    let mut due = start;
    let mut key = true;
    loop {
        if let Some((frame, timestamp)) = video.next(due - start, key)? {
            for packet in packetizer.packets(frame, timestamp) {
                if track.write_rtp(&of_this_line(packet)).await.is_err() {
                    return Ok(());
                }
            }
        }
        due = next_due(due, PICTURE_INTERVAL);
        key = key_frame_asked_for(&mut asked, due).await;
    }
}

/// Sends the sound of `source` until the connection is closed.
///
/// # Errors
/// When libopus cannot encode.
pub async fn send_sound(
    source: FrameSource,
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<RTCRtpSender>,
) -> Result<(), MediaFault> {
    // The track puts in the SSRC and the payload type that were negotiated.
    let mut sound = SoundSource::new(source, 0, 0)?;
    let (ask, mut asked) = mpsc::unbounded_channel();
    let play = async {
        let mut due = Instant::now();
        while track.write_rtp(&of_this_line(sound.next()?)).await.is_ok() {
            due = next_due(due, tincan_opus::FRAME);
            key_frame_asked_for(&mut asked, due).await;
        }
        Ok(())
    };
    let listen = async {
        hear_requests(&sender, &ask).await;
        pending().await
    };
    tokio::select! {
        ended = play => ended,
        () = listen => Ok(()),
    }
}

/// Waits until the next picture is due, and answers whether a key frame was asked for.
async fn key_frame_asked_for(asked: &mut UnboundedReceiver<KeyFrame>, due: Instant) -> bool {
    let mut any = false;
    while let Ok(Some(KeyFrame)) = timeout_at(due, asked.recv()).await {
        any = true;
    }
    any
}

/// Reads what the other side reports until the connection is closed, which the library's own answers to it depend on, and
/// passes on its requests for a key frame.
async fn hear_requests(sender: &RTCRtpSender, ask: &UnboundedSender<KeyFrame>) {
    loop {
        match sender.read_rtcp().await {
            Ok((packets, _)) if packets.iter().any(|packet| asks_for_key_frame(&**packet)) => {
                // Nobody sends any more.
                let _ = ask.send(KeyFrame);
            }
            // What cannot be parsed was one packet.
            Ok(_) | Err(Error::Interceptor(interceptor::Error::Rtcp(_))) => {}
            Err(_) => return,
        }
    }
}

/// Whether this asks for a key frame: PLI (RFC 4585, section 6.3.1) or FIR (RFC 5104, section 4.3.1).
fn asks_for_key_frame(packet: &(dyn rtcp::packet::Packet + Send + Sync)) -> bool {
    packet.as_any().is::<PictureLossIndication>() || packet.as_any().is::<FullIntraRequest>()
}

/// The packet in the types of this line of the library.
fn of_this_line(packet: Packet) -> rtp::packet::Packet {
    let Packet { header, payload } = packet;
    let header = rtp::header::Header {
        version: header.version,
        marker: header.marker,
        sequence_number: header.sequence_number,
        timestamp: header.timestamp,
        ..Default::default()
    };
    rtp::packet::Packet { header, payload }
}
