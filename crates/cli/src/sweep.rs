//! `tincan sweep`: set-up time against the round trip to the STUN server.

mod calls;
mod table;

use anyhow::{anyhow, ensure};
use tincan_harness::{
    NetworkCondition,
    comparison::Arm,
    report::html::sweep_page,
    sweep::{HOST_GATHERING_MS, SCHEMA_VERSION, Sweep},
};
use tincan_peers::{Roster, RosterOptions};

use crate::{args::SweepArgs, exit::Exit, folder::Folder, measure, print, ran::ran};

/// The file that holds what was measured.
const FILE: &str = "sweep.json";
/// The file that shows it to people.
const PAGE: &str = "sweep.html";
/// The modes that are swept.
const ARMS: [Arm; 2] = [Arm::Vanilla, Arm::Trickle];

/// Sweeps the delays of the STUN server.
pub fn sweep(args: SweepArgs) -> anyhow::Result<Exit> {
    let folder = args.out.clone();
    let (plan, sweep) = draw_up(args)?;
    let taken = || anyhow!("another sweep is writing to {}; give this one another --out", folder.display());
    let folder = Folder::take(&folder)?.ok_or_else(taken)?;
    let mut record = Record { sweep, folder };
    // Before anything is started: a sweep that cannot be written is not worth its time.
    record.folder.put("sweep.schema.json", &Sweep::schema()?)?;
    record.write()?;
    let make = async |roster: &mut Roster| calls::make(&plan, roster, &mut record).await;
    let interrupted = measure::until_stopped(&plan.roster, make)?;
    record.sweep.fit();
    record.write()?;
    record.folder.put(PAGE, &sweep_page(&record.sweep))?;
    print::to_stdout(&table::render(&record.sweep, interrupted))?;
    let path = |name| record.folder.path().join(name);
    print::to_stdout(&format!("\npage: {}\nsweep: {}\n", path(PAGE).display(), path(FILE).display()))?;
    let told = record.sweep.fits.iter().all(|fits| fits.all.is_some());
    Ok(if told && !interrupted { Exit::Well } else { Exit::CouldNotAsk })
}

/// What is needed beside what is written.
struct Plan {
    roster: RosterOptions,
    scenario: tincan_harness::Scenario,
    dead: bool,
}

fn draw_up(args: SweepArgs) -> anyhow::Result<(Plan, Sweep)> {
    let mut delays: Vec<u64> = args.stun_delay.iter().copied().map(u64::from).collect();
    delays.sort_unstable();
    delays.dedup();
    ensure!(delays.len() >= 2, "a line takes two delays at least: --stun-delay 0,200");
    let scenario = measure::one_of(&args.pair)?;
    let roster = measure::roster_options(args.driven, args.browser, std::time::Duration::ZERO)?;
    let sweep = Sweep {
        schema_version: SCHEMA_VERSION,
        ran: ran(&roster, 1),
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

/// The condition in which the STUN server is `delay_ms` away.
fn at_delay(network: NetworkCondition, delay_ms: u64) -> NetworkCondition {
    // What can be asked for is small enough.
    let delay_ms = u16::try_from(delay_ms).unwrap_or(u16::MAX);
    match (network, delay_ms) {
        (NetworkCondition::RoutedStun { .. }, delay_ms) => NetworkCondition::RoutedStun { delay_ms },
        (NetworkCondition::HomeNat { .. }, delay_ms) => NetworkCondition::HomeNat { delay_ms },
        (_, 0) => NetworkCondition::Stun,
        (_, delay_ms) => NetworkCondition::SlowStun { delay_ms },
    }
}

/// What was measured, and where it is written.
struct Record {
    sweep: Sweep,
    folder: Folder,
}

impl Record {
    fn write(&self) -> anyhow::Result<()> {
        self.folder.put(FILE, &self.sweep.render()?)
    }
}
