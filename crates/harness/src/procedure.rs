//! What is done in a call, and what has to come of it: a script of steps that the one loop walks.

mod change;
mod handover;
mod once;
mod rejecting;
mod sending;
mod step;

use std::{borrow::Cow, collections::BTreeSet, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

pub use self::{
    change::Change,
    handover::Handover,
    rejecting::Rejecting,
    sending::Sending,
    step::{Act, Awaited, Step},
};
use crate::{
    media::{Direction, Flow, Media},
    signaling::{Role, SignalingMode},
    timeline::{FIRST_ROUND, Round},
};

/// What stands in a name between a change and the side that makes it.
const BY: &str = "-by-";

/// What is done in a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Procedure {
    /// It is set up: one offer, one answer, and media both ways.
    #[default]
    Once,
    /// It is set up, and then changed.
    Then {
        /// How.
        change: Change,
        /// Who changes it.
        by: Role,
    },
    /// It is set up, and candidates are handed over otherwise than they come.
    Handed(Handover),
    /// It is set up, and not both sides send media.
    Sent(Sending),
    /// Something of what is offered is rejected, and then it is offered again.
    Rejected(Rejecting),
}

/// There is no procedure of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no procedure: there are {}", Procedure::all().map(|known| known.to_string()).collect::<Vec<_>>().join(", "))]
pub struct ProcedureError {
    name: String,
}

impl Procedure {
    /// All that there are, the plain one first.
    pub fn all() -> impl Iterator<Item = Self> {
        let changes = Change::VARIANTS.iter().copied();
        let by_either = |change| Role::BOTH.map(|by| Self::Then { change, by });
        let handed = Handover::VARIANTS.iter().copied().map(Self::Handed);
        let sent = Sending::VARIANTS.iter().copied().map(Self::Sent);
        let rejected = Rejecting::VARIANTS.iter().copied().map(Self::Rejected);
        std::iter::once(Self::Once)
            .chain(changes.flat_map(by_either))
            .chain(handed)
            .chain(sent)
            .chain(rejected)
    }

    /// What is changed when the call is up, and by whom.
    const fn changed(self) -> Option<(Change, Role)> {
        match self {
            Self::Once | Self::Sent(_) | Self::Rejected(_) => None,
            Self::Then { change, by } => Some((change, by)),
            Self::Handed(handover) => handover.after(),
        }
    }

    /// How candidates are handed over, if it is otherwise than they come.
    #[must_use]
    pub const fn handover(self) -> Option<Handover> {
        if let Self::Handed(handover) = self { Some(handover) } else { None }
    }

    /// The steps of a call that begins with `media` in `mode`, in the order in which one depends on the one before it.
    #[must_use]
    pub fn script(self, mode: SignalingMode, media: Media) -> Vec<Step> {
        let mut script = once::script(mode, media, |role, flow| self.begins_to_send(role, flow));
        if let Some((change, by)) = self.changed() {
            script.extend(change.script(by, mode, media));
        }
        if self.rejecting().is_some() {
            script.extend(Rejecting::script(mode, self.begins_with(media)));
        }
        script
    }

    /// What has to be reached in a call that begins with `media` in `mode`, in the order of its script.
    pub fn path(self, mode: SignalingMode, media: Media) -> impl Iterator<Item = Awaited> {
        self.script(mode, media).into_iter().filter_map(|step| match step {
            Step::Await(awaited) => Some(awaited),
            Step::Do(..) | Step::ProveAnew(_) => None,
        })
    }

    /// Whether `role` sends `flow` as soon as the call is up, if the call begins with it: messages go both ways in any call.
    fn begins_to_send(self, role: Role, flow: Flow) -> bool {
        let is_rejected = self.rejecting().is_some_and(|rejecting| rejecting.rejects(flow));
        flow == Flow::Data || (self.direction(role).sends() && !is_rejected)
    }

    /// What of the offer is rejected, if something is.
    #[must_use]
    pub const fn rejecting(self) -> Option<Rejecting> {
        if let Self::Rejected(rejecting) = self { Some(rejecting) } else { None }
    }

    /// What flows when a call is up in which `media` is offered.
    #[must_use]
    pub const fn begins_with(self, media: Media) -> Media {
        match self.rejecting() {
            Some(rejecting) => rejecting.rest_of(media),
            None => media,
        }
    }

    /// In which direction media go when the call begins, as `role` says it.
    #[must_use]
    pub const fn direction(self, role: Role) -> Direction {
        match self {
            Self::Sent(sending) => sending.direction(role),
            Self::Once | Self::Then { .. } | Self::Handed(_) | Self::Rejected(_) => Direction::SendRecv,
        }
    }

    /// Whether the directions are what the call is about: they are asked for, and nothing may come against them.
    pub(crate) const fn is_directed(self) -> bool {
        matches!(self, Self::Sent(_))
    }

    /// Whether it is what every call does, and is not told of it.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Once)
    }

    /// Whether the catalogue has it for calls that begin with `media` in `mode`.
    pub(crate) fn is_made_with(self, mode: SignalingMode, media: Media) -> bool {
        match self {
            Self::Once => true,
            // In half-trickle nothing else is done than in the other two.
            Self::Then { change, .. } => mode != SignalingMode::HalfTrickle && change.is_made_with(media),
            // Elsewhere candidates are part of a description.
            Self::Handed(_) => mode == SignalingMode::Trickle && media.is_plain(),
            Self::Rejected(_) => mode != SignalingMode::HalfTrickle && media == Media::VP8_AND_OPUS,
            // Data goes both ways.
            Self::Sent(_) => mode != SignalingMode::HalfTrickle && (media.is_plain() || media == Media::OPUS),
        }
    }

    /// What `role` has to be able to do besides creating the first offer, or answering it.
    pub(crate) fn acts(self, role: Role) -> BTreeSet<Act> {
        match self.changed() {
            Some((change, by)) if by == role => change.acts(),
            Some((change, _)) => change.acts_of_other(),
            None if self.rejecting().is_some() && role == Role::Offerer => BTreeSet::from([Act::Offer]),
            None => BTreeSet::new(),
        }
    }

    /// What `role` has to hear of and to tell, in words, with the act that who can tell it has.
    pub(crate) fn heard_by(self, role: Role) -> Option<(Act, &'static str)> {
        match self.changed() {
            Some((change, by)) if by != role => change.heard_by_other(),
            _ => None,
        }
    }

    /// Whose offer of `round` is made and not handed over: it is taken back.
    pub(crate) const fn takes_back(self, round: Round) -> Option<Role> {
        match self.changed() {
            Some((change, by)) => change.takes_back(by, round),
            None => None,
        }
    }

    /// Whether there is a second offer, which both sides have to take part in.
    pub(crate) const fn renegotiates(self) -> bool {
        matches!(self.changed(), Some((change, _)) if change.is_negotiated()) || self.rejecting().is_some()
    }

    /// Who offers in `round`.
    #[must_use]
    pub const fn offerer_of(self, round: Round) -> Role {
        match self.changed() {
            Some((change, by)) if round > FIRST_ROUND => match change.takes_back(by, round) {
                Some(role) => role,
                None => by,
            },
            _ => Role::Offerer,
        }
    }

    /// All that flows at the end of a call that begins with `media`.
    #[must_use]
    pub fn flowing(self, media: Media) -> Media {
        let media = self.begins_with(media);
        let Some((change, _)) = self.changed() else { return media };
        match change.added() {
            Some(Flow::Video(codec)) => Media { video: Some(codec), ..media },
            Some(Flow::Audio(codec)) => Media { audio: Some(codec), ..media },
            Some(Flow::Data) => Media { data: true, ..media },
            None => media,
        }
    }

    /// Whether `role` sends `flow` by the end of a call that begins with `media`: what is added, one side sends.
    #[must_use]
    pub fn sends(self, role: Role, flow: Flow, media: Media) -> bool {
        let flows = |media: Media| media.flows().any(|flowing| flowing == flow);
        match self.changed() {
            Some((Change::RemoveTrack, by)) if matches!(flow, Flow::Video(_)) && by == role => false,
            None if self.is_directed() => flows(media) && self.begins_to_send(role, flow),
            Some((_, by)) if !flows(media) && flow != Flow::Data => by == role && flows(self.flowing(media)),
            _ => flows(self.flowing(media)),
        }
    }

    /// What is changed, if something is.
    #[must_use]
    pub const fn change(self) -> Option<Change> {
        match self.changed() {
            Some((change, _)) => Some(change),
            None => None,
        }
    }
}

/// `once`, or as `ice-restart-by-offerer`, `candidates-late`, `only-offerer-sends` or `reject-video`.
impl fmt::Display for Procedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once => f.pad("once"),
            Self::Then { change, by } => f.pad(&format!("{change}{BY}{by}")),
            Self::Handed(handover) => f.pad(&handover.to_string()),
            Self::Sent(sending) => f.pad(&sending.to_string()),
            Self::Rejected(rejecting) => f.pad(&rejecting.to_string()),
        }
    }
}

impl FromStr for Procedure {
    type Err = ProcedureError;

    fn from_str(name: &str) -> Result<Self, ProcedureError> {
        Self::all()
            .find(|known| known.to_string() == name)
            .ok_or_else(|| ProcedureError { name: name.to_owned() })
    }
}

impl From<Procedure> for String {
    fn from(procedure: Procedure) -> Self {
        procedure.to_string()
    }
}

impl TryFrom<String> for Procedure {
    type Error = ProcedureError;

    fn try_from(name: String) -> Result<Self, ProcedureError> {
        name.parse()
    }
}

impl JsonSchema for Procedure {
    fn schema_name() -> Cow<'static, str> {
        "Procedure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = Self::all().map(|known| known.to_string()).collect();
        json_schema!({ "description": "What is done in a call.", "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::{step::both, *};
    use crate::timeline::Milestone;

    #[test]
    fn an_offer_is_asked_for_when_both_are_ready_and_before_anything_else_is_awaited() {
        for mode in [SignalingMode::Vanilla, SignalingMode::HalfTrickle, SignalingMode::Trickle] {
            let script = Procedure::Once.script(mode, Media::VP8);
            let offer = Step::Do(FIRST_ROUND, Role::Offerer, Act::Offer);
            let asked = script.iter().position(|step| *step == offer).unwrap();
            assert_eq!(script[..asked], both(Milestone::Ready), "{mode}");
            let gathers = Procedure::Once
                .path(mode, Media::VP8)
                .filter(|awaited| awaited.milestone == Milestone::GatheringComplete);
            let expected = Role::BOTH.into_iter().filter(|role| mode.gathers_first(*role));
            assert!(gathers.map(|awaited| awaited.role).eq(expected), "{mode}");
        }
    }

    #[test]
    fn a_procedure_is_its_name_and_begins_as_every_call_does() {
        for procedure in Procedure::all() {
            let name = procedure.to_string();
            assert_eq!(name.parse(), Ok(procedure));
            assert_eq!(serde_json::to_string(&procedure).unwrap(), format!("\"{name}\""));
            let (mut plain, script) = (
                Procedure::Once.script(SignalingMode::Trickle, Media::VP8),
                procedure.script(SignalingMode::Trickle, Media::VP8),
            );
            // What is not sent, or not taken, is not waited for.
            let taken = procedure.begins_with(Media::VP8).milestones();
            let arrives = |step: &Step| match step {
                Step::Await(Awaited { role, milestone, .. }) => {
                    !Media::VP8.milestones().contains(milestone)
                        || (taken.contains(milestone) && procedure.direction(role.other()).sends())
                }
                Step::Do(..) | Step::ProveAnew(_) => true,
            };
            plain.retain(arrives);
            assert_eq!(script[..plain.len()], plain, "{name}");
        }
        let wrong = "restart".parse::<Procedure>().unwrap_err().to_string();
        assert!(wrong.contains("ice-restart-by-offerer"), "{wrong}");
    }

    #[test]
    fn who_changes_a_call_offers_in_its_later_rounds_and_what_is_asked_is_what_it_has_to_be_able_to_do() {
        for procedure in Procedure::all().filter(|procedure| !procedure.is_plain()) {
            let script = procedure.script(SignalingMode::Vanilla, Media::VP8);
            let acts: BTreeSet<_> = script
                .iter()
                .filter_map(|step| match step {
                    Step::Do(round, role, act) if *round > FIRST_ROUND => Some((*role, *act)),
                    _ => None,
                })
                .collect();
            // What is asked for only if it is the other side's turn to offer is no act of the script.
            let asked = |role| procedure.acts(role).into_iter().filter(|act| *act != Act::GiveWay);
            let asked: BTreeSet<_> =
                Role::BOTH.into_iter().flat_map(|role| asked(role).map(move |act| (role, act))).collect();
            assert_eq!(acts, asked, "{procedure}");
            let mut offers = procedure.path(SignalingMode::Vanilla, Media::VP8).filter(|awaited| {
                awaited.round > FIRST_ROUND && awaited.milestone == Milestone::OfferRequested
            });
            assert!(offers.all(|awaited| awaited.role == procedure.offerer_of(awaited.round)), "{procedure}");
        }
    }

    #[test]
    fn what_is_added_is_sent_by_the_side_that_adds_it() {
        let procedure: Procedure = "add-audio-by-answerer".parse().unwrap();
        let opus = Media::OPUS.flows().next().unwrap();
        let vp8 = Media::VP8.flows().next().unwrap();
        assert_eq!(Role::BOTH.map(|role| procedure.sends(role, opus, Media::VP8)), [false, true]);
        assert_eq!(Role::BOTH.map(|role| procedure.sends(role, vp8, Media::VP8)), [true, true]);
        let data: Procedure = "add-data-by-answerer".parse().unwrap();
        assert_eq!(Role::BOTH.map(|role| data.sends(role, Flow::Data, Media::VP8)), [true, true]);
        let removed: Procedure = "remove-track-by-answerer".parse().unwrap();
        assert_eq!(Role::BOTH.map(|role| removed.sends(role, vp8, Media::VP8)), [true, false]);
        let one_way: Procedure = "only-answerer-sends".parse().unwrap();
        assert_eq!(Role::BOTH.map(|role| one_way.sends(role, vp8, Media::VP8)), [false, true]);
        assert_eq!(Role::BOTH.map(|role| one_way.sends(role, opus, Media::VP8)), [false, false]);
        assert_eq!(Role::BOTH.map(|role| one_way.sends(role, Flow::Data, Media::DATA)), [true, true]);
        assert_eq!(
            Role::BOTH.map(|role| Procedure::Once.sends(role, Flow::Data, Media::VP8)),
            [false, false]
        );
    }
}
