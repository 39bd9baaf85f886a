//! What a page's log says: messages in JSON, with the clock of whoever writes them.
//!
//! A message is an object. `document` names the document that speaks, `now` is its clock when it spoke, in milliseconds since
//! 1970-01-01 UTC, `entries` is what was written since the last message, and `stopped` says that nothing more will be. Each
//! entry has `at`, when it was written by the same clock, and `kind`, with the fields of that [`What`].

use std::time::Duration;

use serde::Deserialize;
use tincan_harness::{
    Event, HarnessError, IceCandidate, Milestone, Note, Operation, PeerError, SdpType, Signal,
    frames::{FrameCode, FrameSighting},
    media::{
        Sighting,
        messages::{ChannelSighting, Form, Message as DataMessage, MessageSighting},
    },
    sounds::{self, Heard, SoundSighting},
    timeline::PeerTime,
};

/// A part of the log.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    /// Which document speaks: one that takes another's place in the tab has another.
    pub(crate) document: String,
    /// Its clock when it spoke, in milliseconds.
    pub(crate) now: f64,
    /// What was written, in order.
    pub(crate) entries: Vec<Entry>,
    /// Nothing more will be written.
    pub(crate) stopped: bool,
}

/// One entry of the log.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    /// When it was written, in milliseconds.
    at: f64,
    /// What it says.
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What an entry says.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum What {
    /// The document is about to be parsed.
    Hello {
        /// Its address.
        url: String,
    },
    /// It has loaded.
    Loaded,
    /// A milestone was reached.
    Reached {
        /// Which.
        milestone: Milestone,
    },
    /// A state has changed, or something else explains.
    Noted(Note),
    /// Something that was rightly asked was refused.
    PeerError {
        /// What was tried.
        #[serde(flatten)]
        operation: Operation,
        /// What was said.
        message: String,
    },
    /// What the call asks for cannot be done here.
    Unsupported {
        /// Why, without a name.
        reason: String,
    },
    /// Something could not be asked.
    HarnessError {
        /// What was tried.
        step: String,
        /// What happened instead.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The description can be copied.
    Description {
        /// What is copied: it, in whatever envelope.
        shown: String,
        /// Whence.
        from: String,
        /// `offer` or `answer`; as the role has it where nobody says.
        #[serde(default, rename = "type")]
        kind: Option<SdpType>,
    },
    /// A candidate can be copied.
    Candidate {
        /// It, as it is shown.
        line: String,
        /// Whether it is shown as an item of an array.
        array: bool,
    },
    /// The page has been given a description of the other side, which it has carried by itself.
    GivenDescription {
        /// `offer` or `answer`.
        #[serde(rename = "type")]
        kind: SdpType,
        /// It.
        sdp: String,
    },
    /// The page has been given a candidate of the other side, which it has carried by itself.
    GivenCandidate {
        /// It.
        candidate: IceCandidate,
    },
    /// The page is about to show a dialog, and this is its answer.
    DialogExpected {
        /// `prompt` or `confirm`.
        dialog: String,
        /// Whether it is accepted.
        accept: bool,
        /// What is typed or pasted.
        answer: String,
    },
    /// A picture was shown.
    Frame {
        /// The blocks of its code, a light one a set bit, in hexadecimal.
        blocks: String,
    },
    /// Something was heard for a while.
    Sound {
        /// When it began, in milliseconds.
        began: f64,
        /// What it was.
        heard: WhatWasHeard,
        /// The tones of each symbol of a word, one after the other, by their places in their bands.
        #[serde(default)]
        tones: Vec<u8>,
    },
    /// A data channel has opened.
    Channel {
        /// Its label.
        label: String,
        /// Whether it keeps the order of messages.
        ordered: bool,
        /// How often a message is sent again; until it comes if this is null.
        #[serde(rename = "maxRetransmits")]
        max_retransmits: Option<u16>,
    },
    /// A message has come on a data channel.
    Message {
        /// The label of the channel.
        label: String,
        /// Whether it is text.
        form: Form,
        /// How long it is, in bytes.
        length: u32,
        /// Its head, in hexadecimal, or what stands in its place.
        head: String,
        /// The CRC-32 of the rest.
        filler: u32,
    },
    /// The call's connection is this one, and not the one that was taken for it before.
    Connection {
        /// All that was said of it up to now.
        entries: Vec<Entry>,
    },
}

/// What was heard.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WhatWasHeard {
    /// Five symbols in their order.
    Word,
    /// Something that is no word.
    Noise,
    /// Nothing.
    Silence,
}

impl WhatWasHeard {
    /// The same, with the tones of a word.
    fn with(self, tones: &[u8]) -> Heard {
        match self {
            Self::Word if tones.len() == sounds::SYMBOLS * sounds::BANDS => {
                let bits = |bits, tone: &u8| bits * sounds::BAND_TONES as u64 + u64::from(*tone);
                Heard::Word(tones.iter().fold(0, bits))
            }
            Self::Word | Self::Noise => Heard::Noise,
            Self::Silence => Heard::Silence,
        }
    }
}

impl Entry {
    /// When it was written, in the clock of the writer.
    pub(crate) fn at(&self) -> PeerTime {
        time(self.at)
    }

    /// What is said by it; nothing where it is about the document alone, or about what is copied.
    pub(crate) fn into_events(self) -> Vec<(PeerTime, Event)> {
        let at = self.at();
        let event = match self.what {
            What::Hello { .. } | What::Loaded | What::DialogExpected { .. } => return Vec::new(),
            // What is copied is looked at by whoever carries it.
            What::Description { .. } | What::Candidate { .. } => return Vec::new(),
            What::Connection { entries } => {
                let all = entries.into_iter().flat_map(|entry| entry.into_events());
                return std::iter::once((at, Event::ConnectionChosen)).chain(all).collect();
            }
            What::GivenDescription { kind, sdp } => match kind {
                SdpType::Offer => Event::Given(Signal::Offer(sdp)),
                SdpType::Answer => Event::Given(Signal::Answer(sdp)),
                SdpType::Pranswer | SdpType::Rollback | SdpType::Implicit => return Vec::new(),
            },
            What::GivenCandidate { candidate } => Event::Given(Signal::candidate(candidate)),
            What::Reached { milestone } => Event::Reached(milestone),
            What::Noted(note) => Event::Noted(note),
            What::PeerError { operation, message } => Event::PeerError(PeerError { operation, message }),
            What::HarnessError { step, message, hint } => {
                Event::HarnessError(HarnessError { hint, ..HarnessError::new(step, message) })
            }
            What::Unsupported { reason } => Event::Unsupported(reason),
            What::Frame { blocks } => {
                let bits = u64::from_str_radix(&blocks, 16).ok();
                let code = bits.and_then(FrameCode::from_bits);
                Event::Media(Sighting::Frame(FrameSighting { at, code }))
            }
            What::Sound { began, heard, tones } => Event::Media(Sighting::Sound(SoundSighting {
                began: time(began),
                at,
                heard: heard.with(&tones),
            })),
            What::Channel { label, ordered, max_retransmits } => {
                let (ordered, max_retransmits) = (Some(ordered), Some(max_retransmits));
                Event::Media(Sighting::Channel(ChannelSighting { at, label, ordered, max_retransmits }))
            }
            What::Message { label, form, length, head, filler } => {
                let message = DataMessage::of_parts(form, length, &head, filler);
                Event::Media(Sighting::Message(MessageSighting { at, label, message }))
            }
        };
        vec![(at, event)]
    }
}

/// A reading of a clock in milliseconds since 1970.
pub(crate) fn time(ms: f64) -> PeerTime {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tincan_harness::Machine;

    use super::*;

    #[test]
    fn entries_become_events() {
        let message = json!({ "document": "0.5", "now": 3.0, "stopped": false, "entries": [
            { "at": 1.0, "kind": "hello", "url": "http://127.0.0.1/" },
            { "at": 1.5, "kind": "reached", "milestone": "ice-connected" },
            { "at": 2.0, "kind": "candidate", "line": "candidate:1 1 udp", "array": false },
            { "at": 2.0, "kind": "dialog-expected", "dialog": "prompt", "accept": true, "answer": "v=0" },
            { "at": 2.5, "kind": "frame", "blocks": "0000000000000000" },
            { "at": 3.0, "kind": "channel", "label": "ordered", "ordered": true, "maxRetransmits": null },
            { "at": 3.0, "kind": "message", "label": "ordered", "form": "text", "length": 0, "head": "", "filler": 0 },
        ]});
        let message = Message::deserialize(&message).unwrap();
        let events = message.entries.into_iter().flat_map(|entry| entry.into_events());
        let events: Vec<_> = events.map(|(_, event)| event).collect();
        assert_eq!(events[0], Event::Reached(Milestone::IceConnected));
        assert!(matches!(&events[1], Event::Media(Sighting::Frame(FrameSighting { code: None, .. }))));
        let Event::Media(Sighting::Channel(channel)) = &events[2] else { panic!("{:?}", events[2]) };
        assert_eq!((channel.ordered, channel.max_retransmits), (Some(true), Some(None)));
        let Event::Media(Sighting::Message(message)) = &events[3] else { panic!("{:?}", events[3]) };
        assert_eq!(message.message, DataMessage::read(Form::Text, b""));
    }

    #[test]
    fn a_connection_that_turns_out_to_be_the_calls_brings_its_past() {
        let entry = json!({ "at": 5.0, "kind": "connection", "number": 2, "entries": [
            { "at": 1000.0, "kind": "reached", "milestone": "local-description-set" },
            { "at": 2000.0, "kind": "noted", "about": "state", "machine": "iceConnectionState", "state": "checking" },
        ]});
        let events = Entry::deserialize(&entry).unwrap().into_events();
        let seconds = |s| Duration::from_secs(s);
        assert_eq!(events[0], (Duration::from_millis(5), Event::ConnectionChosen));
        assert_eq!(events[1], (seconds(1), Event::Reached(Milestone::LocalDescriptionSet)));
        assert_eq!(
            events[2],
            (seconds(2), Event::Noted(Note::state(Machine::IceConnectionState, "checking")))
        );
    }
}
