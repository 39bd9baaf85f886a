//! A recording of a call: what its peers decide, and nothing of what is drawn for each call or depends on the machine.
//!
//! Two recordings of the same releases are equal; what differs between those of two releases is what the release changed.
//! So there are no times in it, and orders only where one step depends on the other: each state machine has an order of
//! its own, and so has each chain of milestones, but what runs side by side has none.

mod difference;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use tincan_harness::{
    Detail,
    attempt::BySide,
    exchange::{Exchange, Side},
    note::{Machine, Note},
    scenario::Scenario,
    sdp::{description::Description, layout::Layout},
    signaling::Role,
    timeline::Milestone,
};

pub use difference::difference;
pub use text::ReadError;

/// The milestones whose order is decided, by name of the chain. Gathering stands in one only where the description waits
/// for it.
const CHAINS: [(&str, &[Milestone]); 4] = [
    (
        "negotiation",
        &[
            Milestone::Ready,
            Milestone::OfferRequested,
            Milestone::LocalDescriptionSet,
            Milestone::RemoteDescriptionSet,
            Milestone::DescriptionSent,
        ],
    ),
    (
        "gathering",
        &[Milestone::LocalDescriptionSet, Milestone::GatheringComplete, Milestone::DescriptionSent],
    ),
    ("track", &[Milestone::RemoteDescriptionSet, Milestone::TrackReceived]),
    (
        "media",
        &[Milestone::IceConnected, Milestone::DtlsConnected, Milestone::FirstFrame, Milestone::FramesProven],
    ),
];

/// Fields of statistics (webrtc-stats) that are there in one call and not in the next of the same release, as seen in 20
/// calls of each scenario, in 7 of them on a machine that was kept busy; `*` is the whole type. They are left out.
const BY_CHANCE: [(&str, &str); 16] = [
    // They come with the first RTCP report of the other side, some time within the first second.
    ("remote-inbound-rtp", "*"),
    ("remote-outbound-rtp", "*"),
    ("inbound-rtp", "remoteId"),
    ("outbound-rtp", "remoteId"),
    // Chromium gathers TCP candidates last, and stops when it is connected.
    ("local-candidate", "tcpType"),
    ("remote-candidate", "tcpType"),
    // A peer-reflexive candidate has the one and not the other, and whether a check comes before the candidate is a race.
    ("remote-candidate", "foundation"),
    ("local-candidate", "relatedAddress"),
    ("local-candidate", "relatedPort"),
    ("remote-candidate", "relatedAddress"),
    ("remote-candidate", "relatedPort"),
    // Not of a release, but of the way in which it was built: Chromium 156 of Debian 13 measures it, of Debian 12 does not.
    ("outbound-rtp", "psnrMeasurements"),
    ("outbound-rtp", "psnrSum"),
    // Known once the echo canceller has an estimate, some time within the first seconds.
    ("media-source", "echoReturnLoss"),
    ("media-source", "echoReturnLossEnhancement"),
    // Chromium says it in most calls and not in others; why was not found out.
    ("transport", "remoteCertificateId"),
];

/// A call as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The name of the scenario.
    pub scenario: String,
    /// Both sides.
    pub sides: BySide<Recorded>,
}

/// What one side decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Name and full version of the peer. It says what was recorded, and is not compared.
    pub who: String,
    /// Its description.
    pub description: Description,
    /// How the lines of its description were set, as it was copied; not known of a recording that was made before this was
    /// written.
    pub layout: Layout,
    /// The milestones, by chain, in the order in which they were reached.
    pub milestones: BTreeMap<String, Vec<String>>,
    /// The states, by state machine, in the order in which they were entered.
    pub states: BTreeMap<String, Vec<String>>,
    /// The names of the fields of each type of statistics (webrtc-stats) at the end of the call.
    pub stats: BTreeMap<String, BTreeSet<String>>,
}

impl Recording {
    /// What `exchange` was, between peers of these names and versions.
    #[must_use]
    pub fn of(scenario: &Scenario, exchange: &Exchange, who: BySide<String>) -> Self {
        Self::leaving_out(&BY_CHANCE, scenario, exchange, who)
    }

    /// The same with every field of getStats, those too that are known to come and go by chance: for who tells chance apart by
    /// repetition.
    #[must_use]
    pub fn with_all_fields(scenario: &Scenario, exchange: &Exchange, who: BySide<String>) -> Self {
        Self::leaving_out(&[], scenario, exchange, who)
    }

    fn leaving_out(
        by_chance: &[(&str, &str)],
        scenario: &Scenario,
        exchange: &Exchange,
        who: BySide<String>,
    ) -> Self {
        let side = |role, who| {
            let sdp = exchange.description(role).unwrap_or_default();
            let (description, layout) = (Description::read(sdp), Layout::of(sdp));
            let waits = scenario.mode.gathers_first(role);
            let side = exchange.side(role);
            let (milestones, states, stats) =
                (milestones(side, waits), states(side, waits), stats(side, by_chance));
            Recorded { who, description, layout, milestones, states, stats }
        };
        let (offerer, answerer) = (side(Role::Offerer, who.offerer), side(Role::Answerer, who.answerer));
        Self { scenario: scenario.to_string(), sides: BySide { offerer, answerer } }
    }

    /// The side of `role`.
    #[must_use]
    pub const fn side(&self, role: Role) -> &Recorded {
        match role {
            Role::Offerer => &self.sides.offerer,
            Role::Answerer => &self.sides.answerer,
        }
    }

    const fn side_mut(&mut self, role: Role) -> &mut Recorded {
        match role {
            Role::Offerer => &mut self.sides.offerer,
            Role::Answerer => &mut self.sides.answerer,
        }
    }
}

fn milestones(side: &Side, waits: bool) -> BTreeMap<String, Vec<String>> {
    let chains = CHAINS.into_iter().filter(|(name, _)| waits || *name != "gathering");
    let reached = |chain: &[Milestone]| {
        let mut reached: Vec<_> =
            side.timeline.iter().filter(|found| chain.contains(&found.milestone)).collect();
        reached.sort_by_key(|found| (found.round, found.at, found.milestone));
        reached.into_iter().map(|found| found.milestone.to_string()).collect::<Vec<_>>()
    };
    let chains = chains.map(|(name, chain)| (name.to_owned(), reached(chain)));
    chains.filter(|(_, reached)| !reached.is_empty()).collect()
}

/// Whether gathering is complete before the call has ended is chance where nobody waits for it.
fn states(side: &Side, waits: bool) -> BTreeMap<String, Vec<String>> {
    let mut states = BTreeMap::<String, Vec<String>>::new();
    for (_, note) in &side.notes {
        let Note::State { machine, state } = note else { continue };
        let by_chance = !waits && (*machine, state.as_str()) == (Machine::IceGatheringState, "complete");
        if !by_chance {
            let (entered, state) =
                (states.entry(machine.to_string()).or_default(), told(side, *machine, state));
            if entered.last().is_none_or(|last| last != state) {
                entered.push(state.to_owned());
            }
        }
    }
    states
}

/// Who cannot tell that ICE has completed goes there and back by chance: it is connected.
fn told<'s>(side: &Side, machine: Machine, state: &'s str) -> &'s str {
    let completed = (machine, state) == (Machine::IceConnectionState, "completed");
    if completed && !side.reads_back.tells(Detail::IceCompletion) { "connected" } else { state }
}

fn stats(side: &Side, by_chance: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
    let mut shape = BTreeMap::<String, BTreeSet<String>>::new();
    let last = side.evidence.stats.last();
    let entries = last.iter().flat_map(|sample| &sample.entries).filter_map(|entry| entry.as_object());
    for entry in entries {
        let Some(kind) = entry.get("type").and_then(|kind| kind.as_str()) else { continue };
        let left_out = |field: &str| by_chance.contains(&(kind, field));
        if !left_out("*") {
            let fields = entry.keys().filter(|field| !left_out(field)).cloned();
            shape.entry(kind.to_owned()).or_default().extend(fields);
        }
    }
    shape
}
