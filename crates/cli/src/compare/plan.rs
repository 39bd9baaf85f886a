//! What a comparison is going to do: everything that can be found wrong before anything is started.

use anyhow::anyhow;
use tincan_harness::{Deadlines, Media, NetworkCondition, Scenario, catalogue::catalogue, comparison::Arm};
use tincan_peers::{PeerNumbers, RosterOptions};

use crate::{args::CompareArgs, page::page_map};

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
        let scenario = one_of(&args.pair)?;
        let page_map = page_map(args.page_map.as_deref(), args.page.folder.as_deref())?;
        let roster = RosterOptions {
            run_number: rand::random::<u32>() & 0xFF_FFFF,
            peer_numbers: PeerNumbers::default(),
            page: args.page.folder,
            page_map,
            browser: args.browser.options(false, false),
            deadlines: Deadlines::default(),
            keep_pictures: false,
            signaling_delay: args.signaling_delay,
        };
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
        Scenario { mode: arm.mode(), media: Media::Vp8, network, ..self.scenario }
    }
}

fn one_of(pair: &str) -> anyhow::Result<Scenario> {
    let scenarios = catalogue();
    scenarios.iter().find(|scenario| scenario.pair() == pair).copied().ok_or_else(|| {
        let mut pairs: Vec<_> = scenarios.iter().map(Scenario::pair).collect();
        pairs.dedup();
        anyhow!("there is no pair {pair:?}; the pairs are {}", pairs.join(", "))
    })
}
