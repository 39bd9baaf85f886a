//! What one attempt yielded, as it is written: times in milliseconds, both sides on one clock.
//!
//! The keys of times end in `_ms`. The zero of an attempt is the click on create offer; what came before it is negative.

mod clock;
mod counts;
mod events;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::clock::{Clock, ms};
pub use self::{
    counts::StatsPoint,
    events::{NoteAt, ReachedAt, SignalAt},
};
use crate::{
    diagnosis::{Diagnosis, diagnose, of_trouble},
    exchange::{Exchange, Side},
    judged::Judged,
    media::{Media, frames::FrameTally, messages::MessageTally, sounds::SoundTally},
    network::{NetworkCondition, PhasePackets, Served},
    peer::{CandidatePair, Codec, StatsSample, Transport},
    procedure::Procedure,
    scenario::{PeerId, Scenario},
    signaling::{Role, SignalingMode},
    timeline::Milestone,
    verdict::{Outcome, Verdict},
};

/// One of each side's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BySide<T> {
    /// The offerer's.
    pub offerer: T,
    /// The answerer's.
    pub answerer: T,
}

impl<T> BySide<T> {
    fn of(exchange: &Exchange, value: impl Fn(&Side) -> T) -> Self {
        Self { offerer: value(&exchange.offerer), answerer: value(&exchange.answerer) }
    }
}

/// The codecs that one side found negotiated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Codecs {
    /// What video it received.
    pub received: Option<Codec>,
    /// What video it sent.
    pub sent: Option<Codec>,
    /// What sound it received; only in a call that has sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_audio: Option<Codec>,
    /// What sound it sent; only in a call that has sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_audio: Option<Codec>,
}

/// The two descriptions of a call, as they were carried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Descriptions {
    /// The offer.
    pub offer: Option<String>,
    /// The answer.
    pub answer: Option<String>,
}

/// One attempt at a scenario. A second attempt is a second entry: nothing is retried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// The scenario's name: `OFFERER-to-ANSWERER/MODE/MEDIA/NETWORK`.
    pub scenario: String,
    /// Which attempt at it this is, from 1.
    pub repetition: u32,
    /// Who offered.
    pub offerer: PeerId,
    /// Who answered.
    pub answerer: PeerId,
    /// When descriptions were to leave.
    pub mode: SignalingMode,
    /// What was to be sent.
    pub media: Media,
    /// What lay between.
    pub network: NetworkCondition,
    /// What was to be done; it stands here unless it is the plain call.
    #[serde(default, skip_serializing_if = "Procedure::is_plain")]
    pub procedure: Procedure,
    /// What became of it.
    pub verdict: Outcome,
    /// Why it did not pass.
    pub reason: Option<String>,
    /// The first stage that broke, and what shows it; only if it did not pass.
    pub diagnosis: Option<Diagnosis>,
    /// The folder with the attempt's evidence, relative to the report, if it was kept.
    pub evidence: Option<String>,
    /// From the click on create offer to the later of the two first frames; only if both came.
    pub first_frame_ms: Option<f64>,
    /// From when its peers were asked for until its verdict: starting those that were not up, making the network, and closing
    /// the call are in it. Null if nobody took the time.
    pub took_ms: Option<f64>,
    /// What was reached, in order of time.
    pub milestones: Vec<ReachedAt>,
    /// The pictures that each side decoded.
    pub frames: BySide<FrameTally>,
    /// The sound that each side decoded; only in a call that has sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sounds: Option<BySide<SoundTally>>,
    /// The messages that came to each side on data channels; only where some were to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<BySide<MessageTally>>,
    /// The selected candidate pair, as each side sees it.
    pub selected_pair: BySide<Option<CandidatePair>>,
    /// The codecs that each side found negotiated.
    pub codec: BySide<Codecs>,
    /// What the servers of the network condition saw of the call; only where there are servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<Served>,
    /// The packets that passed each side's sockets until media came, by phase; null of a browser.
    #[serde(default)]
    pub packets: BySide<Option<PhasePackets>>,
    /// ICE roles, DTLS and SRTP, as each side's statistics say.
    pub transport: BySide<Transport>,
    /// What getStats counted through the call, in order of time.
    pub stats: BySide<Vec<StatsPoint>>,
    /// Both descriptions.
    pub sdp: Descriptions,
    /// All that was carried, in order.
    pub signals: Vec<SignalAt>,
    /// Changes of state and the like, in order of time.
    pub notes: Vec<NoteAt>,
    /// What each side said on its console.
    pub console: BySide<Vec<String>>,
    /// Whether its milestones, signals, notes, descriptions, counts and consoles are left out to keep the report small: that they are
    /// empty then says nothing about the call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub details_left_out: bool,
    /// The bound of the error with which each side's clock was aligned to the harness's.
    pub clock_error_ms: BySide<Option<f64>>,
}

impl Attempt {
    /// An attempt that made an exchange.
    #[must_use]
    pub fn of(scenario: &Scenario, repetition: u32, judged: &Judged) -> Self {
        let Judged { exchange, verdict } = judged;
        let mut attempt = Self::without_exchange(scenario, repetition, verdict);
        let clock = Clock::of(exchange);
        attempt.diagnosis = diagnose(scenario, exchange, verdict);
        attempt.milestones = events::milestones(exchange, &clock);
        attempt.first_frame_ms = first_frame_ms(&attempt.milestones);
        attempt.frames = BySide::of(exchange, |side| side.received.frames);
        let flowing = scenario.procedure.flowing(scenario.media);
        attempt.sounds = flowing.audio.map(|_| BySide::of(exchange, |side| side.received.sounds));
        attempt.messages = flowing.data.then(|| BySide::of(exchange, |side| side.received.messages));
        attempt.selected_pair = BySide::of(exchange, |side| side.evidence.pair.clone());
        attempt.codec = BySide::of(exchange, |side| Codecs {
            received: side.evidence.received_codec.clone(),
            sent: side.evidence.sent_codec.clone(),
            received_audio: side.evidence.received_audio_codec.clone(),
            sent_audio: side.evidence.sent_audio_codec.clone(),
        });
        attempt.served = exchange.served;
        attempt.packets = BySide::of(exchange, |side| side.evidence.packets);
        attempt.transport = BySide::of(exchange, |side| side.evidence.transport.clone());
        attempt.stats = BySide {
            offerer: stats(exchange, Role::Offerer, &clock),
            answerer: stats(exchange, Role::Answerer, &clock),
        };
        let description = |role| exchange.description(role).map(str::to_owned);
        attempt.sdp = Descriptions { offer: description(Role::Offerer), answer: description(Role::Answerer) };
        attempt.signals = events::signals(exchange, &clock);
        attempt.notes = events::notes(exchange, &clock);
        attempt.console = BySide::of(exchange, |side| side.evidence.console.clone());
        attempt.clock_error_ms =
            BySide::of(exchange, |side| side.evidence.clock.map(|clock| ms(clock.error)));
        attempt
    }

    /// What was attempted.
    #[must_use]
    pub const fn scenario(&self) -> Scenario {
        let Self { offerer, answerer, mode, media, network, procedure, .. } = self;
        Scenario {
            offerer: *offerer,
            answerer: *answerer,
            mode: *mode,
            media: *media,
            network: *network,
            procedure: *procedure,
        }
    }

    /// The same attempt without what tells its course: for a report that has to be small.
    #[must_use]
    pub fn without_details(self) -> Self {
        Self {
            milestones: Vec::new(),
            signals: Vec::new(),
            notes: Vec::new(),
            sdp: Descriptions::default(),
            stats: BySide::default(),
            console: BySide::default(),
            details_left_out: true,
            ..self
        }
    }

    /// The same attempt, which took so long.
    #[must_use]
    pub fn that_took(self, time: Duration) -> Self {
        Self { took_ms: Some(ms(time)), ..self }
    }

    /// An attempt that ended before anything was exchanged.
    #[must_use]
    pub fn without_exchange(scenario: &Scenario, repetition: u32, verdict: &Verdict) -> Self {
        Self {
            scenario: scenario.to_string(),
            repetition,
            offerer: scenario.offerer,
            answerer: scenario.answerer,
            mode: scenario.mode,
            media: scenario.media,
            network: scenario.network,
            procedure: scenario.procedure,
            verdict: verdict.outcome(),
            reason: verdict.reason(),
            diagnosis: match verdict {
                Verdict::Errored(role, trouble) => Some(of_trouble(*role, trouble)),
                _ => None,
            },
            evidence: None,
            first_frame_ms: None,
            took_ms: None,
            milestones: Vec::new(),
            frames: BySide::default(),
            sounds: None,
            messages: None,
            selected_pair: BySide::default(),
            codec: BySide::default(),
            served: None,
            packets: BySide::default(),
            transport: BySide::default(),
            stats: BySide::default(),
            sdp: Descriptions::default(),
            signals: Vec::new(),
            notes: Vec::new(),
            console: BySide::default(),
            details_left_out: false,
            clock_error_ms: BySide::default(),
        }
    }
}

fn first_frame_ms(milestones: &[ReachedAt]) -> Option<f64> {
    let first =
        |role| milestones.iter().find(|m| m.peer == role && m.name == Milestone::FirstFrame).map(|m| m.at_ms);
    Some(first(Role::Offerer)?.max(first(Role::Answerer)?))
}

fn stats(exchange: &Exchange, role: Role, clock: &Clock<'_>) -> Vec<StatsPoint> {
    let point = |sample: &StatsSample| StatsPoint::of(clock.ms(role, sample.at), &sample.entries);
    exchange.side(role).evidence.stats.iter().map(point).collect()
}
