//! What an examination of a call works with, and what it finds.

use crate::{
    exchange::{Exchange, Side},
    media::{Flow, Media},
    network::NetworkCondition,
    note::{Machine, Note},
    procedure::Procedure,
    signaling::Role,
    stage::Stage,
    timeline::FIRST_ROUND,
};

/// What was found: a stage, a side and a sentence.
pub(super) struct Finding {
    pub(super) stage: Stage,
    pub(super) peer: Role,
    pub(super) evidence: String,
    /// More exact than what is said for every break of the stage.
    pub(super) look_at: Option<&'static str>,
}

impl Finding {
    pub(super) fn new(stage: Stage, peer: Role, evidence: impl Into<String>) -> Self {
        Self { stage, peer, evidence: evidence.into(), look_at: None }
    }

    pub(super) fn look_at(mut self, look_at: &'static str) -> Self {
        self.look_at = Some(look_at);
        self
    }
}

/// Looks for the first stage that broke in a call in which `role` fell short.
pub(super) struct Examination<'e> {
    pub(super) exchange: &'e Exchange,
    pub(super) media: Media,
    pub(super) procedure: Procedure,
    pub(super) network: NetworkCondition,
    pub(super) role: Role,
}

impl Examination<'_> {
    pub(super) const fn side(&self, role: Role) -> &Side {
        self.exchange.side(role)
    }

    /// Whether `role` offers or answers in the round in which the call ended.
    pub(super) fn part(&self, role: Role) -> Role {
        if role == self.procedure.offerer_of(self.exchange.round) { Role::Offerer } else { Role::Answerer }
    }

    /// Whether a track that is waited for is one of sound: in a call that is changed, what is added.
    pub(super) fn awaits_sound(&self) -> bool {
        let before = self.procedure.begins_with(self.media).flows().collect::<Vec<_>>();
        let added = self.procedure.flowing(self.media).flows().find(|flow| !before.contains(flow));
        match added.filter(|_| self.exchange.round > FIRST_ROUND) {
            Some(added) => matches!(added, Flow::Audio(_)),
            None => self.procedure.begins_with(self.media).video.is_none(),
        }
    }
}

/// The last state of `machine` of a side.
pub(super) fn state_of(side: &Side, machine: Machine) -> Option<String> {
    let is_of = |note: &&Note| matches!(note, Note::State { machine: other, .. } if *other == machine);
    side.notes.iter().map(|(_, note)| note).rfind(is_of).map(Note::to_string)
}
