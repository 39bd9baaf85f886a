//! `tincan sweep`: set-up time against the round trip to the STUN server.

mod calls;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure};
use tincan_harness::{
    NetworkCondition,
    comparison::Arm,
    report::html::sweep_page,
    sweep::{
        HOST_GATHERING_MS, SCHEMA_VERSION, Sweep,
        lines::{FILE as POINTS, Line},
    },
};
use tincan_peers::{Roster, RosterOptions};

use crate::{
    args::SweepArgs,
    exit::Exit,
    file,
    folder::Folder,
    lines::{self, Lines},
    measure, print,
    ran::ran,
};

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
    // Before anything is started: a sweep that cannot be written is not worth its time.
    let mut record = Record::begin(sweep, folder)?;
    let make = async |roster: &mut Roster| calls::make(&plan, roster, &mut record).await;
    let outcome = measure::until_stopped(&plan.roster, make);
    let Record { mut sweep, folder, .. } = record;
    sweep.fit();
    // Also where not all could be made: what was measured until then is not lost.
    write(folder.path(), &sweep)?;
    let interrupted = outcome?;
    print::to_stdout(&table::render(&sweep, interrupted))?;
    let path = |name| folder.path().join(name);
    print::to_stdout(&format!("\npage: {}\nsweep: {}\n", path(PAGE).display(), path(FILE).display()))?;
    let told = sweep.fits.iter().all(|fits| fits.all.is_some());
    Ok(if told && !interrupted { Exit::Well } else { Exit::CouldNotAsk })
}

/// Writes the sweep of these lines, as far as it went, into `folder`, and answers where its page is.
///
/// # Errors
/// When the lines cannot be read, or the folder not be written.
pub fn write_of_lines(file: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let sweep = Sweep::of_lines(lines::read_noting(file, SCHEMA_VERSION)?)?;
    let asked = sweep.planned as usize * sweep.arms.len() * sweep.stun_delays_ms.len();
    print::to_stderr(&format!("{} holds {} of {asked} planned calls", file.display(), sweep.points.len()));
    write(folder, &sweep)?;
    Ok(folder.join(PAGE))
}

fn write(folder: &Path, sweep: &Sweep) -> anyhow::Result<()> {
    file::put(&folder.join(FILE), &sweep.render()?)?;
    file::put(&folder.join(PAGE), &sweep_page(sweep))
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

/// What was measured, and where each call is written.
struct Record {
    sweep: Sweep,
    lines: Lines<Line>,
    folder: Folder,
}

impl Record {
    fn begin(sweep: Sweep, folder: Folder) -> anyhow::Result<Self> {
        folder.remove_old(PAGE, "tincan sweep</title>")?;
        folder.remove_old(FILE, "\"schema_version\"")?;
        folder.put("sweep.schema.json", &Sweep::schema()?)?;
        folder.put("points.schema.json", &Line::schema()?)?;
        let lines = Lines::begin(folder.path().join(POINTS), &Line::Sweep(Box::new(sweep.clone())))?;
        Ok(Self { sweep, lines, folder })
    }

    fn add(&mut self, line: Line) -> anyhow::Result<()> {
        self.lines.append(&line)?;
        self.sweep.take(line);
        Ok(())
    }
}
