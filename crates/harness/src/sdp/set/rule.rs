//! A rule by which a description is made of a recorded one.

/// A rule: what it changes, and what is said of that where.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, which is that of the file.
    pub name: &'static str,
    /// The section that says how it ought to be.
    pub section: &'static str,
    /// What it does, in a line.
    pub meaning: &'static str,
    change: fn(&str) -> String,
}

impl Rule {
    /// What it makes of `sdp`.
    #[must_use]
    pub fn apply(&self, sdp: &str) -> String {
        (self.change)(sdp)
    }
}

pub(super) const fn rule(
    name: &'static str,
    section: &'static str,
    meaning: &'static str,
    change: fn(&str) -> String,
) -> Rule {
    Rule { name, section, meaning, change }
}
