//! How long something takes: calls with a build and with both ends in turns, until rank tests tell them apart.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::verdict::Outcome;
use tincan_measure::{
    bisect::{Answer, LOOKS, Looked, TimesOf, look},
    history::time_ms,
};

use super::{
    bisection::{Bisection, Ends},
    question::PhaseQuestion,
};
use crate::{history::call, print};

/// Where the ends are.
#[derive(Debug, Default)]
pub struct Timing {
    good: usize,
    bad: usize,
}

/// The times of some builds, each with its place.
type Times = Vec<(usize, Vec<f64>)>;

impl Timing {
    /// Looks whether the ends differ.
    pub(super) async fn ends(
        &mut self,
        bisection: &mut Bisection,
        question: &PhaseQuestion,
        (good, bad): (usize, usize),
    ) -> anyhow::Result<Ends> {
        (self.good, self.bad) = (good, bad);
        let mut times: Times = vec![(good, Vec::new()), (bad, Vec::new())];
        for calls in LOOKS {
            if let Err((at, reason)) = measure(bisection, question, &mut times, calls).await? {
                let name = bisection.builds.builds[at].name;
                return Ok(Ends::Unknown(format!("{name} cannot be tried: {reason}")));
            }
            if let Looked::Differ(by) = look(&times[0].1, &times[1].1, question.margin_ms) {
                print::to_stderr(&format!(
                    "the bad one takes {by:.0} ms more than the good one, after {calls} calls of each"
                ));
                bisection.log.decide(good, &Answer::Good)?;
                bisection.log.decide(bad, &Answer::Bad)?;
                bisection.roster.stop_all().await;
                return Ok(Ends::Differ);
            }
        }
        let most = LOOKS[LOOKS.len() - 1];
        Ok(Ends::Alike(format!("{question}: no difference is sure after {most} calls of each")))
    }

    /// Looks as which end the build at `at` is.
    pub(super) async fn answer(
        &self,
        bisection: &mut Bisection,
        question: &PhaseQuestion,
        at: usize,
    ) -> anyhow::Result<Answer> {
        let mut times: Times = vec![(self.good, Vec::new()), (at, Vec::new()), (self.bad, Vec::new())];
        let mut answer = None;
        for calls in LOOKS {
            if let Err((failed, reason)) = measure(bisection, question, &mut times, calls).await? {
                let name = bisection.builds.builds[failed].name;
                answer = Some(Answer::Skipped { reason: format!("{name}: {reason}") });
                break;
            }
            let of = |index: usize| times[index].1.clone();
            answer = TimesOf { good: of(0), build: of(1), bad: of(2) }.answer(question.margin_ms);
            if answer.is_some() {
                break;
            }
        }
        bisection.roster.stop_all().await;
        let seen = || format!("after {} calls it may be either", LOOKS[LOOKS.len() - 1]);
        Ok(answer.unwrap_or_else(|| Answer::Unsure { seen: seen() }))
    }
}

/// Makes rounds of calls until there are `calls` of each build; answers which build could not be tried, and why, if one could not.
async fn measure(
    bisection: &mut Bisection,
    question: &PhaseQuestion,
    times: &mut Times,
    calls: usize,
) -> anyhow::Result<Result<(), (usize, String)>> {
    let PhaseQuestion { scenario, quantity, .. } = question;
    let mut order = ChaCha8Rng::seed_from_u64(rand::random());
    if times.iter().all(|(_, times)| times.is_empty()) {
        // The first call in a browser takes longer, and is not counted.
        for (at, _) in times.iter() {
            let warm_up = call(&bisection.builds, &mut bisection.roster, scenario, (*at, 1)).await;
            if warm_up.verdict != Outcome::Passed {
                return Ok(Err((*at, warm_up.reason.unwrap_or_default())));
            }
        }
    }
    // A call is left out of times now and then; a build with which most are cannot be tried.
    for round in 0..2 * calls {
        if times.iter().all(|(_, times)| times.len() >= calls) {
            return Ok(Ok(()));
        }
        let mut turns: Vec<_> = (0..times.len()).collect();
        turns.shuffle(&mut order);
        for turn in turns {
            let at = times[turn].0;
            let made = call(&bisection.builds, &mut bisection.roster, scenario, (at, round as u32 + 1)).await;
            let ms = time_ms(&made, quantity);
            bisection.log.tried(at, None, ms, made.reason.unwrap_or_else(|| made.verdict.to_string()))?;
            times[turn].1.extend(ms);
        }
    }
    let short = times.iter().find(|(_, times)| times.len() < calls).map_or(0, |(at, _)| *at);
    Ok(Err((short, "most of its calls say nothing of times".to_owned())))
}
