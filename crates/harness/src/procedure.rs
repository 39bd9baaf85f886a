//! What is done in a call, and what has to come of it: a script of steps that the one loop walks.

mod change;
mod handover;
mod once;
mod step;

use std::{borrow::Cow, collections::BTreeSet, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

pub use self::{
    change::Change,
    handover::Handover,
    step::{Act, Awaited, Step},
};
use crate::{
    media::{Flow, Media},
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
        std::iter::once(Self::Once).chain(changes.flat_map(by_either)).chain(handed)
    }

    /// What is changed when the call is up, and by whom.
    const fn changed(self) -> Option<(Change, Role)> {
        match self {
            Self::Once => None,
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
        let mut script = once::script(mode, media);
        if let Some((change, by)) = self.changed() {
            script.extend(change.script(by, mode, media));
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
        }
    }

    /// What `role` has to be able to do besides creating the first offer, or answering it.
    pub(crate) fn acts(self, role: Role) -> BTreeSet<Act> {
        match self.changed() {
            Some((change, by)) if by == role => change.acts(),
            Some((change, _)) => change.acts_of_other(),
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
        matches!(self.changed(), Some((change, _)) if change.is_negotiated())
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

/// `once`, or as `ice-restart-by-offerer` or `candidates-late`.
impl fmt::Display for Procedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once => f.pad("once"),
            Self::Then { change, by } => f.pad(&format!("{change}{BY}{by}")),
            Self::Handed(handover) => f.pad(&handover.to_string()),
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
            let (plain, script) = (
                Procedure::Once.script(SignalingMode::Trickle, Media::VP8),
                procedure.script(SignalingMode::Trickle, Media::VP8),
            );
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
        assert_eq!(
            Role::BOTH.map(|role| Procedure::Once.sends(role, Flow::Data, Media::VP8)),
            [false, false]
        );
    }
}
