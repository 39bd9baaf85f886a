//! Why the pictures of the other side were not seen, or its sound was not heard.

use super::finding::{Examination, Finding};
use crate::{
    abilities::Detail,
    getstats::rtp_packets,
    media::{frames::FrameTally, sounds::SoundTally},
    peer::StatsSample,
    signaling::{Role, Signal},
    stage::Stage,
};

/// What flows as RTP: its kind in SDP and getStats, and its name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
enum Kind {
    Video,
    #[strum(to_string = "sound")]
    Audio,
}

impl Kind {
    const fn section(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    /// What the page adds its track of.
    const fn device(self) -> &'static str {
        match self {
            Self::Video => "whether the page adds the camera's track before it describes itself",
            Self::Audio => "whether the page adds the microphone's track before it describes itself",
        }
    }
}

/// What a side's getStats counts of what it receives, or sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    received: u64,
    decoded: u64,
    sent: u64,
}

impl Counts {
    fn of(sample: &StatsSample, kind: Kind) -> Self {
        let sum = |stream, field| rtp_packets(&sample.entries, stream, kind.section(), field);
        Self {
            received: sum("inbound-rtp", "packetsReceived"),
            decoded: sum("inbound-rtp", "framesDecoded"),
            sent: sum("outbound-rtp", "packetsSent"),
        }
    }
}

impl Examination<'_> {
    pub(super) fn no_media(&self, seconds: &str) -> Finding {
        let (receiver, sender) = (self.role, self.role.other());
        let frames = self.side(receiver).received.frames;
        if let Some(finding) = self.never_sent(sender, Kind::Video) {
            return finding;
        }
        // What is counted may stand still: then the pictures of before do not excuse it.
        let [got, gave] = [receiver, sender].map(|role| self.recent(role, Kind::Video));
        let decoded = self.total(receiver, Kind::Video).map_or(0, |total| total.decoded);
        match got {
            None if frames.seen == 0 => self.not_received(Kind::Video, got, gave, seconds),
            Some(Counts { received: 0, .. }) => self.not_received(Kind::Video, got, gave, seconds),
            // Not every peer counts what it decodes: pictures that were seen were decoded.
            Some(got) if got.decoded == 0 && (decoded > 0 || frames.seen == 0) => self.not_decoded(seconds),
            _ => Finding::new(Stage::MediaIdentified, receiver, describe(&frames, seconds)),
        }
    }

    pub(super) fn no_sound(&self, seconds: &str) -> Finding {
        let (receiver, sender) = (self.role, self.role.other());
        let sounds = self.side(receiver).received.sounds;
        if let Some(finding) = self.never_sent(sender, Kind::Audio) {
            return finding;
        }
        let [got, gave] = [receiver, sender].map(|role| self.recent(role, Kind::Audio));
        match got {
            // A page hears silence where nothing comes.
            None if sounds.heard == sounds.silent => self.not_received(Kind::Audio, got, gave, seconds),
            Some(Counts { received: 0, .. }) => self.not_received(Kind::Audio, got, gave, seconds),
            _ => Finding::new(Stage::MediaIdentified, receiver, describe_sound(&sounds, seconds))
                .look_at("which stream the page's remote video plays, and which microphone the other side's page opens"),
        }
    }

    /// What shows that `sender` sends nothing that could be read; none if nothing does.
    fn never_sent(&self, sender: Role, kind: Kind) -> Option<Finding> {
        let Some(direction) = self.does_not_offer_to_send(sender, kind) else { return self.same_dtls_role() };
        let name = Signal::description(self.part(sender), String::new()).name();
        let evidence = format!("its {name} says a={direction}: it sends no {kind}");
        Some(Finding::new(Stage::own(self.part(sender)), sender, evidence).look_at(kind.device()))
    }

    /// Nothing comes, as far as it is known what came and what was sent.
    fn not_received(&self, kind: Kind, got: Option<Counts>, gave: Option<Counts>, seconds: &str) -> Finding {
        let (receiver, sender) = (self.role, self.role.other());
        let already = match self.total(receiver, kind) {
            Some(Counts { received: before @ 1.., .. }) => format!(" after the first {before}"),
            _ => String::new(),
        };
        if matches!(gave, Some(Counts { sent: 0, .. })) {
            let evidence =
                format!("it sent no packet of {kind}{already} though connected, for up to {seconds}");
            return Finding::new(Stage::MediaReceived, sender, evidence);
        }
        let arrived = match got {
            Some(_) => format!("no packet of {kind} arrived"),
            None if kind == Kind::Audio => "nothing was heard and its getStats is not known".to_owned(),
            None => "no picture was seen and its getStats is not known".to_owned(),
        };
        let sent = gave.map(|gave| format!(", and the {sender} sent {}", gave.sent)).unwrap_or_default();
        let evidence = format!("{arrived}{already}{sent}, in up to {seconds}");
        Finding::new(Stage::MediaReceived, receiver, evidence)
    }

    fn not_decoded(&self, seconds: &str) -> Finding {
        let total = self.total(self.role, Kind::Video).unwrap_or_default();
        // Who does not count them has at least shown none.
        let decoded = if self.side(self.role).reads_back.tells(Detail::DecodedFrames) {
            format!("{} pictures were decoded", total.decoded)
        } else {
            "no picture was seen".to_owned()
        };
        let evidence =
            format!("{} packets of video arrived, and {decoded} of them in up to {seconds}", total.received);
        Finding::new(Stage::MediaDecoded, self.role, evidence)
    }

    /// The direction of the kind in the description of `role`, if that side does not send by it.
    fn does_not_offer_to_send(&self, role: Role, kind: Kind) -> Option<String> {
        let sdp = self.exchange.last_description(role)?;
        let section = sdp.split("\nm=").find(|section| section.starts_with(kind.section()))?;
        let directions = ["recvonly", "inactive"];
        let says = |direction: &&str| section.lines().any(|line| line.trim_end() == format!("a={direction}"));
        directions.into_iter().find(says).map(str::to_owned)
    }

    /// Two DTLS clients, or two servers, were seen to call themselves connected, and cannot read each other's media.
    pub(super) fn same_dtls_role(&self) -> Option<Finding> {
        let role = |role| self.side(role).evidence.transport.dtls_role.as_deref();
        let same = role(Role::Offerer).filter(|own| role(Role::Answerer) == Some(own))?;
        let evidence = format!("both sides say that they are the DTLS {same}: fingerprint or role");
        Some(Finding::new(Stage::Dtls, self.role, evidence))
    }

    /// All that was counted on a side.
    fn total(&self, role: Role, kind: Kind) -> Option<Counts> {
        self.side(role).evidence.stats.last().map(|sample| Counts::of(sample, kind))
    }

    /// What was counted on a side lately: in the second half of the samples with media, or in all if they are too few.
    fn recent(&self, role: Role, kind: Kind) -> Option<Counts> {
        let stats = &self.side(role).evidence.stats;
        let last = Counts::of(stats.last()?, kind);
        let connected = stats.iter().position(|sample| {
            let counts = Counts::of(sample, kind);
            counts.received + counts.sent > 0
        });
        let from = connected.map(|first| first + (stats.len() - first) / 2);
        let Some(base) =
            from.filter(|from| stats.len() - from >= 3).map(|from| Counts::of(&stats[from], kind))
        else {
            return Some(last);
        };
        let since = |now: u64, then: u64| now.saturating_sub(then);
        Some(Counts {
            received: since(last.received, base.received),
            decoded: since(last.decoded, base.decoded),
            sent: since(last.sent, base.sent),
        })
    }
}

/// What was wrong with the pictures that were decoded.
fn describe(frames: &FrameTally, seconds: &str) -> String {
    if frames.seen == 0 {
        return format!("pictures were decoded, and the remote video showed none within {seconds}");
    }
    let kinds = [
        (frames.own, "show its own camera"),
        (frames.foreign, "are by a third peer"),
        (frames.former, "are still of the other side's camera, and not of its screen"),
        (frames.stale, "are of another run"),
        (frames.backwards, "have a counter that runs backwards"),
        (frames.repeated, "repeat the one before"),
        (frames.unreadable, "have no readable code (black, or not a picture of tincan)"),
    ];
    let wrong: Vec<_> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let wrong = if wrong.is_empty() { "then no more came".to_owned() } else { wrong.join(", ") };
    format!(
        "of {} pictures decoded within {seconds}, proven the other peer's: {}; {wrong}",
        frames.seen, frames.proven
    )
}

/// What was wrong with the sound that was decoded.
fn describe_sound(sounds: &SoundTally, seconds: &str) -> String {
    if sounds.heard == 0 {
        return format!("sound arrived, and the remote video played none within {seconds}");
    }
    let kinds = [
        (sounds.silent, "are silent"),
        (sounds.own, "are by its own microphone"),
        (sounds.foreign, "are by a third peer"),
        (sounds.stale, "are of another run"),
        (sounds.backwards, "have a counter that runs backwards"),
        (sounds.repeated, "repeat the one before"),
        (sounds.unreadable, "are no words (noise, or not a sound of tincan)"),
    ];
    let wrong: Vec<_> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let wrong = if wrong.is_empty() { "then no more came".to_owned() } else { wrong.join(", ") };
    format!(
        "of {} lengths of sound heard within {seconds}, proven the other peer's: {}; {wrong}",
        sounds.heard, sounds.proven
    )
}
