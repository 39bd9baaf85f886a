//! What a scripted peer does when a call is changed.

use std::time::Duration;

use tokio::time::interval;

use super::{Quirk, ScriptedPeer, messages};
use crate::{
    media::{
        AudioCodec, Media, Sighting, VideoCodec,
        frames::{FrameCode, FrameSighting},
        sounds::{Heard, SoundCode, SoundSighting},
    },
    peer::{Codec, Event},
    procedure::Act,
    sdp,
    timeline::Milestone,
};

/// How many pictures come after a change, and how far apart.
const COMING: u16 = 40;
const EACH: Duration = Duration::from_millis(100);

impl ScriptedPeer {
    /// The call is changed by this side, or begun.
    pub(super) fn change(&mut self, act: Act) {
        if act == Act::Offer && !std::mem::replace(&mut self.changed.begun, true) {
            return;
        }
        self.changed.changes += 1;
        self.changed.by_this = true;
        match act {
            Act::RestartIce => self.restart(),
            Act::Resume => self.changed.direction = "sendrecv",
            Act::Hold | Act::RemoveTrack if self.quirks.contains(&Quirk::NeverHolds) => {}
            Act::Hold => self.changed.direction = "inactive",
            Act::RemoveTrack => self.changed.direction = "recvonly",
            Act::RollBack => self.changed.generation -= 1,
            // What it adds, the other side receives; but for channels, which go both ways.
            Act::AddVideo => self.media.video = Some(VideoCodec::Vp8),
            Act::AddAudio => self.media.audio = Some(AudioCodec::Opus),
            Act::AddData => (self.media.data, self.changed.adds) = (true, Some(act)),
            Act::Offer
            | Act::ReplaceTrack
            | Act::ShareScreen
            | Act::GiveWay
            | Act::CloseChannels
            | Act::HangUp => {}
        }
    }

    /// What comes of an act that is not offered.
    pub(super) fn has_done(&mut self, act: Act) {
        self.reach(match act {
            Act::RollBack => Milestone::RolledBack,
            Act::ReplaceTrack | Act::ShareScreen => Milestone::TrackReplaced,
            Act::CloseChannels => Milestone::ChannelsClosed,
            _ => Milestone::Closed,
        });
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

    /// The other side has answered, and may have rejected something.
    pub(super) fn hear_of_answer(&mut self, answer: &str) {
        drop(self.hear_of(answer));
        if self.quirks.contains(&Quirk::Revives) {
            return;
        }
        if sdp::is_rejected(answer, "video") {
            (self.media.video, self.changed.rejected) = (None, Some("video"));
        } else if sdp::is_rejected(answer, "audio") {
            (self.media.audio, self.changed.rejected) = (None, Some("audio"));
        }
    }

    /// The other side has offered; in a call that is up, it has changed something.
    pub(super) fn follow(&mut self, offer: &str) {
        let before = self.hear_of(offer);
        let offered = |section: &str| offer.contains(&format!("\r\nm={section} "));
        let Media { video, audio, data } = self.media;
        if self.rejects_rest {
            let untaken = [("video", video.is_some()), ("audio", audio.is_some())];
            let rejected = untaken.into_iter().find(|(kind, is_taken)| offered(kind) && !is_taken);
            self.changed.rejected = rejected.map(|(kind, _)| kind);
        }
        if !std::mem::replace(&mut self.changed.begun, true) {
            return;
        }
        self.changed.changes += 1;
        self.changed.by_this = false;
        if before.is_some() && before != self.changed.other_fragment {
            self.restart();
        }
        if self.rejects_rest {
            return;
        }
        if audio.is_none() && offered("audio") {
            (self.media.audio, self.changed.adds) = (Some(AudioCodec::Opus), Some(Act::AddAudio));
        } else if video.is_none() && offered("video") {
            (self.media.video, self.changed.adds) = (Some(VideoCodec::Vp8), Some(Act::AddVideo));
        } else if !data && offered("application") {
            (self.media.data, self.changed.adds) = (true, Some(Act::AddData));
        }
        self.changed.direction = match sdp::directions(offer).find(|direction| *direction != "sendrecv") {
            Some("recvonly") => "sendonly",
            Some(_) => "inactive",
            None => "sendrecv",
        };
    }

    /// What it describes now, with the `candidates` that it holds.
    pub(super) fn sdp(&self, candidates: &str) -> String {
        let (number, version) = (self.source.peer, 2 + self.changed.changes);
        let direction = self.changed.direction;
        let describes = self.quirks.contains(&Quirk::DescribesAnyway);
        let Media { video, audio, data } = if describes { Media::VP8 } else { self.media };
        let rejected = |kind| (self.changed.rejected == Some(kind)).then_some(());
        let sections: Vec<_> = [
            video.map(|_| "video 9 UDP/TLS/RTP/SAVPF 96"),
            rejected("video").map(|()| "video 0 UDP/TLS/RTP/SAVPF 96"),
            audio.map(|_| "audio 9 UDP/TLS/RTP/SAVPF 0"),
            rejected("audio").map(|()| "audio 0 UDP/TLS/RTP/SAVPF 0"),
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
        if self.changed.is_muted() {
            return self.reach(Milestone::Muted);
        }
        let adds = self.changed.adds.take();
        if adds == Some(Act::AddAudio) {
            self.reach(Milestone::TrackReceived);
        }
        if adds == Some(Act::AddData) {
            for sighting in messages::arrivals(self.other, usize::MAX, false) {
                self.post(|at| Event::Media(sighting.stamped(at)));
            }
        }
        self.keep_on_receiving(adds == Some(Act::AddAudio));
    }

    /// Pictures, and sound if that was added, go on while the rest of the change is agreed upon, and after it.
    pub(super) fn keep_on_receiving(&mut self, hears: bool) {
        let Some((_, _, mailbox)) = self.started.clone().filter(|_| !self.stopped) else { return };
        let (other, first, zero) = (self.other, self.changed.shown + 1, self.clock_zero + self.ticks);
        let sees = self.media.video.is_some() && !self.quirks.contains(&Quirk::GoesBlind);
        self.changed.shown += COMING;
        tokio::spawn(async move {
            #[expect(clippy::disallowed_methods, reason = "pictures come at a pace of their own")]
            let mut ticks = interval(EACH);
            for number in 0..COMING {
                ticks.tick().await;
                let at = zero + mailbox.zero().elapsed();
                let code = Some(FrameCode::new(other, first + number));
                let frame = Sighting::Frame(FrameSighting { at, code });
                let heard = Heard::Word(SoundCode::new(other, number).to_bits());
                let word = Sighting::Sound(SoundSighting { began: at, at, heard });
                for sighting in sees.then_some(frame).into_iter().chain(hears.then_some(word)) {
                    mailbox.post(at, Event::Media(sighting));
                }
            }
        });
    }

    pub(super) fn audio_codec(&self) -> Option<Codec> {
        let mime_type = self.media.audio?.mime_type().to_owned();
        Some(Codec { mime_type, ..Codec::default() })
    }
}
