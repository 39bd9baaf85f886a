//! Sends pictures: draws, encodes and packetizes one every thirtieth of a second.

use std::{sync::Arc, time::Duration};

use rtc::{
    media_stream::MediaStreamTrack,
    rtp::{codec::vp8::Vp8Payloader, header::Header, packet::Packet, packetizer::Payloader},
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
    },
};
use tincan_harness::frames::{COUNTER_CYCLE, FrameSource};
use tincan_vpx::{CLOCK_RATE, Codec, EncodedFrame, Encoder, VpxError};
use tokio::time::{Instant, timeout_at};
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP};

use super::{
    keyframe_requests::asks_for_key_frame,
    picture::{HEIGHT, Picture, WIDTH},
};

/// From one picture to the next: 30 a second.
const PICTURE_INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);
/// The most bytes of VP8 and its descriptor in one packet: 1200, less 12 of RTP header and 16 of SRTP tag, and some.
const PAYLOAD: usize = 1150;

/// The track to send on, and the SSRC of its only stream.
///
/// The track's id is drawn: webrtc-rs tells RTCP of the track that is sent from that of the track that is received by
/// their ids alone, so a request for a key frame is lost when both sides call their track the same.
#[must_use]
pub fn video_track(codec: RTCRtpCodec) -> (Arc<TrackLocalStaticRTP>, u32) {
    let ssrc = rand::random();
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec,
        ..Default::default()
    };
    let (stream, id, label) =
        ("tincan".to_owned(), format!("{:032x}", rand::random::<u128>()), "camera".to_owned());
    let track = MediaStreamTrack::new(stream, id, label, RtpCodecKind::Video, vec![encoding]);
    (Arc::new(TrackLocalStaticRTP::new(track)), ssrc)
}

/// Sends pictures of `source` until the track is unbound.
///
/// A picture is drawn and encoded within this task: that takes about a millisecond, less than a thread would cost.
///
/// # Errors
/// When libvpx cannot encode.
pub async fn send_pictures(
    source: FrameSource,
    track: Arc<TrackLocalStaticRTP>,
    mut packetizer: Packetizer,
) -> Result<(), VpxError> {
    let mut encoder = Encoder::new(Codec::Vp8, WIDTH as u16, HEIGHT as u16)?;
    let mut picture = Picture::new(source);
    let start = Instant::now();
    let mut due = start;
    let mut key = true;
    for counter in (0..COUNTER_CYCLE).cycle() {
        let timestamp = ticks(due - start);
        if let Some(frame) = encoder.encode(picture.draw(counter), timestamp, key)? {
            for packet in packetizer.packets(frame, timestamp as u32) {
                if track.write_rtp(packet).await.is_err() {
                    return Ok(());
                }
            }
        }
        // After a stall the pictures that were due are left out: they would come in one burst.
        due = (due + PICTURE_INTERVAL).max(Instant::now());
        let Some(asked) = key_frame_asked_for(&*track, due).await else { return Ok(()) };
        key = asked;
    }
    Ok(())
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

/// A length of time in units of [`CLOCK_RATE`].
fn ticks(time: Duration) -> i64 {
    (time.as_micros() * u128::from(CLOCK_RATE) / 1_000_000) as i64
}

/// Makes RTP packets of VP8 frames (RFC 7741).
#[derive(Debug)]
pub struct Packetizer {
    ssrc: u32,
    payload_type: u8,
    sequence_number: u16,
    /// Where RTP time starts: at random (RFC 3550, section 5.1).
    timestamp_offset: u32,
    payloader: Vp8Payloader,
}

impl Packetizer {
    /// A packetizer of a stream that begins.
    #[must_use]
    pub fn new(ssrc: u32, payload_type: u8) -> Self {
        let mut payloader = Vp8Payloader::default();
        payloader.enable_picture_id = true;
        Self {
            ssrc,
            payload_type,
            sequence_number: rand::random(),
            timestamp_offset: rand::random(),
            payloader,
        }
    }

    /// The packets of a frame, the last of them marked.
    pub fn packets(&mut self, frame: EncodedFrame, timestamp: u32) -> Vec<Packet> {
        // The payloader fails only on an empty frame, by answering no packet.
        let payloads = self.payloader.payload(PAYLOAD, &frame.data.into()).unwrap_or_default();
        let last = payloads.len().saturating_sub(1);
        let packet = |(index, payload)| {
            self.sequence_number = self.sequence_number.wrapping_add(1);
            let header = Header {
                version: 2,
                marker: index == last,
                payload_type: self.payload_type,
                sequence_number: self.sequence_number,
                timestamp: self.timestamp_offset.wrapping_add(timestamp),
                ssrc: self.ssrc,
                ..Default::default()
            };
            Packet { header, payload }
        };
        payloads.into_iter().enumerate().map(packet).collect()
    }
}
