//! What a history says: for each step from one build to the next what changed, in words and as lines; what comes and goes; and how
//! long set-up takes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{scenario::PeerId, verdict::Outcome};

use super::{
    call::{Calls, HistoryQuestion},
    change::{ByChance, Courses, ReleaseChange, changes},
    course::Count,
    fact::Area,
    facts::facts,
    raw::{RawDifference, differences},
    row::{Row, rows},
    time::{self, TimeChange, Times, quantities},
    together::together,
};
use crate::comparison::{median, quantile};

/// A history as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan history")]
pub struct History {
    /// What was asked.
    pub question: HistoryQuestion,
    /// Whether all calls have been made.
    pub is_complete: bool,
    /// What became of the builds, in order.
    pub builds: Vec<BuildTold>,
    /// What changed at some step, as it is in every build.
    pub rows: Vec<Row>,
    /// The steps from each build that was tried to the next.
    pub steps: Vec<ReleaseStep>,
    /// What is in some calls and not in others of the same builds.
    pub by_chance: Vec<ByChance>,
    /// How long set-up and its phases take.
    pub times: Vec<Times>,
}

/// What became of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BuildTold {
    /// Its name.
    pub name: PeerId,
    /// Its version, as it says itself; none if it never did.
    pub version: Option<String>,
    /// Who built it, where that is not its maker; empty otherwise.
    pub label: String,
    /// Why it could not be tried.
    pub not_tried: Option<String>,
    /// How many of its calls passed, of those that could be asked.
    pub passed: Count,
    /// How many could not be asked.
    pub errored: u32,
}

/// From one build to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseStep {
    /// The build before.
    pub from: PeerId,
    /// The build after.
    pub to: PeerId,
    /// The builds between them that could not be tried.
    pub without: Vec<PeerId>,
    /// What changed, by what it is about.
    pub changes: Vec<ReleaseChange>,
    /// What takes longer or less long.
    pub times: Vec<TimeChange>,
    /// The lines of the recordings that are in all calls of one of them and in none of the other.
    pub raw: Vec<RawDifference>,
}

impl History {
    /// What `calls` say together.
    #[must_use]
    pub fn of(calls: &Calls) -> Self {
        let names: Vec<_> = calls.question.builds.iter().map(|build| build.name).collect();
        let scenarios: BTreeMap<_, _> =
            calls.question.scenarios.iter().map(|name| (name.clone(), courses(calls, name))).collect();
        let (mut found, by_chance) = changes(&names, &scenarios);
        let rows = rows(found.values().flatten(), &scenarios, names.len());
        let mut time_changes = time::changes(calls);
        let builds: Vec<_> = (0..names.len()).map(|at| told(calls, at)).collect();
        let tried: Vec<_> = (0..names.len()).filter(|at| builds[*at].passed.calls > 0).collect();
        let mut step = |pair: &[usize]| {
            let (from, to) = (pair[0], pair[1]);
            let (times, rest): (Vec<_>, Vec<_>) =
                time_changes.drain(..).partition(|(at, _)| (from + 1..=to).contains(at));
            time_changes = rest;
            ReleaseStep {
                from: names[from],
                to: names[to],
                without: names[from + 1..to].to_vec(),
                changes: together(
                    (from + 1..=to).flat_map(|at| found.remove(&at).unwrap_or_default()).collect(),
                ),
                times: times.into_iter().map(|(_, change)| change).collect(),
                raw: differences(calls, names[from], names[to]),
            }
        };
        let steps = tried.windows(2).map(&mut step).collect();
        Self {
            question: calls.question.clone(),
            is_complete: calls.are_complete(),
            builds,
            rows,
            steps,
            by_chance,
            times: all_times(calls),
        }
    }

    /// It as JSON text.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The JSON Schema (draft 2020-12) of it, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }

    /// The build of this name.
    #[must_use]
    pub fn build(&self, name: PeerId) -> Option<&BuildTold> {
        self.builds.iter().find(|build| build.name == name)
    }
}

fn told(calls: &Calls, at: usize) -> BuildTold {
    let build = &calls.question.builds[at];
    let own = || calls.calls.iter().filter(|call| call.build == build.name);
    let count = |outcome| own().filter(|call| call.verdict == outcome).count() as u32;
    let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
    let said = own().map(|call| &call.version).find(|version| !version.is_empty()).cloned();
    BuildTold {
        name: build.name,
        version: said.or_else(|| build.version.clone()),
        label: build.label.clone(),
        not_tried: calls.not_tried(build.name).map(str::to_owned),
        passed: Count { of: passed, calls: passed + failed },
        errored: count(Outcome::Errored) + count(Outcome::Unsupported),
    }
}

/// Of what is known only of calls that passed, those that failed say nothing.
fn courses(calls: &Calls, scenario: &str) -> Courses {
    let builds = &calls.question.builds;
    let mut courses = Courses::new();
    let mut made = vec![(0, 0); builds.len()];
    for call in calls.calls.iter().filter(|call| call.scenario == scenario) {
        let Some(at) = builds.iter().position(|build| build.name == call.build) else { continue };
        let facts = facts(call);
        made[at].0 += u32::from(!facts.is_empty());
        made[at].1 += u32::from(call.verdict == Outcome::Passed);
        for fact in facts {
            courses.entry(fact).or_insert_with(|| vec![Count::default(); builds.len()])[at].of += 1;
        }
    }
    for (fact, counts) in &mut courses {
        for (count, (judged, passed)) in counts.iter_mut().zip(&made) {
            count.calls = if fact.area == Area::Verdict { *judged } else { *passed };
        }
    }
    courses
}

fn all_times(calls: &Calls) -> Vec<Times> {
    let question = &calls.question;
    let mut told = Vec::new();
    for (build, scenario) in question
        .builds
        .iter()
        .flat_map(|build| question.scenarios.iter().map(move |scenario| (build, scenario)))
    {
        for quantity in quantities() {
            let times = time::times(calls, build.name, scenario, quantity);
            let Some((median_ms, p90_ms)) = median(&times).zip(quantile(&times, 0.9)) else { continue };
            told.push(Times {
                build: build.name,
                scenario: scenario.clone(),
                quantity: quantity.to_owned(),
                calls: times.len(),
                median_ms,
                p90_ms,
            });
        }
    }
    told
}
