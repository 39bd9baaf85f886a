//! Questions that are answered with yes or no: asked of a build again until the answer is sure.

use std::{io, process::Stdio};

use anyhow::Context;
use tincan_harness::verdict::Outcome;
use tincan_measure::{
    bisect::{Answer, RateTally},
    history::{CallRecord, facts},
};
use tincan_peers::browser::find;
use tokio::process::Command;

use super::{
    bisection::{Bisection, Ends},
    question::Question,
};
use crate::{history::call, print};

/// The exit code of a command that cannot say it of a build (as of `git bisect run`).
const CANNOT_SAY: i32 = 125;

/// What is known of both ends.
#[derive(Debug, Default)]
pub struct Asking {
    good_is_so: bool,
}

/// What one call has shown.
enum Once {
    /// It is so, or not, with what was seen.
    Is(bool, String),
    /// The build cannot be tried.
    Not(String),
}

/// What came of all calls with a build.
enum Sure {
    Is(bool),
    Unsure(String),
    Not(String),
}

impl Asking {
    /// Asks of both ends.
    pub(super) async fn ends(
        &mut self,
        bisection: &mut Bisection,
        question: &Question,
        (good, bad): (usize, usize),
    ) -> anyhow::Result<Ends> {
        let mut found = Vec::new();
        for at in [good, bad] {
            let name = bisection.builds.builds[at].name;
            match ask(bisection, question, at).await? {
                Sure::Is(is_so) => {
                    print::to_stderr(&format!("{name}: {}", yes_or_no(is_so)));
                    found.push(is_so);
                }
                Sure::Unsure(seen) => return Ok(Ends::Unknown(format!("with {name} it is so {seen}"))),
                Sure::Not(reason) => return Ok(Ends::Unknown(format!("{name} cannot be tried: {reason}"))),
            }
            let answer = if at == good { Answer::Good } else { Answer::Bad };
            bisection.log.decide(at, &answer)?;
        }
        self.good_is_so = found[0];
        Ok(match found[0] == found[1] {
            true => Ends::Alike(format!("{question}: {} with both", yes_or_no(found[0]))),
            false => Ends::Differ,
        })
    }

    /// Asks of the build at `at`.
    pub(super) async fn answer(
        &self,
        bisection: &mut Bisection,
        question: &Question,
        at: usize,
    ) -> anyhow::Result<Answer> {
        Ok(match ask(bisection, question, at).await? {
            Sure::Is(is_so) if is_so == self.good_is_so => Answer::Good,
            Sure::Is(_) => Answer::Bad,
            Sure::Unsure(seen) => Answer::Unsure { seen: format!("it is so {seen}") },
            Sure::Not(reason) => Answer::Skipped { reason },
        })
    }
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

async fn ask(bisection: &mut Bisection, question: &Question, at: usize) -> anyhow::Result<Sure> {
    let mut tally = RateTally::default();
    let sure = loop {
        match once(bisection, question, at).await? {
            Once::Is(is_so, seen) => {
                tally.count(is_so);
                bisection.log.tried(at, Some(is_so), None, seen)?;
            }
            Once::Not(reason) => {
                bisection.log.tried(at, None, None, reason.clone())?;
                break Sure::Not(reason);
            }
        }
        match tally.answer() {
            Some(is_so) => break Sure::Is(is_so),
            None if tally.is_over() => break Sure::Unsure(tally.to_string()),
            None => {}
        }
    };
    // A build that is not asked again takes no memory.
    bisection.roster.stop_all().await;
    Ok(sure)
}

async fn once(bisection: &mut Bisection, question: &Question, at: usize) -> anyhow::Result<Once> {
    let (scenario, text) = match question {
        Question::Command(words) => return command(bisection, words, at).await,
        Question::Holds(scenario, text) => (scenario, Some(text.as_str())),
        Question::Passes(scenario) => (scenario, None),
    };
    let call = call(&bisection.builds, &mut bisection.roster, scenario, (at, 1)).await;
    Ok(match (call.verdict, text) {
        (Outcome::Errored | Outcome::Unsupported, _) => Once::Not(call.reason.unwrap_or_default()),
        (verdict, None) => {
            Once::Is(verdict == Outcome::Passed, call.reason.unwrap_or_else(|| verdict.to_string()))
        }
        (_, Some(text)) => holds(&call, text),
    })
}

/// Of a call that failed it is not known what else it would have held.
fn holds(call: &CallRecord, text: &str) -> Once {
    let found = facts(call).into_iter().map(|fact| fact.to_string()).find(|fact| fact.contains(text));
    match (found, call.verdict) {
        (Some(fact), _) => Once::Is(true, fact),
        (None, Outcome::Passed) => Once::Is(false, "no fact holds it".to_owned()),
        (None, _) => Once::Not(format!("the call failed: {}", call.reason.clone().unwrap_or_default())),
    }
}

async fn command(bisection: &Bisection, words: &[String], at: usize) -> anyhow::Result<Once> {
    let [browser, driver] = bisection.builds.files(at, &bisection.browser).await?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env(find::BROWSER_VARIABLE, browser).env(find::DRIVER_VARIABLE, driver);
    // What it prints is no result.
    command.stdin(Stdio::null()).stdout(io::stderr()).kill_on_drop(true);
    let ended = command.status().await.with_context(|| format!("failed to run {}", words[0]))?;
    Ok(match ended.code() {
        Some(0) => Once::Is(true, "it ended with 0".to_owned()),
        Some(CANNOT_SAY) => Once::Not(format!("the command ended with {CANNOT_SAY}")),
        _ => Once::Is(false, format!("it ended with {ended}")),
    })
}
