//! What is written: which programmes ran, and what every attempt yielded.
//!
//! Times are in milliseconds and their keys end in `_ms`. The zero of an attempt is the click on create offer; what
//! came before it is negative.

mod clock;
mod counts;
mod events;
pub mod html;
pub mod json;
pub mod junit;
pub mod lines;
pub mod markdown;
mod matrix;
mod peers;

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::clock::{Clock, ms, round};
pub use self::{
    counts::StatsPoint,
    events::{NoteAt, ReachedAt, SignalAt},
    lines::{Line, LinesError, Run},
};
use crate::{
    diagnosis::{Diagnosis, diagnose, of_trouble},
    exchange::{Exchange, Side},
    frames::FrameTally,
    judged::Judged,
    network::{NetworkCondition, PhasePackets, Served},
    peer::{CandidatePair, Codec, StatsSample, Transport},
    profile::Profile,
    redact::Secret,
    scenario::{Media, PeerId, Scenario},
    signaling::{Role, SignalingMode},
    stats::{PassRate, pass_rates},
    timeline::Milestone,
    verdict::{Outcome, Verdict},
};

/// The version of the form of a report: raised when a reader of the old form would misread the new one.
pub const SCHEMA_VERSION: u32 = 2;

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan report")]
pub struct Report {
    /// The version of this form.
    pub schema_version: u32,
    /// What ran.
    pub ran: Ran,
    /// How many attempts were asked for; `attempts` holds fewer if the run was cut short.
    pub planned: u32,
    /// What is masked in this report and in the evidence beside it; nothing unless that was asked for.
    pub redacted: Vec<Secret>,
    /// How often each scenario that was attempted has passed.
    pub pass_rates: Vec<PassRate>,
    /// The attempts that have ended, in the order in which they did.
    pub attempts: Vec<Attempt>,
}

impl Report {
    /// The report of the attempts of a run, in the order in which they ended.
    #[must_use]
    pub fn of(run: Run, attempts: Vec<Attempt>) -> Self {
        let Run { schema_version, ran, planned, redacted } = run;
        let mut report = Self { schema_version, ran, planned, redacted, pass_rates: Vec::new(), attempts };
        report.rate();
        report
    }

    /// Works out the pass rates of the attempts that stand in it.
    pub fn rate(&mut self) {
        let ended = self.attempts.iter().map(|attempt| (attempt.scenario.as_str(), attempt.verdict));
        self.pass_rates = pass_rates(ended);
    }

    /// How many attempts came out as `outcome`.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.attempts.iter().filter(|attempt| attempt.verdict == outcome).count()
    }
}

/// The programmes and the machine of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ran {
    /// The version of tincan.
    pub tincan: String,
    /// The versions of the crates that take part in a call.
    pub crates: BTreeMap<String, String>,
    /// Operating system and architecture, as `linux x86_64`.
    pub platform: String,
    /// The processors that were available.
    pub processors: usize,
    /// When the run began: seconds since 1970-01-01 UTC.
    pub started_at_s: u64,
    /// The number drawn for this run, which its pictures carry.
    pub run_number: u32,
    /// The page: `built-in`, or the folder that was given.
    pub page: String,
    /// The name of the page map.
    pub page_map: String,
    /// How many calls ran side by side.
    pub jobs: usize,
    /// The deadline of each wait, in seconds.
    pub deadlines_s: BTreeMap<String, f64>,
    /// The browsers, each once; one that replaced a dead one stands here too.
    pub browsers: Vec<Browser>,
    /// Who could take part, in the order of the registry; nobody in a report that was made before this was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<Profile>,
}

/// A browser that was started: what really runs, as it said itself and as the kernel says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Browser {
    /// Which peer it is; null in a report that was made before this was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerId>,
    /// The name that it gave to WebDriver.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file that runs, as the first word of its command line.
    pub binary: String,
    /// The driver's version.
    pub driver_version: String,
    /// The driver's file.
    pub driver_binary: String,
    /// Whether it runs without a window.
    pub headless: bool,
    /// Whether the system calls of its pages are filtered.
    pub sandbox: bool,
    /// The flags on its command line, each with what it is for.
    pub flags: BTreeMap<String, String>,
}

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
    /// What it received.
    pub received: Option<Codec>,
    /// What it sent.
    pub sent: Option<Codec>,
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
        attempt.frames = BySide::of(exchange, |side| side.frames);
        attempt.selected_pair = BySide::of(exchange, |side| side.evidence.pair.clone());
        attempt.codec = BySide::of(exchange, |side| Codecs {
            received: side.evidence.received_codec.clone(),
            sent: side.evidence.sent_codec.clone(),
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
