//! `tincan compare`: vanilla against trickle, in blocks on warm peers.

mod baseline;
mod blocks;
mod plan;
mod table;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use tincan_harness::{
    comparison::{
        Comparison, Comparisons, SCHEMA_VERSION, json,
        lines::{FILE as BLOCKS, Line},
    },
    report::html::comparison_page,
};
use tincan_peers::Roster;

use self::{baseline::Kept, plan::Plan};
use crate::{
    args::CompareArgs,
    exit::Exit,
    file,
    folder::Folder,
    lines::{self, Lines},
    measure, print,
    ran::ran,
};

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
    // Before anything is started: a comparison that cannot be written is not worth its time.
    let mut record = Record::begin(comparisons, folder)?;
    let make = async |roster: &mut Roster| blocks::make(&plan, roster, &mut record).await;
    let outcome = measure::until_stopped(&plan.roster, make);
    let Record { mut comparisons, folder, .. } = record;
    comparisons.compare();
    // Also where not all could be made: what was measured until then is not lost.
    write(folder.path(), &comparisons)?;
    let interrupted = outcome?;
    print::to_stdout(&table::render(&comparisons, interrupted))?;
    let path = |name| folder.path().join(name);
    print::to_stdout(&format!("\npage: {}\ncomparison: {}\n", path(PAGE).display(), path(FILE).display()))?;
    if interrupted {
        return Ok(Exit::CouldNotAsk);
    }
    if let Some(name) = save {
        baseline::save(&name, &comparisons)?;
    }
    let told = comparisons.comparisons.iter().all(Comparison::tells);
    match kept {
        Some(kept) => kept.compare(&comparisons),
        None if told => Ok(Exit::Well),
        None => Ok(Exit::CouldNotAsk),
    }
}

/// Writes the comparison of these lines, as far as it went, into `folder`, and answers where its page is.
///
/// # Errors
/// When the lines cannot be read, or the folder not be written.
pub fn write_of_lines(file: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let comparisons = Comparisons::of_lines(lines::read_noting(file, SCHEMA_VERSION)?)?;
    let made: usize = comparisons.comparisons.iter().map(|comparison| comparison.blocks.len()).sum();
    let planned = comparisons.planned as usize * comparisons.comparisons.len();
    print::to_stderr(&format!("{} holds {made} of {planned} planned blocks", file.display()));
    write(folder, &comparisons)?;
    Ok(folder.join(PAGE))
}

fn write(folder: &Path, comparisons: &Comparisons) -> anyhow::Result<()> {
    file::put(&folder.join(FILE), &json::render(comparisons)?)?;
    file::put(&folder.join(PAGE), &comparison_page(comparisons))
}

/// What was measured, and where each block is written.
struct Record {
    comparisons: Comparisons,
    lines: Lines<Line>,
    folder: Folder,
}

impl Record {
    fn begin(comparisons: Comparisons, folder: Folder) -> anyhow::Result<Self> {
        folder.remove_old(PAGE, "tincan comparison</title>")?;
        folder.remove_old(FILE, "\"schema_version\"")?;
        folder.put("comparison.schema.json", &json::schema()?)?;
        folder.put("blocks.schema.json", &Line::schema()?)?;
        let first = Line::Comparison(Box::new(comparisons.clone()));
        let lines = Lines::begin(folder.path().join(BLOCKS), &first)?;
        Ok(Self { comparisons, lines, folder })
    }

    fn add(&mut self, line: Line) -> anyhow::Result<()> {
        self.lines.append(&line)?;
        self.comparisons.take(line);
        Ok(())
    }
}
