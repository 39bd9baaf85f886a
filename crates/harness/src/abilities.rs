//! What an implementation can do in a call, and what it can tell of it. Verdict, catalogue, networks and reports ask this,
//! never a name.

mod read_back;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use strum::VariantArray;

pub use self::read_back::{Detail, ReadBack};
use crate::{
    media::{Direction, Flow},
    network::{NetworkCondition, ServerKind},
    procedure::{Act, Change, Procedure},
    scenario::{PeerId, Scenario},
    signaling::{Role, SignalingMode},
};

/// What an implementation can do in a call, and what it can tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Abilities {
    /// Whether it takes part through a page, in a browser: then what the page can do counts as well.
    pub page: bool,
    /// What it can send.
    pub sends: BTreeSet<Flow>,
    /// What it can receive.
    pub receives: BTreeSet<Flow>,
    /// In which directions it can be asked to send and receive media, as it says it itself. Both at once is what every call asks for
    /// that says nothing else.
    #[serde(default = "both_ways")]
    pub directions: BTreeSet<Direction>,
    /// Whether it can reject, as the answerer, what is offered besides what it was told to take.
    #[serde(default)]
    pub rejects_rest: bool,
    /// Whether it can take part where nothing is sent, so that there is nothing to describe.
    #[serde(default)]
    pub without_media: bool,
    /// How it signals as the offerer; null if it makes no offers.
    pub offers: Option<Signalling>,
    /// How it signals as the answerer; null if it does not answer.
    pub answers: Option<Signalling>,
    /// Which servers it can use.
    pub servers: Servers,
    /// Whether it resolves host candidates that are names of mDNS.
    #[serde(default)]
    pub resolves_names: bool,
    /// How it can change a call that is up.
    #[serde(default)]
    pub acts: BTreeSet<Act>,
    /// Whether it takes part when the other side changes a call: it takes a second offer, and answers it.
    #[serde(default)]
    pub renegotiates: bool,
    /// What it can tell of a call.
    pub reads_back: ReadBack,
}

/// What every implementation can do.
#[must_use]
pub fn both_ways() -> BTreeSet<Direction> {
    BTreeSet::from([Direction::SendRecv])
}

/// How one side can signal (RFC 8838).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signalling {
    /// Whether its description can wait until gathering is complete.
    pub gathers_first: bool,
    /// Whether its description can leave at once, and its candidates on their own.
    pub trickles: bool,
    /// Whether it takes candidates of the other side that come on their own.
    pub takes_candidates: bool,
}

impl Signalling {
    /// It can do all of it.
    pub const FULL: Self = Self { gathers_first: true, trickles: true, takes_candidates: true };
}

/// Over what a server is spoken to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "UPPERCASE")]
pub enum ServerTransport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// Which servers a peer can use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Servers {
    /// Over what it speaks to STUN servers (RFC 8489); nothing if it uses none.
    pub stun: BTreeSet<ServerTransport>,
    /// Over what it speaks to TURN servers (RFC 8656); nothing if it uses none.
    pub turn: BTreeSet<ServerTransport>,
    /// Whether it can be told to use relayed candidates alone (webrtc-pc, `iceTransportPolicy`).
    pub relay_only: bool,
}

impl Servers {
    /// Every server, over UDP and TCP.
    #[must_use]
    pub fn every() -> Self {
        let both = BTreeSet::from([ServerTransport::Udp, ServerTransport::Tcp]);
        Self { stun: both.clone(), turn: both, relay_only: true }
    }
}

/// Who lacks an ability: an implementation, or the page on which a browser takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The implementation of this name.
    Peer(PeerId),
    /// The page of this name.
    Page(&'a str),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(id) => write!(f, "{id}"),
            Self::Page(name) => write!(f, "the page {name:?}"),
        }
    }
}

impl Abilities {
    /// Those of an implementation that lacks nothing, and takes part without a page.
    #[must_use]
    pub fn full() -> Self {
        Self {
            page: false,
            sends: Flow::all().into_iter().collect(),
            receives: Flow::all().into_iter().collect(),
            directions: Direction::VARIANTS.iter().copied().collect(),
            rejects_rest: true,
            without_media: true,
            offers: Some(Signalling::FULL),
            answers: Some(Signalling::FULL),
            servers: Servers::every(),
            resolves_names: true,
            acts: Change::VARIANTS.iter().flat_map(|change| change.all_acts()).chain([Act::Offer]).collect(),
            renegotiates: true,
            reads_back: ReadBack::everything(),
        }
    }

    /// What `who`, with these abilities, lacks to play `role` in a call of `scenario`: what it has to send there and what
    /// it has to receive. One sentence; none if it lacks nothing.
    #[must_use]
    pub fn lacks(&self, who: Subject<'_>, role: Role, scenario: &Scenario) -> Option<String> {
        let (mode, network) = (scenario.mode, scenario.network);
        let media = scenario.procedure.flowing(scenario.media);
        let lacks = match role {
            Role::Offerer => self.offers.is_none().then(|| "does not make offers".to_owned()),
            Role::Answerer => self.answers.is_none().then(|| "does not answer offers".to_owned()),
        };
        lacks
            .or_else(|| {
                let direction = scenario.procedure.direction(role);
                media.flows().find_map(|flow| self.lacks_flow(who, flow, direction))
            })
            .or_else(|| self.lacks_control(who, role, scenario))
            .or_else(|| self.signalling(role)?.lacks(role, mode))
            .or_else(|| self.servers.lacks(who, network))
            .or_else(|| {
                let lacks = network.hides_addresses() && !self.resolves_names;
                lacks.then(|| format!("does not resolve names of mDNS, which {network} needs"))
            })
            .or_else(|| self.lacks_act(who, role, scenario.procedure))
            .map(|lacks| format!("{who} {lacks}"))
    }

    /// The modes in which it can play `role`, with another side that lacks nothing.
    #[must_use]
    pub fn modes(&self, role: Role) -> Vec<SignalingMode> {
        let can = |mode: &SignalingMode| {
            self.signalling(role).is_some_and(|signalling| signalling.lacks(role, *mode).is_none())
        };
        SignalingMode::ALL.into_iter().filter(can).collect()
    }

    const fn signalling(&self, role: Role) -> Option<Signalling> {
        match role {
            Role::Offerer => self.offers,
            Role::Answerer => self.answers,
        }
    }

    fn lacks_act(&self, who: Subject<'_>, role: Role, procedure: Procedure) -> Option<String> {
        let missing = procedure.acts(role).into_iter().find(|act| !self.acts.contains(act));
        if let Some(act) = missing.map(Act::in_words) {
            return Some(match who {
                Subject::Page(_) => format!("has no control to {act}"),
                Subject::Peer(_) => format!("cannot {act}"),
            });
        }
        if procedure.renegotiates() && !self.renegotiates {
            return Some("takes no second offer".to_owned());
        }
        // A page is not asked: its browser tells it.
        let tells = |act| matches!(who, Subject::Page(_)) || self.acts.contains(&act);
        let (_, what) = procedure.heard_by(role).filter(|(act, _)| !tells(*act))?;
        Some(format!("does not tell that {what}"))
    }

    fn lacks_control(&self, who: Subject<'_>, role: Role, scenario: &Scenario) -> Option<String> {
        let is_page = matches!(who, Subject::Page(_));
        if scenario.media.is_nothing() && !self.without_media {
            let lacks = if is_page {
                "has no control for a call without media"
            } else {
                "makes no calls without media"
            };
            return Some(lacks.to_owned());
        }
        if role == Role::Answerer && scenario.procedure.rejecting().is_some() && !self.rejects_rest {
            let lacks = if is_page { "has no control to reject" } else { "cannot be asked to reject" };
            return Some(format!("{lacks} what is offered"));
        }
        let asked = scenario.procedure.direction(role);
        let lacks = if is_page { "has no control for" } else { "cannot be asked for" };
        (!self.directions.contains(&asked)).then(|| format!("{lacks} {asked}"))
    }

    /// What flows does so in both directions, unless the call is asked for in one.
    fn lacks_flow(&self, who: Subject<'_>, flow: Flow, direction: Direction) -> Option<String> {
        let (sends, receives) = match direction {
            Direction::SendRecv | Direction::Inactive => (true, true),
            Direction::SendOnly => (true, false),
            Direction::RecvOnly => (false, true),
        };
        match (!sends || self.sends.contains(&flow), !receives || self.receives.contains(&flow)) {
            (true, true) => None,
            _ if matches!(who, Subject::Page(_)) => Some(format!("has no control for {flow}")),
            (false, true) => Some(format!("does not send {flow}")),
            (true, false) => Some(format!("does not receive {flow}")),
            (false, false) => Some(format!("neither sends nor receives {flow}")),
        }
    }
}

impl Signalling {
    fn lacks(self, role: Role, mode: SignalingMode) -> Option<String> {
        let (gathers, trickles) = (SignalingMode::Vanilla, SignalingMode::Trickle);
        let (needed, can) = match mode.gathers_first(role) {
            true => (gathers, self.gathers_first),
            false => (trickles, self.trickles),
        };
        if !can {
            let modes = [(gathers, self.gathers_first), (trickles, self.trickles)];
            let modes = modes.iter().find(|(_, can)| *can);
            let only = modes.map(|(mode, _)| format!(", only {mode}")).unwrap_or_default();
            return Some(format!("does not do {needed}{only}"));
        }
        // What the other side sends on its own has to be taken, whatever this one sends.
        let other = role.other();
        (!self.takes_candidates && !mode.gathers_first(other))
            .then(|| format!("takes no candidates, which its {other} sends in {mode}"))
    }
}

impl Servers {
    fn lacks(&self, who: Subject<'_>, network: NetworkCondition) -> Option<String> {
        let (name, spoken, needed) = match network.server()? {
            ServerKind::Stun => ("STUN", &self.stun, ServerTransport::Udp),
            ServerKind::TurnUdp => ("TURN", &self.turn, ServerTransport::Udp),
            ServerKind::TurnTcp => ("TURN", &self.turn, ServerTransport::Tcp),
        };
        let no_control = |what: &str| format!("has no control for {what}, which {network} needs");
        match who {
            _ if spoken.contains(&needed) && (self.relay_only || !network.is_relay_only()) => None,
            Subject::Page(_) if spoken.contains(&needed) => Some(no_control("iceTransportPolicy")),
            Subject::Page(_) => Some(no_control("ICE servers")),
            Subject::Peer(_) if spoken.contains(&needed) => {
                Some(format!("cannot be told to use relays only, which {network} needs"))
            }
            Subject::Peer(_) => Some(spoken.first().map_or_else(
                || format!("does not speak to a {name} server, which {network} needs"),
                |only| format!("speaks to a {name} server over {only} only"),
            )),
        }
    }
}
