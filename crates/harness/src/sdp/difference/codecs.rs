//! What changed in the codecs of an m-section.

use std::collections::BTreeSet;

use crate::sdp::description::Codec;

/// A codec of the old description and the one of the new that it is.
type Pairs<'c> = Vec<(&'c Codec, &'c Codec)>;

/// Says what changed from `old` to `new`, each in order of preference.
pub(super) fn codecs(words: &mut Vec<String>, place: &str, old: &[Codec], new: &[Codec]) {
    let pairs = matched(old, new);
    for gone in old.iter().filter(|codec| !pairs.iter().any(|(known, _)| known == codec)) {
        words.push(format!("{place}codec {} gone", label(gone, old)));
    }
    for added in new.iter().filter(|codec| !pairs.iter().any(|(_, known)| known == codec)) {
        words.push(format!("{place}codec {} added", label(added, new)));
    }
    for (before, after) in &pairs {
        one(words, place, &label(before, old), (before, old), (after, new));
    }
    order(words, place, &pairs, (old, new));
}

/// Matches first what is the same, then what has the name and the payload type, then what has the name, if as many are
/// left on both sides: then parameters have changed, and nothing was added or taken away.
fn matched<'c>(old: &'c [Codec], new: &'c [Codec]) -> Pairs<'c> {
    let mut pairs = Pairs::new();
    // What refers to another codec comes after those that do not, so that it can be matched by what it refers to.
    for refers in [false, true] {
        let own =
            |all: &'c [Codec]| all.iter().filter(|codec| target(codec, all).is_some() == refers).collect();
        let (mut olds, mut news): (Vec<&Codec>, Vec<&Codec>) = (own(old), own(new));
        let same_target = |a: &Codec, b: &Codec, pairs: &Pairs<'_>| match (target(a, old), target(b, new)) {
            (Some(a), Some(b)) => pairs.iter().any(|(known, other)| *known == a && *other == b),
            _ => a.parameters == b.parameters,
        };
        take(&mut olds, &mut news, &mut pairs, |a, b, pairs| a.name == b.name && same_target(a, b, pairs));
        if refers {
            continue;
        }
        take(&mut olds, &mut news, &mut pairs, |a, b, _| {
            a.name == b.name && a.payload_type == b.payload_type
        });
        let count = |all: &[&Codec], name: &Option<String>| all.iter().filter(|c| c.name == *name).count();
        let as_many: BTreeSet<_> = olds.iter().map(|codec| codec.name.clone()).collect();
        let as_many: Vec<_> =
            as_many.into_iter().filter(|name| count(&olds, name) == count(&news, name)).collect();
        take(&mut olds, &mut news, &mut pairs, |a, b, _| a.name == b.name && as_many.contains(&a.name));
    }
    pairs.sort_by_key(|(codec, _)| old.iter().position(|known| known == *codec));
    pairs
}

fn take<'c>(
    olds: &mut Vec<&'c Codec>,
    news: &mut Vec<&'c Codec>,
    pairs: &mut Pairs<'c>,
    matches: impl Fn(&Codec, &Codec, &Pairs<'_>) -> bool,
) {
    olds.retain(|codec| {
        let Some(at) = news.iter().position(|other| matches(codec, other, pairs)) else { return true };
        pairs.push((*codec, news.remove(at)));
        false
    });
}

/// The codec that this one repairs: `apt` of RTX (RFC 4588, section 8.1).
fn target<'c>(codec: &Codec, all: &'c [Codec]) -> Option<&'c Codec> {
    let apt = codec.parameters.iter().find_map(|parameter| parameter.strip_prefix("apt="))?;
    all.iter().find(|other| other.payload_type == apt && !std::ptr::eq(*other, codec) && *other != codec)
}

fn name(codec: &Codec) -> String {
    codec.name.clone().unwrap_or_else(|| format!("payload type {}", codec.payload_type))
}

/// The name; with the parameters where several have it; of a repair, with what it repairs.
fn label(codec: &Codec, all: &[Codec]) -> String {
    if let Some(target) = target(codec, all) {
        return format!("{} for {}", name(codec), own_label(target, all));
    }
    own_label(codec, all)
}

fn own_label(codec: &Codec, all: &[Codec]) -> String {
    let several = all.iter().filter(|other| other.name == codec.name).count() > 1;
    if several && !codec.parameters.is_empty() {
        return format!("{} ({})", name(codec), joined(&codec.parameters, ";"));
    }
    name(codec)
}

fn joined(values: &BTreeSet<String>, between: &str) -> String {
    values.iter().map(String::as_str).collect::<Vec<_>>().join(between)
}

fn one(words: &mut Vec<String>, place: &str, label: &str, old: (&Codec, &[Codec]), new: (&Codec, &[Codec])) {
    let ((old, olds), (new, news)) = (old, new);
    if old.payload_type != new.payload_type {
        let (before, after) = (&old.payload_type, &new.payload_type);
        words.push(format!("{place}payload type of {label}: {before} became {after}"));
    }
    let repairs = target(old, olds).is_some() && target(new, news).is_some();
    let own = |codec: &Codec| {
        let own = codec.parameters.iter().filter(|parameter| !(repairs && parameter.starts_with("apt=")));
        own.cloned().collect::<BTreeSet<_>>()
    };
    parameters(words, place, &name(old), &own(old), &own(new));
    for gone in old.feedback.difference(&new.feedback) {
        words.push(format!("{place}rtcp-fb {gone} gone from {label}"));
    }
    for added in new.feedback.difference(&old.feedback) {
        words.push(format!("{place}rtcp-fb {added} added to {label}"));
    }
}

fn parameters(
    words: &mut Vec<String>,
    place: &str,
    name: &str,
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
) {
    let key = |parameter: &str| parameter.split_once('=').map_or(parameter, |(key, _)| key).to_owned();
    let value = |parameter: &str| parameter.split_once('=').map_or("", |(_, value)| value).to_owned();
    let (gone, added) = (old.difference(new), new.difference(old).collect::<Vec<_>>());
    let mut said = Vec::new();
    for before in gone {
        match added.iter().find(|after| key(after) == key(before)) {
            Some(after) => {
                said.push((*after).clone());
                let (key, before, after) = (key(before), value(before), value(after));
                words.push(format!("{place}fmtp of {name}: {key} {before} became {after}"));
            }
            None => words.push(format!("{place}fmtp of {name}: {before} gone")),
        }
    }
    let new = added.into_iter().filter(|parameter| !said.contains(parameter));
    words.extend(new.map(|parameter| format!("{place}fmtp of {name}: {parameter} added")));
}

/// The order of what both have. Repairs follow what they repair, and are named only if they alone have moved.
fn order(words: &mut Vec<String>, place: &str, pairs: &Pairs<'_>, (old, new): (&[Codec], &[Codec])) {
    let at = |codec: &Codec| new.iter().position(|known| known == codec);
    let mains: Pairs<'_> = pairs.iter().copied().filter(|(codec, _)| target(codec, old).is_none()).collect();
    let moved = [mains, pairs.clone()].into_iter().find(|all| !all.is_sorted_by_key(|(_, new)| at(new)));
    let Some(mut moved) = moved else { return };
    let labels =
        |pairs: &Pairs<'_>| pairs.iter().map(|(codec, _)| label(codec, old)).collect::<Vec<_>>().join(", ");
    let before = labels(&moved);
    moved.sort_by_key(|(_, new)| at(new));
    words.push(format!("{place}order of payload types changed: {before} became {}", labels(&moved)));
}
