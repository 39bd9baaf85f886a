//! What a library or this crate refuses.

/// Why nothing was encoded or decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VpxError {
    /// The library of this codec was not there when tincan was built.
    #[error("{codec} takes {library}, which was not there when tincan was built")]
    NotBuilt {
        /// The codec.
        codec: &'static str,
        /// Its library.
        library: &'static str,
    },
    /// A library refused, in its own words.
    #[error("{library} failed to {step}: {reason}")]
    Refused {
        /// Which.
        library: &'static str,
        /// What it was asked for.
        step: &'static str,
        /// Its words.
        reason: String,
    },
    /// What was to be encoded is no picture of the encoder's size.
    #[error("an I420 picture of {width} by {height} has {expected} samples, and {given} were given")]
    WrongSize {
        /// Samples in a row of the encoder's luma.
        width: u16,
        /// Rows of the encoder's luma.
        height: u16,
        /// Samples of all three planes.
        expected: usize,
        /// Samples that were given.
        given: usize,
    },
    /// A picture is shown no later than the one before.
    #[error("a picture at {timestamp} cannot follow one at {previous}")]
    NotLater {
        /// Its time, in units of [`CLOCK_RATE`](crate::CLOCK_RATE).
        timestamp: i64,
        /// The time of the one before.
        previous: i64,
    },
}
