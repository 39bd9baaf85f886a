//! Why a call did not pass: the first stage that broke, on which side, what shows it, and what to look at.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::signaling::Role;

/// A stage of a call, in the order in which one depends on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The browser runs, the page is there and answers.
    Page,
    /// The camera runs, and its track is on the connection.
    Camera,
    /// The offerer makes its offer.
    Offer,
    /// Candidates are gathered, and leave when the mode says.
    Gathering,
    /// The offer comes across and is accepted.
    OfferCarried,
    /// The answerer makes its answer.
    Answer,
    /// The answer comes across and is accepted.
    AnswerCarried,
    /// ICE finds a pair that works.
    Ice,
    /// DTLS shakes hands.
    Dtls,
    /// Packets of the track arrive.
    MediaReceived,
    /// Pictures are decoded.
    MediaDecoded,
    /// The pictures are the other peer's, of this run, with a rising counter.
    MediaIdentified,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Page => "page",
            Self::Camera => "camera",
            Self::Offer => "offer",
            Self::Gathering => "gathering",
            Self::OfferCarried => "offer carried",
            Self::Answer => "answer",
            Self::AnswerCarried => "answer carried",
            Self::Ice => "ICE",
            Self::Dtls => "DTLS",
            Self::MediaReceived => "media received",
            Self::MediaDecoded => "media decoded",
            Self::MediaIdentified => "media identified",
        })
    }
}

/// Why an attempt did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnosis {
    /// The first stage that broke.
    pub stage: Stage,
    /// On which side; none if it cannot be told, or is neither.
    pub peer: Option<Role>,
    /// What shows it, in one sentence.
    pub evidence: String,
    /// What to look at.
    pub look_at: String,
}
