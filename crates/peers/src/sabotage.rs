//! Sabotage: breaks real calls on purpose, on real browsers, to see whether each comes out red with the right reason.
//!
//! A saboteur is one value, with what is expected of it beside it. It works below the probe and behind the harness: in
//! the page before the probe comes, between copy and paste, in the camera, or on the browser's processes. So a call that
//! it breaks looks to the verdict as one that the world has broken.

mod changes;
mod data;
mod directions;
mod handover;
mod ice;
mod media;
mod rig;
mod saboteur;
mod screen;
mod signalling;
mod sound;
mod world;

use tincan_harness::scenario::PeerId;

pub use self::saboteur::{Expected, Saboteur};
use crate::registry::Registry;

/// All saboteurs, in the order of a call's stages within each group.
fn saboteurs() -> Vec<&'static Saboteur> {
    [
        media::SABOTEURS,
        sound::SABOTEURS,
        data::SABOTEURS,
        changes::SABOTEURS,
        directions::SABOTEURS,
        screen::SABOTEURS,
        handover::SABOTEURS,
        signalling::SABOTEURS,
        ice::SABOTEURS,
        world::SABOTEURS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those that can be tried on the browser `browser` of `registry`: none if it is no browser, or there is none of that name.
#[must_use]
pub fn saboteurs_of(registry: &Registry, browser: PeerId) -> Vec<&'static Saboteur> {
    let Some(kind) = registry.kind(browser) else { return Vec::new() };
    saboteurs().into_iter().filter(|saboteur| saboteur.is_possible_on(kind)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn there_are_at_least_thirty_each_of_its_own_name_in_a_group() {
        let names: HashSet<_> = saboteurs().iter().map(|saboteur| saboteur.name).collect();
        assert_eq!(names.len(), saboteurs().len());
        assert!(names.len() >= 30, "{}", names.len());
        for name in names {
            let group = name.split_once('/').expect("GROUP/NAME").0;
            assert!(
                ["media", "sound", "data", "changes", "nothing", "signalling", "ice", "world"]
                    .contains(&group),
                "{name}"
            );
        }
    }

    #[test]
    fn what_a_browser_does_not_have_cannot_be_broken() {
        let names = |browser: &'static str| -> HashSet<_> {
            let of = saboteurs_of(&Registry::built_in(), PeerId::literal(browser));
            of.into_iter().map(|saboteur| saboteur.name).collect()
        };
        let (chromium, firefox) = (names("chromium"), names("firefox"));
        let all: HashSet<_> = saboteurs().iter().map(|saboteur| saboteur.name).collect();
        assert_eq!(&chromium | &firefox, all);
        let of_drivers = ["world/driver-killed", "world/another-browser"];
        assert!(of_drivers.iter().all(|name| chromium.contains(name) && !firefox.contains(name)));
        assert!(firefox.len() + 14 > chromium.len(), "{firefox:?}");
        assert!(names("webrtc-rs").is_empty() && names("opera").is_empty());
    }
}
