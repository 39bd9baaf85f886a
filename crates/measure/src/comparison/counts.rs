//! What is counted of calls where packets are seen. A count says exactly what a time can only suggest: a browser that needs
//! one more connectivity check needs it in every call, on any machine.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::network::PhasePackets;

use super::sample::Sample;

/// From the least to the most in any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// The packets of calls by their phases ([`PhasePackets`]), as they were seen at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PacketRanges {
    /// Gathering: requests to STUN and TURN servers.
    pub server_requests: Range,
    /// ICE: connectivity checks.
    pub checks: Range,
    /// DTLS: datagrams of the handshake.
    pub dtls: Range,
    /// DTLS: flights of the handshake.
    pub dtls_flights: Range,
}

/// Who saw the packets of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum SeenBy {
    /// The servers of the network condition.
    Servers,
    /// The offerer, at its sockets.
    Offerer,
    /// The answerer, at its sockets.
    Answerer,
}

/// What was counted in the calls of one arm; null where no packet was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// By the servers of the network condition.
    pub servers: Option<PacketRanges>,
    /// At the offerer's sockets.
    pub offerer: Option<PacketRanges>,
    /// At the answerer's sockets.
    pub answerer: Option<PacketRanges>,
}

/// A count that has changed: no call now is like any then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountChange {
    /// Who counted.
    pub seen_by: SeenBy,
    /// What was counted.
    pub what: String,
    /// In the calls of the baseline.
    pub then: Range,
    /// In the calls now.
    pub now: Range,
}

impl Range {
    fn of(counts: impl Iterator<Item = u64> + Clone) -> Option<Self> {
        Some(Self { least: counts.clone().min()?, most: counts.max()? })
    }

    const fn is_apart_from(self, other: Self) -> bool {
        self.most < other.least || other.most < self.least
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most } = self;
        if least == most { write!(f, "{least}") } else { write!(f, "{least} to {most}") }
    }
}

impl PacketRanges {
    fn of(calls: impl Iterator<Item = PhasePackets>) -> Option<Self> {
        let calls: Vec<_> = calls.collect();
        let range = |count: fn(&PhasePackets) -> u64| Range::of(calls.iter().map(count));
        Some(Self {
            server_requests: range(|packets| packets.server_requests)?,
            checks: range(|packets| packets.checks)?,
            dtls: range(|packets| packets.dtls)?,
            dtls_flights: range(|packets| packets.dtls_flights)?,
        })
    }

    /// What is held against a baseline. Datagrams of DTLS are not: where a machine is busy, a flight is sent again.
    const fn exact(&self) -> [(&'static str, Range); 3] {
        [
            ("requests to servers", self.server_requests),
            ("connectivity checks", self.checks),
            ("DTLS flights", self.dtls_flights),
        ]
    }
}

impl Counts {
    /// The counts of calls; what was left out has none.
    pub fn of<'a>(calls: impl Iterator<Item = &'a Sample> + Clone) -> Self {
        Self {
            servers: PacketRanges::of(calls.clone().filter_map(|call| Some(call.served?.packets))),
            offerer: PacketRanges::of(calls.clone().filter_map(|call| call.packets.offerer)),
            answerer: PacketRanges::of(calls.filter_map(|call| call.packets.answerer)),
        }
    }

    /// By who counted.
    #[must_use]
    pub const fn by_whom(&self) -> [(SeenBy, Option<PacketRanges>); 3] {
        [(SeenBy::Servers, self.servers), (SeenBy::Offerer, self.offerer), (SeenBy::Answerer, self.answerer)]
    }

    /// What has changed from these counts to `now`; what was not counted both times has not.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<CountChange> {
        let both = self.by_whom().into_iter().zip(now.by_whom());
        let both =
            both.filter_map(|((by, then), (_, now))| Some((by, then?.exact().into_iter().zip(now?.exact()))));
        let change = |seen_by, ((what, then), (_, now)): ((&str, Range), (_, Range))| {
            then.is_apart_from(now).then(|| CountChange { seen_by, what: what.to_owned(), then, now })
        };
        both.flat_map(|(by, counts)| counts.filter_map(move |count| change(by, count))).collect()
    }
}

impl CountChange {
    /// Whether there are more of it now.
    #[must_use]
    pub const fn is_more(&self) -> bool {
        self.now.least > self.then.most
    }
}

impl fmt::Display for CountChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seen_by, what, then, now } = self;
        let more = if self.is_more() { "worse" } else { "better" };
        write!(f, "{seen_by}: {then} {what} in a call then, {now} now: {more}")
    }
}
