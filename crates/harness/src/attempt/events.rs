//! What happened in an attempt, in order: milestones, signals, notes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clock::Clock;
use crate::{
    exchange::{Carried, Exchange},
    note::Note,
    signaling::{Role, Signal},
    timeline::{Milestone, Reached, Round, first_round, is_first_round},
};

/// A milestone in a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReachedAt {
    /// Whose.
    pub peer: Role,
    /// Which.
    pub name: Milestone,
    /// In which negotiation of the call, from 1; it stands here unless it is the first.
    #[serde(default = "first_round", skip_serializing_if = "is_first_round")]
    pub round: Round,
    /// When.
    pub at_ms: f64,
}

/// A signal in a report; the text of descriptions stands in `sdp`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalAt {
    /// Whose.
    pub from: Role,
    /// `offer`, `answer`, `candidate` or `end-of-candidates`.
    pub kind: String,
    /// The candidate, if it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub candidate: Option<String>,
    /// In which negotiation of the call, from 1; it stands here unless it is the first.
    #[serde(default = "first_round", skip_serializing_if = "is_first_round")]
    pub round: Round,
    /// Whether it was not handed over, since it belongs to an offer that is taken back, or the procedure leaves it out; it stands here only
    /// if so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// Whether the page has carried it by itself; it stands here only if so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_page: bool,
    /// When it could be copied; what a page has carried, when it was given to the other side.
    pub at_ms: f64,
}

/// A change of state, or something else that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoteAt {
    /// On which side.
    pub peer: Role,
    /// What, in words.
    pub text: String,
    /// The same for programmes; none in a report of tincan 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// When.
    pub at_ms: f64,
}

impl NoteAt {
    /// What `peer` noted at `at_ms`.
    #[must_use]
    pub fn new(peer: Role, note: Note, at_ms: f64) -> Self {
        Self { peer, text: note.to_string(), note: Some(note), at_ms }
    }
}

pub(super) fn milestones(exchange: &Exchange, clock: &Clock<'_>) -> Vec<ReachedAt> {
    let of = |peer| {
        let reached = exchange.side(peer).timeline.iter();
        reached.map(move |Reached { round, milestone, at }| ReachedAt {
            peer,
            name: milestone,
            round,
            at_ms: clock.ms(peer, at),
        })
    };
    let mut all: Vec<_> = Role::BOTH.into_iter().flat_map(of).collect();
    all.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    all
}

pub(super) fn signals(exchange: &Exchange, clock: &Clock<'_>) -> Vec<SignalAt> {
    let signal = |carried: &Carried| SignalAt {
        from: carried.from,
        kind: carried.signal.name().to_owned(),
        candidate: match &carried.signal {
            Signal::Candidate(candidate) => Some(candidate.candidate.clone()),
            _ => None,
        },
        round: carried.round,
        withheld: carried.withheld,
        by_page: carried.by_page,
        at_ms: clock.ms(if carried.by_page { carried.from.other() } else { carried.from }, carried.at),
    };
    exchange.carried.iter().map(signal).collect()
}

pub(super) fn notes(exchange: &Exchange, clock: &Clock<'_>) -> Vec<NoteAt> {
    let of = |peer| {
        let notes = exchange.side(peer).notes.iter();
        notes.map(move |(at, note)| NoteAt::new(peer, note.clone(), clock.ms(peer, *at)))
    };
    let mut all: Vec<_> = Role::BOTH.into_iter().flat_map(of).collect();
    all.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    all
}
