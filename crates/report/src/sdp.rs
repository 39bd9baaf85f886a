//! `sdp.json`: what peers make of descriptions that they were given.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{
    scenario::PeerId,
    sdp::{
        question::{DescriptionKind, ToldBy},
        reaction::{Reaction, agree},
    },
};

/// The version of the form of [`SdpReport`]: raised when a reader of the old form would misread the new one.
pub const SCHEMA_VERSION: u32 = 1;
/// The name of the file.
pub const FILE: &str = "sdp.json";

/// What peers make of descriptions that they were given, each by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan's sdp.json")]
pub struct SdpReport {
    /// The version of this form.
    pub schema_version: u32,
    /// The version of tincan.
    pub tincan: String,
    /// Who was asked, in the order in which they are told.
    pub peers: Vec<AskedPeer>,
    /// Who was not asked, since it is not on this machine.
    pub left_out: Vec<LeftOut>,
    /// What came of each file that holds a description, in the order in which they were given.
    pub files: Vec<CheckedFile>,
    /// The files that hold no description, or could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

/// A peer that was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskedPeer {
    /// Its name.
    pub name: PeerId,
    /// What ran, by name and version; empty if it did not.
    pub software: String,
    /// The median of the times that it took over a description, in milliseconds; none if it took none.
    pub median_ms: Option<f64>,
}

/// A peer that was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Its name.
    pub name: PeerId,
    /// Why, and what to do about it.
    pub reason: String,
}

/// A description, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedFile {
    /// The file, as it was named; `-` is standard input.
    pub file: String,
    /// As what it was given.
    pub kind: DescriptionKind,
    /// How that is known.
    pub told_by: ToldBy,
    /// Whether all who were asked react in the same way, and nobody crashes or hangs: whether they accept or refuse it, not in which
    /// words.
    pub agree: bool,
    /// What each makes of it.
    pub reactions: BTreeMap<PeerId, Reaction>,
    /// What was left of it when all lines were left out that do not matter for this, if that was asked for and they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<ShrunkFile>,
}

impl CheckedFile {
    /// The file with what each makes of it.
    #[must_use]
    pub fn new(
        file: String,
        (kind, told_by): (DescriptionKind, ToldBy),
        reactions: BTreeMap<PeerId, Reaction>,
    ) -> Self {
        Self { file, kind, told_by, agree: agree(reactions.values()), reactions, shrunk: None }
    }
}

/// The lines of a description that matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShrunkFile {
    /// Where they were written.
    pub file: String,
    /// How many there are.
    pub lines: usize,
    /// How many lines the whole has.
    pub of: usize,
    /// How many descriptions were tried for that.
    pub tried: usize,
    /// Whether none of them can be left out alone; else the trials were over before that was known.
    pub is_least: bool,
}

/// A file that nobody was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadableFile {
    /// The file, as it was named.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl SdpReport {
    /// It as JSON text.
    ///
    /// # Errors
    /// Never for one that was made here; a number that is not finite has no JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The JSON Schema (draft 2020-12) of it, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }
}
