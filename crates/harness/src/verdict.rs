//! Was the call good, and if not, what was the first thing that was missing?

mod directed;
mod found;
mod read_back;

use std::{fmt, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::found::{Found, otherwise};
use crate::{
    abilities::Detail,
    carried::{Given, given},
    deadlines::{Wait, in_seconds},
    exchange::{Ending, Exchange},
    media::{
        frames::{FRAMES_TO_PROVE, FrameTally},
        messages::{CHANNELS, MESSAGES, MessageTally},
        sounds::{SoundTally, WORDS_TO_PROVE},
    },
    note::Note,
    peer::{HarnessError, PeerError},
    procedure::Change,
    scenario::Scenario,
    sdp,
    signaling::{Role, Signal},
    stage::Stage,
    timeline::{FIRST_ROUND, Milestone, Round, in_round},
};

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All that the scenario expects was seen to happen.
    Passed,
    /// The peers did not do it.
    Failed(Box<Shortfall>),
    /// A peer or the page cannot do what was asked, and says so: nothing was tried.
    Unsupported(String),
    /// The question could not be asked. Counts neither for nor against a peer, and never ends green.
    Errored(Option<Role>, HarnessError),
}

impl Verdict {
    /// The word for it in JSON and in tables.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Passed => Outcome::Passed,
            Self::Failed(_) => Outcome::Failed,
            Self::Unsupported(_) => Outcome::Unsupported,
            Self::Errored(..) => Outcome::Errored,
        }
    }

    /// Why it did not pass, in a sentence.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Failed(shortfall) => Some(shortfall.to_string()),
            Self::Unsupported(reason) => Some(reason.clone()),
            Self::Errored(Some(role), trouble) => Some(format!("{role}: {trouble}")),
            Self::Errored(None, trouble) => Some(trouble.to_string()),
        }
    }
}

/// The kind of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum Outcome {
    /// [`Verdict::Passed`]
    Passed,
    /// [`Verdict::Failed`]
    Failed,
    /// [`Verdict::Unsupported`]
    Unsupported,
    /// [`Verdict::Errored`]
    Errored,
}

/// What fell short in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// On which side.
    pub role: Role,
    /// In which round.
    pub round: Round,
    /// What it was.
    pub what: Missing,
    /// The last milestone that the offerer did reach.
    pub offerer_reached: Option<Milestone>,
    /// The last milestone that the answerer did reach.
    pub answerer_reached: Option<Milestone>,
    /// What was last seen on the side that fell short.
    pub last_seen: Vec<String>,
}

/// The first thing that was missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A milestone was not reached before its deadline.
    Milestone {
        /// Which one.
        milestone: Milestone,
        /// The name of the deadline.
        wait: Wait,
        /// How long was waited.
        waited: Duration,
    },
    /// The side refused what it was given.
    Refused(PeerError),
    /// It happened, but not in the way that was asked for.
    NotAsAsked {
        /// The stage in which it did.
        stage: Stage,
        /// What was asked, and what happened.
        what: String,
    },
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: ", self.role, in_round(self.round))?;
        match &self.what {
            Missing::Milestone { milestone, wait, waited } => {
                let waited = in_seconds(*waited);
                write!(f, "{milestone} was not reached within {waited} (deadline {wait})")?;
            }
            Missing::Refused(fault) => write!(f, "{fault}")?,
            Missing::NotAsAsked { what, .. } => write!(f, "{what}")?,
        }
        let name = |reached: Option<Milestone>| reached.map_or("nothing", <&str>::from);
        let (offerer, answerer) = (name(self.offerer_reached), name(self.answerer_reached));
        write!(f, "; last reached: offerer {offerer}, answerer {answerer}")?;
        if !self.last_seen.is_empty() {
            write!(f, "; last seen: {}", self.last_seen.join(", "))?;
        }
        Ok(())
    }
}

/// The verdict on an exchange.
#[must_use]
pub fn judge(scenario: &Scenario, exchange: &Exchange) -> Verdict {
    let failed = |role, what| Verdict::Failed(Box::new(shortfall(exchange, role, what)));
    match &exchange.ending {
        Ending::HarnessFailed(role, trouble) => Verdict::Errored(Some(*role), trouble.clone()),
        Ending::Unsupported(role, reason) => {
            Verdict::Unsupported(format!("{} {reason}", scenario.peer(*role)))
        }
        Ending::PeerFailed(role, fault) => failed(*role, Missing::Refused(fault.clone())),
        Ending::NotNegotiated(role, what) => {
            let offers = *role == scenario.procedure.offerer_of(exchange.round);
            let stage = Stage::own(if offers { Role::Offerer } else { Role::Answerer });
            failed(*role, Missing::NotAsAsked { stage, what: what.clone() })
        }
        Ending::NotAsSent(role, stage, what) => {
            failed(*role, Missing::NotAsAsked { stage: *stage, what: what.clone() })
        }
        Ending::Stalled { role, milestone, wait, waited } => {
            let (milestone, wait, waited) = (*milestone, *wait, *waited);
            failed(*role, Missing::Milestone { milestone, wait, waited })
        }
        Ending::Complete => {
            let checks = Role::BOTH.into_iter().map(|role| (role, as_asked(scenario, exchange, role)));
            checks
                .filter_map(|(role, found)| Some((role, found.err()?)))
                .map(|(role, found)| match found {
                    Found::Otherwise(stage, what) => failed(role, Missing::NotAsAsked { stage, what }),
                    Found::Unknown(what) => {
                        Verdict::Errored(Some(role), HarnessError::new("read back the call", what))
                    }
                })
                .next()
                .unwrap_or(Verdict::Passed)
        }
    }
}

fn shortfall(exchange: &Exchange, role: Role, what: Missing) -> Shortfall {
    let side = exchange.side(role);
    let mut last_seen = latest_states(&side.notes);
    if let Missing::Milestone { milestone, wait, .. } = what {
        match wait {
            _ if matches!(milestone, Milestone::FirstSound | Milestone::SoundProven) => {
                last_seen.push(describe_sound(&side.received.sounds));
            }
            Wait::Ice => last_seen.extend(Role::BOTH.map(|role| count_candidates(exchange, role))),
            Wait::Media if milestone.is_of_data() => {
                last_seen.push(describe_messages(&side.received.messages))
            }
            Wait::Media => last_seen.push(describe(&side.received.frames)),
            _ => {}
        }
    }
    Shortfall {
        role,
        round: exchange.round,
        what,
        offerer_reached: exchange.offerer.timeline.last(),
        answerer_reached: exchange.answerer.timeline.last(),
        last_seen,
    }
}

/// The notes that still hold, in order: of those that say the same anew the last.
fn latest_states(notes: &[(Duration, Note)]) -> Vec<String> {
    let superseded =
        |index: usize, note: &Note| notes[index + 1..].iter().any(|(_, later)| note.is_superseded_by(later));
    let holding = notes.iter().enumerate().filter(|(index, (_, note))| !superseded(*index, note));
    holding.map(|(_, (_, note))| note.to_string()).collect()
}

fn count_candidates(exchange: &Exchange, role: Role) -> String {
    let held = sdp::candidates(exchange.description(role).unwrap_or_default()).count();
    format!(
        "candidates of the {role}: {held} in its description, {} after it",
        own_candidates(exchange, role)
    )
}

fn describe(frames: &FrameTally) -> String {
    let kinds = [
        ("by the other peer", frames.proven),
        ("without a readable code", frames.unreadable),
        ("by this peer itself", frames.own),
        ("by a third peer", frames.foreign),
        ("still of its camera", frames.former),
        ("of another run", frames.stale),
        ("repeated", frames.repeated),
        ("with a counter that ran backwards", frames.backwards),
    ];
    let counts: Vec<_> =
        kinds.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{n} {kind}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    format!("pictures decoded: {} ({counts}), needed by the other peer: {FRAMES_TO_PROVE}", frames.seen)
}

fn describe_sound(sounds: &SoundTally) -> String {
    let kinds = [
        ("by the other peer", sounds.proven),
        ("silent", sounds.silent),
        ("unreadable", sounds.unreadable),
        ("by this peer itself", sounds.own),
        ("by a third peer", sounds.foreign),
        ("of another run", sounds.stale),
        ("repeated", sounds.repeated),
        ("with a counter that ran backwards", sounds.backwards),
    ];
    let counts: Vec<_> =
        kinds.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{n} {kind}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    format!("sound heard: {} words ({counts}), needed by the other peer: {WORDS_TO_PROVE}", sounds.heard)
}

fn describe_messages(messages: &MessageTally) -> String {
    let MessageTally { channels, seen, proven, .. } = messages;
    let all = CHANNELS.len();
    format!(
        "data channels open: {channels} of {all}; messages: {seen}, {proven} of {MESSAGES} as they were sent"
    )
}

/// Whether what was asked for is what happened on this side.
fn as_asked(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    if scenario.media.is_nothing() {
        // Nothing was to connect: that nothing was described is seen at once. What was refused on the way never came to this side.
        let is_accepted = exchange.side(role).timeline.at(Milestone::RemoteDescriptionSet).is_some();
        return if is_accepted { came_across(exchange, role) } else { Ok(()) };
    }
    if scenario.mode.gathers_first(role) {
        was_vanilla(scenario, exchange, role)?;
    } else {
        was_trickle(exchange, role, FIRST_ROUND)?;
    }
    restarted(scenario, exchange, role)?;
    came_across(exchange, role)?;
    directed::directions(scenario, exchange, role)?;
    directed::nothing_else(scenario, exchange, role)?;
    read_back::codecs(scenario, exchange, role)?;
    read_back::pair(scenario, exchange, role)?;
    read_back::names(scenario, exchange, role)?;
    read_back::transport(scenario, exchange, role)?;
    read_back::servers(scenario, exchange)
}

/// What was given to `role` is what was copied from the other side: also where WebRTC makes do with less.
fn came_across(exchange: &Exchange, role: Role) -> Result<(), Found> {
    let side = exchange.side(role);
    match read_back::told(side, Detail::GivenDescription, given(exchange, role))? {
        Some(Given::Changed(how)) if !side.evidence.rewrites => {
            otherwise(Stage::carried_to(role), format!("not carried as it was copied: {how}"))
        }
        _ => Ok(()),
    }
}

fn own_candidates(exchange: &Exchange, role: Role) -> usize {
    let own = exchange.carried.iter().filter(|carried| carried.from == role);
    own.filter(|carried| matches!(carried.signal, Signal::Candidate(_))).count()
}

/// Every candidate was in the SDP, which left when gathering was complete, and none came later.
fn was_vanilla(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let side = exchange.side(role);
    holds_candidates(exchange, role, FIRST_ROUND)?;
    let sdps = exchange.descriptions(role).map(|(_, sdp)| sdp);
    let held: Vec<_> = sdps.flat_map(sdp::candidates).map(sdp::candidate_key).collect();
    let missing =
        side.evidence.gathered.iter().find(|candidate| !held.contains(&sdp::candidate_key(candidate)));
    // For a section that is added, some gather candidates that nobody needs where all is bundled (RFC 8843).
    let gathers = matches!(scenario.procedure.change(), None | Some(Change::IceRestart | Change::Glare));
    if let Some(missing) = missing.filter(|_| gathers) {
        return otherwise(
            Stage::Gathering,
            format!("not vanilla: gathered, but not in the description: {missing}"),
        );
    }
    if side.timeline.at(Milestone::GatheringComplete) > side.timeline.at(Milestone::DescriptionSent) {
        return otherwise(
            Stage::Gathering,
            "not vanilla: the description left before gathering was complete",
        );
    }
    match own_candidates(exchange, role) {
        0 => Ok(()),
        later => {
            otherwise(Stage::Gathering, format!("not vanilla: {later} candidates travelled on their own"))
        }
    }
}

fn holds_candidates(exchange: &Exchange, role: Role, round: Round) -> Result<(), Found> {
    match sdp::candidates(exchange.description_in(round, role).unwrap_or_default()).next() {
        Some(_) => Ok(()),
        None => otherwise(
            Stage::Gathering,
            format!("not vanilla: the description{} holds no candidate", in_round(round)),
        ),
    }
}

/// After a restart new candidates went as those of before did.
fn restarted(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    if !matches!(scenario.procedure.change(), Some(Change::IceRestart | Change::Glare)) {
        return Ok(());
    }
    let round = exchange.round;
    if scenario.mode.gathers_first(role) {
        holds_candidates(exchange, role, round)
    } else {
        was_trickle(exchange, role, round)
    }
}

/// The SDP left before gathering was complete, and at least one candidate travelled on its own.
fn was_trickle(exchange: &Exchange, role: Role, round: Round) -> Result<(), Found> {
    let timeline = &exchange.side(role).timeline;
    let complete = timeline.at_in(round, Milestone::GatheringComplete);
    if complete.is_some_and(|complete| timeline.at_in(round, Milestone::DescriptionSent) > Some(complete)) {
        return otherwise(
            Stage::Gathering,
            "not trickle: the description left only after gathering was complete",
        );
    }
    let own = exchange.carried.iter().filter(|carried| carried.from == role && carried.round == round);
    // Who restarts ICE with the sockets that it has may describe its candidates at once.
    let is_later = round > FIRST_ROUND && holds_candidates(exchange, role, round).is_ok();
    if !is_later && !own.into_iter().any(|carried| matches!(carried.signal, Signal::Candidate(_))) {
        let what = format!("not trickle: no candidate travelled on its own{}", in_round(round));
        return otherwise(Stage::Gathering, what);
    }
    Ok(())
}
