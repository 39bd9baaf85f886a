//! The sound that is sent: played and encoded, a frame every 20 ms.

use rtc_rtp::{header::Header, packet::Packet};
use tincan_harness::{frames::FrameSource, sounds};
use tincan_opus::{Encoder, FRAME_SAMPLES, OpusError, RATE};

use crate::{camera::Film, microphone::words};

/// Plays and encodes the sound of one peer, within the caller's task: that takes a fraction of a millisecond.
pub(crate) struct SoundSource {
    encoder: Encoder,
    words: Vec<Option<u64>>,
    /// Which word is played next.
    place: usize,
    /// What is left of the word that is being played.
    left: Vec<f32>,
    ssrc: u32,
    payload_type: u8,
    sequence_number: u16,
    /// At random at first (RFC 3550, section 5.1).
    timestamp: u32,
    /// Whether a packet was made.
    begun: bool,
}

impl SoundSource {
    /// The sound of `source`, of which nothing was played yet, for a stream of packets with this SSRC and payload type.
    ///
    /// # Errors
    /// When libopus cannot be initialised.
    pub(crate) fn new(source: FrameSource, ssrc: u32, payload_type: u8) -> Result<Self, OpusError> {
        Ok(Self {
            encoder: Encoder::new()?,
            words: words(source, Film::Rising).collect(),
            place: 0,
            left: Vec::new(),
            ssrc,
            payload_type,
            sequence_number: rand::random(),
            timestamp: rand::random(),
            begun: false,
        })
    }

    /// The packet of the next frame.
    ///
    /// # Errors
    /// When libopus cannot encode.
    pub(crate) fn next(&mut self) -> Result<Packet, OpusError> {
        let frame = self.frame();
        let payload = self.encoder.encode(&frame)?.into();
        let header = Header {
            version: 2,
            // A talkspurt begins with it (RFC 3551, section 4.1).
            marker: !std::mem::replace(&mut self.begun, true),
            payload_type: self.payload_type,
            sequence_number: self.sequence_number,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.sequence_number = self.sequence_number.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(FRAME_SAMPLES as u32);
        Ok(Packet { header, payload })
    }

    /// The next samples.
    fn frame(&mut self) -> Vec<f32> {
        while self.left.len() < FRAME_SAMPLES {
            self.left.extend(sounds::samples(self.words[self.place], RATE));
            self.place = (self.place + 1) % self.words.len();
        }
        self.left.drain(..FRAME_SAMPLES).collect()
    }
}
