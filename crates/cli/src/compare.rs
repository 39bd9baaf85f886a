//! `tincan compare`: vanilla against trickle, in blocks on warm peers.

mod baseline;
mod blocks;
mod plan;
mod table;

use tincan_measure::comparison::{Comparison, Comparisons, SCHEMA_VERSION};
use tincan_peers::{Roster, environment};

use self::{baseline::Kept, plan::Plan};
use crate::{
    args::CompareArgs,
    exit::Exit,
    measure::{self, Record},
    print,
};

/// Compares the modes of one pair.
pub fn compare(args: CompareArgs) -> anyhow::Result<Exit> {
    let (folder, kept, save) = (args.out.clone(), args.baseline.clone(), args.save_baseline.clone());
    let plan = Plan::new(args)?;
    let comparisons = Comparisons {
        schema_version: SCHEMA_VERSION,
        environment: environment(&plan.roster, 1),
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
    let record = Record::begin(comparisons, &folder)?;
    let make = async |roster: &mut Roster, record: &mut Record<_>| blocks::make(&plan, roster, record).await;
    let (written, interrupted) = measure::until_stopped(&plan.roster, record, make)?;
    let comparisons = &written.measured;
    print::to_stdout(&table::render(comparisons, interrupted))?;
    print::to_stdout(&written.places())?;
    if interrupted {
        return Ok(Exit::CouldNotAsk);
    }
    if let Some(name) = save {
        baseline::save(&name, comparisons)?;
    }
    let told = comparisons.comparisons.iter().all(Comparison::tells);
    match kept {
        Some(kept) => kept.compare(comparisons),
        None if told => Ok(Exit::Well),
        None => Ok(Exit::CouldNotAsk),
    }
}
