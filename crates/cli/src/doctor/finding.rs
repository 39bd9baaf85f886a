//! What the doctor finds.

use serde::Serialize;
use tincan_harness::HarnessError;

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
    pub hint: Option<String>,
}

impl Finding {
    /// It is well: what was `found` of it.
    pub fn well(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, well: true, found: found.into(), hint: None }
    }

    /// It is not well: what was `found` of it, and what to do about that.
    pub fn trouble(name: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name, well: false, found: found.into(), hint: Some(hint.into()) }
    }

    /// It could not be tried.
    pub fn of(name: &'static str, trouble: &HarnessError) -> Self {
        let found = format!("failed to {}: {}", trouble.step, trouble.message);
        Self { name, well: false, found, hint: trouble.hint.clone() }
    }
}
