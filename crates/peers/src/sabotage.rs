//! Sabotage: breaks real calls on purpose, on real browsers, to see whether each comes out red with the right reason.
//!
//! A saboteur is one value, with what is expected of it beside it. It works below the probe and behind the harness: in
//! the page before the probe comes, between copy and paste, in the camera, or on the browser's processes. So a call that
//! it breaks looks to the verdict as one that the world has broken.

mod ice;
mod media;
mod rig;
mod saboteur;
mod signalling;
mod world;

pub use self::saboteur::{Expected, Saboteur};

/// All saboteurs, in the order of a call's stages within each group.
#[must_use]
pub fn saboteurs() -> Vec<&'static Saboteur> {
    [media::SABOTEURS, signalling::SABOTEURS, ice::SABOTEURS, world::SABOTEURS]
        .into_iter()
        .flatten()
        .collect()
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
            assert!(["media", "signalling", "ice", "world"].contains(&group), "{name}");
        }
    }
}
