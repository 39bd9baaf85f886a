//! Makes RTP packets of encoded pictures.

use rtc_rtp::{header::Header, packet::Packet, packetizer::Payloader};
use tincan_harness::VideoCodec;
use tincan_vpx::EncodedFrame;

use super::codec;

/// The most bytes of a frame and its descriptor in one packet: 1200, less 12 of RTP header and 16 of SRTP tag, and some.
const PAYLOAD: usize = 1150;

/// Makes RTP packets of frames.
#[derive(Debug)]
pub(crate) struct Packetizer {
    ssrc: u32,
    payload_type: u8,
    sequence_number: u16,
    /// Where RTP time starts: at random (RFC 3550, section 5.1).
    timestamp_offset: u32,
    payloader: Box<dyn Payloader>,
}

impl Packetizer {
    /// A packetizer of a stream that begins.
    #[must_use]
    pub(crate) fn new(codec: VideoCodec, ssrc: u32, payload_type: u8) -> Self {
        Self {
            ssrc,
            payload_type,
            sequence_number: rand::random(),
            timestamp_offset: rand::random(),
            payloader: codec::payloader(codec),
        }
    }

    /// The packets of a frame, the last of them marked.
    pub(crate) fn packets(&mut self, frame: EncodedFrame, timestamp: u32) -> Vec<Packet> {
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
