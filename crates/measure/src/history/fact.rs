//! Facts: what is so in a call, each in words of its own, so that it can be counted in how many calls it is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::signaling::Role;

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// What became of the call.
    Verdict,
    /// The offer and the answer.
    Descriptions,
    /// ICE, DTLS and SRTP, as getStats says.
    Transport,
    /// The codecs that were negotiated, as getStats says.
    Codecs,
    /// The states of each state machine, in their order.
    States,
    /// The milestones of each chain, in their order.
    Milestones,
    /// The types and fields of getStats.
    Statistics,
}

/// What is so in a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is about.
    pub area: Area,
    /// The side of which it is; none of the whole call.
    pub role: Option<Role>,
    /// What has the value, or is there: `m=video: a=setup`. What belongs to something begins with its name and `: `.
    pub what: String,
    /// The value; empty where it is said only that something is there.
    pub value: String,
}

impl Fact {
    pub(super) fn new(area: Area, role: Role, what: impl Into<String>, value: impl Into<String>) -> Self {
        Self { area, role: Some(role), what: what.into(), value: value.into() }
    }

    /// What is so, without where.
    #[must_use]
    pub fn phrase(&self) -> String {
        phrase(&self.what, &self.value)
    }
}

/// `WHAT: VALUE`, or `WHAT` without one.
pub(super) fn phrase(what: &str, value: &str) -> String {
    if value.is_empty() { what.to_owned() } else { format!("{what}: {value}") }
}

/// Where something is, with what stands before the words of it.
pub(super) fn place(area: Area, roles: &[Role]) -> String {
    let both = roles.len() > 1;
    let of = |what: &str| match roles {
        [role] => format!("{what} of the {role}: "),
        _ => format!("{what} of both sides: "),
    };
    match (area, roles) {
        (Area::Verdict, _) | (_, []) => String::new(),
        (Area::Descriptions, _) if both => "offer and answer: ".to_owned(),
        (Area::Descriptions, [Role::Offerer]) => "offer: ".to_owned(),
        (Area::Descriptions, _) => "answer: ".to_owned(),
        (Area::Statistics, _) => of("stats"),
        (Area::Transport, _) => of("transport"),
        (Area::Codecs, _) => of("codecs"),
        (Area::States, _) => of("states"),
        (Area::Milestones, _) => of("milestones"),
    }
}

/// `stats of the offerer: media-playout`, as `tincan bisect --change` looks for it.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles = self.role.map_or(Vec::new(), |role| vec![role]);
        write!(f, "{}{}", place(self.area, &roles), self.phrase())
    }
}
