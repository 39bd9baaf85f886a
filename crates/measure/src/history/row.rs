//! What changed at some step, as it is in every build: a row with a cell for each.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::signaling::Role;

use super::{
    change::{Courses, ReleaseChange},
    course::Count,
    fact::{Area, Fact, place},
};

/// Something that changed with some build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// What it is about.
    pub area: Area,
    /// What, with the side: `stats of both sides: media-playout`.
    pub what: String,
    /// The scenario whose calls the cells show.
    pub scenario: String,
    /// How it is in each build, in order: its value, `yes` or `no` where it is there or not, `in 3 of 5` where it comes and goes; null
    /// where it is not known.
    pub cells: Vec<Option<String>>,
}

/// A row for each thing that is in `changes`.
pub(super) fn rows<'c>(
    changes: impl IntoIterator<Item = &'c ReleaseChange>,
    scenarios: &BTreeMap<String, Courses>,
    builds: usize,
) -> Vec<Row> {
    let mut rows = Vec::<Row>::new();
    for change in changes {
        let Some(scenario) = change.scenarios.first() else { continue };
        let Some(courses) = scenarios.get(scenario) else { continue };
        let what = format!("{}{}", place(change.area, &change.roles), change.what);
        if rows.iter().any(|row| (row.area, &row.what) == (change.area, &what)) {
            continue;
        }
        let role = change.roles.first().copied();
        let cells = (0..builds).map(|at| cell(courses, (change.area, role, &change.what), at)).collect();
        rows.push(Row { area: change.area, what, scenario: scenario.clone(), cells });
    }
    // Payload types are many, and say little.
    let is_number = |row: &Row| row.what.ends_with(": payload type");
    rows.sort_by(|a, b| (is_number(a), a.area, &a.what).cmp(&(is_number(b), b.area, &b.what)));
    rows
}

fn cell(courses: &Courses, (area, role, what): (Area, Option<Role>, &str), at: usize) -> Option<String> {
    let is_own = |fact: &Fact| (fact.area, fact.role, fact.what.as_str()) == (area, role, what);
    let own: Vec<(&str, Count)> = courses
        .iter()
        .filter(|(fact, _)| is_own(fact))
        .map(|(fact, counts)| (fact.value.as_str(), counts[at]))
        .collect();
    if own.iter().all(|(_, count)| count.calls == 0) {
        return None;
    }
    let there = own.iter().filter(|(_, count)| count.of > 0);
    let said: Vec<_> = there
        .map(|(value, count)| match (*value, count.is_all()) {
            ("", true) => "yes".to_owned(),
            (value, true) => value.to_owned(),
            ("", false) => format!("in {} of {}", count.of, count.calls),
            (value, false) => format!("{value} in {} of {}", count.of, count.calls),
        })
        .collect();
    Some(if said.is_empty() { "no".to_owned() } else { said.join("; ") })
}
