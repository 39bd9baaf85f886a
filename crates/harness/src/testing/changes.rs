//! What a scripted peer does when a call is changed.

use super::{Quirk, ScriptedPeer, messages};
use crate::{
    media::{
        AudioCodec, Media, Sighting, VideoCodec,
        sounds::{Heard, SoundCode, SoundSighting, WORDS_TO_PROVE},
    },
    peer::{Codec, Event},
    procedure::Act,
    sdp,
    timeline::Milestone,
};

impl ScriptedPeer {
    /// The call is changed by this side, or begun.
    pub(super) fn change(&mut self, act: Act) {
        if act == Act::Offer {
            self.changed.begun = true;
            return;
        }
        self.changed.changes += 1;
        self.changed.by_this = true;
        match act {
            Act::RestartIce => self.restart(),
            Act::Hold | Act::Resume => {
                self.changed.held = act == Act::Hold && !self.quirks.contains(&Quirk::NeverHolds);
            }
            // What it adds, the other side receives; but for channels, which go both ways.
            Act::AddVideo => self.media.video = Some(VideoCodec::Vp8),
            Act::AddAudio => self.media.audio = Some(AudioCodec::Opus),
            Act::AddData => (self.media.data, self.changed.adds) = (true, Some(act)),
            Act::Offer | Act::HangUp => {}
        }
    }

    fn restart(&mut self) {
        if !self.quirks.contains(&Quirk::KeepsFragment) {
            self.changed.generation += 1;
        }
    }

    /// The other side has described itself; answers its user name fragment of before.
    pub(super) fn hear_of(&mut self, description: &str) -> Option<String> {
        let fragment = sdp::user_name_fragment(description).map(str::to_owned);
        std::mem::replace(&mut self.changed.other_fragment, fragment)
    }

    /// The other side has offered; in a call that is up, it has changed something.
    pub(super) fn follow(&mut self, offer: &str) {
        let before = self.hear_of(offer);
        if !std::mem::replace(&mut self.changed.begun, true) {
            return;
        }
        self.changed.changes += 1;
        self.changed.by_this = false;
        if before.is_some() && before != self.changed.other_fragment {
            self.restart();
        }
        let offered = |section: &str| offer.contains(&format!("\r\nm={section} "));
        let Media { video, audio, data } = self.media;
        if audio.is_none() && offered("audio") {
            (self.media.audio, self.changed.adds) = (Some(AudioCodec::Opus), Some(Act::AddAudio));
        } else if video.is_none() && offered("video") {
            (self.media.video, self.changed.adds) = (Some(VideoCodec::Vp8), Some(Act::AddVideo));
        } else if !data && offered("application") {
            (self.media.data, self.changed.adds) = (true, Some(Act::AddData));
        }
        self.changed.held = sdp::directions(offer).any(|direction| direction == "inactive");
    }

    /// What it describes now, with the `candidates` that it holds.
    pub(super) fn sdp(&self, candidates: &str) -> String {
        let (number, version) = (self.source.peer, 2 + self.changed.changes);
        let direction = if self.changed.held { "inactive" } else { "sendrecv" };
        let Media { video, audio, data } = self.media;
        let sections: Vec<_> = [
            video.map(|_| "video 9 UDP/TLS/RTP/SAVPF 96"),
            audio.map(|_| "audio 9 UDP/TLS/RTP/SAVPF 0"),
            data.then_some("application 9 UDP/DTLS/SCTP webrtc-datachannel"),
        ]
        .into_iter()
        .flatten()
        .map(|section| {
            format!("m={section}\r\na=ice-ufrag:{number}+{}\r\na={direction}\r\n", self.changed.generation)
        })
        .collect();
        format!("v=0\r\no=- {number} {version} IN IP4 0.0.0.0\r\n{}{candidates}", sections.concat())
    }

    /// What comes of a change that was agreed upon.
    pub(super) fn go_on(&mut self) {
        self.reach(Milestone::IceConnected);
        if self.changed.held {
            return self.reach(Milestone::Muted);
        }
        match self.changed.adds.take() {
            Some(Act::AddAudio) => self.hear(),
            Some(Act::AddData) => {
                for sighting in messages::arrivals(self.other, usize::MAX, false) {
                    self.post(|at| Event::Media(sighting.stamped(at)));
                }
            }
            _ => {}
        }
        if self.media.video.is_some() && !self.quirks.contains(&Quirk::GoesBlind) {
            self.show();
        }
    }

    pub(super) fn audio_codec(&self) -> Option<Codec> {
        let mime_type = self.media.audio?.mime_type().to_owned();
        Some(Codec { mime_type, ..Codec::default() })
    }

    fn hear(&mut self) {
        self.reach(Milestone::TrackReceived);
        for counter in 0..WORDS_TO_PROVE as u16 {
            let heard = Heard::Word(SoundCode::new(self.other, counter).to_bits());
            self.post(|at| Event::Media(Sighting::Sound(SoundSighting { began: at, at, heard })));
        }
    }
}
