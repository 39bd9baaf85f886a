//! What changed between two recordings, in words.

use std::collections::{BTreeMap, BTreeSet};

use tincan_harness::{sdp, signaling::Role};

use super::Recording;

/// The changes from `old` to `new`, one a line; none if both have the same structure. Who was recorded is not compared.
#[must_use]
pub fn difference(old: &Recording, new: &Recording) -> Vec<String> {
    let mut words = Vec::new();
    if old.scenario != new.scenario {
        words.push(format!("another scenario: {} became {}", old.scenario, new.scenario));
    }
    for role in Role::BOTH {
        let (old, new) = (old.side(role), new.side(role));
        let name = if role == Role::Offerer { "offer" } else { "answer" };
        let mut said = sdp::difference::difference(&old.description, &new.description);
        said.extend(old.layout.difference(&new.layout));
        words.extend(said.into_iter().map(|change| format!("{name}: {change}")));
        sequences(&mut words, |chain| format!("{chain} of the {role}"), &old.milestones, &new.milestones);
        sequences(&mut words, |machine| format!("{machine} of the {role}"), &old.states, &new.states);
        stats(&mut words, role, &old.stats, &new.stats);
    }
    words
}

fn sequences(
    words: &mut Vec<String>,
    place: impl Fn(&str) -> String,
    old: &BTreeMap<String, Vec<String>>,
    new: &BTreeMap<String, Vec<String>>,
) {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        let nothing = Vec::new();
        let (before, after) = (old.get(name).unwrap_or(&nothing), new.get(name).unwrap_or(&nothing));
        sequence(words, &place(name), before, after);
    }
}

fn sequence(words: &mut Vec<String>, place: &str, old: &[String], new: &[String]) {
    let only = |here: &[String], there: &[String]| {
        let mut only: Vec<_> = here.iter().filter(|step| !there.contains(step)).cloned().collect();
        only.dedup();
        only
    };
    let (lost, gained) = (only(old, new), only(new, old));
    words.extend(lost.iter().map(|step| format!("{place}: {step} is not reached any more")));
    words.extend(gained.iter().map(|step| format!("{place}: {step} is reached now")));
    let common = |steps: &[String], gone: &[String]| {
        steps.iter().filter(|step| !gone.contains(step)).cloned().collect::<Vec<_>>().join(", ")
    };
    let (before, after) = (common(old, &lost), common(new, &gained));
    if before != after {
        words.push(format!("{place}: {before} became {after}"));
    }
}

fn stats(
    words: &mut Vec<String>,
    role: Role,
    old: &BTreeMap<String, BTreeSet<String>>,
    new: &BTreeMap<String, BTreeSet<String>>,
) {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        let place = format!("stats of the {role}: {name}");
        match (old.get(name), new.get(name)) {
            (Some(_), None) => words.push(format!("{place} is gone")),
            (None, Some(_)) => words.push(format!("{place} is new")),
            (Some(old), Some(new)) => {
                words.extend(old.difference(new).map(|field| format!("{place}: field {field} gone")));
                words.extend(new.difference(old).map(|field| format!("{place}: field {field} added")));
            }
            (None, None) => {}
        }
    }
}
