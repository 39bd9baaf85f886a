//! What is counted of calls where servers see them. A count says exactly what a time can only suggest: a browser that needs
//! one more connectivity check needs it in every call, on any machine.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network::Served;

/// From the least to the most in any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// What was counted in the calls of one arm. What varies with the load of a machine (DTLS that is sent again) or with how
/// long a call was watched (media) is not among it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Binding requests to the server (RFC 8489).
    pub binding_requests: Range,
    /// Connectivity checks that went through relays (RFC 8445, section 7).
    pub checks_relayed: Range,
}

/// A count that has changed: no call now is like any then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountChange {
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
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most } = self;
        if least == most { write!(f, "{least}") } else { write!(f, "{least} to {most}") }
    }
}

impl Counts {
    /// The counts of calls; none without any.
    #[must_use]
    pub fn of(calls: &[Served]) -> Option<Self> {
        let range = |count: fn(&Served) -> u64| Range::of(calls.iter().map(count));
        Some(Self {
            binding_requests: range(|served| served.binding_requests)?,
            checks_relayed: range(|served| served.checks_relayed)?,
        })
    }

    /// What has changed from these counts to `now`.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<CountChange> {
        let each = [
            ("binding requests", self.binding_requests, now.binding_requests),
            ("connectivity checks through relays", self.checks_relayed, now.checks_relayed),
        ];
        let apart = |(_, then, now): &(&str, Range, Range)| then.most < now.least || now.most < then.least;
        let change = |(what, then, now): (&str, _, _)| CountChange { what: what.to_owned(), then, now };
        each.into_iter().filter(apart).map(change).collect()
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
        let Self { what, then, now } = self;
        let more = if self.is_more() { "worse" } else { "better" };
        write!(f, "{what} of a call: {then} then, {now} now: {more}")
    }
}
