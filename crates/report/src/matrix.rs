//! The matrix of a report: what became of each offerer, answerer and mode, over each medium and network.

use tincan_harness::{
    attempt::Attempt, media::Media, network::NetworkCondition, scenario::PeerId, signaling::SignalingMode,
    verdict::Outcome,
};
use tincan_measure::stats::PassRate;

use crate::report::Report;

/// Every outcome, in the order in which they are told.
pub(super) const OUTCOMES: [Outcome; 4] =
    [Outcome::Passed, Outcome::Failed, Outcome::Unsupported, Outcome::Errored];

/// The attempts at one scenario, each with its place in the report, from 0.
#[derive(Debug)]
pub(super) struct Group<'r> {
    pub(super) attempts: Vec<(usize, &'r Attempt)>,
    /// How often they passed; none if nothing was attempted.
    pub(super) rate: Option<&'r PassRate>,
    /// The peer whose known fault marks one of them that failed.
    pub(super) known_fault: Option<PeerId>,
}

impl<'r> Group<'r> {
    /// The first attempt: what all of them have in common can be read from it.
    pub(super) fn first(&self) -> &'r Attempt {
        self.attempts[0].1
    }

    /// How many attempts came out as `outcome`.
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.attempts.iter().filter(|(_, attempt)| attempt.verdict == outcome).count()
    }

    /// The outcome that a reader has to see first: errored before failed before unsupported before passed.
    pub(super) fn worst(&self) -> Outcome {
        let order = [Outcome::Errored, Outcome::Failed, Outcome::Unsupported];
        order.into_iter().find(|outcome| self.count(*outcome) > 0).unwrap_or(Outcome::Passed)
    }

    /// The outcome of a single attempt; the pass rate of several, and what became of those that did not pass. A known fault
    /// is named, and changes nothing else.
    pub(super) fn summary(&self) -> String {
        let mark = self.known_fault.map(|id| format!(" (known fault of {id})")).unwrap_or_default();
        self.outcomes() + &mark
    }

    fn outcomes(&self) -> String {
        if let [(_, attempt)] = self.attempts.as_slice() {
            return attempt.verdict.to_string();
        }
        let others = OUTCOMES[1..].iter().map(|outcome| (outcome, self.count(*outcome)));
        let others = others.filter(|(_, n)| *n > 0).map(|(outcome, n)| format!("{n} {outcome}"));
        let rate = self.rate.map(ToString::to_string);
        rate.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }
}

/// The attempts of each scenario, in the order of the catalogue; scenarios that it does not know come first.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let known_fault = |attempt| report.environment.known_fault(attempt).map(|(profile, _)| profile.id);
    for entry in report.attempts.iter().enumerate() {
        match groups.iter_mut().find(|group| group.first().scenario == entry.1.scenario) {
            Some(group) => {
                group.attempts.push(entry);
                group.known_fault = group.known_fault.or_else(|| known_fault(entry.1));
            }
            None => {
                let rate = report.pass_rates.iter().find(|rate| rate.scenario == entry.1.scenario);
                groups.push(Group { attempts: vec![entry], rate, known_fault: known_fault(entry.1) });
            }
        }
    }
    let catalogue = report.catalogue();
    groups.sort_by_key(|group| catalogue.iter().position(|name| *name == group.first().scenario));
    groups
}

/// The scenarios of one medium over one network.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) media: Media,
    pub(super) network: NetworkCondition,
    /// The columns.
    pub(super) modes: Vec<SignalingMode>,
    pub(super) rows: Vec<Row>,
}

/// An offerer and an answerer, and for each mode the place of its group in [`groups`], if it was run.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) offerer: PeerId,
    pub(super) answerer: PeerId,
    pub(super) cells: Vec<Option<usize>>,
}

/// The matrices of `groups`, one for each medium and network.
pub(super) fn matrices(groups: &[Group<'_>]) -> Vec<Matrix> {
    let over = |group: &Group<'_>| (group.first().media, group.first().network);
    distinct(groups.iter().map(over))
        .into_iter()
        .map(|(media, network)| {
            let of: Vec<_> =
                groups.iter().enumerate().filter(|(_, group)| over(group) == (media, network)).collect();
            let mut modes = distinct(of.iter().map(|(_, group)| group.first().mode));
            modes.sort();
            let pair = |group: &Group<'_>| (group.first().offerer, group.first().answerer);
            let rows = distinct(of.iter().map(|(_, group)| pair(group)));
            let cell = |peers, mode| {
                of.iter().find(|(_, g)| (pair(g), g.first().mode) == (peers, mode)).map(|(place, _)| *place)
            };
            let row = |peers: (PeerId, PeerId)| Row {
                offerer: peers.0,
                answerer: peers.1,
                cells: modes.iter().map(|mode| cell(peers, *mode)).collect(),
            };
            Matrix { media, network, rows: rows.into_iter().map(row).collect(), modes }
        })
        .collect()
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut found, item| {
        if !found.contains(&item) {
            found.push(item);
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        diagnosis::Diagnosis, environment::Environment, scenario::Scenario, stage::Stage, testing,
        verdict::Verdict,
    };

    use super::*;
    use crate::Run;

    fn catalogue() -> Vec<Scenario> {
        testing::catalogue().scenarios()
    }

    fn report(verdicts: &[(usize, Verdict)]) -> Report {
        let attempt =
            |(place, verdict): &(usize, Verdict)| Attempt::without_exchange(&catalogue()[*place], 1, verdict);
        let run =
            Run { schema_version: 0, environment: Environment::default(), planned: 9, redacted: Vec::new() };
        Report::of(run, verdicts.iter().map(attempt).collect())
    }

    #[test]
    fn repetitions_are_counted_and_the_worst_is_seen() {
        let unsupported = Verdict::Unsupported("no".to_owned());
        let report = report(&[(0, Verdict::Passed), (0, unsupported), (0, Verdict::Passed)]);
        let groups = groups(&report);
        assert_eq!(groups[0].summary(), "2 of 2 passed (100 %, 16–100 %), 1 unsupported");
        assert_eq!(groups[0].worst(), Outcome::Unsupported);
    }

    #[test]
    fn a_known_fault_is_named_in_its_cell_and_the_cell_stays_red() {
        let named =
            |scenario: &Scenario| scenario.to_string() == "webrtc-rs-to-chromium/vanilla/vp8/lossy-20ms-5pct";
        let place = catalogue().iter().position(named).unwrap();
        let mut report = report(&[(place, Verdict::Passed), (place, Verdict::Passed)]);
        report.environment.peers = testing::profiles();
        assert_eq!(groups(&report)[0].summary(), "2 of 2 passed (100 %, 16–100 %)");
        let (evidence, look_at) = (String::new(), String::new());
        let failed = &mut report.attempts[1];
        failed.verdict = Outcome::Failed;
        failed.diagnosis = Some(Diagnosis { stage: Stage::Dtls, peer: None, evidence, look_at });
        report.rate();
        let groups = groups(&report);
        let summary = groups[0].summary();
        assert!(
            summary.starts_with("1 of 2 passed") && summary.ends_with("1 failed (known fault of webrtc-rs)"),
            "{summary}"
        );
        assert_eq!(groups[0].worst(), Outcome::Failed);
    }

    #[test]
    fn what_was_not_run_is_an_empty_cell() {
        let is_alike =
            |other: &Scenario, one: &Scenario| (other.network, other.media) == (one.network, one.media);
        let last = catalogue().iter().rposition(|scenario| is_alike(scenario, &catalogue()[0]));
        let last = last.expect("the first one is of its own network");
        let (first, other) = (catalogue()[0], catalogue()[last]);
        let report = report(&[(last, Verdict::Passed), (0, Verdict::Passed)]);
        let matrices = matrices(&groups(&report));
        let cells: Vec<_> = matrices[0].rows.iter().map(|row| row.cells.clone()).collect();
        assert_ne!(first.mode, other.mode);
        assert_eq!(cells, [[Some(0), None], [None, Some(1)]]);
    }
}
