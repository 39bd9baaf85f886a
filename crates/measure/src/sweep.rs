//! Set-up time against the round trip to the STUN server: by how much each mode grows, and which law that agrees with.
//!
//! Calls are made in blocks: each holds every arm at every delay, so that drift hits all delays alike. A line is laid through
//! the times of an arm by least squares; what its slope is worth is asked by drawing whole blocks anew.
//!
//! The law holds where the round trip takes longer than a host takes to gather its own candidates: below that, the host's
//! gathering is what vanilla waits for. So a line is laid through the delays above that, and another one through all.

mod law;
mod line;
pub mod lines;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Error, to_string_pretty};

pub use self::{
    law::Law,
    line::{Fit, slope_and_intercept},
};
use tincan_harness::{environment::Environment, network::NetworkCondition};

use crate::comparison::{Arm, Sample};

/// The version of the form of sweeps.
pub const SCHEMA_VERSION: u32 = 2;
/// What Chromium takes to gather the candidates of a host, in milliseconds: 115 to 130 were measured on a quiet machine.
pub const HOST_GATHERING_MS: f64 = 130.0;

/// A sweep as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan sweep")]
pub struct Sweep {
    /// The version of this form.
    pub schema_version: u32,
    /// What ran.
    pub environment: Environment,
    /// Who called whom: `OFFERER-to-ANSWERER`.
    pub pair: String,
    /// What lay between, but for the delay.
    pub network: NetworkCondition,
    /// The seed of the order of calls and of the intervals.
    pub seed: u64,
    /// What was added to the carrying of each signal, in milliseconds.
    pub signaling_delay_ms: u64,
    /// How many blocks were asked for; `points` holds fewer if it was cut short.
    pub planned: u32,
    /// The arms of each block.
    pub arms: Vec<Arm>,
    /// The delays of each block: after how many milliseconds the STUN server answers.
    pub stun_delays_ms: Vec<u64>,
    /// The law is asked for at delays above this, in milliseconds: what a host takes to gather its own candidates.
    pub host_gathering_ms: f64,
    /// The calls, in the order in which they were made.
    pub points: Vec<Point>,
    /// The lines through the times of each arm.
    pub fits: Vec<ArmFits>,
    /// One call of each arm with a server that never answers, if that was asked for.
    pub dead: Vec<Sample>,
}

/// One call of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The block, from 1.
    pub block: u32,
    /// After how many milliseconds the STUN server answered.
    pub stun_delay_ms: u64,
    /// What the call took.
    pub sample: Sample,
}

/// The lines through the times of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArmFits {
    /// Which arm.
    pub arm: Arm,
    /// Through the delays above the host's gathering time: where the law is asked for. Null with too few blocks or delays.
    pub above: Option<Fit>,
    /// Through all delays. Null with too few blocks or delays.
    pub all: Option<Fit>,
}

impl Sweep {
    /// What lay between, without the delay that was swept.
    #[must_use]
    pub const fn network_name(&self) -> &'static str {
        match self.network {
            NetworkCondition::HomeNat { .. } => "home-nat",
            NetworkCondition::RoutedStun { .. } => "routed-stun",
            _ => "slow-stun",
        }
    }

    /// Whether a call of a block that was asked for was not made.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.points.len() < self.planned as usize * self.arms.len() * self.stun_delays_ms.len()
    }

    /// Lays the lines through what was measured so far.
    pub fn fit(&mut self) {
        self.fits = self.arms.iter().map(|arm| self.fits_of(*arm)).collect();
    }

    fn fits_of(&self, arm: Arm) -> ArmFits {
        let fit = |above: f64| Fit::of(&self.times(arm, above), self.seed);
        ArmFits { arm, above: fit(self.host_gathering_ms), all: fit(f64::NEG_INFINITY) }
    }

    /// The times of `arm` at delays above `above_ms` that are not left out, as delay and time, both in milliseconds: those of
    /// each block together.
    #[must_use]
    pub fn times(&self, arm: Arm, above_ms: f64) -> Vec<Vec<(f64, f64)>> {
        let mut numbers: Vec<_> = self.points.iter().map(|point| point.block).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let time = |point: &Point| Some((point.stun_delay_ms as f64, point.sample.first_frame_ms?));
        let block = |number: u32| {
            let points = self.points.iter().filter(|p| p.block == number && p.sample.arm == arm);
            points.filter_map(time).filter(|(delay, _)| *delay > above_ms).collect::<Vec<_>>()
        };
        numbers.into_iter().map(block).filter(|block| !block.is_empty()).collect()
    }

    /// The sweep as JSON, with a line feed at the end.
    ///
    /// # Errors
    /// Never for what tincan measures: all of it can be written as JSON.
    pub fn render(&self) -> Result<String, Error> {
        Ok(to_string_pretty(self)? + "\n")
    }

    /// The JSON Schema (draft 2020-12) of [`Sweep::render`]'s output.
    ///
    /// # Errors
    /// Never: it is made from the types alone.
    pub fn schema() -> Result<String, Error> {
        Ok(to_string_pretty(&schemars::schema_for!(Self))? + "\n")
    }
}

#[cfg(test)]
mod tests;
