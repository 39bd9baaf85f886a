//! What one call of a block took, and how its time divides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{
    attempt::{Attempt, BySide, NoteAt},
    network::{PhasePackets, Served},
    note::Note,
    signaling::{Role, SignalingMode},
    timeline::Milestone,
    verdict::Outcome,
};

/// A call whose clocks are aligned worse than this, in milliseconds, is left out.
pub const WORST_CLOCK_ERROR_MS: f64 = 2.0;

/// One of the calls of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The vanilla call.
    Vanilla,
    /// The trickle call.
    Trickle,
    /// The half-trickle call, if it was asked for.
    HalfTrickle,
    /// The second vanilla call, which must not differ from the first.
    VanillaAgain,
}

impl Arm {
    /// Every arm.
    pub const ALL: [Self; 4] = [Self::Vanilla, Self::Trickle, Self::HalfTrickle, Self::VanillaAgain];

    /// The mode in which it calls.
    #[must_use]
    pub const fn mode(self) -> SignalingMode {
        match self {
            Self::Vanilla | Self::VanillaAgain => SignalingMode::Vanilla,
            Self::Trickle => SignalingMode::Trickle,
            Self::HalfTrickle => SignalingMode::HalfTrickle,
        }
    }

    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vanilla => "vanilla",
            Self::Trickle => "trickle",
            Self::HalfTrickle => "half-trickle",
            Self::VanillaAgain => "vanilla again",
        }
    }
}

/// What one call of a block took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// Which call of the block.
    pub arm: Arm,
    /// From the click on create offer to the later of the two first frames, in milliseconds; null if it is left out.
    pub first_frame_ms: Option<f64>,
    /// The same for each side.
    pub first_frames_ms: BySide<Option<f64>>,
    /// How that time divides; null if it is left out.
    pub phases: Option<Phases>,
    /// What the harness took to carry each side's description: from when it could be copied to the other page's call of
    /// `setRemoteDescription`, in milliseconds; null where the other side is no page, or if the call is left out.
    pub carrying_ms: BySide<Option<f64>>,
    /// How well the clocks were aligned: the bound of the error, in milliseconds, on the worse side.
    pub clock_error_ms: Option<f64>,
    /// What the servers of the network condition saw of it; null without any, or if it is left out.
    #[serde(default)]
    pub served: Option<Served>,
    /// The packets that passed each side's sockets, by phase; null of a browser, or if it is left out.
    #[serde(default)]
    pub packets: BySide<Option<PhasePackets>>,
    /// Why it is left out.
    pub left_out: Option<String>,
}

impl Sample {
    /// What `attempt`, made as `arm`, took; left out unless it passed on clocks that are aligned well enough.
    #[must_use]
    pub fn of(arm: Arm, attempt: &Attempt) -> Self {
        let BySide { offerer, answerer } = attempt.clock_error_ms;
        let clock_error_ms = offerer.zip(answerer).map(|(offerer, answerer)| offerer.max(answerer));
        let left_out = match (attempt.first_frame_ms, clock_error_ms) {
            _ if attempt.verdict != Outcome::Passed => Some(attempt.verdict.to_string()),
            (None, _) => Some("no first frame".to_owned()),
            (_, None) => Some("clocks not aligned".to_owned()),
            (_, Some(error)) if error > WORST_CLOCK_ERROR_MS => {
                Some(format!("clocks aligned worse than {WORST_CLOCK_ERROR_MS} ms"))
            }
            _ => None,
        };
        let blank = Self {
            arm,
            first_frame_ms: None,
            first_frames_ms: BySide::default(),
            phases: None,
            carrying_ms: BySide::default(),
            clock_error_ms,
            served: None,
            packets: BySide::default(),
            left_out,
        };
        if blank.left_out.is_some() {
            return blank;
        }
        let first_frame = |role| at(attempt, role, Milestone::FirstFrame);
        Self {
            first_frame_ms: attempt.first_frame_ms,
            first_frames_ms: BySide {
                offerer: first_frame(Role::Offerer),
                answerer: first_frame(Role::Answerer),
            },
            phases: Phases::of(attempt),
            served: attempt.served,
            packets: attempt.packets,
            carrying_ms: BySide {
                offerer: carrying(attempt, Role::Offerer),
                answerer: carrying(attempt, Role::Answerer),
            },
            ..blank
        }
    }
}

/// How the time from the click to the later first frame divides, in milliseconds: along the path that ends with that
/// frame, so that the phases add up to it. What happened beside the path (candidates gathered meanwhile) takes no time of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Phases {
    /// Descriptions that were there and not yet sent, on both sides: in vanilla, what gathering costs.
    pub gathering_ms: f64,
    /// Descriptions created, copied, pasted and set, until the offerer has the answer.
    pub signalling_ms: f64,
    /// From there to a candidate pair that works.
    pub ice_ms: f64,
    /// The DTLS handshake.
    pub dtls_ms: f64,
    /// To the first packet of the other side's video.
    pub first_packet_ms: f64,
    /// To the first frame: a key frame that is whole, decoded and shown.
    pub first_frame_ms: f64,
}

impl Phases {
    /// The names, in order, as in tables and in the keys of JSON.
    pub const NAMES: [&'static str; 6] =
        ["gathering", "signalling", "ICE", "DTLS", "first packet", "first frame"];

    /// The values in the order of [`Phases::NAMES`].
    #[must_use]
    pub const fn values(&self) -> [f64; 6] {
        let Self { gathering_ms, signalling_ms, ice_ms, dtls_ms, first_packet_ms, first_frame_ms } = *self;
        [gathering_ms, signalling_ms, ice_ms, dtls_ms, first_packet_ms, first_frame_ms]
    }

    /// The phases of a call that was complete; none if a milestone is missing.
    #[must_use]
    pub fn of(attempt: &Attempt) -> Option<Self> {
        use Milestone as M;
        let [offerer, answerer] = Role::BOTH.map(|role| move |name| at(attempt, role, name));
        let late = Role::BOTH.into_iter().max_by(|a, b| {
            let first = |role: &Role| at(attempt, *role, M::FirstFrame).unwrap_or(f64::NEG_INFINITY);
            first(a).total_cmp(&first(b))
        })?;
        let side = |name| at(attempt, late, name);
        let mut clock = Path(0.0);
        let mut phases = Self::default();
        phases.signalling_ms += clock.to(offerer(M::LocalDescriptionSet)?);
        phases.gathering_ms += clock.to(offerer(M::DescriptionSent)?);
        phases.signalling_ms += clock.to(answerer(M::LocalDescriptionSet)?);
        phases.gathering_ms += clock.to(answerer(M::DescriptionSent)?);
        phases.signalling_ms += clock.to(offerer(M::RemoteDescriptionSet)?);
        phases.ice_ms = clock.to(side(M::IceConnected)?);
        phases.dtls_ms = clock.to(side(M::DtlsConnected)?);
        phases.first_packet_ms = clock.to(side(M::FirstPacket).unwrap_or(clock.0));
        phases.first_frame_ms = clock.to(side(M::FirstFrame)?);
        Some(phases)
    }
}

/// How far along the path: what was reached before the step that it follows from has cost nothing more.
struct Path(f64);

impl Path {
    fn to(&mut self, at_ms: f64) -> f64 {
        let from = self.0;
        self.0 = from.max(at_ms);
        self.0 - from
    }
}

fn carrying(attempt: &Attempt, from: Role) -> Option<f64> {
    let given = |note: &&NoteAt| note.peer == from.other() && note.note == Some(Note::RemoteDescriptionGiven);
    let called = attempt.notes.iter().find(given)?;
    Some(called.at_ms - at(attempt, from, Milestone::DescriptionSent)?)
}

fn at(attempt: &Attempt, role: Role, milestone: Milestone) -> Option<f64> {
    attempt.milestones.iter().find(|m| m.peer == role && m.name == milestone).map(|m| m.at_ms)
}

#[cfg(test)]
mod tests {
    use tincan_harness::{attempt::ReachedAt, testing, timeline::FIRST_ROUND, verdict::Verdict};

    use super::*;

    /// A call in which the offerer sees its first frame last.
    fn attempt(candidates_travel: bool) -> Attempt {
        use Milestone as M;
        use Role::{Answerer, Offerer};
        // In vanilla each description is held back for 100 ms.
        let held = if candidates_travel { 0.0 } else { 100.0 };
        let reached = [
            (Offerer, M::LocalDescriptionSet, 5.0),
            (Offerer, M::DescriptionSent, 5.0 + held),
            (Answerer, M::RemoteDescriptionSet, 15.0 + held),
            (Answerer, M::LocalDescriptionSet, 20.0 + held),
            (Answerer, M::DescriptionSent, 20.0 + 2.0 * held),
            // Before the answer came across: it costs no time of its own.
            (Answerer, M::IceConnected, 25.0 + 2.0 * held),
            (Offerer, M::RemoteDescriptionSet, 30.0 + 2.0 * held),
            (Offerer, M::IceConnected, 40.0 + 2.0 * held),
            (Offerer, M::DtlsConnected, 55.0 + 2.0 * held),
            (Offerer, M::FirstPacket, 60.0 + 2.0 * held),
            (Answerer, M::DtlsConnected, 50.0 + 2.0 * held),
            (Answerer, M::FirstFrame, 70.0 + 2.0 * held),
            (Offerer, M::FirstFrame, 80.0 + 2.0 * held),
        ];
        let milestones =
            reached.map(|(peer, name, at_ms)| ReachedAt { peer, name, round: FIRST_ROUND, at_ms }).to_vec();
        let first_frame_ms = Some(80.0 + 2.0 * held);
        let clock_error_ms = BySide { offerer: Some(0.5), answerer: Some(1.5) };
        let attempt = Attempt::without_exchange(&testing::catalogue().scenarios()[0], 1, &Verdict::Passed);
        Attempt { milestones, first_frame_ms, clock_error_ms, ..attempt }
    }

    #[test]
    fn the_phases_add_up_to_the_first_frame() {
        for (mode, gathering) in [(false, 200.0), (true, 0.0)] {
            let sample = Sample::of(Arm::Trickle, &attempt(mode));
            let phases = sample.phases.expect("the call was complete");
            assert_eq!(phases.values(), [gathering, 30.0, 10.0, 15.0, 5.0, 20.0]);
            assert_eq!(Some(phases.values().iter().sum()), sample.first_frame_ms);
        }
    }

    #[test]
    fn a_call_that_did_not_pass_or_whose_clocks_are_apart_is_left_out() {
        let why = |change: fn(&mut Attempt)| {
            let mut attempt = attempt(true);
            change(&mut attempt);
            let sample = Sample::of(Arm::Vanilla, &attempt);
            assert_eq!(sample.first_frame_ms.is_none(), sample.left_out.is_some());
            assert_eq!(sample.phases.is_none(), sample.left_out.is_some());
            sample.left_out
        };
        assert_eq!(why(|_| ()), None);
        assert_eq!(why(|attempt| attempt.verdict = Outcome::Failed).as_deref(), Some("failed"));
        assert_eq!(why(|attempt| attempt.first_frame_ms = None).as_deref(), Some("no first frame"));
        let apart = "clocks aligned worse than 2 ms";
        assert_eq!(why(|attempt| attempt.clock_error_ms.answerer = Some(2.1)).as_deref(), Some(apart));
        assert_eq!(
            why(|attempt| attempt.clock_error_ms.offerer = None).as_deref(),
            Some("clocks not aligned")
        );
    }
}
