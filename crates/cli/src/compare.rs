//! `tincan compare`: vanilla against trickle, in blocks on warm peers.

mod table;

use std::{fs, path::Path, time::SystemTime};

use anyhow::{Context, ensure};
use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::{
    Scenario,
    catalogue::select,
    comparison::{Arm, Block, Comparison, Sample, SCHEMA_VERSION},
    verdict::Outcome,
};
use tincan_peers::Roster;
use tokio::runtime;

use crate::{args::CompareArgs, exit::Exit, print, run::standing_orders, stop::Stop};

/// Blocks that are made and not counted: browsers fill caches, and processors wake.
const WARM_UP: u32 = 3;

/// Compares the modes of one pair.
pub fn compare(args: CompareArgs) -> anyhow::Result<Exit> {
    let arms = arms(&args.pair)?;
    let seed = args.seed.unwrap_or_else(rand::random::<u32>);
    let mut comparison = Comparison {
        schema_version: SCHEMA_VERSION,
        ran: Default::default(),
        pair: args.pair.clone(),
        network: arms[0].1.network.to_string(),
        seed: seed.into(),
        margin_ms: args.margin,
        planned: args.blocks,
        blocks: Vec::new(),
        trickle: None,
        control: None,
    };
    fs::create_dir_all(&args.out).with_context(|| format!("failed to make {}", args.out.display()))?;
    let file = args.out.join("comparison.json");
    // Before anything is started: a comparison that cannot be written is not worth its time.
    write(&file, &comparison)?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let interrupted = runtime.block_on(make_blocks(&args, &arms, &mut comparison, &file))?;
    print::to_stdout(&table::render(&comparison, interrupted))?;
    print::to_stdout(&format!("\ncomparison: {}\n", file.display()))?;
    Ok(if comparison.finding().is_some() && !interrupted { Exit::Well } else { Exit::CouldNotAsk })
}
