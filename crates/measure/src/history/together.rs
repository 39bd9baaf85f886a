//! What changed of many codecs of one m-section at once, told as one change.

use std::collections::BTreeMap;

use tincan_harness::{scenario::PeerId, signaling::Role};

use super::{
    change::{ChangeKind, ReleaseChange},
    fact::Area,
};

/// Up to so many codecs each is told by itself.
const MOST_APART: usize = 3;
/// What a codec has of its own: many of them change together where the numbers are given anew.
const NUMBER: &str = "payload type";

/// What many codecs have to have in common: the m-section and what changed there, how, where, and since when it was otherwise.
type Common = (String, String, Vec<Role>, Vec<String>, Option<PeerId>);

/// The codec of a change and what others have to have in common with it; none of what is of no codec.
fn of_codec(change: &ReleaseChange) -> Option<(Common, String)> {
    let (section, codec) = change.what.split_once(": codec ")?;
    let (codec, part) = codec.split_once(": ")?;
    let (what, how) = match (&change.change, part) {
        (ChangeKind::Became { .. }, NUMBER) => (format!("{section}: {NUMBER}s"), String::new()),
        (ChangeKind::Rate { .. } | ChangeKind::Renumbered { .. }, _) => return None,
        (kind, _) => (format!("{section}: {part}"), format!("{kind:?}")),
    };
    let back_after = change.back_after.filter(|_| !how.is_empty());
    Some(((what, how, change.roles.clone(), change.scenarios.clone(), back_after), codec.to_owned()))
}

/// The same changes, with those of many codecs told together.
pub(super) fn together(changes: Vec<ReleaseChange>) -> Vec<ReleaseChange> {
    let mut groups = BTreeMap::<Common, Vec<(String, ReleaseChange)>>::new();
    let mut rest = Vec::new();
    for change in changes {
        match of_codec(&change) {
            Some((common, codec)) => groups.entry(common).or_default().push((codec, change)),
            None => rest.push(change),
        }
    }
    for ((what, how, ..), members) in groups {
        if members.len() > MOST_APART {
            rest.extend(one(what, &how, &members));
        } else {
            rest.extend(members.into_iter().map(|(_, change)| change));
        }
    }
    rest.sort_by(|a, b| (a.area, &a.what, &a.text).cmp(&(b.area, &b.what, &b.text)));
    rest
}

fn one(what: String, how: &str, members: &[(String, ReleaseChange)]) -> Option<ReleaseChange> {
    let (_, first) = members.first()?;
    let number = |(codec, change): &(String, ReleaseChange)| match &change.change {
        ChangeKind::Became { old, new } => Some((codec.clone(), old.clone(), new.clone())),
        _ => None,
    };
    let (what, change, back_after) = match how.is_empty() {
        true => (what, ChangeKind::Renumbered { codecs: members.iter().filter_map(number).collect() }, None),
        false => (format!("{what} of {} codecs", members.len()), first.change.clone(), first.back_after),
    };
    let change = ReleaseChange { area: Area::Descriptions, what, change, back_after, ..first.clone() };
    Some(ReleaseChange { text: change.in_words(), ..change })
}
