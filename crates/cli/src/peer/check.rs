//! `tincan peer check`: tries a program step by step, by itself and then in calls with a library that is built in.

use tincan_harness::{Attempt, Exchange, PeerId, Role, Scenario, verdict::Outcome};
use tincan_peers::{
    BrowserOptions, ProgramSpec, Registry, Roster, RosterOptions,
    program::check::{self, Step},
};

use crate::{
    args::{PeerCheckArgs, deadlines},
    exit::Exit,
    print,
};

/// The name of the program in its calls.
const PROGRAM: PeerId = PeerId::literal("program");
/// The library that it calls.
const PARTNER: PeerId = PeerId::literal("webrtc-rs");
/// Of what was said the last lines are shown.
const SHOWN: usize = 12;

/// Tries the program that `args` names.
pub async fn check(args: PeerCheckArgs) -> anyhow::Result<Exit> {
    let spec = ProgramSpec { name: PROGRAM, command: args.command };
    let mut outcomes = Vec::new();
    for step in check::steps(&spec).await? {
        outcomes.push(if step.found.is_ok() { Outcome::Passed } else { Outcome::Failed });
        print::to_stdout(&by_itself(&step))?;
    }
    let registry = Registry::built_in().only(&[PARTNER]).with_programs(vec![spec]).await?;
    let options =
        RosterOptions::on_built_in_page(rand::random::<u32>() & 0xFF_FFFF, BrowserOptions::default())?;
    let catalogue = registry.catalogue();
    let options = RosterOptions { registry, deadlines: deadlines(&args.deadlines), ..options };
    let mut roster = Roster::new(options).await?;
    for scenario in catalogue
        .select(&[format!("{PROGRAM}-to-{PARTNER}/*/direct"), format!("{PARTNER}-to-{PROGRAM}/*/direct")])?
    {
        let (attempt, exchange) = roster.attempt_with_exchange(&scenario, 1).await;
        outcomes.push(attempt.verdict);
        print::to_stdout(&in_call(&scenario, &attempt, exchange.as_ref()))?;
    }
    roster.close().await;
    let held = outcomes.iter().filter(|outcome| **outcome == Outcome::Passed).count();
    print::to_stdout(&format!("{held} of {} hold\n", outcomes.len()))?;
    Ok(Exit::of_run(outcomes.into_iter()))
}

fn by_itself(step: &Step) -> String {
    match &step.found {
        Ok(found) => line(Outcome::Passed, &step.expected, found),
        Err(found) => line(Outcome::Failed, &step.expected, found) + &lines(&step.said),
    }
}

/// What became of a call of the program, with what was said if it did not pass.
fn in_call(scenario: &Scenario, attempt: &Attempt, exchange: Option<&Exchange>) -> String {
    let role = if scenario.offerer == PROGRAM { Role::Offerer } else { Role::Answerer };
    let expected = format!("calls {PARTNER} as the {role} in {}", scenario.mode);
    match (attempt.verdict, attempt.first_frame_ms) {
        (Outcome::Passed, Some(first)) => {
            line(Outcome::Passed, &expected, &format!("first frame after {first:.0} ms"))
        }
        (outcome, _) => {
            let said = exchange.map(|exchange| exchange.side(role).evidence.driver_log.clone());
            let reason = attempt.reason.clone().unwrap_or_default();
            line(outcome, &expected, &reason)
                + &lines(&said.filter(|_| outcome != Outcome::Unsupported).unwrap_or_default())
        }
    }
}

fn line(outcome: Outcome, expected: &str, found: &str) -> String {
    format!("{}  {expected}: {found}\n", print::outcome(outcome, 11))
}

fn lines(said: &[String]) -> String {
    said[said.len().saturating_sub(SHOWN)..].iter().map(|line| format!("             {line}\n")).collect()
}
