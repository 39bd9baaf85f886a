//! What changed between two descriptions, in words.
//!
//! Codecs are matched by name and parameters, not by payload type alone, so that a renumbering is said as one, and a codec
//! and its retransmissions stay together.

mod codecs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    description::{Description, Section},
    normal::candidate_kind,
};

/// The changes from `old` to `new`, one a line; none if both have the same structure.
#[must_use]
pub fn difference(old: &Description, new: &Description) -> Vec<String> {
    let mut words = Vec::new();
    let join = |lines: &[String]| lines.join(", ");
    changed(&mut words, "", "the lines", &join(&old.lines), &join(&new.lines));
    bundle(&mut words, old.bundle.as_deref(), new.bundle.as_deref());
    attributes(&mut words, "", &old.attributes, &new.attributes);
    sections(&mut words, &old.sections, &new.sections);
    if words.is_empty() && old != new {
        words.push("something changed that has no words of its own: see the lines below".to_owned());
    }
    words
}

fn changed(words: &mut Vec<String>, place: &str, what: &str, old: &str, new: &str) {
    if old != new {
        let or_nothing = |value: &str| if value.is_empty() { "nothing".to_owned() } else { value.to_owned() };
        words.push(format!("{place}{what}: {} became {}", or_nothing(old), or_nothing(new)));
    }
}

/// Says of an attribute of which there is one at the most.
fn single(words: &mut Vec<String>, place: &str, name: &str, old: Option<&str>, new: Option<&str>) {
    match (old, new) {
        (Some(old), Some(new)) if old != new => words.push(format!("{place}a={name} {old} became {new}")),
        (Some(old), None) => words.push(format!("{place}a={name} {old} gone")),
        (None, Some(new)) => words.push(format!("{place}a={name} {new} added")),
        _ => {}
    }
}

fn bundle(words: &mut Vec<String>, old: Option<&[String]>, new: Option<&[String]>) {
    let (Some(old), Some(new)) = (old, new) else {
        let text = |mids: Option<&[String]>| mids.map(|mids| mids.join(" "));
        return single(words, "", "group:BUNDLE", text(old).as_deref(), text(new).as_deref());
    };
    let missing = |from: &[String], of: &[String]| {
        from.iter().filter(|mid| !of.contains(mid)).cloned().collect::<Vec<_>>()
    };
    let (lost, gained) = (missing(old, new), missing(new, old));
    words.extend(lost.iter().map(|mid| format!("bundle group lost mid {mid}")));
    words.extend(gained.iter().map(|mid| format!("bundle group gained mid {mid}")));
    if lost.is_empty() && gained.is_empty() {
        changed(words, "", "order of the bundle group", &old.join(" "), &new.join(" "));
    }
}

/// Attributes without a place of their own. Of a name with one value on each side, the change of the value is said.
fn attributes(words: &mut Vec<String>, place: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
    let (gone, added) = (by_name(old.difference(new)), by_name(new.difference(old)));
    for (name, values) in &gone {
        match (&values[..], added.get(name).map(Vec::as_slice)) {
            ([old], Some([new])) => changed(words, place, &format!("a={name}"), old, new),
            _ => words.extend(values.iter().map(|value| format!("{place}a={} gone", written(name, value)))),
        }
    }
    for (name, values) in &added {
        let said = values.len() == 1 && gone.get(name).is_some_and(|old| old.len() == 1);
        let values = values.iter().filter(|_| !said);
        words.extend(values.map(|value| format!("{place}a={} added", written(name, value))));
    }
}

fn by_name<'a>(attributes: impl Iterator<Item = &'a String>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut named = BTreeMap::<_, Vec<_>>::new();
    for attribute in attributes {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        named.entry(name).or_default().push(value);
    }
    named
}

fn written(name: &str, value: &str) -> String {
    if value.is_empty() { name.to_owned() } else { format!("{name}:{value}") }
}

/// M-sections are matched by mid and kind; those left over by their place.
fn sections(words: &mut Vec<String>, old: &[Section], new: &[Section]) {
    let mut left: Vec<usize> = (0..new.len()).collect();
    let mut pairs = vec![None; old.len()];
    for by_mid in [true, false] {
        for (at, section) in old.iter().enumerate() {
            let matches = |other: usize| {
                let named = section.mid.is_some() && section.mid == new[other].mid;
                section.kind == new[other].kind && if by_mid { named } else { at == other }
            };
            let found = left.iter().position(|other| pairs[at].is_none() && matches(*other));
            pairs[at] = pairs[at].or_else(|| found.map(|found| left.remove(found)));
        }
    }
    for (section, pair) in old.iter().zip(&pairs) {
        match pair {
            Some(other) => self::section(words, &place(section, old), section, &new[*other]),
            None => words.push(format!("{}the m-section is gone", place(section, old))),
        }
    }
    words.extend(left.iter().map(|at| format!("{}the m-section is new", place(&new[*at], new))));
    let order: Vec<_> = pairs.iter().flatten().collect();
    if !order.is_sorted() {
        words.push("order of the m-sections changed".to_owned());
    }
}

/// `m=video: `, with the mid if there are several of the kind.
fn place(section: &Section, all: &[Section]) -> String {
    let several = all.iter().filter(|other| other.kind == section.kind).count() > 1;
    match &section.mid {
        Some(mid) if several => format!("m={} (mid {mid}): ", section.kind),
        _ => format!("m={}: ", section.kind),
    }
}

fn section(words: &mut Vec<String>, place: &str, old: &Section, new: &Section) {
    single(words, place, "mid", old.mid.as_deref(), new.mid.as_deref());
    changed(words, place, "port", said_port(&old.port), said_port(&new.port));
    changed(words, place, "protocol", &old.protocol, &new.protocol);
    changed(words, place, "the lines", &old.lines.join(", "), &new.lines.join(", "));
    match (&old.direction, &new.direction) {
        (Some(old), Some(new)) if old != new => words.push(format!("{place}a={old} became a={new}")),
        (Some(old), None) => words.push(format!("{place}a={old} gone")),
        (None, Some(new)) => words.push(format!("{place}a={new} added")),
        _ => {}
    }
    single(words, place, "setup", old.setup.as_deref(), new.setup.as_deref());
    single(words, place, "ice-options", old.ice_options.as_deref(), new.ice_options.as_deref());
    single(words, place, "simulcast", old.simulcast.as_deref(), new.simulcast.as_deref());
    changed(words, place, "rids", &old.rids.join(", "), &new.rids.join(", "));
    codecs::codecs(words, place, &old.codecs, &new.codecs);
    extensions(words, place, old, new);
    candidates(words, place, &old.candidates, &new.candidates);
    attributes(words, place, &old.attributes, &new.attributes);
}

fn said_port(port: &str) -> &str {
    match port {
        "0" => "0 (rejected)",
        "9" => "9 (no candidate yet)",
        _ => "that of a candidate",
    }
}

fn extensions(words: &mut Vec<String>, place: &str, old: &Section, new: &Section) {
    let ids = |section: &Section| {
        let mut ids = BTreeMap::<_, Vec<_>>::new();
        for extension in &section.extensions {
            ids.entry(extension.uri.clone()).or_default().push(extension.id.clone());
        }
        ids
    };
    let (old, new) = (ids(old), ids(new));
    for (uri, before) in &old {
        let before = before.join(" and ");
        match new.get(uri).map(|after| after.join(" and ")) {
            None => words.push(format!("{place}extmap {before} gone ({uri})")),
            Some(after) if after != before => {
                words.push(format!("{place}extmap {before} moved to {after} ({uri})"));
            }
            Some(_) => {}
        }
    }
    for (uri, ids) in new.iter().filter(|(uri, _)| !old.contains_key(*uri)) {
        words.push(format!("{place}extmap {} added ({uri})", ids.join(" and ")));
    }
}

/// Kinds of candidates; where only their extensions differ, the lines as they are.
fn candidates(words: &mut Vec<String>, place: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
    let kinds =
        |lines: &BTreeSet<String>| lines.iter().map(|line| candidate_kind(line)).collect::<BTreeSet<_>>();
    let (before, after) = (kinds(old), kinds(new));
    words.extend(before.difference(&after).map(|kind| format!("{place}candidates: {kind} gone")));
    words.extend(after.difference(&before).map(|kind| format!("{place}candidates: {kind} added")));
    if before == after {
        words.extend(old.difference(new).map(|line| format!("{place}{line} gone")));
        words.extend(new.difference(old).map(|line| format!("{place}{line} added")));
    }
}
