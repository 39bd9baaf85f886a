//! One report of several runs: of the parts that machines have made of one, or of what each has made on its own.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use tincan_harness::scenario::PeerId;

use crate::report::{Report, Run};

/// Why reports do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is none.
    #[error("there is no report to merge")]
    Nothing,
    /// The page, or how it is used, is not the same.
    #[error(
        "the calls of {first} are on the page {one:?}, those of {second} on {other:?}: make a report of each"
    )]
    Pages {
        /// Whose.
        first: String,
        /// Its page and page map.
        one: String,
        /// Whose.
        second: String,
        /// Its page and page map.
        other: String,
    },
    /// A peer is not the same everywhere.
    #[error(
        "{peer} is not the same everywhere: {}; give builds names of their own (--browser NAME=PATH), or make a report of each",
        versions.join(", ")
    )]
    Versions {
        /// Which.
        peer: PeerId,
        /// `156.0.1 in DIR` each.
        versions: Vec<String>,
    },
    /// One attempt is in two of them.
    #[error("{scenario} #{repetition} is in {first} and in {second}: is it the same part of a run twice?")]
    Twice {
        /// Of which scenario.
        scenario: String,
        /// Which repetition.
        repetition: u32,
        /// In which it is.
        first: String,
        /// And in which else.
        second: String,
    },
}

impl Report {
    /// One report of `all`, each with its name for people. The attempts are in the order of the reports.
    ///
    /// # Errors
    /// When one reader would be misled by a common report: peers of different versions under one name, other pages, an attempt
    /// twice.
    pub fn merged(all: Vec<(String, Self)>) -> Result<Self, MergeError> {
        on_one_page(&all)?;
        of_one_version(&all)?;
        nothing_twice(&all)?;
        let mut all = all.into_iter().map(|(_, report)| report);
        let first = all.next().ok_or(MergeError::Nothing)?;
        let Self { schema_version, mut environment, mut planned, mut redacted, mut attempts, .. } = first;
        let (mut alike, mut left_out) = (first.alike, first.left_out);
        for mut report in all {
            environment.browsers.append(&mut report.environment.browsers);
            let known: HashSet<_> = environment.peers.iter().map(|profile| profile.id).collect();
            let added = report.environment.peers.into_iter().filter(|profile| !known.contains(&profile.id));
            environment.peers.extend(added);
            environment.started_at_s = environment.started_at_s.min(report.environment.started_at_s);
            planned += report.planned;
            // What is not masked in one of them is not masked in all of it.
            redacted.retain(|secret| report.redacted.contains(secret));
            attempts.append(&mut report.attempts);
            alike.append(&mut report.alike);
            left_out.append(&mut report.left_out);
        }
        let merged = Self::of(Run { schema_version, environment, planned, redacted }, attempts);
        let mut merged = Self { alike, left_out, ..merged };
        merged.sum_up();
        Ok(merged)
    }
}

fn on_one_page(all: &[(String, Report)]) -> Result<(), MergeError> {
    let page = |report: &Report| {
        let (page, map) = (&report.environment.page, &report.environment.page_map);
        if page == map { page.clone() } else { format!("{page} ({map})") }
    };
    let Some((first, report)) = all.first() else { return Ok(()) };
    let one = page(report);
    match all.iter().find(|(_, report)| page(report) != one) {
        Some((second, report)) => {
            Err(MergeError::Pages { first: first.clone(), one, second: second.clone(), other: page(report) })
        }
        None => Ok(()),
    }
}

fn of_one_version(all: &[(String, Report)]) -> Result<(), MergeError> {
    let mut versions: BTreeMap<PeerId, BTreeMap<String, String>> = BTreeMap::new();
    for (name, report) in all {
        let peers: BTreeSet<_> =
            report.attempts.iter().flat_map(|attempt| [attempt.offerer, attempt.answerer]).collect();
        for peer in peers {
            if let Some(version) = report.environment.version(peer) {
                versions.entry(peer).or_default().entry(version.to_owned()).or_insert_with(|| name.clone());
            }
        }
    }
    match versions.into_iter().find(|(_, versions)| versions.len() > 1) {
        Some((peer, versions)) => Err(MergeError::Versions {
            peer,
            versions: versions.iter().map(|(version, name)| format!("{version} in {name}")).collect(),
        }),
        None => Ok(()),
    }
}

fn nothing_twice(all: &[(String, Report)]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<(String, u32), &String> = BTreeMap::new();
    for (name, report) in all {
        let told = report.attempts.iter().map(|attempt| (attempt.scenario.clone(), attempt.repetition));
        let alike = report.alike.iter().flat_map(|alike| {
            alike.repetitions.iter().map(|repetition| (alike.scenario.clone(), *repetition))
        });
        for key in told.chain(alike) {
            if let Some(first) = seen.insert(key.clone(), name) {
                let ((scenario, repetition), first, second) = (key, first.clone(), name.clone());
                return Err(MergeError::Twice { scenario, repetition, first, second });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Attempt,
        environment::{Browser, Environment},
        testing,
        verdict::{Outcome, Verdict},
    };

    use super::*;
    use crate::{redact::Secret, report::SCHEMA_VERSION};

    /// A report of two calls from the catalogue, made with this version of Chromium.
    fn report(from: usize, version: &str) -> Report {
        let peer = Some(PeerId::literal("chromium"));
        let browser = Browser { peer, version: version.to_owned(), ..Browser::default() };
        let environment = Environment { browsers: vec![browser], ..Environment::default() };
        let redacted = Vec::new();
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 2, redacted };
        let scenarios = testing::catalogue().select(&["chromium-to-*/vp8/direct".to_owned()]).unwrap();
        let attempts = scenarios[from..from + 2].iter();
        Report::of(run, attempts.map(|one| Attempt::without_exchange(one, 1, &Verdict::Passed)).collect())
    }

    fn merged(one: Report, other: Report) -> Result<Report, MergeError> {
        Report::merged(vec![("one".to_owned(), one), ("other".to_owned(), other)])
    }

    #[test]
    fn parts_of_a_run_become_one_report() {
        let whole = merged(report(0, "1"), report(2, "1")).unwrap();
        assert_eq!((whole.planned, whole.count(Outcome::Passed), whole.pass_rates.len()), (4, 4, 4));
        assert_eq!(whole.environment.browsers.len(), 2);
        assert_eq!(Report::merged(Vec::new()), Err(MergeError::Nothing));
    }

    #[test]
    fn what_would_mislead_a_reader_is_refused() {
        let twice = merged(report(0, "1"), report(1, "1")).unwrap_err().to_string();
        assert!(twice.contains("#1 is in one and in other"), "{twice}");
        let versions = merged(report(0, "1"), report(2, "2")).unwrap_err().to_string();
        assert!(
            versions.starts_with("chromium is not the same everywhere: 1 in one, 2 in other"),
            "{versions}"
        );
        let mut elsewhere = report(2, "1");
        elsewhere.environment.page = "mine".to_owned();
        let pages = merged(report(0, "1"), elsewhere).unwrap_err().to_string();
        assert!(pages.contains("those of other on \"mine"), "{pages}");
    }

    #[test]
    fn what_one_part_does_not_mask_is_not_masked() {
        let masked = |report| Report { redacted: Secret::ALL.to_vec(), ..report };
        assert!(merged(masked(report(0, "1")), report(2, "1")).unwrap().redacted.is_empty());
        let both = merged(masked(report(0, "1")), masked(report(2, "1"))).unwrap();
        assert_eq!(both.redacted, Secret::ALL);
    }
}
