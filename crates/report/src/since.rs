//! What has changed since an earlier report of the same things.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::scenario::PeerId;

/// A difference that chance alone makes at least as often as this is one that may be chance.
const MAY_BE_CHANCE: f64 = 0.05;

/// What has changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Since {
    /// When the earlier run began, in seconds since 1970-01-01 UTC.
    pub started_at_s: u64,
    /// The peers that are of another version, or were not there.
    pub versions: Vec<VersionChange>,
    /// The scenarios of which not the same share passes, surest first.
    pub scenarios: Vec<ScenarioChange>,
}

/// A peer that is of another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionChange {
    /// Which.
    pub peer: PeerId,
    /// Its version before; none if it took no part.
    pub before: Option<String>,
    /// Its version now; none if it takes no part.
    pub now: Option<String>,
}

/// What became of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was not run.
    NotRun,
    /// It could not be run.
    Unsupported,
    /// So many of so many attempts passed.
    Passed {
        /// How many passed.
        passed: u32,
        /// Of how many.
        attempts: u32,
    },
}

/// A scenario of which something else became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioChange {
    /// Its name.
    pub scenario: String,
    /// What became of it before.
    pub before: Fate,
    /// And now.
    pub now: Fate,
    /// How likely chance alone makes such a difference (Fisher's exact test, two-sided); none where that is no question.
    pub by_chance: Option<f64>,
    /// Why the first attempt that does not pass now does not.
    pub reason: Option<String>,
}

impl ScenarioChange {
    /// Whether chance alone makes such a difference rarely.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.by_chance.is_none_or(|p| p < MAY_BE_CHANCE)
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun => f.write_str("not run"),
            Self::Unsupported => f.write_str("unsupported"),
            Self::Passed { passed, attempts } => write!(f, "{passed} of {attempts} passed"),
        }
    }
}

/// `str0m: 0.24.0, now 0.25.0`.
impl fmt::Display for VersionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |version: &Option<String>| version.clone().unwrap_or_else(|| "not there".to_owned());
        write!(f, "{}: {}, now {}", self.peer, shown(&self.before), shown(&self.now))
    }
}

/// `chromium-to-str0m/trickle/vp8/direct: 5 of 5 passed, now 1 of 5 passed`.
impl fmt::Display for ScenarioChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, now {}", self.scenario, self.before, self.now)?;
        match self.by_chance.filter(|_| !self.is_certain()) {
            Some(p) => write!(f, " (may be chance: p = {p:.2})"),
            None => Ok(()),
        }
    }
}

impl Since {
    /// Whether nothing has.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.versions.is_empty() && self.scenarios.is_empty()
    }
}
