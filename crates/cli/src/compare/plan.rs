//! What a comparison is going to do: everything that can be found wrong before anything is started.

use tincan_harness::{NetworkCondition, Scenario};
use tincan_measure::comparison::Arm;
use tincan_peers::RosterOptions;

use crate::{args::CompareArgs, measure, peers};

/// A comparison that can be begun.
#[derive(Debug)]
pub struct Plan {
    /// `OFFERER-to-ANSWERER`.
    pub pair: String,
    /// The conditions, each once, in the order asked for.
    pub networks: Vec<NetworkCondition>,
    /// The calls of a block.
    pub arms: Vec<Arm>,
    /// How many blocks are made in each condition.
    pub blocks: u32,
    /// Differences within this are none.
    pub margin_ms: f64,
    /// The seed of the order of calls and of the intervals.
    pub seed: u64,
    /// What the peers are made of.
    pub roster: RosterOptions,
    /// One call of the pair: what the arms and conditions are put into.
    scenario: Scenario,
}

impl Plan {
    /// The plan that `args` asks for.
    ///
    /// # Errors
    /// When there is no such pair, or the page or its map cannot be used.
    pub fn new(args: CompareArgs) -> anyhow::Result<Self> {
        let registry = peers::registry(&args.peers)?;
        let scenario = measure::one_of(&args.pair, &registry)?;
        let roster = measure::roster_options(args.driven, args.browser, registry, args.signaling_delay)?;
        let mut networks = Vec::new();
        for network in args.networks {
            if !networks.contains(&network) {
                networks.push(network);
            }
        }
        Ok(Self {
            pair: args.pair,
            networks,
            arms: Arm::ALL.into_iter().filter(|arm| args.half_trickle || *arm != Arm::HalfTrickle).collect(),
            blocks: args.blocks,
            margin_ms: args.margin,
            seed: args.seed.unwrap_or_else(rand::random).into(),
            roster,
            scenario,
        })
    }

    /// The call of `arm` under `network`.
    pub const fn scenario(&self, arm: Arm, network: NetworkCondition) -> Scenario {
        Scenario { mode: arm.mode(), network, ..self.scenario }
    }
}
