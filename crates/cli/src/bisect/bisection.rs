//! What every step of a bisection has to do with.

use tincan_peers::{BrowserOptions, Roster};

use super::log::Log;
use crate::builds::Builds;

/// Everything that a bisection has to do with.
pub struct Bisection {
    /// The builds, in their order.
    pub builds: Builds,
    /// How the installed browser is found.
    pub browser: BrowserOptions,
    /// Who calls.
    pub roster: Roster,
    /// What is taken down.
    pub log: Log,
}

/// What is known of both ends.
pub enum Ends {
    /// They differ.
    Differ,
    /// They do not.
    Alike(String),
    /// It cannot be said.
    Unknown(String),
}
