//! Why the pictures of the other side were not seen.

use serde_json::Value;

use super::{
    connectivity::of_type,
    finding::{Examination, Finding},
};
use crate::{
    abilities::Detail,
    media::frames::FrameTally,
    peer::StatsSample,
    signaling::{Role, Signal},
    stage::Stage,
};

/// What a side's getStats counts of the video that it receives, or sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    received: u64,
    decoded: u64,
    sent: u64,
}

impl Counts {
    fn of(sample: &StatsSample) -> Self {
        let video = |entry: &&Value| entry["kind"].as_str().is_none_or(|kind| kind == "video");
        let sum = |kind: &str, field: &str| -> u64 {
            let entries = of_type(&sample.entries, kind).filter(video);
            entries.filter_map(|entry| entry[field].as_u64()).sum()
        };
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
        if let Some(direction) = self.does_not_offer_to_send(sender) {
            let name = Signal::description(sender, String::new()).name();
            let evidence = format!("its {name} says a={direction}: it sends no video");
            return Finding::new(Stage::own(sender), sender, evidence)
                .look_at("whether the page adds the camera's track before it describes itself");
        }
        if let Some(finding) = self.same_dtls_role() {
            return finding;
        }
        // What is counted may stand still: then the pictures of before do not excuse it.
        let (got, gave) = (self.recent(receiver), self.recent(sender));
        let decoded = self.total(receiver).map_or(0, |total| total.decoded);
        match got {
            None if frames.seen == 0 => self.not_received(got, gave, seconds),
            Some(Counts { received: 0, .. }) => self.not_received(got, gave, seconds),
            // Not every peer counts what it decodes: pictures that were seen were decoded.
            Some(got) if got.decoded == 0 && (decoded > 0 || frames.seen == 0) => self.not_decoded(seconds),
            _ => Finding::new(Stage::MediaIdentified, receiver, describe(&frames, seconds)),
        }
    }

    /// Nothing comes, as far as it is known what came and what was sent.
    fn not_received(&self, got: Option<Counts>, gave: Option<Counts>, seconds: &str) -> Finding {
        let (receiver, sender) = (self.role, self.role.other());
        let already = match self.total(receiver) {
            Some(Counts { received: before @ 1.., .. }) => format!(" after the first {before}"),
            _ => String::new(),
        };
        if matches!(gave, Some(Counts { sent: 0, .. })) {
            let evidence =
                format!("it sent no packet of video{already} though connected, for up to {seconds}");
            return Finding::new(Stage::MediaReceived, sender, evidence);
        }
        let arrived = match got {
            Some(_) => "no packet of video arrived",
            None => "no picture was seen and its getStats is not known",
        };
        let sent = gave.map(|gave| format!(", and the {sender} sent {}", gave.sent)).unwrap_or_default();
        let evidence = format!("{arrived}{already}{sent}, in up to {seconds}");
        Finding::new(Stage::MediaReceived, receiver, evidence)
    }

    fn not_decoded(&self, seconds: &str) -> Finding {
        let total = self.total(self.role).unwrap_or_default();
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

    /// The direction of the video in the description of `role`, if that side does not send by it.
    fn does_not_offer_to_send(&self, role: Role) -> Option<String> {
        let sdp = self.exchange.description(role)?;
        let video = sdp.split("\nm=").find(|section| section.starts_with("video"))?;
        let directions = ["recvonly", "inactive"];
        let says = |direction: &&str| video.lines().any(|line| line.trim_end() == format!("a={direction}"));
        directions.into_iter().find(says).map(str::to_owned)
    }

    /// Two DTLS clients, or two servers, were seen to call themselves connected, and cannot read each other's media.
    fn same_dtls_role(&self) -> Option<Finding> {
        let role = |role| self.side(role).evidence.transport.dtls_role.as_deref();
        let same = role(Role::Offerer).filter(|own| role(Role::Answerer) == Some(own))?;
        let evidence = format!("both sides say that they are the DTLS {same}: fingerprint or role");
        Some(Finding::new(Stage::Dtls, self.role, evidence))
    }

    /// All that was counted on a side.
    fn total(&self, role: Role) -> Option<Counts> {
        self.side(role).evidence.stats.last().map(Counts::of)
    }

    /// What was counted on a side lately: in the second half of the samples with media, or in all if they are too few.
    fn recent(&self, role: Role) -> Option<Counts> {
        let stats = &self.side(role).evidence.stats;
        let last = Counts::of(stats.last()?);
        let connected = stats.iter().position(|sample| {
            let counts = Counts::of(sample);
            counts.received + counts.sent > 0
        });
        let from = connected.map(|first| first + (stats.len() - first) / 2);
        let Some(base) = from.filter(|from| stats.len() - from >= 3).map(|from| Counts::of(&stats[from]))
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
