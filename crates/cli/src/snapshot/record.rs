//! `tincan snapshot record`: makes calls, and writes what their peers decided.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use tincan_harness::{Scenario, Verdict, verdict::Outcome};
use tincan_measure::recording::Recording;
use tincan_peers::{Roster, RosterOptions};
use tokio::runtime;

use crate::{args::SnapshotRecordArgs, choice::Choice, exit::Exit, peers, print, stop::Stop};

/// Makes the calls that `args` asks for, one after the other.
pub fn record(args: SnapshotRecordArgs) -> anyhow::Result<Exit> {
    let browser = args.browser.options(false, false);
    let registry = peers::registry(&args.peers)?;
    let Choice { scenarios, left_out } = Choice::of(&args.patterns, &registry, &browser)?;
    left_out.iter().for_each(|line| print::to_stderr(line));
    let folder = args.out;
    fs::create_dir_all(&folder).with_context(|| format!("failed to make the folder {}", folder.display()))?;
    let options = RosterOptions::on_built_in_page(rand::random::<u32>() & 0xFF_FFFF, browser)?;
    let options = RosterOptions { registry, ..options };
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(async {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let mut roster = Roster::new(options).await?;
        let outcome = tokio::select! {
            biased;
            () = stop.ordered() => Err(anyhow::anyhow!("interrupted")),
            outcome = calls(&mut roster, &scenarios, &folder) => outcome,
        };
        roster.close().await;
        outcome
    })
}

async fn calls(roster: &mut Roster, scenarios: &[Scenario], folder: &Path) -> anyhow::Result<Exit> {
    let mut outcomes = Vec::new();
    for scenario in scenarios {
        let (verdict, exchange) = match roster.call(scenario).await {
            Ok(judged) => (judged.verdict, Some(judged.exchange)),
            Err(verdict) => (verdict, None),
        };
        let outcome = verdict.outcome();
        outcomes.push(outcome);
        match (verdict, exchange) {
            (Verdict::Passed, Some(exchange)) => {
                let who = roster.who(scenario);
                let file = folder.join(format!("{}.txt", scenario.to_string().replace('/', "_")));
                let text = Recording::of(scenario, &exchange, who).to_string();
                fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
                print::to_stdout(&format!("{}\n", file.display()))?;
            }
            (verdict, _) => not_recorded(scenario, outcome, &verdict),
        }
    }
    if outcomes.is_empty() {
        bail!("nothing was called");
    }
    Ok(Exit::of_run(outcomes.into_iter()))
}

/// What did not pass says nothing about what its peers decide.
fn not_recorded(scenario: &Scenario, outcome: Outcome, verdict: &Verdict) {
    let reason = verdict.reason().unwrap_or_default();
    print::to_stderr(&format!("{scenario} {outcome}, and was not recorded: {reason}"));
}
