//! Why no call was made.

use std::{fmt, result};

/// What a test answers; what a call answers is `Result<Call>`.
pub type Result<T = ()> = result::Result<T, Error>;

/// Why no call was made. A call that was made and did not pass is none: that is its [verdict](crate::Call::verdict).
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for is not understood.
    #[error("{what}: {why}")]
    Misused {
        /// What of it: `the page`, `the media "vp7"`.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// It could not be begun.
    #[error("{0}")]
    NotBegun(String),
    /// Its report could not be written.
    #[error("{0}")]
    NotWritten(String),
}

impl Error {
    pub(crate) fn misused(what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::Misused { what: what.into(), why: why.to_string() }
    }
}

/// In words: a test that answers an error shows it like this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<tincan_output::Error> for Error {
    fn from(error: tincan_output::Error) -> Self {
        Self::NotWritten(format!("{error:#}"))
    }
}

impl From<tincan_harness::HarnessError> for Error {
    fn from(trouble: tincan_harness::HarnessError) -> Self {
        Self::NotBegun(trouble.to_string())
    }
}
