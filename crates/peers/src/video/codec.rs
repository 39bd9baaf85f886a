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
use strum::VariantArray;
use tincan_harness::{Flow, VideoCodec};
use tincan_vpx::Codec;

/// What can be sent and received with what is in this room: the codecs whose libraries were there when this was built.
pub(crate) fn flows() -> BTreeSet<Flow> {
    let built = VideoCodec::VARIANTS.iter().filter(|codec| codec_of(**codec).is_built());
    built.map(|codec| Flow::Video(*codec)).collect()
}

/// Each codec, with the version of the library that encodes and decodes it for the Rust peers; none if it is not built in.
#[must_use]
pub fn codec_versions() -> Vec<(String, Option<String>)> {
    VideoCodec::VARIANTS
        .iter()
        .map(|codec| (codec.to_string(), tincan_vpx::version(codec_of(*codec))))
        .collect()
}

/// The codec for the encoder and the decoder.
pub(super) const fn codec_of(codec: VideoCodec) -> Codec {
    match codec {
        VideoCodec::Vp8 => Codec::Vp8,
        VideoCodec::Vp9 => Codec::Vp9,
        VideoCodec::H264 => Codec::H264,
        VideoCodec::Av1 => Codec::Av1,
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use tincan_harness::{FrameCode, frames::FrameSource};
    use tincan_vpx::{Decoder, EncodedFrame, Plane};

    use super::*;
    use crate::video::{Assembled, Assembly, PICTURE_INTERVAL, Packetizer, VideoSource};

    const SOURCE: FrameSource = FrameSource { peer: 3, run: 0x00C0_FFEE };

    /// As they are encoded, each with its RTP time: a key frame first, and another as the sixth.
    fn frames(codec: VideoCodec, count: u32) -> Vec<(EncodedFrame, u32)> {
        let mut source = VideoSource::new(codec, SOURCE).unwrap();
        let frame = |n| source.next(PICTURE_INTERVAL * n, n == 5).unwrap().unwrap();
        (0..count).map(frame).collect()
    }

    fn packets(codec: VideoCodec, frames: Vec<(EncodedFrame, u32)>) -> Vec<Vec<Packet>> {
        let mut packetizer = Packetizer::new(codec, 7, 96);
        frames.into_iter().map(|(frame, timestamp)| packetizer.packets(frame, timestamp)).collect()
    }

    /// The counters of the pictures that come of packets, until some are missing.
    fn counters(codec: VideoCodec, assembled: &[Assembled]) -> Vec<u16> {
        let mut decoder = Decoder::new(codec_of(codec)).unwrap();
        let mut counter = |assembled: &Assembled| {
            let Assembled::Frame(frame) = assembled else { return None };
            let Plane { samples, width, height, stride } = decoder.decode(frame).ok()??.luma;
            Some(
                FrameCode::read(samples, width, height, stride).filter(|code| code.source == SOURCE)?.counter,
            )
        };
        assembled.iter().map_while(&mut counter).collect()
    }

    fn assemble(codec: VideoCodec, packets: impl IntoIterator<Item = Packet>) -> Vec<Assembled> {
        let (mut assembly, now) = (Assembly::new(codec), Instant::now());
        packets.into_iter().flat_map(|packet| assembly.push(packet, now)).collect()
    }

    #[test]
    fn every_picture_keeps_its_code_from_drawing_to_reading() {
        for codec in VideoCodec::VARIANTS {
            let assembled = assemble(*codec, packets(*codec, frames(*codec, 60)).concat());
            assert_eq!(counters(*codec, &assembled), (0..60).collect::<Vec<_>>(), "{codec}");
        }
    }

    #[test]
    fn a_key_frame_is_known_as_it_is_made_and_as_it_comes() {
        for codec in VideoCodec::VARIANTS {
            let frames = frames(*codec, 10);
            let made: Vec<_> = frames.iter().map(|(frame, _)| frame.key).collect();
            assert_eq!(made, (0..10).map(|n| n % 5 == 0).collect::<Vec<_>>(), "{codec}");
            let sent: Vec<_> = frames.iter().map(|(frame, _)| is_key_frame(*codec, &frame.data)).collect();
            let came = assemble(*codec, packets(*codec, frames).concat()).into_iter().map(
                |assembled| matches!(assembled, Assembled::Frame(frame) if is_key_frame(*codec, &frame)),
            );
            assert_eq!((&sent, came.collect::<Vec<_>>()), (&made, made.clone()), "{codec}");
        }
    }

    #[test]
    fn after_a_loss_the_next_key_frame_is_whole_again() {
        for codec in VideoCodec::VARIANTS {
            let mut packets = packets(*codec, frames(*codec, 10));
            packets[2].remove(0);
            let (mut assembly, now) = (Assembly::new(*codec), Instant::now());
            let mut push = |packet: &Packet, after| assembly.push(packet.clone(), now + after);
            let before: Vec<_> = packets[..2].concat().iter().flat_map(|p| push(p, Duration::ZERO)).collect();
            assert_eq!(counters(*codec, &before), [0, 1], "{codec}");
            // Each picture comes at its time, so that what is missing has been waited for when the third of them is there.
            let later = packets[2..].iter().zip(1..).flat_map(|(frame, n)| frame.iter().map(move |p| (p, n)));
            let after: Vec<_> =
                later.flat_map(|(packet, n)| push(packet, Duration::from_millis(80 * n))).collect();
            assert!(after.contains(&Assembled::Loss), "{codec}: {after:?}");
            let key = |assembled: &Assembled| matches!(assembled, Assembled::Frame(frame) if is_key_frame(*codec, frame));
            let from = after.iter().position(key).unwrap();
            assert_eq!(counters(*codec, &after[from..]), [5, 6, 7, 8, 9], "{codec}");
        }
    }
}
