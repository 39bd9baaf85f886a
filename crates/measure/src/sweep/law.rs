//! The laws by which set-up time may grow.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How set-up time may grow with the round trip to the STUN server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// Not at all: nothing waits for the server. Trickle, where a host pair works.
    Constant,
    /// By the round trip: one side's gathering is waited for. Vanilla where a host pair works, since the answerer stops
    /// gathering once it is connected.
    RoundTrip,
    /// By twice the round trip: each side's gathering is waited for in turn. Vanilla where no host pair works.
    TwoRoundTrips,
}

impl Law {
    /// Every law.
    pub const ALL: [Self; 3] = [Self::Constant, Self::RoundTrip, Self::TwoRoundTrips];

    /// The slope that it foretells, in milliseconds of set-up for each of round trip.
    #[must_use]
    pub const fn slope(self) -> f64 {
        match self {
            Self::Constant => 0.0,
            Self::RoundTrip => 1.0,
            Self::TwoRoundTrips => 2.0,
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Constant => "does not grow",
            Self::RoundTrip => "grows by the round trip",
            Self::TwoRoundTrips => "grows by twice the round trip",
        })
    }
}
