//! What is read from an SDP: the candidates, for a verdict (RFC 8839, section 5.1); its structure and its layout, for
//! comparing.

pub mod description;
pub mod difference;
pub mod layout;
mod normal;

/// The candidates that a description holds, each as its `candidate-attribute`, without `a=`.
pub fn candidates(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.lines()
        .filter_map(|line| line.strip_prefix("a="))
        .filter(|attribute| attribute.starts_with("candidate:"))
}

/// What makes two spellings of a candidate the same: foundation, component, transport, priority, address, port, type.
/// The attributes behind them (`generation`, `network-cost`, …) are written in one place and not in another.
#[must_use]
pub fn candidate_key(candidate: &str) -> String {
    let candidate = candidate.trim_start_matches("a=").trim_start_matches("candidate:");
    candidate.split_whitespace().take(8).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}
