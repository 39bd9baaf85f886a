//! What is known of an implementation before a call: what it is, what it can do, and which faults of it are known.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    abilities::Abilities,
    media::Flow,
    network::NetworkCondition,
    procedure::Procedure,
    scenario::{PeerId, Scenario},
    signaling::Role,
    stage::Stage,
};

/// An entry of the registry, as catalogue, verdict and report see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Its name.
    pub id: PeerId,
    /// The library that it is: built into tincan, or brought by a program, which says so; null of a browser, which is asked when it
    /// is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<Library>,
    /// How it takes part, if it is a program that was given on the command line or in `tincan.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
    /// What it can do.
    pub abilities: Abilities,
    /// The faults that are known of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_faults: Vec<KnownFault>,
}

/// How a program takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Program {
    /// The command line by which it is started.
    pub command: String,
    /// Who makes and reads its pictures. If it is tincan, its calls say nothing about codecs of the library.
    pub media: MediaBy,
    /// Whether what it says is stamped when it arrives, since it has no clock of its own: each time is late by up to what a
    /// message takes, which is given as the error of its clock.
    pub stamped_on_arrival: bool,
}

/// Who makes and reads the pictures of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MediaBy {
    /// The program: it draws, encodes, decodes, and reads the frame code.
    Own,
    /// tincan: packets of RTP and RTCP pass through the program untouched.
    Rtp,
    /// tincan: whole encoded frames pass through the program, which packetizes them.
    Frames,
}

/// A library: one that is built in, or that a program brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Library {
    /// Its name among the crates.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// `webrtc 0.21.1`
impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// A fault that an implementation is known for. It marks the calls that break by it, and makes none of them green.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownFault {
    /// What goes wrong, in one sentence.
    pub what: String,
    /// The first version that is known to have it.
    pub since: String,
    /// Where it is reported or described.
    pub reported: String,
    /// Over which networks it shows.
    pub over: Over,
    /// In which role it shows; in both if this is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// With whom it shows; with all if nobody is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<PeerId>,
    /// In calls of which flows it shows; of all if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<Flow>,
    /// In calls of which procedures it shows; of all if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<Procedure>,
    /// The stage in which a call breaks by it.
    pub stage: Stage,
}

/// Over which networks a fault shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// Over all.
    Every,
    /// Over those that lose packets on purpose.
    Lossy,
    /// Where browsers hide their addresses.
    Mdns,
}

impl Over {
    const fn includes(self, network: NetworkCondition) -> bool {
        match self {
            Self::Every => true,
            Self::Lossy => network.is_lossy(),
            Self::Mdns => network.hides_addresses(),
        }
    }
}

impl Profile {
    /// One of whom no more is known than what it can do.
    #[must_use]
    pub const fn new(id: PeerId, abilities: Abilities) -> Self {
        Self { id, library: None, program: None, abilities, known_faults: Vec::new() }
    }

    /// What has to be known of a program to understand its rows: a few words each; nothing of anybody else.
    #[must_use]
    pub fn remarks(&self) -> Vec<&'static str> {
        let Some(program) = &self.program else { return Vec::new() };
        let by_proxy = (program.media != MediaBy::Own).then_some("media by proxy");
        let stamped = program.stamped_on_arrival.then_some("stamped on arrival");
        by_proxy.into_iter().chain(stamped).collect()
    }

    /// The known faults by which a call of `scenario` may break, if this peer takes part in it.
    pub fn faults_in<'p>(&'p self, scenario: &Scenario) -> impl Iterator<Item = &'p KnownFault> + use<'p> {
        let (id, scenario) = (self.id, *scenario);
        let roles = move || Role::BOTH.into_iter().filter(move |role| scenario.peer(*role) == id);
        self.known_faults.iter().filter(move |fault| roles().any(|role| fault.shows(role, &scenario)))
    }
}

impl KnownFault {
    /// A fault that shows everywhere, with everybody, whatever flows.
    #[must_use]
    pub fn new(what: &str, since: &str, reported: &str, stage: Stage) -> Self {
        let [what, since, reported] = [what, since, reported].map(str::to_owned);
        Self {
            what,
            since,
            reported,
            over: Over::Every,
            role: None,
            with: Vec::new(),
            flows: Vec::new(),
            procedures: Vec::new(),
            stage,
        }
    }

    /// The fault, of the peer `id`, in one sentence.
    #[must_use]
    pub fn describe(&self, id: PeerId) -> String {
        let Self { what, since, reported, .. } = self;
        format!("of {id} since {since}: {what} ({reported})")
    }

    /// Whether it shows where its peer plays `role`.
    fn shows(&self, role: Role, scenario: &Scenario) -> bool {
        let with = scenario.peer(role.other());
        self.over.includes(scenario.network)
            && self.role.is_none_or(|its| its == role)
            && (self.with.is_empty() || self.with.contains(&with))
            && (self.flows.is_empty()
                || scenario.procedure.flowing(scenario.media).flows().any(|flow| self.flows.contains(&flow)))
            && (self.procedures.is_empty() || self.procedures.contains(&scenario.procedure))
    }

    /// Whether a version has it; also one that is not known.
    #[must_use]
    pub fn is_in(&self, version: Option<&str>) -> bool {
        let numbers = |version: &str| -> Vec<u64> {
            version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
        };
        version.is_none_or(|version| numbers(version) >= numbers(&self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_fault_is_known_of_a_version_and_of_those_after_it() {
        let fault = KnownFault::new("", "0.21.1", "", Stage::Dtls);
        for (version, expected) in
            [("0.21.1", true), ("0.21.2", true), ("0.100.0", true), ("0.21", false), ("0.9.9", false)]
        {
            assert_eq!(fault.is_in(Some(version)), expected, "{version}");
        }
        assert!(fault.is_in(None));
    }

    #[test]
    fn a_fault_shows_over_its_networks_and_only_where_its_peer_takes_part() {
        let [sound, faulty] = <[Profile; 2]>::try_from(testing::profiles()).unwrap();
        let scenarios = testing::catalogue().scenarios();
        let named = |name: &str| scenarios.iter().find(|scenario| scenario.to_string() == name).unwrap();
        let lossy = named(&format!("{}-to-{}/vanilla/vp8/lossy-20ms-5pct", sound.id, faulty.id));
        assert_eq!((sound.faults_in(lossy).count(), faulty.faults_in(lossy).count()), (0, 1));
        for name in [
            format!("{}-to-{}/vanilla/vp8/direct", sound.id, faulty.id),
            format!("{0}-to-{0}/vanilla/vp8/lossy-20ms-5pct", sound.id),
        ] {
            assert_eq!(faulty.faults_in(named(&name)).count(), 0, "{name}");
        }
    }
}
