//! `tincan sweep`: set-up time against the round trip to the STUN server.

mod calls;
mod plan;
mod table;

use anyhow::ensure;
use tincan_measure::{
    comparison::Arm,
    sweep::{HOST_GATHERING_MS, SCHEMA_VERSION, Sweep},
};
use tincan_peers::{Roster, environment};

use self::plan::Plan;
use crate::{
    args::SweepArgs,
    exit::Exit,
    measure::{self, Record},
    peers, print,
};

/// The modes that are swept.
const ARMS: [Arm; 2] = [Arm::Vanilla, Arm::Trickle];

/// Sweeps the delays of the STUN server.
pub fn sweep(args: SweepArgs) -> anyhow::Result<Exit> {
    let folder = args.out.clone();
    let (plan, sweep) = draw_up(args)?;
    let record = Record::begin(sweep, &folder)?;
    let make = async |roster: &mut Roster, record: &mut Record<_>| calls::make(&plan, roster, record).await;
    let (written, interrupted) = measure::until_stopped(&plan.roster, record, make)?;
    let sweep = &written.measured;
    print::to_stdout(&table::render(sweep, interrupted))?;
    print::to_stdout(&written.places())?;
    let told = sweep.fits.iter().all(|fits| fits.all.is_some());
    Ok(if told && !interrupted { Exit::Well } else { Exit::CouldNotAsk })
}

fn draw_up(args: SweepArgs) -> anyhow::Result<(Plan, Sweep)> {
    let mut delays: Vec<u64> = args.stun_delay.iter().copied().map(u64::from).collect();
    delays.sort_unstable();
    delays.dedup();
    ensure!(delays.len() >= 2, "a line takes two delays at least: --stun-delay 0,200");
    let registry = peers::registry(&args.peers)?;
    let scenario = measure::one_of(&args.pair, &registry)?;
    let roster = measure::roster_options(args.driven, args.browser, registry, std::time::Duration::ZERO)?;
    let sweep = Sweep {
        schema_version: SCHEMA_VERSION,
        environment: environment(&roster, 1),
        pair: args.pair,
        network: args.network.parse()?,
        seed: args.seed.unwrap_or_else(rand::random).into(),
        signaling_delay_ms: 0,
        planned: args.blocks,
        arms: ARMS.to_vec(),
        stun_delays_ms: delays,
        host_gathering_ms: HOST_GATHERING_MS,
        points: Vec::new(),
        fits: Vec::new(),
        dead: Vec::new(),
    };
    Ok((Plan { roster, scenario, dead: args.dead }, sweep))
}
