//! `tincan compare`: vanilla against trickle, in blocks on warm peers.

mod baseline;
mod blocks;
mod plan;
mod table;

use anyhow::anyhow;
use tincan_harness::{
    comparison::{Comparison, Comparisons, SCHEMA_VERSION, json},
    report::html::comparison_page,
};
use tincan_peers::Roster;

use self::{baseline::Kept, plan::Plan};
use crate::{args::CompareArgs, exit::Exit, folder::Folder, measure, print, ran::ran};

/// The file that holds what was measured.
const FILE: &str = "comparison.json";

/// The file that shows it to people.
const PAGE: &str = "comparison.html";

/// Compares the modes of one pair.
pub fn compare(args: CompareArgs) -> anyhow::Result<Exit> {
    let (folder, kept, save) = (args.out.clone(), args.baseline.clone(), args.save_baseline.clone());
    let plan = Plan::new(args)?;
    let taken =
        || anyhow!("another comparison is writing to {}; give this one another --out", folder.display());
    let folder = Folder::take(&folder)?.ok_or_else(taken)?;
    let comparisons = Comparisons {
        schema_version: SCHEMA_VERSION,
        ran: ran(&plan.roster, 1),
        pair: plan.pair.clone(),
        seed: plan.seed,
        margin_ms: plan.margin_ms,
        signaling_delay_ms: plan.roster.signaling_delay.as_millis() as u64,
        planned: plan.blocks,
        arms: plan.arms.clone(),
        comparisons: plan.networks.iter().copied().map(Comparison::new).collect(),
    };
    let kept = kept.as_deref().map(Kept::read).transpose()?;
    kept.as_ref().map_or(Ok(()), |kept| kept.check(&comparisons))?;
    let mut record = Record { comparisons, folder };
    // Before anything is started: a comparison that cannot be written is not worth its time.
    record.folder.put("comparison.schema.json", &json::schema()?)?;
    record.write()?;
    let make = async |roster: &mut Roster| blocks::make(&plan, roster, &mut record).await;
    let interrupted = measure::until_stopped(&plan.roster, make)?;
    record.comparisons.compare();
    record.write()?;
    record.folder.put(PAGE, &comparison_page(&record.comparisons))?;
    print::to_stdout(&table::render(&record.comparisons, interrupted))?;
    let path = |name| record.folder.path().join(name);
    print::to_stdout(&format!("\npage: {}\ncomparison: {}\n", path(PAGE).display(), path(FILE).display()))?;
    if interrupted {
        return Ok(Exit::CouldNotAsk);
    }
    if let Some(name) = save {
        baseline::save(&name, &record.comparisons)?;
    }
    let told = record.comparisons.comparisons.iter().all(Comparison::tells);
    match kept {
        Some(kept) => kept.compare(&record.comparisons),
        None if told => Ok(Exit::Well),
        None => Ok(Exit::CouldNotAsk),
    }
}

/// What was measured, and where it is written.
struct Record {
    comparisons: Comparisons,
    folder: Folder,
}

impl Record {
    fn write(&self) -> anyhow::Result<()> {
        self.folder.put(FILE, &json::render(&self.comparisons)?)
    }
}
