//! `tincan sabotage`: the verifier on trial. Breaks real calls on purpose, and checks that each comes out red with the
//! right reason.

use std::{fmt, fs};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use tincan_harness::{
    Attempt, Diagnosis, Judged, Role, Scenario, SignalingMode, Stage, Verdict, catalogue::Patterns,
    scenario::PeerId, verdict::Outcome,
};
use tincan_output::file;
use tincan_peers::{Registry, Roster, RosterOptions, Saboteur, saboteurs_of};
use tokio::runtime;

use crate::{args::SabotageArgs, exit::Exit, print, stop::Stop};

/// Of 100 diagnoses as many must name the right stage, and as many the right side.
const RIGHT_OF_100: usize = 90;

/// What became of one saboteur.
#[derive(Debug, Serialize)]
struct Trial {
    name: &'static str,
    does: &'static str,
    expected: Outcome,
    expected_stage: Option<Stage>,
    expected_side: Option<Role>,
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
            expected_side: saboteur.expected.side(),
            found: verdict,
            survived: saboteur.expected.missed(verdict, said, diagnosis.as_ref()),
            reason,
            diagnosis,
        }
    }

    /// Whether the diagnosis names the right stage; none if there is nothing to diagnose.
    fn names_stage(&self) -> Option<bool> {
        let expected = self.expected_stage?;
        Some(self.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.stage == expected))
    }

    /// Whether the diagnosis names the right side; none if either may be named.
    fn names_side(&self) -> Option<bool> {
        let expected = self.expected_side?;
        Some(self.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.peer == Some(expected)))
    }

    /// `killed     media/still-picture  failed, answerer, media identified (expected: …)`, and what was said, if it is not
    /// what must be said.
    fn line(&self) -> String {
        let word = match (&self.survived, self.expected_stage) {
            (Some(_), _) => print::bad("survived "),
            (None, Some(_)) => print::good("killed   "),
            (None, None) => print::good("recovered"),
        };
        let given = self.diagnosis.as_ref().map(|diagnosis| (diagnosis.stage, diagnosis.peer));
        let given = describe(self.found, given.map(|given| given.0), given.and_then(|given| given.1));
        let expected = describe(self.expected, self.expected_stage, self.expected_side);
        let mut line = format!("{word}  {}  {given} (expected: {expected})", self.name);
        if let Some(survived) = &self.survived {
            line += &format!("\n           {}", print::bad(survived));
        }
        if self.survived.is_some() || [self.names_stage(), self.names_side()].contains(&Some(false)) {
            let evidence = self.diagnosis.as_ref().map(|diagnosis| diagnosis.evidence.clone());
            for said in [self.reason.clone(), evidence].into_iter().flatten() {
                line += &format!("\n           {said}");
            }
        }
        line
    }
}

/// `failed, answerer, media identified`.
fn describe(outcome: Outcome, stage: Option<Stage>, side: Option<Role>) -> String {
    let words =
        [Some(outcome.to_string()), side.map(|side| side.to_string()), stage.map(|stage| stage.to_string())];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many of those that should did.
#[derive(Debug, Clone, Copy, Serialize)]
struct Score {
    right: usize,
    of: usize,
}

impl Score {
    /// Counts what `holds` is true of, among those of which it can be said.
    fn count(trials: &[Trial], holds: impl Fn(&Trial) -> Option<bool>) -> Self {
        let found: Vec<_> = trials.iter().filter_map(holds).collect();
        Self { right: found.iter().filter(|right| **right).count(), of: found.len() }
    }

    const fn is_whole(self) -> bool {
        self.right == self.of
    }

    const fn is_enough(self) -> bool {
        self.right * 100 >= self.of * RIGHT_OF_100
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.right, self.of)
    }
}

/// The trials of a run, as they are written.
#[derive(Debug, Serialize)]
struct Trials {
    /// Between two of which browser the calls were.
    browser: PeerId,
    killed: Score,
    recovered: Score,
    /// Whose diagnosis names the right stage.
    stage: Score,
    /// Whose diagnosis names the right side, of those of which only one is right.
    side: Score,
    trials: Vec<Trial>,
}

impl Trials {
    fn of(browser: PeerId, trials: Vec<Trial>) -> Self {
        let is_over = |trial: &Trial, to_kill: bool| {
            (trial.expected_stage.is_some() == to_kill).then(|| trial.survived.is_none())
        };
        Self {
            browser,
            killed: Score::count(&trials, |trial| is_over(trial, true)),
            recovered: Score::count(&trials, |trial| is_over(trial, false)),
            stage: Score::count(&trials, Trial::names_stage),
            side: Score::count(&trials, Trial::names_side),
            trials,
        }
    }

    fn summary(&self) -> String {
        let mut text = format!("killed {}", self.killed);
        if self.recovered.of > 0 {
            text += &format!(", recovered {}", self.recovered);
        }
        if self.stage.of > 0 {
            text += &format!("; the diagnosis names the right stage for {}", self.stage);
            if self.side.of > 0 {
                text += &format!(", the right side for {}", self.side);
            }
            text += &format!(" (at least {RIGHT_OF_100} % of each needed)");
        }
        text + "\n"
    }

    const fn are_good(&self) -> bool {
        self.killed.is_whole() && self.recovered.is_whole() && self.stage.is_enough() && self.side.is_enough()
    }
}

/// Tries the saboteurs that `args` chooses.
pub fn sabotage(args: SabotageArgs) -> anyhow::Result<Exit> {
    let chosen = choose(args.on, &args.patterns)?;
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
    let (trials, interrupted) = runtime.block_on(try_all(options, args.on, &chosen))?;
    let trials = Trials::of(args.on, trials);
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

fn choose(browser: PeerId, patterns: &[String]) -> anyhow::Result<Vec<&'static Saboteur>> {
    let all = saboteurs_of(&Registry::built_in(), browser);
    ensure!(!all.is_empty(), "{browser} is no browser that can be broken: name chromium or firefox");
    let patterns = Patterns::new(patterns, all.iter().map(|saboteur| saboteur.name))?;
    Ok(all.into_iter().filter(|saboteur| patterns.match_name(saboteur.name)).collect())
}

/// Tries each, and says what became of it. Answers also whether it was interrupted.
async fn try_all(
    options: RosterOptions,
    browser: PeerId,
    chosen: &[&Saboteur],
) -> anyhow::Result<(Vec<Trial>, bool)> {
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let mut roster = Roster::new(options).await?;
    let mut trials = Vec::new();
    let outcome = tokio::select! {
        biased;
        () = stop.ordered() => Ok(()),
        outcome = try_each(&mut roster, browser, chosen, &mut trials) => outcome,
    };
    roster.close().await;
    outcome?;
    Ok((trials, stop.is_ordered()))
}

async fn try_each(
    roster: &mut Roster,
    browser: PeerId,
    chosen: &[&Saboteur],
    trials: &mut Vec<Trial>,
) -> anyhow::Result<()> {
    control(roster, browser).await?;
    for saboteur in chosen {
        let scenario = saboteur.scenario(browser);
        let outcome = roster.sabotage(saboteur, browser).await;
        let trial = Trial::new(saboteur, attempt(&scenario, outcome));
        print::to_stderr(&trial.line());
        trials.push(trial);
    }
    control(roster, browser).await
}

/// The calls that no saboteur touches must pass: where these do not, red is no proof.
async fn control(roster: &mut Roster, browser: PeerId) -> anyhow::Result<()> {
    for mode in [SignalingMode::Vanilla, SignalingMode::Trickle] {
        let name = format!("{browser}-to-{browser}/{mode}/vp8/direct");
        let scenario = tincan_peers::registry::catalogue().select(&[name])?;
        let [scenario] = scenario[..] else { bail!("the catalogue has no call to compare with") };
        let attempt = roster.attempt(&scenario, 1).await;
        let reason = attempt.reason.unwrap_or_default();
        ensure!(attempt.verdict == Outcome::Passed, "{scenario} does not pass without sabotage: {reason}");
    }
    Ok(())
}

fn attempt(scenario: &Scenario, outcome: Result<Judged, Verdict>) -> Attempt {
    match outcome {
        Ok(judged) => Attempt::of(scenario, 1, &judged),
        Err(verdict) => Attempt::without_exchange(scenario, 1, &verdict),
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::HarnessError;

    use super::*;

    const BROWSER: PeerId = PeerId::literal("chromium");

    fn trial(name: &str, verdict: &Verdict) -> Trial {
        let saboteurs = choose(BROWSER, &[name.to_owned()]).expect("there is one");
        Trial::new(saboteurs[0], Attempt::without_exchange(&saboteurs[0].scenario(BROWSER), 1, verdict))
    }

    fn errored(step: &str) -> Verdict {
        Verdict::Errored(Some(Role::Answerer), HarnessError::new(step, "it is gone"))
    }

    #[test]
    fn one_that_survives_makes_the_trials_bad() {
        let killed = || trial("world/tab-crashed", &errored("hear from the page"));
        assert!(Trials::of(BROWSER, vec![killed(), killed()]).are_good());
        let survived = trial("world/tab-crashed", &Verdict::Passed);
        assert!(survived.line().contains("it is passed, not errored"), "{}", survived.line());
        assert!(!Trials::of(BROWSER, vec![killed(), survived]).are_good());
        let not_recovered = trial("signalling/crlf-lost", &errored("open the page"));
        assert!(!Trials::of(BROWSER, vec![killed(), not_recovered]).are_good());
    }

    #[test]
    fn a_wrong_stage_counts_against_the_diagnosis_and_too_many_make_the_trials_bad() {
        let wrong = || trial("world/tab-crashed", &errored("start the camera"));
        assert_eq!((wrong().survived, wrong().names_stage()), (None, Some(false)));
        nine_of_ten_are_enough(wrong);
    }

    #[test]
    fn a_wrong_side_counts_against_the_diagnosis_as_a_wrong_stage_does() {
        let wrong = || {
            let at_offerer = HarnessError::new("hear from the page", "it is gone: answerer: closed");
            trial("world/tab-crashed", &Verdict::Errored(Some(Role::Offerer), at_offerer))
        };
        assert_eq!(
            (wrong().survived, wrong().names_stage(), wrong().names_side()),
            (None, Some(true), Some(false))
        );
        nine_of_ten_are_enough(wrong);
    }

    fn nine_of_ten_are_enough(wrong: impl Fn() -> Trial) {
        let right = || trial("world/tab-crashed", &errored("hear from the page"));
        let trials =
            |rights: usize| Trials::of(BROWSER, (0..rights).map(|_| right()).chain([wrong()]).collect());
        assert!(!trials(8).are_good() && trials(9).are_good());
        let summary = trials(9).summary();
        assert!(summary.contains("for 9 of 10"), "{summary}");
    }
}
