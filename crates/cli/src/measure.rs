//! What commands that measure have in common: one pair, warm peers, one call at a time.

mod record;

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tincan_harness::{Attempt, Scenario, verdict::Outcome};
use tincan_peers::{Registry, Roster, RosterOptions};
use tokio::runtime;

pub use self::record::{Measured, Record, Written, write_of_lines};
use crate::{
    args::{BrowserArgs, DrivenPageArgs},
    page, print,
    stop::Stop,
};

/// The stream of a seed that orders calls; intervals draw from the first one.
pub const ORDER: u64 = 1;

/// A call of `pair`: what modes and conditions are put into.
///
/// # Errors
/// When there is no such pair.
pub fn one_of(pair: &str, registry: &Registry) -> anyhow::Result<Scenario> {
    let scenarios = registry.catalogue().scenarios();
    scenarios.iter().find(|scenario| scenario.pair() == pair).copied().ok_or_else(|| {
        let mut pairs: Vec<_> = scenarios.iter().map(Scenario::pair).collect();
        pairs.dedup();
        anyhow!("there is no pair {pair:?}; the pairs are {}", pairs.join(", "))
    })
}

/// What the peers are made of.
///
/// # Errors
/// When the page or its map cannot be used.
pub fn roster_options(
    driven: DrivenPageArgs,
    browser: BrowserArgs,
    registry: Registry,
    signaling_delay: Duration,
) -> anyhow::Result<RosterOptions> {
    let options = page::roster_options(driven, browser.options(false, false))?;
    Ok(RosterOptions { registry, signaling_delay, ..options })
}

/// Has `make` make calls with warm peers and add them to `record`, until it is done or a signal orders a stop; answers what was
/// written, and whether one did. The peers are ended in any case, and what was measured until then is not lost.
///
/// # Errors
/// When signals cannot be watched, the page cannot be served, `make` fails, or what was measured cannot be written.
pub fn until_stopped<M: Measured>(
    options: &RosterOptions,
    mut record: Record<M>,
    make: impl AsyncFnOnce(&mut Roster, &mut Record<M>) -> anyhow::Result<()>,
) -> anyhow::Result<(Written<M>, bool)> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let outcome = runtime.block_on(with_roster(options, &mut record, make));
    let written = record.end()?;
    Ok((written, outcome?))
}

async fn with_roster<M: Measured>(
    options: &RosterOptions,
    record: &mut Record<M>,
    make: impl AsyncFnOnce(&mut Roster, &mut Record<M>) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let mut roster = Roster::new(options.clone()).await?;
    let outcome = tokio::select! {
        biased;
        () = stop.ordered() => Ok(()),
        outcome = make(&mut roster, record) => outcome,
    };
    roster.close().await;
    outcome?;
    Ok(stop.is_ordered())
}

/// Rounds that are made first and not counted: browsers fill caches, and processors wake.
pub const WARM_UP: u32 = 3;

/// Makes a call that is not counted. What does not pass here would not pass later.
///
/// # Errors
/// When it does not pass.
pub async fn warm_up(roster: &mut Roster, scenario: &Scenario) -> anyhow::Result<()> {
    let attempt = roster.attempt(scenario, 1).await;
    if attempt.verdict != Outcome::Passed {
        bail!("there is nothing to measure: {}", not_passed(&attempt));
    }
    Ok(())
}

/// Makes a call that counts if it passes, and says why if it does not.
pub async fn attempt(roster: &mut Roster, scenario: &Scenario) -> Attempt {
    let attempt = roster.attempt(scenario, 1).await;
    if attempt.verdict != Outcome::Passed {
        print::to_stderr(&format!("left out: {}", not_passed(&attempt)));
    }
    attempt
}

fn not_passed(attempt: &Attempt) -> String {
    let mut text = format!("{} {}", attempt.scenario, print::outcome(attempt.verdict, 0));
    if let Some(reason) = &attempt.reason {
        text += &format!(": {reason}");
    }
    if let Some(diagnosis) = &attempt.diagnosis {
        text += &format!("\n  first break: {}: {}", diagnosis.stage, diagnosis.evidence);
    }
    text
}
