//! The scenarios that there are, and how some of them are chosen.

use std::slice;

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

/// The modes in which each pair calls over a network, in the order in which they alternate. What half-trickle decides in
/// signalling shows without a network as well as with one.
const fn modes(network: NetworkCondition) -> &'static [SignalingMode] {
    use SignalingMode::{HalfTrickle, Trickle, Vanilla};
    match network {
        NetworkCondition::Direct => &[Vanilla, HalfTrickle, Trickle],
        _ => &[Vanilla, Trickle],
    }
}

/// Every scenario that `tincan run` knows, pair by pair.
#[must_use]
pub fn catalogue() -> Vec<Scenario> {
    let scenario = |(offerer, answerer), network, mode: &SignalingMode| Scenario {
        offerer,
        answerer,
        mode: *mode,
        media: Media::Vp8,
        network,
    };
    let each = |pair, network| modes(network).iter().map(move |mode| scenario(pair, network, mode));
    let networks = |pair| NetworkCondition::ALL.into_iter().flat_map(move |network| each(pair, network));
    PAIRS.into_iter().flat_map(networks).collect()
}

/// Whether a scenario is called only by its name: it takes most of a minute, or privileges, or it
/// [can stall](can_stall).
#[must_use]
pub const fn is_by_name_only(scenario: &Scenario) -> bool {
    scenario.network.is_slow_to_gather() || scenario.network.is_in_namespaces() || can_stall(scenario)
}

/// Whether some of its calls fail in DTLS by a fault of webrtc-rs 0.21.1: any handshake record stops the clock by which it
/// sends its flight again, also one that does not complete what it waits for (`wait` in rtc-dtls). If that flight is
/// lost, each repetition by the other side stops it anew, and the handshake stands still.
#[must_use]
pub const fn can_stall(scenario: &Scenario) -> bool {
    let takes_part =
        matches!(scenario.offerer, PeerKind::WebrtcRs) || matches!(scenario.answerer, PeerKind::WebrtcRs);
    takes_part && scenario.network.is_lossy()
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
    #[error("nothing matches {0:?}; `tincan list` and `tincan sabotage --list` show the names")]
    NoMatch(String),
}

/// The scenarios whose name matches any of `patterns`, in the order of the catalogue; all if there is no pattern, but for
/// those that are called [by name only](is_by_name_only): a pattern means them only if it matches no other one.
///
/// # Errors
/// When a pattern is no glob, or matches nothing.
pub fn select(patterns: &[String]) -> Result<Vec<Scenario>, SelectError> {
    let all: Vec<_> = catalogue().into_iter().map(|scenario| (scenario, scenario.to_string())).collect();
    // A part of every name.
    let any = String::new();
    let patterns = if patterns.is_empty() { slice::from_ref(&any) } else { patterns };
    let mut chosen = vec![false; all.len()];
    for pattern in patterns {
        let pattern = Patterns::new(slice::from_ref(pattern), all.iter().map(|(_, name)| name.as_str()))?;
        let matching = || all.iter().map(|(scenario, name)| (scenario, pattern.match_name(name)));
        let means_usual = matching().any(|(scenario, matches)| matches && !is_by_name_only(scenario));
        for (chosen, (scenario, matches)) in chosen.iter_mut().zip(matching()) {
            *chosen |= matches && !(means_usual && is_by_name_only(scenario));
        }
    }
    Ok(all.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|((scenario, _), _)| *scenario).collect())
}

/// A choice among names. A pattern is a glob over the whole name (`*` crosses `/`), or a plain part of it.
pub struct Patterns(Vec<Pattern>);

enum Pattern {
    Part(String),
    Glob(GlobMatcher),
}

impl Patterns {
    /// The choice of `patterns` among `names`.
    ///
    /// # Errors
    /// When a pattern is no glob, or matches none of the names.
    pub fn new<'n>(
        patterns: &[String],
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Result<Self, SelectError> {
        let compile = |text: &String| {
            let pattern = Pattern::new(text)?;
            let matches = names.clone().any(|name| pattern.matches(name));
            if matches { Ok(pattern) } else { Err(SelectError::NoMatch(text.clone())) }
        };
        patterns.iter().map(compile).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `name` is chosen: by any pattern, or because there is none.
    #[must_use]
    pub fn match_name(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| pattern.matches(name))
    }
}

impl Pattern {
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

    fn matches(&self, name: &str) -> bool {
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
        assert_eq!(names(&["direct"]).len(), 12);
        assert_eq!(names(&["-trickle/vp8/direct"]).len(), 4);
        assert_eq!(names(&["chromium-to-*/vanilla/*/direct"]).len(), 2);
        let part = "chromium-to-chromium/vanilla/vp8/stun";
        assert_eq!(names(&[part, "chromium-to-chromium/vanilla/vp8/s"]).len(), 2);
    }

    #[test]
    fn what_is_slow_or_stalls_or_takes_privileges_is_chosen_by_its_name_only() {
        assert_eq!(names(&[]).len(), 46);
        assert_eq!((names(&["vanilla"]).len(), names(&["*stun"]).len()), (21, 8));
        assert_eq!(names(&["nat"]).len(), 16);
        assert_eq!((names(&["dead-stun"]).len(), names(&["*/trickle/*/dead*"]).len()), (8, 4));
        assert_eq!(names(&["direct", "dead-stun"]).len(), 20);
        assert_eq!((names(&["lossy"]).len(), names(&["*webrtc-rs/*/lossy-relay*"]).len()), (2, 4));
    }

    #[test]
    fn what_matches_nothing_is_an_error_even_beside_what_does() {
        let error = select(&["trickle".into(), "opera".into()]).unwrap_err();
        assert!(error.to_string().contains("\"opera\""), "{error}");
        assert!(select(&["[".into()]).unwrap_err().to_string().contains("not a glob"));
    }
}
