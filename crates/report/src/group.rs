//! The attempts at each scenario, and what they say together.

use std::collections::HashMap;

use tincan_harness::{
    attempt::{Attempt, BySide},
    scenario::PeerId,
    verdict::Outcome,
};
use tincan_measure::stats::PassRate;

use crate::{alike::Alike, report::Report};

/// Every outcome, in the order in which they are told.
pub const OUTCOMES: [Outcome; 4] = [Outcome::Passed, Outcome::Failed, Outcome::Unsupported, Outcome::Errored];

/// The attempts at one scenario, each with its place in the report, from 0.
#[derive(Debug)]
pub struct Group<'r> {
    /// At least one.
    pub attempts: Vec<(usize, &'r Attempt)>,
    /// Those that came out as one of them did, of which no more is told.
    pub alike: Vec<&'r Alike>,
    /// How often they passed; none if nothing was attempted.
    pub rate: Option<&'r PassRate>,
    /// The peer whose known fault marks one of them that failed.
    pub known_fault: Option<PeerId>,
}

impl<'r> Group<'r> {
    /// The first attempt: what all of them have in common can be read from it.
    #[must_use]
    pub fn first(&self) -> &'r Attempt {
        self.attempts[0].1
    }

    /// How many attempts there are, with those of which no more is told.
    #[must_use]
    pub fn number(&self) -> usize {
        self.attempts.len() + self.alike.iter().map(|alike| alike.repetitions.len()).sum::<usize>()
    }

    /// Whether there are several attempts.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.number() > 1
    }

    /// Those that came out as `attempt` did, of which no more is told.
    #[must_use]
    pub fn like(&self, attempt: &Attempt) -> Option<&'r Alike> {
        self.alike.iter().copied().find(|alike| alike.like == attempt.repetition)
    }

    /// Those that failed or were errored.
    pub fn faults(&self) -> impl Iterator<Item = (usize, &'r Attempt)> {
        let is_fault = |attempt: &Attempt| matches!(attempt.verdict, Outcome::Failed | Outcome::Errored);
        self.attempts.iter().copied().filter(move |(_, attempt)| is_fault(attempt))
    }

    /// How many attempts came out as `outcome`.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        let told = self.attempts.iter().filter(|(_, attempt)| attempt.verdict == outcome).count();
        let alike = self.alike.iter().filter(|alike| alike.verdict == outcome);
        told + alike.map(|alike| alike.repetitions.len()).sum::<usize>()
    }

    /// The outcome that a reader has to see first: errored before failed before unsupported before passed.
    #[must_use]
    pub fn worst(&self) -> Outcome {
        let order = [Outcome::Errored, Outcome::Failed, Outcome::Unsupported];
        order.into_iter().find(|outcome| self.count(*outcome) > 0).unwrap_or(Outcome::Passed)
    }

    /// `18/20`: how many passed of several that were attempted; none of a single one, or where nothing was attempted.
    #[must_use]
    pub fn tally(&self) -> Option<String> {
        let rate = self.rate.filter(|_| self.is_repeated())?;
        Some(format!("{}/{}", rate.passed, rate.attempts))
    }

    /// The outcome of a single attempt; the pass rate of several, and what became of those that did not pass. A known fault
    /// is named, and changes nothing else.
    #[must_use]
    pub fn summary(&self) -> String {
        let mark = self.known_fault.map(|id| format!(" (known fault of {id})")).unwrap_or_default();
        self.outcomes() + &mark
    }

    fn outcomes(&self) -> String {
        if !self.is_repeated() {
            return self.first().verdict.to_string();
        }
        let others = OUTCOMES[1..].iter().map(|outcome| (outcome, self.count(*outcome)));
        let others = others.filter(|(_, n)| *n > 0).map(|(outcome, n)| format!("{n} {outcome}"));
        let rate = self.rate.map(ToString::to_string);
        rate.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }

    /// The times to the later first frame of the calls that passed, in ascending order.
    fn times(&self) -> Vec<f64> {
        let passed = self.attempts.iter().filter(|(_, attempt)| attempt.verdict == Outcome::Passed);
        let mut times: Vec<_> = passed.filter_map(|(_, attempt)| attempt.first_frame_ms).collect();
        let alike = self.alike.iter().filter(|alike| alike.verdict == Outcome::Passed);
        times.extend(alike.flat_map(|alike| &alike.first_frame_ms));
        times.sort_by(f64::total_cmp);
        times
    }

    /// The median time to the later first frame of the calls that passed; none if none did.
    #[must_use]
    pub fn median_ms(&self) -> Option<f64> {
        let times = self.times();
        let last = times.len().checked_sub(1)?;
        Some(f64::midpoint(times[last / 2], times[times.len() / 2]))
    }

    /// The time to the later first frame of one call; the median, the extremes and the number of several. Only passed calls
    /// count; none if there is none.
    #[must_use]
    pub fn first_frame(&self) -> Option<String> {
        let (times, median) = (self.times(), time(self.median_ms()?));
        match times.as_slice() {
            [first, .., last] => Some(format!("{median} (median of {}, {first:.0}–{last:.0})", times.len())),
            _ if self.is_repeated() => Some(format!("{median} (1 passed)")),
            _ => Some(median),
        }
    }

    /// The pictures that were proven to be the other's, offerer and answerer: the fewest, if there were several calls. None if
    /// there were none.
    #[must_use]
    pub fn frames(&self) -> Option<String> {
        let told = self.attempts.iter().map(|(_, attempt)| BySide {
            offerer: attempt.frames.offerer.proven,
            answerer: attempt.frames.answerer.proven,
        });
        let all: Vec<_> = told.chain(self.alike.iter().map(|alike| alike.fewest_frames)).collect();
        let fewest = |of: fn(&BySide<u32>) -> u32| all.iter().map(of).min().unwrap_or(0);
        match (fewest(|frames| frames.offerer), fewest(|frames| frames.answerer)) {
            (0, 0) => None,
            (offerer, answerer) => Some(format!("{offerer} / {answerer}")),
        }
    }

    /// The selected pair as each side sees it, once if they see the same; none if neither saw one.
    #[must_use]
    pub fn pairs(&self) -> Option<String> {
        let sides = |(_, attempt): &(usize, &'r Attempt)| {
            [attempt.selected_pair.offerer.as_ref(), attempt.selected_pair.answerer.as_ref()]
        };
        let mut pairs: Vec<_> =
            self.attempts.iter().flat_map(sides).flatten().map(ToString::to_string).collect();
        pairs.sort();
        pairs.dedup();
        (!pairs.is_empty()).then(|| pairs.join(", "))
    }
}

/// A time from the click, to the millisecond.
#[must_use]
pub fn time(ms: f64) -> String {
    format!("{ms:.0} ms")
}

/// The attempts of each scenario, in the order of the catalogue; scenarios that it does not know come first.
#[must_use]
pub fn groups(report: &Report) -> Vec<Group<'_>> {
    let rates: HashMap<_, _> = report.pass_rates.iter().map(|rate| (rate.scenario.as_str(), rate)).collect();
    let known_fault = |attempt| report.environment.known_fault(attempt).map(|(profile, _)| profile.id);
    let (mut groups, mut places) = (Vec::<Group<'_>>::new(), HashMap::new());
    for entry in report.attempts.iter().enumerate() {
        let scenario = entry.1.scenario.as_str();
        let place = *places.entry(scenario).or_insert(groups.len());
        if place == groups.len() {
            let rate = rates.get(scenario).copied();
            groups.push(Group { attempts: Vec::new(), alike: Vec::new(), rate, known_fault: None });
        }
        let group = &mut groups[place];
        group.attempts.push(entry);
        group.known_fault = group.known_fault.or_else(|| known_fault(entry.1));
    }
    for alike in &report.alike {
        places.get(alike.scenario.as_str()).into_iter().for_each(|place| groups[*place].alike.push(alike));
    }
    let names = report.catalogue();
    let order: HashMap<_, _> = names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    groups.sort_by_key(|group| order.get(group.first().scenario.as_str()));
    groups
}

/// What cannot be done, for one reason.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsupported<'r> {
    /// The reason, a sentence.
    pub reason: &'r str,
    /// The places in [`groups`] of the scenarios that it holds for.
    pub places: Vec<usize>,
}

/// So many scenarios, in words.
#[must_use]
pub fn counted(scenarios: usize) -> String {
    if scenarios == 1 { "1 scenario".to_owned() } else { format!("{scenarios} scenarios") }
}

/// Each reason for which something is unsupported, once.
#[must_use]
pub fn unsupported<'r>(groups: &[Group<'r>]) -> Vec<Unsupported<'r>> {
    let mut found: Vec<Unsupported<'r>> = Vec::new();
    for (place, group) in groups.iter().enumerate() {
        let attempts = group.attempts.iter().filter(|(_, attempt)| attempt.verdict == Outcome::Unsupported);
        for reason in attempts.map(|(_, attempt)| attempt.reason.as_deref().unwrap_or_default()) {
            match found.iter_mut().find(|found| found.reason == reason) {
                Some(known) if known.places.last() == Some(&place) => {}
                Some(known) => known.places.push(place),
                None => found.push(Unsupported { reason, places: vec![place] }),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use tincan_harness::timeline::FIRST_ROUND;
    use tincan_harness::{
        diagnosis::Diagnosis, environment::Environment, peer::HarnessError, scenario::Scenario, stage::Stage,
        testing, verdict::Verdict,
    };

    use super::*;
    use crate::Run;

    fn catalogue() -> Vec<Scenario> {
        testing::catalogue().scenarios()
    }

    fn report(attempts: Vec<Attempt>) -> Report {
        let run =
            Run { schema_version: 0, environment: Environment::default(), planned: 9, redacted: Vec::new() };
        Report::of(run, attempts)
    }

    fn attempt(place: usize, verdict: &Verdict) -> Attempt {
        Attempt::without_exchange(&catalogue()[place], 1, verdict)
    }

    fn passed(ms: f64) -> Attempt {
        Attempt { first_frame_ms: Some(ms), ..attempt(0, &Verdict::Passed) }
    }

    fn errored(ms: f64) -> Attempt {
        let verdict = Verdict::Errored(None, HarnessError::new("start", "late"));
        Attempt { first_frame_ms: Some(ms), ..attempt(0, &verdict) }
    }

    #[test]
    fn repetitions_are_counted_and_the_worst_is_seen() {
        let unsupported = attempt(0, &Verdict::Unsupported("no".to_owned()));
        let report = report(vec![passed(1.0), unsupported, passed(1.0)]);
        let groups = groups(&report);
        assert_eq!(groups[0].summary(), "2 of 2 passed (100 %, 16–100 %), 1 unsupported");
        assert_eq!(groups[0].tally().as_deref(), Some("2/2"));
        assert_eq!(groups[0].worst(), Outcome::Unsupported);
    }

    #[test]
    fn a_known_fault_is_named_with_its_group_and_the_group_stays_red() {
        let named =
            |scenario: &Scenario| scenario.to_string() == "webrtc-rs-to-chromium/vanilla/vp8/lossy-20ms-5pct";
        let place = catalogue().iter().position(named).unwrap();
        let mut report = report(vec![attempt(place, &Verdict::Passed), attempt(place, &Verdict::Passed)]);
        report.environment.peers = testing::profiles();
        assert_eq!(groups(&report)[0].summary(), "2 of 2 passed (100 %, 16–100 %)");
        let (evidence, look_at) = (String::new(), String::new());
        let failed = &mut report.attempts[1];
        failed.verdict = Outcome::Failed;
        failed.diagnosis =
            Some(Diagnosis { stage: Stage::Dtls, round: FIRST_ROUND, peer: None, evidence, look_at });
        report.sum_up();
        let groups = groups(&report);
        let summary = groups[0].summary();
        assert!(
            summary.starts_with("1 of 2 passed") && summary.ends_with("1 failed (known fault of webrtc-rs)"),
            "{summary}"
        );
        assert_eq!(groups[0].worst(), Outcome::Failed);
    }

    #[test]
    fn only_passed_calls_enter_the_median_and_how_many_is_said() {
        let median = |attempts: Vec<Attempt>| groups(&report(attempts))[0].first_frame();
        let all = vec![passed(300.0), errored(9000.0), passed(100.0), passed(140.0), passed(200.0)];
        assert_eq!(median(all).as_deref(), Some("170 ms (median of 4, 100–300)"));
        assert_eq!(median(vec![passed(300.0)]).as_deref(), Some("300 ms"));
        assert_eq!(median(vec![passed(300.0), errored(1.0)]).as_deref(), Some("300 ms (1 passed)"));
        assert_eq!(median(vec![errored(1.0)]), None);
    }

    #[test]
    fn groups_stand_in_the_order_of_the_catalogue() {
        let attempts = (0..catalogue().len()).rev().map(|place| attempt(place, &Verdict::Passed)).collect();
        let report = report(attempts);
        let order: Vec<_> = groups(&report).iter().map(|group| group.first().scenario.clone()).collect();
        assert_eq!(order, catalogue().iter().map(ToString::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn a_reason_why_something_is_unsupported_is_told_once() {
        let no = |place, reason: &str| attempt(place, &Verdict::Unsupported(reason.to_owned()));
        let report =
            report(vec![no(0, "a"), no(0, "a"), no(1, "b"), attempt(2, &Verdict::Passed), no(3, "a")]);
        let told: Vec<_> = unsupported(&groups(&report))
            .iter()
            .map(|found| (found.reason.to_owned(), found.places.clone()))
            .collect();
        assert_eq!(told, [("a".to_owned(), vec![0, 3]), ("b".to_owned(), vec![1])]);
    }
}
