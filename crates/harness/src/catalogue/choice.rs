//! A choice among names, and why it cannot be made.

use globset::{Glob, GlobMatcher};

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
    /// A pair with a peer that the registry does not have.
    #[error("there is no peer {name:?}; the peers are {known}")]
    UnknownPeer {
        /// The name as given.
        name: String,
        /// Those that there are.
        known: String,
    },
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
