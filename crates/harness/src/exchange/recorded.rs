//! What one call yielded.

use std::time::Duration;

use crate::{
    abilities::ReadBack,
    deadlines::Wait,
    media::Tallies,
    network::Served,
    note::Note,
    peer::{Evidence, HarnessError, PeerError, Pictures},
    procedure::Awaited,
    sdp,
    signaling::{Role, Signal},
    stage::Stage,
    timeline::{FIRST_ROUND, Milestone, PeerTime, Round, Timeline},
};

/// A signal that could be carried across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// In which round.
    pub round: Round,
    /// Whose it is.
    pub from: Role,
    /// When it could be copied, in the clock of `from`; what a page has carried, when it was given to the other side, in the clock of
    /// that one.
    pub at: PeerTime,
    /// What it is.
    pub signal: Signal,
    /// Whether it was not handed over, since it belongs to an offer that is taken back, or the procedure leaves it out.
    pub withheld: bool,
    /// Whether the page has carried it by itself.
    pub by_page: bool,
}

/// What one side did in a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// What it reached.
    pub timeline: Timeline,
    /// What it has received, by what that proves.
    pub received: Tallies,
    /// Changes of state and whatever else explains, in the order in which they were said.
    pub notes: Vec<(PeerTime, Note)>,
    /// What it can tell of a call: what is missing in its evidence and not in here, it could not have told.
    pub reads_back: ReadBack,
    /// What it knew at the end.
    pub evidence: Evidence,
    /// What could be seen of it at the end: of a call that did not pass, or if it was asked for.
    pub pictures: Pictures,
}

impl Side {
    /// Forgets what was said of the connection that was taken for the call's.
    pub(super) fn begin_connection(&mut self) {
        self.timeline.begin_connection();
        self.notes.retain(|(_, note)| !note.is_of_connection());
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Everything was reached.
    Complete,
    /// A milestone was not reached in time.
    Stalled {
        /// Whose milestone.
        role: Role,
        /// The first on the [path](crate::procedure::Procedure::path) that was not reached.
        milestone: Milestone,
        /// The deadline that passed.
        wait: Wait,
        /// How long was waited.
        waited: Duration,
    },
    /// A side did not do what it was rightly asked.
    PeerFailed(Role, PeerError),
    /// What was offered and what was answered leave no way for something to flow: who left it out, and what.
    NotNegotiated(Role, String),
    /// What has come to a side is not what the other one has sent, or what was asked for, and can never prove that all arrives:
    /// in which stage, and what it is.
    NotAsSent(Role, Stage, String),
    /// A side has said, before its description left, that it cannot do what is asked: why, without its name.
    Unsupported(Role, String),
    /// The question could no longer be asked.
    HarnessFailed(Role, HarnessError),
}

/// What one attempt at a call yielded.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// How it ended.
    pub ending: Ending,
    /// The round in which it ended.
    pub round: Round,
    /// All that was carried, in order.
    pub carried: Vec<Carried>,
    /// The offerer's side.
    pub offerer: Side,
    /// The answerer's side.
    pub answerer: Side,
    /// What the servers of the network condition saw; none where there are no servers, or nobody asked them.
    pub served: Option<Served>,
    /// The packets that these servers saw, as pcapng; none where there are no servers.
    pub pcapng: Option<Vec<u8>>,
}

impl Exchange {
    /// What is known of a call for which `role` could not be started: what was printed is evidence.
    #[must_use]
    pub(crate) fn never_begun(role: Role, trouble: HarnessError) -> Self {
        let mut exchange = blank();
        exchange.side_mut(role).evidence.driver_log.clone_from(&trouble.printed);
        Self { ending: Ending::HarnessFailed(role, trouble), ..exchange }
    }

    /// A call that did not pass counts against no peer if one of them knows that it was not asked.
    pub(super) fn blame_nobody_unasked(&mut self) {
        let unasked = |role| Some((role, self.side(role).evidence.unasked.clone()?));
        let Some((role, trouble)) = Role::BOTH.into_iter().find_map(unasked) else { return };
        let then = match &self.ending {
            Ending::Complete | Ending::Unsupported(..) | Ending::HarnessFailed(..) => return,
            Ending::PeerFailed(role, fault) => format!("{role}: {fault}"),
            Ending::NotNegotiated(role, what) | Ending::NotAsSent(role, _, what) => format!("{role}: {what}"),
            Ending::Stalled { role, milestone, .. } => format!("{role}: {milestone} was not reached"),
        };
        let message = format!("{} ({then})", trouble.message);
        self.ending = Ending::HarnessFailed(role, HarnessError { message, ..trouble });
    }

    /// The side of `role`.
    #[must_use]
    pub const fn side(&self, role: Role) -> &Side {
        match role {
            Role::Offerer => &self.offerer,
            Role::Answerer => &self.answerer,
        }
    }

    pub(super) const fn side_mut(&mut self, role: Role) -> &mut Side {
        match role {
            Role::Offerer => &mut self.offerer,
            Role::Answerer => &mut self.answerer,
        }
    }

    /// The first description of `role`, if it was carried.
    #[must_use]
    pub fn description(&self, role: Role) -> Option<&str> {
        self.description_in(FIRST_ROUND, role)
    }

    /// The description of `role` in `round`, if it was carried.
    #[must_use]
    pub fn description_in(&self, round: Round, role: Role) -> Option<&str> {
        self.descriptions(role).find_map(|(of, sdp)| (of == round).then_some(sdp))
    }

    /// The description of `role` that was carried last.
    #[must_use]
    pub fn last_description(&self, role: Role) -> Option<&str> {
        let mut own = self.carried.iter().rev().filter(|carried| carried.from == role && !carried.withheld);
        own.find_map(|carried| carried.signal.sdp())
    }

    /// All descriptions of `role`, each with its round.
    pub fn descriptions(&self, role: Role) -> impl Iterator<Item = (Round, &str)> {
        let own = self.carried.iter().filter(move |carried| carried.from == role);
        own.filter_map(|carried| Some((carried.round, carried.signal.sdp()?)))
    }

    /// Whether `role` has named host candidates, and each of them by mDNS (draft-ietf-mmusic-mdns-ice-candidates).
    #[must_use]
    pub(crate) fn names_hosts_only(&self, role: Role) -> bool {
        let own = self.carried.iter().filter(|carried| carried.from == role);
        let mut addresses = own.flat_map(|carried| carried.signal.candidates()).filter_map(sdp::host_address);
        let first = addresses.next();
        first.is_some_and(sdp::is_name) && addresses.all(sdp::is_name)
    }

    /// Whether what is waited for is there.
    pub(super) fn has(&self, Awaited { round, role, milestone }: Awaited) -> bool {
        self.side(role).timeline.at_in(round, milestone).is_some()
    }
}

/// What is known of a call before anything was done.
pub(super) fn blank() -> Exchange {
    Exchange {
        ending: Ending::Complete,
        round: FIRST_ROUND,
        carried: Vec::new(),
        offerer: Side::default(),
        answerer: Side::default(),
        served: None,
        pcapng: None,
    }
}
