//! What the doctor finds.

use serde::Serialize;
use tincan_harness::Trouble;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    /// Whether calls can be made with it as it is.
    pub well: bool,
    /// What is there.
    pub found: String,
    /// What to do about it, if it is not well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Finding {
    /// It is well: what was `found` of it.
    pub fn well(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, well: true, found: found.into(), cure: None }
    }

    /// It is not well: what was `found` of it, and what to do about that.
    pub fn trouble(name: &'static str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { name, well: false, found: found.into(), cure: Some(cure.into()) }
    }

    /// It could not be tried.
    pub fn of(name: &'static str, trouble: &Trouble) -> Self {
        let found = format!("failed to {}: {}", trouble.step, trouble.message);
        Self { name, well: false, found, cure: trouble.cure.clone() }
    }
}
