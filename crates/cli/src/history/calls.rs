//! Makes the calls: in each round every build has its turn, in an order that is drawn anew.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::{Scenario, verdict::Outcome};
use tincan_measure::{
    history::{CallRecord, Line, NotTried},
    recording::Recording,
};
use tincan_peers::Roster;

use super::{plan::Plan, record::Record};
use crate::{
    builds::{Builds, version_said},
    measure::ORDER,
    print,
};

/// Makes the calls that have not been made, and writes each as it ends.
///
/// # Errors
/// When one cannot be written.
pub async fn make(plan: &Plan, roster: &mut Roster, record: &mut Record) -> anyhow::Result<()> {
    let mut order = ChaCha8Rng::seed_from_u64(record.calls.question.seed);
    order.set_stream(ORDER);
    for round in 1..=plan.question.repetitions {
        let mut turns: Vec<_> = (0..plan.builds.builds.len()).collect();
        turns.shuffle(&mut order);
        for at in turns {
            turn(plan, roster, record, (at, round)).await?;
            // Dozens of browsers side by side would take the machine's memory, and each other's time.
            roster.stop_all().await;
        }
    }
    Ok(())
}

async fn turn(
    plan: &Plan,
    roster: &mut Roster,
    record: &mut Record,
    (at, round): (usize, u32),
) -> anyhow::Result<()> {
    let build = plan.builds.builds[at].name;
    let is_missing = |scenario: &&Scenario| !record.calls.has(build, &scenario.to_string(), round);
    let missing: Vec<_> = plan.scenarios.iter().filter(is_missing).copied().collect();
    if record.calls.not_tried(build).is_some() || missing.is_empty() {
        return Ok(());
    }
    let place = format!("round {round} of {}, {build}", plan.question.repetitions);
    // The first call in a browser that has just been started takes longer, and is not counted.
    let warm_up = roster.attempt(&plan.builds.scenario(&missing[0], at), round).await;
    if matches!(warm_up.verdict, Outcome::Errored | Outcome::Unsupported) && round == 1 {
        let reason = warm_up.reason.unwrap_or_default();
        print::to_stderr(&format!("{place}: it cannot be tried, and is left out: {reason}"));
        return record.add(Line::NotTried(NotTried { build, reason }));
    }
    let mut said = Vec::new();
    for scenario in missing {
        let call = call(&plan.builds, roster, &scenario, (at, round)).await;
        said.push(match &call.reason {
            Some(reason) => format!("{scenario} {}: {reason}", call.verdict),
            None => format!("{}/{} {}", scenario.mode, scenario.media, call.verdict),
        });
        record.add(Line::Call(Box::new(call)))?;
    }
    print::to_stderr(&format!("{place}: {}", said.join(", ")));
    Ok(())
}

/// Makes a call of `scenario` with the build at `at`, and takes down what can be told of it.
pub async fn call(
    builds: &Builds,
    roster: &mut Roster,
    scenario: &Scenario,
    (at, round): (usize, u32),
) -> CallRecord {
    let (own, build) = (builds.scenario(scenario, at), builds.builds[at].name);
    let (attempt, exchange) = roster.attempt_with_exchange(&own, round).await;
    let recording = exchange
        .filter(|_| attempt.verdict == Outcome::Passed)
        .map(|exchange| Recording::with_all_fields(scenario, &exchange, roster.who(&own)).to_string());
    let version = version_said(roster, build);
    CallRecord::of((build, &scenario.to_string(), round), version, &attempt, recording.unwrap_or_default())
}
