//! What changed from one build to the next, in words: facts that came, went or got another value, told once for both sides and all
//! scenarios in which they did.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{scenario::PeerId, signaling::Role};

use super::{
    course::{Count, Stretch, stretches},
    fact::{Area, Fact, phrase, place},
};
use crate::stats::fisher_exact;

/// How something changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was in no call, and is in all.
    New {
        /// Its value; empty where it is said only that it is there.
        value: String,
    },
    /// It was in all calls, and is in none.
    Gone {
        /// Its value; likewise.
        value: String,
    },
    /// It had one value in all calls, and has another one in all.
    Became {
        /// The value that it had.
        old: String,
        /// The value that it has.
        new: String,
    },
    /// Payload types of many codecs are others.
    Renumbered {
        /// The codecs, each with its payload type before and after.
        codecs: Vec<(String, String, String)>,
    },
    /// It comes and goes, and does so at another rate.
    Rate {
        /// Its value; empty where it is said only that it is there.
        value: String,
        /// In the calls of the builds before, back to where the rate changed last.
        before: Count,
        /// In the calls of this build and those after, up to where the rate changes next.
        after: Count,
        /// How likely rates differ so much by chance, if there is no difference (Fisher's exact test, two-sided).
        p_value: f64,
    },
}

/// A change from one build to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseChange {
    /// What it is about.
    pub area: Area,
    /// The sides on which it changed; none of the whole call.
    pub roles: Vec<Role>,
    /// The scenarios in which it changed.
    pub scenarios: Vec<String>,
    /// What changed.
    pub what: String,
    /// How.
    pub change: ChangeKind,
    /// If it is again as it was: the build since which it was otherwise.
    pub back_after: Option<PeerId>,
    /// It in words, without the scenarios.
    pub text: String,
}

impl ReleaseChange {
    pub(super) fn in_words(&self) -> String {
        let place = place(self.area, &self.roles);
        let what = &self.what;
        let said = match &self.change {
            ChangeKind::New { value } => format!("{} is new", phrase(what, value)),
            ChangeKind::Gone { value } => format!("{} is gone", phrase(what, value)),
            ChangeKind::Became { old, new } => format!("{what}: {old} became {new}"),
            ChangeKind::Renumbered { codecs } => {
                let each = codecs.iter().map(|(codec, old, new)| format!("{codec} {old} became {new}"));
                format!("{what} of {} codecs: {}", codecs.len(), each.collect::<Vec<_>>().join(", "))
            }
            ChangeKind::Rate { value, before, after, p_value } => format!(
                "{} is in {} of {} calls, and was in {} of {} (p {})",
                phrase(what, value),
                after.of,
                after.calls,
                before.of,
                before.calls,
                if *p_value < 0.0001 { "below 0.0001".to_owned() } else { format!("{p_value:.4}") }
            ),
        };
        let back = match (&self.change, self.back_after) {
            (_, None) | (ChangeKind::Rate { .. } | ChangeKind::Renumbered { .. }, _) => String::new(),
            (ChangeKind::New { .. }, Some(build)) => format!(" again: back, after it was gone since {build}"),
            (ChangeKind::Gone { .. }, Some(build)) => format!(" again: it had come with {build}"),
            (ChangeKind::Became { .. }, Some(build)) => format!(" again, as it was before {build}"),
        };
        format!("{place}{said}{back}")
    }
}

/// A fact that comes and goes, in builds that follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ByChance {
    /// What it is about.
    pub area: Area,
    /// The fact in words.
    pub fact: String,
    /// The scenario.
    pub scenario: String,
    /// The first of the builds.
    pub first: PeerId,
    /// The last of them.
    pub last: PeerId,
    /// In how many of their calls it is.
    pub count: Count,
    /// The lower end of the 95 % interval of its rate (Clopper and Pearson).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The course of every fact of one scenario: in how many calls of each build it is.
pub(super) type Courses = BTreeMap<Fact, Vec<Count>>;

/// The changes by the place of the build with which they came, and what comes and goes.
pub(super) fn changes(
    builds: &[PeerId],
    scenarios: &BTreeMap<String, Courses>,
) -> (BTreeMap<usize, Vec<ReleaseChange>>, Vec<ByChance>) {
    let (mut found, mut by_chance) = (BTreeMap::<usize, Vec<ReleaseChange>>::new(), Vec::new());
    for (scenario, courses) in scenarios {
        let mut steps = BTreeMap::<usize, Vec<(&Fact, Turn)>>::new();
        for (fact, counts) in courses {
            let stretches = stretches(counts);
            by_chance.extend(come_and_go(builds, scenario, fact, (&stretches, counts)));
            for (at, turn) in turns(&stretches) {
                steps.entry(at).or_default().push((fact, turn));
            }
        }
        for (at, turns) in steps {
            let own = in_one_scenario(builds, scenario, turns);
            let all = found.entry(at).or_default();
            own.into_iter().for_each(|change| put(all, change));
        }
    }
    for changes in found.values_mut() {
        changes.iter_mut().for_each(|change| change.text = change.in_words());
        changes.sort_by(|a, b| (a.area, &a.what, &a.text).cmp(&(b.area, &b.what, &b.text)));
    }
    let by_chance = by_chance.iter().filter(|fact| !goes_with_another(fact, &by_chance)).cloned().collect();
    (found, by_chance)
}

/// Whether it comes and goes with something that it belongs to.
fn goes_with_another(fact: &ByChance, others: &[ByChance]) -> bool {
    let place = |of: &ByChance| (of.scenario.clone(), of.first, of.last, of.count);
    others.iter().any(|other| {
        fact.fact.strip_prefix(other.fact.as_str()).is_some_and(|rest| rest.starts_with(": "))
            && place(fact) == place(other)
    })
}

fn come_and_go(
    builds: &[PeerId],
    scenario: &str,
    fact: &Fact,
    (stretches, counts): (&[Stretch], &[Count]),
) -> Vec<ByChance> {
    let ends = stretches.iter().skip(1).map(|next| next.first).chain([counts.len()]);
    let some = stretches.iter().zip(ends).filter(|(stretch, _)| stretch.count.is_some());
    let told = some.filter_map(|(stretch, end)| {
        let known: Vec<_> = (stretch.first..end).filter(|at| counts[*at].calls > 0).collect();
        let (low, high) = stretch.count.interval()?;
        Some(ByChance {
            area: fact.area,
            fact: fact.to_string(),
            scenario: scenario.to_owned(),
            first: builds[*known.first()?],
            last: builds[*known.last()?],
            count: stretch.count,
            low,
            high,
        })
    });
    told.collect()
}

/// What a fact turned from and to.
#[derive(Debug, Clone, Copy)]
struct Turn {
    before: Count,
    after: Count,
    /// Where it had turned the other way, if it is again as it was.
    back_after: Option<usize>,
}

fn turns(stretches: &[Stretch]) -> Vec<(usize, Turn)> {
    let kind = |count: Count| (count.is_all(), count.is_none());
    let turn = |at: usize| {
        let (before, after) = (stretches[at - 1], stretches[at]);
        let is_back = at > 1 && !after.count.is_some() && kind(stretches[at - 2].count) == kind(after.count);
        let back_after = is_back.then_some(before.first);
        (after.first, Turn { before: before.count, after: after.count, back_after })
    };
    (1..stretches.len()).map(turn).collect()
}

fn in_one_scenario(builds: &[PeerId], scenario: &str, turns: Vec<(&Fact, Turn)>) -> Vec<ReleaseChange> {
    let (came, went) =
        (of_kind(&turns, Count::is_none, Count::is_all), of_kind(&turns, Count::is_all, Count::is_none));
    let mut changes = Vec::new();
    let mut add = |fact: &Fact, change, back_after: Option<usize>| {
        put(
            &mut changes,
            ReleaseChange {
                area: fact.area,
                roles: fact.role.into_iter().collect(),
                scenarios: vec![scenario.to_owned()],
                what: fact.what.clone(),
                change,
                back_after: back_after.map(|at| builds[at]),
                text: String::new(),
            },
        );
    };
    let place = |fact: &Fact| (fact.area, fact.role, fact.what.clone());
    for (fact, turn) in turns {
        let alike = |others: &[&Fact]| others.iter().filter(|other| place(other) == place(fact)).count();
        let is_pair = alike(&came) == 1 && alike(&went) == 1;
        let other = |others: &[&Fact]| {
            others.iter().find(|other| place(other) == place(fact)).map(|other| other.value.clone())
        };
        let value = fact.value.clone();
        if turn.before.is_none() && turn.after.is_all() {
            match other(&went).filter(|_| is_pair) {
                Some(old) if is_order(fact) && is_same_order(&old, &value) => {}
                Some(old) => add(fact, ChangeKind::Became { old, new: value }, turn.back_after),
                None if is_part_of_one(fact, &came) => {}
                None => add(fact, ChangeKind::New { value }, turn.back_after),
            }
        } else if turn.before.is_all() && turn.after.is_none() {
            if !is_pair && !is_part_of_one(fact, &went) {
                add(fact, ChangeKind::Gone { value }, turn.back_after);
            }
        } else {
            let counts = |count: Count| (count.of, count.calls);
            let p_value = fisher_exact(counts(turn.before), counts(turn.after));
            add(fact, ChangeKind::Rate { value, before: turn.before, after: turn.after, p_value }, None);
        }
    }
    changes
}

fn of_kind<'f>(
    turns: &[(&'f Fact, Turn)],
    before: fn(Count) -> bool,
    after: fn(Count) -> bool,
) -> Vec<&'f Fact> {
    turns.iter().filter(|(_, turn)| before(turn.before) && after(turn.after)).map(|(fact, _)| *fact).collect()
}

/// Whether it came or went with something that it belongs to, which says all.
fn is_part_of_one(fact: &Fact, others: &[&Fact]) -> bool {
    let repaired = repaired(&fact.what);
    others.iter().any(|other| {
        let same_place = (other.area, other.role) == (fact.area, fact.role);
        let is_part = fact.what.strip_prefix(other.what.as_str()).is_some_and(|rest| rest.starts_with(": "));
        same_place && (is_part || repaired.as_ref() == Some(&other.what))
    })
}

/// The codec that `m=video: codec rtx/90000 for VP8/90000` repairs: `m=video: codec VP8/90000`.
fn repaired(what: &str) -> Option<String> {
    let (section, codec) = what.split_once(": codec ")?;
    let (_, repaired) = codec.split_once(" for ")?;
    Some(format!("{section}: codec {}", repaired.split(": ").next()?))
}

fn is_order(fact: &Fact) -> bool {
    fact.area == Area::Descriptions && fact.what.ends_with("order of codecs")
}

/// Whether what two orders have in common stands in the same order in both.
fn is_same_order(old: &str, new: &str) -> bool {
    let (old, new): (Vec<_>, Vec<_>) = (old.split(", ").collect(), new.split(", ").collect());
    let common = |list: &[&str], other: &[&str]| {
        list.iter().filter(|name| other.contains(name)).map(|name| (*name).to_owned()).collect::<Vec<_>>()
    };
    common(&old, &new) == common(&new, &old)
}

/// Adds a change to those that are known: what is the same on the other side, or in another scenario, is told once.
fn put(changes: &mut Vec<ReleaseChange>, change: ReleaseChange) {
    let is_like = |known: &ReleaseChange, change: &ReleaseChange| {
        (known.area, &known.what, &known.change, known.back_after)
            == (change.area, &change.what, &change.change, change.back_after)
    };
    let found = changes.iter_mut().find(|known| {
        is_like(known, &change) && (known.roles == change.roles || known.scenarios == change.scenarios)
    });
    let Some(known) = found else { return changes.push(change) };
    let roles: BTreeSet<_> = known.roles.iter().chain(&change.roles).copied().collect();
    let scenarios: BTreeSet<_> = known.scenarios.iter().chain(&change.scenarios).cloned().collect();
    known.roles = roles.into_iter().collect();
    known.scenarios = scenarios.into_iter().collect();
}
