//! The scenarios that there are, and how some of them are chosen.

use globset::{Glob, GlobMatcher};

use crate::{
    network::NetworkCondition,
    scenario::{Media, PeerKind, Scenario},
    signaling::SignalingMode,
};

/// The pairs, offerer first.
const PAIRS: [(PeerKind, PeerKind); 4] = [
    (PeerKind::Chromium, PeerKind::Chromium),
    (PeerKind::Chromium, PeerKind::WebrtcRs),
    (PeerKind::WebrtcRs, PeerKind::Chromium),
    (PeerKind::WebrtcRs, PeerKind::WebrtcRs),
];

/// The modes in which each pair calls, in the order in which they alternate.
const MODES: [SignalingMode; 2] = [SignalingMode::Vanilla, SignalingMode::Trickle];

/// Every scenario that `tincan run` knows, pair by pair.
#[must_use]
pub fn catalogue() -> Vec<Scenario> {
    let scenario = |(offerer, answerer), mode| Scenario {
        offerer,
        answerer,
        mode,
        media: Media::Vp8,
        network: NetworkCondition::Direct,
    };
    PAIRS.into_iter().flat_map(|pair| MODES.map(|mode| scenario(pair, mode))).collect()
}

/// Why a choice of scenarios cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// The text is no glob.
    #[error("the pattern {pattern:?} is not a glob: {reason}")]
    Pattern {
        /// The text as given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing has such a name: a run of nothing would pass.
    #[error("no scenario matches {0:?}; `tincan list` shows their names")]
    NoMatch(String),
}

/// The scenarios whose name matches any of `patterns`, in the order of the catalogue; all if there is no pattern.
///
/// A pattern is a glob over the whole name (`*` crosses `/`), or a plain part of it.
///
/// # Errors
/// When a pattern is no glob, or matches nothing.
pub fn select(patterns: &[String]) -> Result<Vec<Scenario>, SelectError> {
    let matchers = patterns.iter().map(|pattern| Matcher::new(pattern)).collect::<Result<Vec<_>, _>>()?;
    let all = catalogue();
    for (pattern, matcher) in patterns.iter().zip(&matchers) {
        if !all.iter().any(|scenario| matcher.matches(scenario)) {
            return Err(SelectError::NoMatch(pattern.clone()));
        }
    }
    let chosen =
        |scenario: &Scenario| matchers.is_empty() || matchers.iter().any(|matcher| matcher.matches(scenario));
    Ok(all.into_iter().filter(chosen).collect())
}

enum Matcher {
    Part(String),
    Glob(GlobMatcher),
}

impl Matcher {
    fn new(pattern: &str) -> Result<Self, SelectError> {
        if !pattern.contains(['*', '?', '[', '{']) {
            return Ok(Self::Part(pattern.to_owned()));
        }
        let glob = Glob::new(pattern).map_err(|error| SelectError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.kind().to_string(),
        })?;
        Ok(Self::Glob(glob.compile_matcher()))
    }

    fn matches(&self, scenario: &Scenario) -> bool {
        let name = scenario.to_string();
        match self {
            Self::Part(part) => name.contains(part),
            Self::Glob(glob) => glob.is_match(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        select(&patterns).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_plain_part_and_a_glob_choose() {
        assert_eq!(names(&[]).len(), 8);
        assert_eq!(names(&["trickle"]).len(), 4);
        assert_eq!(names(&["chromium-to-*/vanilla/*"]).len(), 2);
        assert_eq!(names(&["chromium-to-chromium/vanilla", "chromium-to-chromium"]).len(), 2);
    }

    #[test]
    fn what_matches_nothing_is_an_error_even_beside_what_does() {
        let error = select(&["trickle".into(), "opera".into()]).unwrap_err();
        assert!(error.to_string().contains("\"opera\""), "{error}");
        assert!(select(&["[".into()]).unwrap_err().to_string().contains("not a glob"));
    }
}
