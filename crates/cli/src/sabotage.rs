//! `tincan sabotage`: the verifier on trial. Breaks real calls on purpose, and checks that each comes out red with the
//! right reason.

use std::fs;

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use tincan_harness::{
    Attempt, Diagnosis, Scenario, SignalingMode, Stage, catalogue::Patterns, verdict::Outcome,
};
use tincan_peers::{Roster, RosterOptions, Saboteur, saboteurs};
use tokio::runtime;

use crate::{args::SabotageArgs, exit::Exit, file, print, stop::Stop};

/// Of 100 diagnoses as many must name the right stage.
const RIGHT_OF_100: usize = 90;

/// What became of one saboteur.
#[derive(Debug, Serialize)]
struct Trial {
    name: &'static str,
    does: &'static str,
    expected: Outcome,
    expected_stage: Option<Stage>,
    found: Outcome,
    reason: Option<String>,
    diagnosis: Option<Diagnosis>,
    /// Why it has survived; null if it was killed, or WebRTC recovered as it should.
    survived: Option<String>,
}

impl Trial {
    fn new(saboteur: &Saboteur, attempt: Attempt) -> Self {
        let Attempt { verdict, reason, diagnosis, .. } = attempt;
        let said = reason.as_deref().unwrap_or_default();
        Self {
            name: saboteur.name,
            does: saboteur.does,
            expected: saboteur.expected.outcome(),
            expected_stage: saboteur.expected.stage(),
            found: verdict,
            survived: saboteur.expected.missed(verdict, said, diagnosis.as_ref()),
            reason,
            diagnosis,
        }
    }

    /// Whether the diagnosis names the right stage; none if there is nothing to diagnose.
    fn is_diagnosed(&self) -> Option<bool> {
        let expected = self.expected_stage?;
        Some(self.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.stage == expected))
    }

    /// `killed     media/still-picture  failed, media identified (expected: failed, media identified)`, and what was said,
    /// if it is not what must be said.
    fn line(&self) -> String {
        let word = match (&self.survived, self.expected_stage) {
            (Some(_), _) => print::bad("survived "),
            (None, Some(_)) => print::good("killed   "),
            (None, None) => print::good("recovered"),
        };
        let given = in_words(self.found, self.diagnosis.as_ref().map(|diagnosis| diagnosis.stage));
        let expected = in_words(self.expected, self.expected_stage);
        let mut line = format!("{word}  {}  {given} (expected: {expected})", self.name);
        if let Some(survived) = &self.survived {
            line += &format!("\n           {}", print::bad(survived));
        }
        if self.survived.is_some() || self.is_diagnosed() == Some(false) {
            let evidence = self.diagnosis.as_ref().map(|diagnosis| diagnosis.evidence.clone());
            for said in [self.reason.clone(), evidence].into_iter().flatten() {
                line += &format!("\n           {said}");
            }
        }
        line
    }
}

fn in_words(outcome: Outcome, stage: Option<Stage>) -> String {
    stage.map_or_else(|| outcome.to_string(), |stage| format!("{outcome}, {stage}"))
}

/// The trials of a run, as they are written.
#[derive(Debug, Serialize)]
struct Trials {
    killed: usize,
    to_kill: usize,
    recovered: usize,
    to_recover: usize,
    diagnosed: usize,
    trials: Vec<Trial>,
}

impl Trials {
    fn of(trials: Vec<Trial>) -> Self {
        let count = |holds: fn(&Trial) -> bool| trials.iter().filter(|trial| holds(trial)).count();
        Self {
            killed: count(|trial| trial.expected_stage.is_some() && trial.survived.is_none()),
            to_kill: count(|trial| trial.expected_stage.is_some()),
            recovered: count(|trial| trial.expected_stage.is_none() && trial.survived.is_none()),
            to_recover: count(|trial| trial.expected_stage.is_none()),
            diagnosed: count(|trial| trial.is_diagnosed() == Some(true)),
            trials,
        }
    }

    fn summary(&self) -> String {
        let mut text = format!("killed {} of {}", self.killed, self.to_kill);
        if self.to_recover > 0 {
            text += &format!(", recovered {} of {}", self.recovered, self.to_recover);
        }
        if self.to_kill > 0 {
            let share = 100.0 * self.diagnosed as f64 / self.to_kill as f64;
            text += &format!(
                "; the diagnosis names the right stage for {} of {} ({share:.0} %, at least {RIGHT_OF_100} % needed)",
                self.diagnosed, self.to_kill
            );
        }
        text + "\n"
    }

    const fn are_good(&self) -> bool {
        self.killed == self.to_kill
            && self.recovered == self.to_recover
            && self.diagnosed * 100 >= self.to_kill * RIGHT_OF_100
    }
}

/// Tries the saboteurs that `args` chooses.
pub fn sabotage(args: SabotageArgs) -> anyhow::Result<Exit> {
    let chosen = choose(&args.patterns)?;
    if args.list {
        let lines: String =
            chosen.iter().map(|saboteur| format!("{}  {}\n", saboteur.name, saboteur.does)).collect();
        print::to_stdout(&lines)?;
        return Ok(Exit::Well);
    }
    fs::create_dir_all(&args.out).with_context(|| format!("failed to make {}", args.out.display()))?;
    let path = args.out.join("sabotage.json");
    // Before anything is started: trials whose outcome cannot be written are not worth their time.
    file::put(&path, "{}\n")?;
    let browser = args.browser.options(false, false);
    let options = RosterOptions::on_built_in_page(rand::random::<u32>() & 0xFF_FFFF, browser)?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let (trials, interrupted) = runtime.block_on(try_all(options, &chosen))?;
    let trials = Trials::of(trials);
    file::put(&path, &(serde_json::to_string_pretty(&trials)? + "\n"))?;
    let cut_short =
        if interrupted { format!("interrupted: {} were to be tried\n", chosen.len()) } else { String::new() };
    print::to_stdout(&format!("{}{cut_short}{}\n", trials.summary(), path.display()))?;
    Ok(match () {
        () if interrupted => Exit::CouldNotAsk,
        () if trials.are_good() => Exit::Well,
        () => Exit::SomeFailed,
    })
}

fn choose(patterns: &[String]) -> anyhow::Result<Vec<&'static Saboteur>> {
    let all = saboteurs();
    let patterns = Patterns::new(patterns, all.iter().map(|saboteur| saboteur.name))?;
    Ok(all.into_iter().filter(|saboteur| patterns.match_name(saboteur.name)).collect())
}

/// Tries each, and says what became of it. Answers also whether it was interrupted.
async fn try_all(options: RosterOptions, chosen: &[&Saboteur]) -> anyhow::Result<(Vec<Trial>, bool)> {
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let mut roster = Roster::new(options).await?;
    let mut trials = Vec::new();
    let outcome = tokio::select! {
        biased;
        () = stop.ordered() => Ok(()),
        outcome = try_each(&mut roster, chosen, &mut trials) => outcome,
    };
    roster.close().await;
    outcome?;
    Ok((trials, stop.is_ordered()))
}

async fn try_each(roster: &mut Roster, chosen: &[&Saboteur], trials: &mut Vec<Trial>) -> anyhow::Result<()> {
    control(roster).await?;
    for saboteur in chosen {
        let scenario = saboteur.scenario();
        let outcome = roster.sabotage(saboteur).await;
        let trial = Trial::new(saboteur, attempt(&scenario, outcome));
        print::to_stderr(&trial.line());
        trials.push(trial);
    }
    control(roster).await
}

/// The calls that no saboteur touches must pass: where these do not, red is no proof.
async fn control(roster: &mut Roster) -> anyhow::Result<()> {
    for mode in [SignalingMode::Vanilla, SignalingMode::Trickle] {
        let name = format!("chromium-to-chromium/{mode}/vp8/direct");
        let scenario = tincan_harness::catalogue::select(&[name])?;
        let [scenario] = scenario[..] else { bail!("the catalogue has no call to compare with") };
        let attempt = roster.attempt(&scenario, 1).await;
        let reason = attempt.reason.unwrap_or_default();
        ensure!(attempt.verdict == Outcome::Passed, "{scenario} does not pass without sabotage: {reason}");
    }
    Ok(())
}

fn attempt(
    scenario: &Scenario,
    outcome: Result<tincan_harness::Exchange, tincan_harness::Verdict>,
) -> Attempt {
    match outcome {
        Ok(exchange) => Attempt::of(scenario, 1, &exchange),
        Err(verdict) => Attempt::without_exchange(scenario, 1, &verdict),
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{Trouble, Verdict};

    use super::*;

    fn trial(name: &str, verdict: &Verdict) -> Trial {
        let saboteur = saboteurs().into_iter().find(|saboteur| saboteur.name == name).expect("there is one");
        Trial::new(saboteur, Attempt::without_exchange(&saboteur.scenario(), 1, verdict))
    }

    fn errored(step: &str) -> Verdict {
        Verdict::Errored(None, Trouble::new(step, "answerer: it is gone"))
    }

    #[test]
    fn one_that_survives_makes_the_trials_bad() {
        let killed = || trial("world/tab-crashed", &errored("hear from the page"));
        assert!(Trials::of(vec![killed(), killed()]).are_good());
        let survived = trial("world/tab-crashed", &Verdict::Passed);
        assert!(survived.line().contains("it is passed, not errored"), "{}", survived.line());
        assert!(!Trials::of(vec![killed(), survived]).are_good());
        let not_recovered = trial("signalling/crlf-lost", &errored("open the page"));
        assert!(!Trials::of(vec![killed(), not_recovered]).are_good());
    }

    #[test]
    fn a_wrong_stage_counts_against_the_diagnosis_and_too_many_make_the_trials_bad() {
        let wrong = || trial("world/tab-crashed", &errored("start the camera"));
        let right = || trial("world/tab-crashed", &errored("hear from the page"));
        assert_eq!((wrong().survived, wrong().is_diagnosed()), (None, Some(false)));
        let trials = |rights: usize| Trials::of((0..rights).map(|_| right()).chain([wrong()]).collect());
        assert!(!trials(8).are_good() && trials(9).are_good());
        let summary = trials(9).summary();
        assert!(summary.contains("right stage for 9 of 10 (90 %"), "{summary}");
    }
}
