//! `bisect.jsonl`: what a bisection appends to while it goes on, so that each of its decisions can be looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::scenario::PeerId;

use super::answer::Answer;
use crate::history::Build;

/// The name of the file in the folder of a bisection.
pub const FILE: &str = "bisect.jsonl";
/// The version of its form.
pub const SCHEMA_VERSION: u32 = 1;

/// What a bisection was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// The version of this form.
    pub schema_version: u32,
    /// The builds, in their order.
    pub builds: Vec<Build>,
    /// The good one.
    pub good: PeerId,
    /// The bad one.
    pub bad: PeerId,
    /// What is asked of each call, in words.
    pub question: String,
}

/// A call, or a run of the command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tried {
    /// The build.
    pub build: PeerId,
    /// Whether it was so, where that was asked.
    pub is_so: Option<bool>,
    /// What it took, in milliseconds, where that was asked.
    pub ms: Option<f64>,
    /// What was seen.
    pub seen: String,
}

/// What was decided of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    /// The build.
    pub build: PeerId,
    /// What it is.
    #[serde(flatten)]
    pub answer: Answer,
    /// How many calls it took.
    pub calls: u32,
}

/// Where it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conclusion {
    /// The last build that is as the good one.
    pub good: PeerId,
    /// The first that is as the bad one.
    pub bad: PeerId,
    /// Those between them of which it is not known.
    pub between: Vec<PeerId>,
    /// How many calls it took in all.
    pub calls: u32,
    /// How many builds were tried.
    pub builds: u32,
}

/// A line of `bisect.jsonl`: an object with one field, whose name says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "a line of tincan's bisect.jsonl")]
pub enum Line {
    /// The first line, and no other one: what was asked.
    Bisect(Box<Asked>),
    /// A call, or a run of the command.
    Tried(Tried),
    /// What was decided of a build.
    Decided(Decided),
    /// What was found; it is missing where nothing can be said.
    Found(Conclusion),
}

impl Line {
    /// The JSON Schema (draft 2020-12) of a line, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }
}
