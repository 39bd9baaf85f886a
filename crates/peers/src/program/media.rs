//! The pictures of a program that has RTP, or frames, and no video of its own.

use base64::{Engine, engine::general_purpose::STANDARD};
use rtc_rtp::packet::Packet;
use rtc_shared::marshal::{Marshal, Unmarshal};
use tincan_harness::{Mailbox, VideoCodec, frames::FrameSource, profile::MediaBy};
use tincan_vpx::VpxError;
use tokio::time::Instant;

use super::{
    lines::Input,
    protocol::{EncodedFrame, ToProgram},
};
use crate::{
    pace::next_due,
    video::{Assembled, Assembly, LastPicture, PICTURE_INTERVAL, Packetizer, VideoSink, VideoSource},
};

/// Bytes that a program may leave unread before pictures are left out, about a second's worth: what is not a picture is never
/// left out.
const MOST_WAITING: usize = 128 * 1024;
/// The payload type of payload-specific feedback in RTCP (RFC 4585, section 6.1).
const PSFB: u8 = 206;
/// The formats of it that ask for a key frame: PLI (RFC 4585, section 6.3.1) and FIR (RFC 5104, section 4.3.1).
const KEY_FRAME_REQUESTS: [u8; 2] = [1, 4];

/// Draws, encodes and sends pictures through a program, and reads what it passes on.
pub(super) struct ProxiedVideo {
    codec: VideoCodec,
    by: MediaBy,
    source: VideoSource,
    sink: VideoSink,
    assembly: Assembly,
    sending: Option<Sending>,
    input: Input,
}

/// What is sent once the program has said how.
struct Sending {
    packetizer: Packetizer,
    ssrc: u32,
    payload_type: u8,
    began: Instant,
    due: Instant,
    key: bool,
}

impl ProxiedVideo {
    /// Nothing sent yet, for pictures of `source` in `codec` and sightings into `mailbox`.
    ///
    /// # Errors
    /// When libvpx cannot be initialised.
    pub(super) fn new(
        codec: VideoCodec,
        by: MediaBy,
        source: FrameSource,
        mailbox: Mailbox,
        last: LastPicture,
        input: Input,
    ) -> Result<Self, VpxError> {
        Ok(Self {
            codec,
            by,
            source: VideoSource::new(codec, source)?,
            sink: VideoSink::new(codec, mailbox, last)?,
            assembly: Assembly::new(codec),
            sending: None,
            input,
        })
    }

    /// Begins to send, as the payload type that was negotiated, or goes on as another one: the pictures go on with it.
    pub(super) fn open(&mut self, ssrc: Option<u32>, payload_type: u8) {
        let (ssrc, now) = (ssrc.unwrap_or_else(rand::random), Instant::now());
        let packetizer = Packetizer::new(self.codec, ssrc, payload_type);
        let (began, due) = self.sending.as_ref().map_or((now, now), |before| (before.began, before.due));
        self.sending = Some(Sending { packetizer, ssrc, payload_type, began, due, key: true });
    }

    /// When the next picture is due; none before sending has begun.
    pub(super) fn due(&self) -> Option<Instant> {
        self.sending.as_ref().map(|sending| sending.due)
    }

    /// Sends the picture that is due.
    ///
    /// # Errors
    /// When libvpx cannot encode.
    pub(super) fn send(&mut self) -> Result<(), VpxError> {
        let Some(sending) = &mut self.sending else { return Ok(()) };
        let (time, key) = (sending.due - sending.began, sending.key);
        sending.due = next_due(sending.due, PICTURE_INTERVAL);
        if self.input.waiting() > MOST_WAITING {
            sending.key = true;
            return Ok(());
        }
        sending.key = false;
        let Some((frame, timestamp)) = self.source.next(time, key)? else { return Ok(()) };
        if self.by == MediaBy::Frames {
            let data = STANDARD.encode(&frame.data);
            self.input.say(&ToProgram::EncodedFrame(EncodedFrame { data, timestamp }));
            return Ok(());
        }
        for packet in sending.packetizer.packets(frame, timestamp) {
            if let Ok(bytes) = packet.marshal() {
                self.input.say(&ToProgram::Packet { data: STANDARD.encode(bytes) });
            }
        }
        Ok(())
    }

    /// The other side wants a key frame.
    pub(super) fn key_frame_requested(&mut self) {
        if let Some(sending) = &mut self.sending {
            sending.key = true;
        }
    }

    /// Takes a packet that the program passes on.
    ///
    /// # Errors
    /// When it is no packet: what is wrong.
    pub(super) fn packet(&mut self, data: &str) -> Result<(), String> {
        self.packet_at(data, std::time::Instant::now())
    }

    /// The same of one that came `now`.
    fn packet_at(&mut self, data: &str, now: std::time::Instant) -> Result<(), String> {
        let bytes = decode(data)?;
        // RTP and RTCP are told apart by the second byte (RFC 5761, section 4).
        if bytes.get(1).is_some_and(|second| (192..=223).contains(second)) {
            if asks_for_key_frame(&bytes) {
                self.key_frame_requested();
            }
            return Ok(());
        }
        let packet =
            Packet::unmarshal(&mut &bytes[..]).map_err(|error| format!("its packet is no RTP: {error}"))?;
        let Some(sending) = &self.sending else { return Ok(()) };
        if packet.header.payload_type != sending.payload_type {
            // Another payload type is none of the video: a retransmission in a format of its own, say.
            return Ok(());
        }
        let (from, ssrc) = (packet.header.ssrc, sending.ssrc);
        self.sink.begin();
        for assembled in self.assembly.push(packet, now) {
            self.sink.take(assembled);
        }
        if self.sink.wants_key_frame(now) {
            self.input.say(&ToProgram::Packet { data: STANDARD.encode(picture_loss(ssrc, from)) });
        }
        Ok(())
    }

    /// Takes a frame that the program passes on.
    ///
    /// # Errors
    /// When it is none: what is wrong.
    pub(super) fn frame(&mut self, frame: &EncodedFrame) -> Result<(), String> {
        let data = decode(&frame.data)?;
        self.sink.begin();
        self.sink.take(Assembled::Frame(data));
        if self.sink.wants_key_frame(std::time::Instant::now()) {
            self.input.say(&ToProgram::KeyFrameRequest);
        }
        Ok(())
    }
}

fn decode(data: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(data).map_err(|error| format!("its data is no base64: {error}"))
}

/// Whether one of the packets of a compound (RFC 3550, section 6.1) asks for a key frame.
fn asks_for_key_frame(mut compound: &[u8]) -> bool {
    while let [first, kind, high, low, ..] = *compound {
        if kind == PSFB && KEY_FRAME_REQUESTS.contains(&(first & 31)) {
            return true;
        }
        let length = 4 * (1 + usize::from(u16::from_be_bytes([high, low])));
        compound = compound.get(length..).unwrap_or_default();
    }
    false
}

/// A request for a key frame: PLI (RFC 4585, section 6.3.1).
fn picture_loss(sender: u32, media: u32) -> Vec<u8> {
    [&[0x81, PSFB, 0, 2][..], &sender.to_be_bytes(), &media.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use tincan_harness::{Event, FrameCode, Role, media::Sighting, peer::Posted};
    use tokio::sync::mpsc::{self, UnboundedReceiver};

    use super::*;

    const SOURCE: FrameSource = FrameSource { peer: 7, run: 0x12_3456 };

    /// A side, what it says to its program, and what it sees.
    struct Tried {
        video: ProxiedVideo,
        said: UnboundedReceiver<String>,
        seen: UnboundedReceiver<Posted>,
    }

    impl Tried {
        fn new(by: MediaBy) -> Self {
            let ((input, said), (post, seen)) = (Input::heard(), mpsc::unbounded_channel());
            let mailbox = Mailbox::new(Role::Offerer, Instant::now(), post);
            let mut video =
                ProxiedVideo::new(VideoCodec::Vp8, by, SOURCE, mailbox, LastPicture::default(), input)
                    .unwrap();
            video.open(Some(9), 96);
            Self { video, said, seen }
        }

        /// What it has said since this was last asked.
        fn said(&mut self) -> Vec<serde_json::Value> {
            let lines = std::iter::from_fn(|| self.said.try_recv().ok());
            lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
        }

        fn codes(&mut self) -> Vec<Option<FrameCode>> {
            let events = std::iter::from_fn(|| self.seen.try_recv().ok());
            let code = |posted: Posted| match posted.event {
                Event::Media(Sighting::Frame(sighting)) => Some(sighting.code),
                _ => None,
            };
            events.filter_map(code).collect()
        }
    }

    fn data(message: &serde_json::Value) -> String {
        message["data"].as_str().unwrap().to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn sending_goes_on_as_another_stream() {
        let mut from = Tried::new(MediaBy::Rtp);
        let mut ssrcs = Vec::new();
        for ssrc in [9, 10] {
            from.video.open(Some(ssrc), 96);
            tokio::time::advance(PICTURE_INTERVAL).await;
            from.video.send().unwrap();
            let packet = STANDARD.decode(data(&from.said()[0])).unwrap();
            ssrcs.push(u32::from_be_bytes(packet[8..12].try_into().unwrap()));
        }
        assert_eq!(ssrcs, [9, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn pictures_pass_as_packets_and_a_gap_is_mended_by_a_key_frame() {
        let (mut from, mut to) = (Tried::new(MediaBy::Rtp), Tried::new(MediaBy::Rtp));
        let send = async |from: &mut Tried| {
            tokio::time::advance(PICTURE_INTERVAL).await;
            from.video.send().unwrap();
            from.said()
        };
        for packet in send(&mut from).await {
            to.video.packet(&data(&packet)).unwrap();
        }
        assert_eq!(to.codes(), [Some(FrameCode::new(SOURCE, 0))]);
        // Before the first key frame is whole one is asked for.
        to.said();
        // The whole second picture is lost, and waited for in vain.
        assert!(!send(&mut from).await.is_empty());
        let (later, now) = (send(&mut from).await, std::time::Instant::now());
        to.video.packet_at(&data(&later[0]), now).unwrap();
        for packet in send(&mut from).await {
            to.video.packet_at(&data(&packet), now + std::time::Duration::from_secs(1)).unwrap();
        }
        let asked = to.said();
        assert_eq!(asked.len(), 1, "one request for a key frame: {asked:?}");
        from.video.packet(&data(&asked[0])).unwrap();
        to.codes();
        for packet in send(&mut from).await {
            to.video.packet(&data(&packet)).unwrap();
        }
        assert_eq!(to.codes(), [Some(FrameCode::new(SOURCE, 4))]);
    }

    #[tokio::test(start_paused = true)]
    async fn pictures_pass_as_frames() {
        let (mut from, mut to) = (Tried::new(MediaBy::Frames), Tried::new(MediaBy::Frames));
        for counter in 0..3 {
            tokio::time::advance(PICTURE_INTERVAL).await;
            from.video.send().unwrap();
            let said = from.said();
            assert_eq!((said.len(), said[0]["kind"].as_str()), (1, Some("encoded-frame")));
            let frame = EncodedFrame { data: data(&said[0]), timestamp: 0 };
            to.video.frame(&frame).unwrap();
            assert_eq!(to.codes(), [Some(FrameCode::new(SOURCE, counter))]);
        }
    }

    #[tokio::test]
    async fn what_is_no_packet_is_said_to_be_none() {
        let mut tried = Tried::new(MediaBy::Rtp);
        assert!(tried.video.packet("!").unwrap_err().contains("no base64"));
        assert!(tried.video.packet("AAAA").unwrap_err().contains("no RTP"));
        let frame = EncodedFrame { data: "!".to_owned(), timestamp: 0 };
        assert!(tried.video.frame(&frame).unwrap_err().contains("no base64"));
    }

    #[test]
    fn a_key_frame_is_asked_for_anywhere_in_a_compound_and_by_nothing_else() {
        let receiver_report = [0x80, 201, 0, 1, 0, 0, 0, 7];
        let fir = [0x84, PSFB, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0];
        let remb = [0x8f, PSFB, 0, 2, 0, 0, 0, 7, 0, 0, 0, 0];
        assert!(asks_for_key_frame(&picture_loss(1, 2)) && asks_for_key_frame(&fir));
        assert!(asks_for_key_frame(&[&receiver_report[..], &remb, &picture_loss(1, 2)].concat()));
        for other in [&receiver_report[..], &remb, &[], &[0x81], &[0x81, PSFB], &[0x80, 201, 0xFF, 0xFF]] {
            assert!(!asks_for_key_frame(other), "{other:?}");
        }
    }
}
