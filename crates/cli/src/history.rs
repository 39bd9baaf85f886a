//! `tincan history`: what each release of a browser changed.

mod calls;
mod plan;
mod record;

use anyhow::Context;
use tincan_measure::history::History;
use tincan_peers::Roster;
use tincan_report::history::plain;
use tokio::runtime::{self, Runtime};

pub use self::{calls::call, plan::scenarios};
use self::{plan::Plan, record::Record};
use crate::{args::HistoryArgs, exit::Exit, print, stop::Stop};

/// Makes the calls, and says what changed.
pub fn history(args: HistoryArgs) -> anyhow::Result<Exit> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let out = args.out.clone();
    let plan = Plan::new(&runtime, args)?;
    let mut record = Record::begin(&plan.question, &out)?;
    let interrupted = make(&runtime, &plan, &mut record)?;
    let history = History::of(&record.calls);
    record.end(&history)?;
    print::to_stdout(&plain(&history))?;
    print::to_stdout(&record.places())?;
    if interrupted {
        print::to_stderr("interrupted; the same command goes on where it stopped");
    }
    let all_tried = history.builds.iter().all(|build| build.not_tried.is_none());
    Ok(if history.is_complete && all_tried && !history.steps.is_empty() {
        Exit::Well
    } else {
        Exit::CouldNotAsk
    })
}

fn make(runtime: &Runtime, plan: &Plan, record: &mut Record) -> anyhow::Result<bool> {
    if record.calls.are_complete() {
        return Ok(false);
    }
    runtime.block_on(async {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let mut roster = Roster::new(plan.roster.clone()).await?;
        let outcome = tokio::select! {
            biased;
            () = stop.ordered() => Ok(()),
            outcome = calls::make(plan, &mut roster, record) => outcome,
        };
        roster.close().await;
        outcome?;
        Ok(stop.is_ordered())
    })
}
