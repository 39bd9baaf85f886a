//! What a sweep needs beside what is written of it.

use tincan_harness::{NetworkCondition, Scenario};
use tincan_measure::comparison::Arm;
use tincan_peers::RosterOptions;

/// A sweep that can be begun.
pub struct Plan {
    /// What the peers are made of.
    pub roster: RosterOptions,
    /// One call of the pair: what the arms and conditions are put into.
    pub scenario: Scenario,
    /// Whether calls with a server that never answers are made, too.
    pub dead: bool,
}

impl Plan {
    /// The call of `arm` under `network`.
    pub const fn scenario(&self, arm: Arm, network: NetworkCondition) -> Scenario {
        Scenario { mode: arm.mode(), network, ..self.scenario }
    }
}
