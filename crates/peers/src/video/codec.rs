//! The codecs in which a peer sends and receives that has no video of its own: how each is encoded, and put into packets.

use std::collections::BTreeSet;

use rtc_rtp::{
    codec::{
        av1::{Av1Depacketizer, Av1Payloader},
        h264::{H264Packet, H264Payloader},
        vp8::{Vp8Packet, Vp8Payloader},
        vp9::{Vp9Packet, Vp9Payloader},
    },
    packet::Packet,
    packetizer::{Depacketizer, Payloader},
};
use tincan_harness::{Flow, VideoCodec};
use tincan_vpx::{Codec, VpxError};

/// What can be sent and received with what is in this room.
pub(crate) fn flows() -> BTreeSet<Flow> {
    [VideoCodec::Vp8, VideoCodec::Vp9].map(Flow::Video).into()
}

/// The codec for the encoder and the decoder.
///
/// # Errors
/// When there is none here.
pub(super) const fn codec_of(codec: VideoCodec) -> Result<Codec, VpxError> {
    match codec {
        VideoCodec::Vp8 => Ok(Codec::Vp8),
        VideoCodec::Vp9 => Ok(Codec::Vp9),
        VideoCodec::H264 | VideoCodec::Av1 => Err(VpxError::NoSuchCodec),
    }
}

/// What splits a frame into the payloads of packets.
pub(super) fn payloader(codec: VideoCodec) -> Box<dyn Payloader> {
    match codec {
        VideoCodec::Vp8 => {
            let mut payloader = Vp8Payloader::default();
            payloader.enable_picture_id = true;
            Box::new(payloader)
        }
        VideoCodec::Vp9 => Box::<Vp9Payloader>::default(),
        VideoCodec::H264 => Box::<H264Payloader>::default(),
        VideoCodec::Av1 => Box::<Av1Payloader>::default(),
    }
}

/// The part of a frame that is in a packet.
pub(super) struct Part {
    /// Whether a frame begins with it.
    pub(super) begins: bool,
    pub(super) data: Vec<u8>,
}

/// Takes packets of one stream apart, in their order.
pub(super) enum Unpacker {
    Vp8,
    Vp9,
    /// Where no packet says that a frame begins, one begins after the last packet of another.
    Marked {
        depacketizer: Box<dyn Depacketizer + Send>,
        after_marker: bool,
    },
}

impl Unpacker {
    pub(super) fn new(codec: VideoCodec) -> Self {
        let marked = |depacketizer| Self::Marked { depacketizer, after_marker: true };
        match codec {
            VideoCodec::Vp8 => Self::Vp8,
            VideoCodec::Vp9 => Self::Vp9,
            VideoCodec::H264 => marked(Box::<H264Packet>::default()),
            VideoCodec::Av1 => marked(Box::new(Av1Depacketizer::new())),
        }
    }

    /// Forgets what it waits for: packets before the next one are missing.
    pub(super) fn lose(&mut self, codec: VideoCodec) {
        *self = Self::new(codec);
        if let Self::Marked { after_marker, .. } = self {
            *after_marker = false;
        }
    }

    /// Takes a packet apart; none if it holds nothing of a frame, as padding does.
    pub(super) fn part(&mut self, packet: &Packet) -> Option<Part> {
        let payload = &packet.payload;
        // Descriptors have optional fields, which one packet must not inherit from another: each is a fresh one.
        let (begins, data) = match self {
            Self::Vp8 => {
                let mut descriptor = Vp8Packet::default();
                let data = descriptor.depacketize(payload).ok()?;
                (descriptor.s == 1 && descriptor.pid == 0, data)
            }
            Self::Vp9 => {
                let mut descriptor = Vp9Packet::default();
                let data = descriptor.depacketize(payload).ok()?;
                // Of several spatial layers the lowest begins the picture.
                (descriptor.b && descriptor.sid == 0, data)
            }
            Self::Marked { depacketizer, after_marker } => {
                let data = depacketizer.depacketize(payload).ok()?;
                (std::mem::replace(after_marker, packet.header.marker), data)
            }
        };
        Some(Part { begins, data: data.to_vec() })
    }
}

/// Whether a frame can be decoded without another.
pub(super) fn is_key_frame(codec: VideoCodec, frame: &[u8]) -> bool {
    let first = frame.first().copied().unwrap_or_default();
    match codec {
        // RFC 6386, section 9.1.
        VideoCodec::Vp8 => !frame.is_empty() && first & 1 == 0,
        // VP9 Bitstream Specification, section 6.2: frame_marker, profile (0 to 2), show_existing_frame, frame_type.
        VideoCodec::Vp9 => first & 0b1100_1100 == 0b1000_0000,
        // A slice of an IDR picture among the units of Annex B (H.264, table 7-1).
        VideoCodec::H264 => frame.windows(4).any(|bytes| bytes[..3] == [0, 0, 1] && bytes[3] & 31 == 5),
        // A sequence header comes first, behind a temporal delimiter at the most (AV1 Bitstream Specification, section 7.5).
        VideoCodec::Av1 => {
            let after_delimiter =
                if first >> 3 & 15 == 2 { frame.get(2).copied().unwrap_or_default() } else { first };
            after_delimiter >> 3 & 15 == 1
        }
    }
}
