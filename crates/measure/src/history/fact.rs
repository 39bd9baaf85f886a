//! Facts: what is so in a call, each in words of its own, so that it can be counted in how many calls it is.

mod description;

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{peer::Codec, peer::Transport, signaling::Role, verdict::Outcome};

use super::call::CallRecord;
use crate::recording::{Recorded, Recording};

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
    fn new(area: Area, role: Role, what: impl Into<String>, value: impl Into<String>) -> Self {
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

/// The facts of a call. Of one that did not pass only its verdict is known, and of one that could not be asked nothing.
#[must_use]
pub fn facts(call: &CallRecord) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    let said = match (call.verdict, call.stage) {
        (Outcome::Passed, _) => "passed".to_owned(),
        (Outcome::Failed, Some(stage)) => format!("failed, first break: {stage}"),
        (Outcome::Failed, None) => "failed".to_owned(),
        (Outcome::Unsupported | Outcome::Errored, _) => return facts,
    };
    facts.insert(Fact { area: Area::Verdict, role: None, what: "verdict".to_owned(), value: said });
    if call.verdict != Outcome::Passed {
        return facts;
    }
    let recording = Recording::read(&call.recording).unwrap_or_default();
    for role in Role::BOTH {
        let (transport, codecs) = match role {
            Role::Offerer => (&call.transport.offerer, &call.codecs.offerer),
            Role::Answerer => (&call.transport.answerer, &call.codecs.answerer),
        };
        let side = recording.side(role);
        description::facts(&mut facts, role, side);
        sequences(&mut facts, role, side);
        statistics(&mut facts, role, side);
        facts.extend(
            of_transport(transport).map(|(what, value)| Fact::new(Area::Transport, role, what, value)),
        );
        let named = [
            ("video received", &codecs.received),
            ("video sent", &codecs.sent),
            ("sound received", &codecs.received_audio),
            ("sound sent", &codecs.sent_audio),
        ];
        let known = named.into_iter().filter_map(|(what, codec)| Some((what, codec.as_ref()?)));
        facts.extend(known.flat_map(|(what, codec)| of_codec(role, what, codec)));
    }
    facts
}

fn of_codec(role: Role, what: &str, codec: &Codec) -> Vec<Fact> {
    let mut facts = vec![Fact::new(Area::Codecs, role, what, &codec.mime_type)];
    let more = [
        ("payload type", codec.payload_type.map(|number| number.to_string())),
        ("format parameters", codec.format.clone()),
    ];
    let known = more.into_iter().filter_map(|(name, value)| Some((name, value?)));
    facts.extend(known.map(|(name, value)| Fact::new(Area::Codecs, role, format!("{what}: {name}"), value)));
    facts
}

fn of_transport(transport: &Transport) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let Transport { ice_role, dtls_version, dtls_role, dtls_cipher, srtp_cipher } = transport.clone();
    let named = [
        ("ICE role", ice_role),
        ("DTLS version", dtls_version),
        ("DTLS role", dtls_role),
        ("DTLS cipher", dtls_cipher),
        ("SRTP profile", srtp_cipher),
    ];
    named.into_iter().filter_map(|(what, value)| Some((what, value?)))
}

fn sequences(facts: &mut BTreeSet<Fact>, role: Role, side: &Recorded) {
    for (area, all) in [(Area::Milestones, &side.milestones), (Area::States, &side.states)] {
        facts.extend(all.iter().map(|(name, reached)| Fact::new(area, role, name, reached.join(", "))));
    }
}

fn statistics(facts: &mut BTreeSet<Fact>, role: Role, side: &Recorded) {
    for (kind, fields) in &side.stats {
        facts.insert(Fact::new(Area::Statistics, role, kind, ""));
        let of_kind = |field| Fact::new(Area::Statistics, role, format!("{kind}: field {field}"), "");
        facts.extend(fields.iter().map(of_kind));
    }
}
