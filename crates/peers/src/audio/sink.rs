//! The sound that is received: every packet is decoded, and what was heard in it posted.

use tincan_harness::{Event, Mailbox, Milestone, Note, media::Sighting, sounds::Ear};
use tincan_opus::{Decoder, OpusError, RATE};

/// So many packets that are missing are made up for: what is lost for longer is silence.
const MOST_CONCEALED: u16 = 5;

/// Decodes one stream of sound within the caller's task: that takes a fraction of a millisecond a packet.
///
/// There is no buffer against jitter: a packet that comes after a later one is left out.
pub(crate) struct SoundSink {
    decoder: Decoder,
    ear: Ear,
    /// The sequence number that is due; none before the first packet.
    due: Option<u16>,
    mailbox: Mailbox,
}

impl SoundSink {
    /// A stream of which nothing has come.
    ///
    /// # Errors
    /// When libopus cannot be initialised.
    pub(crate) fn new(mailbox: Mailbox) -> Result<Self, OpusError> {
        Ok(Self { decoder: Decoder::new()?, ear: Ear::new(RATE), due: None, mailbox })
    }

    /// Takes the packet of this sequence number.
    pub(crate) fn take(&mut self, sequence_number: u16, payload: &[u8]) {
        if self.due.is_none() {
            self.post(Event::Reached(Milestone::FirstPacket));
        }
        let missing = sequence_number.wrapping_sub(self.due.unwrap_or(sequence_number));
        if missing > u16::MAX / 2 {
            return;
        }
        self.due = Some(sequence_number.wrapping_add(1));
        for _ in 0..missing.min(MOST_CONCEALED) {
            let made_up = self.decoder.conceal();
            self.hear(made_up);
        }
        let decoded = self.decoder.decode(payload);
        self.hear(decoded);
    }

    fn hear(&mut self, decoded: Result<Vec<f32>, OpusError>) {
        let samples = match decoded {
            Ok(samples) => samples,
            Err(error) => return self.post(Event::Noted(Note::other(error))),
        };
        let now = self.mailbox.zero().elapsed();
        for sighting in self.ear.hear(&samples, now) {
            self.mailbox.post(sighting.at, Event::Media(Sighting::Sound(sighting)));
        }
    }

    fn post(&self, event: Event) {
        self.mailbox.post(self.mailbox.zero().elapsed(), event);
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Role,
        frames::FrameSource,
        peer::Posted,
        sounds::{Heard, SoundCode},
    };
    use tokio::{sync::mpsc, time::Instant};

    use super::*;
    use crate::audio::{PAYLOAD_TYPE, SoundSource};

    const SOURCE: FrameSource = FrameSource { peer: 3, run: 77 };

    /// The counters of the words that are heard in a second and a half, without the packets that `is_lost`.
    fn heard(is_lost: fn(usize) -> bool) -> Vec<u16> {
        let (post, mut posted) = mpsc::unbounded_channel();
        let mut sink = SoundSink::new(Mailbox::new(Role::Offerer, Instant::now(), post)).unwrap();
        let mut source = SoundSource::new(SOURCE, 1, PAYLOAD_TYPE).unwrap();
        for index in 0..75 {
            let packet = source.next().unwrap();
            if !is_lost(index) {
                sink.take(packet.header.sequence_number, &packet.payload);
                // One that comes late again changes nothing.
                sink.take(packet.header.sequence_number.wrapping_sub(9), &packet.payload);
            }
        }
        drop(sink);
        let mut counters = Vec::new();
        while let Some(Posted { event, .. }) = posted.blocking_recv() {
            if let Event::Media(Sighting::Sound(sighting)) = event
                && let Heard::Word(bits) = sighting.heard
            {
                counters.extend(SoundCode::from_bits(bits).map(|code| code.counter));
            }
        }
        counters
    }

    #[test]
    fn what_is_played_is_heard_after_opus() {
        assert_eq!(heard(|_| false), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn what_is_lost_costs_its_word_and_no_other() {
        let counters = heard(|index| (22..25).contains(&index));
        assert!(counters.ends_with(&[3, 4, 5, 6]) && counters.starts_with(&[0, 1]), "{counters:?}");
    }
}
