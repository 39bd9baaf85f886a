//! A report held against an earlier one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tincan_harness::{scenario::PeerId, verdict::Outcome};
use tincan_measure::stats::fisher_exact;

use crate::{
    report::Report,
    since::{Fate, ScenarioChange, Since, VersionChange},
};

impl Report {
    /// The same report, which says what has changed since `before`, if there is one.
    #[must_use]
    pub fn held_against(self, before: Option<&Self>) -> Self {
        let since = before.map(|before| between(before, &self));
        Self { since, ..self }
    }
}

/// What has changed from `before` to `now`.
fn between(before: &Report, now: &Report) -> Since {
    Since {
        started_at_s: before.environment.started_at_s,
        versions: versions(before, now),
        scenarios: scenarios(before, now),
    }
}

fn versions(before: &Report, now: &Report) -> Vec<VersionChange> {
    let of = |report: &Report| -> BTreeMap<PeerId, String> {
        let took_part: BTreeSet<_> =
            report.attempts.iter().flat_map(|attempt| [attempt.offerer, attempt.answerer]).collect();
        let version = |id| Some((id, report.environment.version(id)?.to_owned()));
        took_part.into_iter().filter_map(version).collect()
    };
    let (before, now) = (of(before), of(now));
    let all: BTreeSet<_> = before.keys().chain(now.keys()).copied().collect();
    let change =
        |peer| VersionChange { peer, before: before.get(&peer).cloned(), now: now.get(&peer).cloned() };
    all.into_iter().map(change).filter(|change| change.before != change.now).collect()
}

fn scenarios(before: &Report, now: &Report) -> Vec<ScenarioChange> {
    let (was, is) = (fates(before), fates(now));
    let reasons = reasons(now);
    let mut seen = BTreeSet::new();
    let in_order = now.attempts.iter().chain(&before.attempts).map(|attempt| &*attempt.scenario);
    let changed = in_order.filter(|scenario| seen.insert(*scenario)).filter_map(|scenario| {
        let fate = |fates: &HashMap<&str, Fate>| fates.get(scenario).copied().unwrap_or(Fate::NotRun);
        let reason = reasons.get(scenario).map(|reason| (*reason).to_owned());
        change(scenario, fate(&was), fate(&is), reason)
    });
    let mut changed: Vec<_> = changed.collect();
    changed.sort_by_key(|change| !change.is_certain());
    changed
}

/// What has changed for a scenario; none if the same share passes.
fn change(scenario: &str, before: Fate, now: Fate, reason: Option<String>) -> Option<ScenarioChange> {
    let by_chance = match (before, now) {
        (Fate::Passed { passed, attempts }, Fate::Passed { passed: passes, attempts: of }) => {
            if u64::from(passed) * u64::from(of) == u64::from(passes) * u64::from(attempts) {
                return None;
            }
            Some(fisher_exact((passed, attempts), (passes, of)))
        }
        (before, now) if before == now => return None,
        _ => None,
    };
    Some(ScenarioChange { scenario: scenario.to_owned(), before, now, by_chance, reason })
}

fn fates(report: &Report) -> HashMap<&str, Fate> {
    let unsupported = report.attempts.iter().map(|attempt| (&*attempt.scenario, Fate::Unsupported));
    let rates = report.pass_rates.iter().map(|rate| {
        let (passed, attempts) = (rate.passed, rate.attempts);
        (&*rate.scenario, Fate::Passed { passed, attempts })
    });
    unsupported.chain(rates).collect()
}

/// Why the first attempt at each scenario that did not pass did not.
fn reasons(report: &Report) -> HashMap<&str, &str> {
    let mut reasons = HashMap::new();
    for attempt in report.attempts.iter().filter(|attempt| attempt.verdict != Outcome::Passed) {
        if let Some(reason) = attempt.reason.as_deref() {
            reasons.entry(&*attempt.scenario).or_insert(reason);
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Attempt, HarnessError,
        environment::{Browser, Environment},
        testing,
        verdict::Verdict,
    };

    use super::*;
    use crate::report::{Run, SCHEMA_VERSION};

    /// A report in which Chromium is of this version, and so many of five attempts at a scenario passed, of each.
    fn report(version: &str, passed: &[(usize, u32)]) -> Report {
        let peer = Some(PeerId::literal("chromium"));
        let browsers = vec![Browser { peer, version: version.to_owned(), ..Browser::default() }];
        let environment = Environment { browsers, started_at_s: 7, ..Environment::default() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 5, redacted: Vec::new() };
        let scenarios = testing::catalogue().select(&["chromium-to-*/vp8/direct".to_owned()]).unwrap();
        let attempt = |scenario: usize, repetition: u32, passed: u32| {
            let errored = Verdict::Errored(None, HarnessError::new("try", "it did not go"));
            let verdict = if repetition <= passed { Verdict::Passed } else { errored };
            Attempt::without_exchange(&scenarios[scenario], repetition, &verdict)
        };
        let of = |(scenario, passed): &(usize, u32)| {
            let (scenario, passed) = (*scenario, *passed);
            (1..=5).map(move |repetition| (scenario, repetition, passed))
        };
        let all = passed.iter().flat_map(of);
        Report::of(
            run,
            all.map(|(scenario, repetition, passed)| attempt(scenario, repetition, passed)).collect(),
        )
    }

    #[test]
    fn the_same_is_no_change() {
        let same = between(&report("1", &[(0, 5), (1, 3)]), &report("1", &[(0, 5), (1, 3)]));
        assert!(same.is_nothing(), "{same:?}");
    }

    #[test]
    fn what_is_sure_comes_first_and_what_may_be_chance_says_so() {
        let before = report("1", &[(0, 5), (1, 5), (2, 5)]);
        let now = report("2", &[(0, 4), (1, 0), (3, 5)]);
        let since = between(&before, &now);
        assert_eq!(
            since.versions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["chromium: 1, now 2"]
        );
        let told: Vec<_> = since.scenarios.iter().map(ToString::to_string).collect();
        let named = |place: usize| {
            testing::catalogue().select(&["chromium-to-*/vp8/direct".to_owned()]).unwrap()[place].to_string()
        };
        assert_eq!(
            told,
            [
                format!("{}: 5 of 5 passed, now 0 of 5 passed", named(1)),
                format!("{}: not run, now 5 of 5 passed", named(3)),
                format!("{}: 5 of 5 passed, now not run", named(2)),
                format!("{}: 5 of 5 passed, now 4 of 5 passed (may be chance: p = 1.00)", named(0)),
            ]
        );
        assert!(since.scenarios[0].reason.as_ref().is_some_and(|reason| reason.contains("it did not go")));
        assert_eq!(since.started_at_s, 7);
    }

    #[test]
    fn more_attempts_of_which_the_same_share_passes_are_no_change() {
        let half = |passed, attempts| Fate::Passed { passed, attempts };
        assert_eq!(change("x", half(5, 5), half(20, 20), None), None);
        assert_eq!(change("x", half(1, 2), half(10, 20), None), None);
        assert!(change("x", Fate::Unsupported, half(5, 5), None).unwrap().is_certain());
    }
}
