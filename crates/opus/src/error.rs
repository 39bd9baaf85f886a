//! What libopus or this crate refuses.

/// Why nothing was encoded or decoded: libopus refused, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("libopus failed to {step}: {reason}")]
pub struct OpusError {
    /// What it was asked for.
    pub step: &'static str,
    /// Its words.
    pub reason: String,
}
