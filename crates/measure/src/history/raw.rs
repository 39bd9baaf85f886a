//! The raw difference between two builds: the lines of the recordings that are in all calls of one and in none of the other.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{scenario::PeerId, verdict::Outcome};

use super::call::{CallRecord, Calls};
use crate::recording::Recording;

/// The lines in which two recordings of one scenario differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RawDifference {
    /// The scenario.
    pub scenario: String,
    /// The part of the recording: `offerer description m=video`.
    pub part: String,
    /// The lines that are gone.
    pub gone: Vec<String>,
    /// The lines that are new.
    pub new: Vec<String>,
}

/// A line, and the part of the recording in which it stands.
type Line = (String, String);

/// The lines of the recordings of one build: each with its place, and with the number of calls that have it.
#[derive(Default)]
struct Recorded {
    lines: BTreeMap<Line, (usize, usize)>,
    calls: usize,
}

impl Recorded {
    fn of(calls: &Calls, build: PeerId, scenario: &str) -> Self {
        let is_own = |call: &&CallRecord| {
            call.build == build && call.scenario == scenario && call.verdict == Outcome::Passed
        };
        let mut recorded = Self::default();
        for call in calls.calls.iter().filter(is_own) {
            recorded.calls += 1;
            let mut within = BTreeMap::new();
            for line in lines(&Recording::read(&call.recording).unwrap_or_default()) {
                let place = within.len();
                within.entry(line).or_insert(place);
            }
            for (line, place) in within {
                recorded.lines.entry(line).or_insert((place, 0)).1 += 1;
            }
        }
        recorded
    }

    /// The lines of all of its calls that none of `other` has, in their order.
    fn without(&self, other: &Self) -> Vec<&Line> {
        let sure = self.lines.iter().filter(|(_, (_, count))| *count == self.calls);
        let mut only: Vec<_> = sure.filter(|(line, _)| !other.lines.contains_key(*line)).collect();
        only.sort_by_key(|(_, (place, _))| *place);
        only.into_iter().map(|(line, _)| line).collect()
    }
}

/// The lines of a recording; the m-sections of a description are parts of their own.
fn lines(recording: &Recording) -> Vec<Line> {
    let (mut part, mut within, mut lines) = (String::new(), String::new(), Vec::new());
    for line in recording.compared().lines() {
        let Some(line) = line.strip_prefix("  ") else {
            line.clone_into(&mut part);
            line.clone_into(&mut within);
            continue;
        };
        if let Some(kind) = line.strip_prefix("m=").and_then(|rest| rest.split(' ').next()) {
            within = format!("{part} m={kind}");
        }
        lines.push((within.clone(), line.to_owned()));
    }
    lines
}

/// The lines in which `from` and `to` differ, scenario by scenario.
pub(super) fn differences(calls: &Calls, from: PeerId, to: PeerId) -> Vec<RawDifference> {
    let of = |scenario: &String| {
        let (old, new) = (Recorded::of(calls, from, scenario), Recorded::of(calls, to, scenario));
        let mut found = Vec::<RawDifference>::new();
        if old.calls.min(new.calls) == 0 {
            return found;
        }
        let sides = old.without(&new).into_iter().map(|line| (line, false));
        for ((part, line), is_new) in sides.chain(new.without(&old).into_iter().map(|line| (line, true))) {
            let at = found.iter().position(|known| known.part == *part).unwrap_or_else(|| {
                let (scenario, part) = (scenario.clone(), part.clone());
                found.push(RawDifference { scenario, part, gone: Vec::new(), new: Vec::new() });
                found.len() - 1
            });
            let lines = if is_new { &mut found[at].new } else { &mut found[at].gone };
            lines.push(line.clone());
        }
        found.sort_by_key(|found| !found.part.starts_with("offerer"));
        found
    };
    calls.question.scenarios.iter().flat_map(of).collect()
}
