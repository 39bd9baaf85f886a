//! Which program takes part, and under which name.

use std::str::FromStr;

use tincan_harness::scenario::{PeerId, PeerIdError};

/// A program that takes part under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramSpec {
    /// Its name in scenarios.
    pub name: PeerId,
    /// How it is started: a command line, which `/bin/sh` carries out in the folder where tincan runs.
    pub command: String,
}

/// Why a text says of no program how it is started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramSpecError {
    /// There is no `=` in it.
    #[error("{0:?} is not NAME=COMMAND, such as mine='python3 peer.py'")]
    NoCommand(String),
    /// Nothing stands behind the `=`.
    #[error("{0:?} names no command behind the =")]
    Empty(String),
    /// What stands before the `=` is no name.
    #[error(transparent)]
    Name(#[from] PeerIdError),
}

impl FromStr for ProgramSpec {
    type Err = ProgramSpecError;

    /// `NAME=COMMAND`
    fn from_str(text: &str) -> Result<Self, ProgramSpecError> {
        let (name, command) =
            text.split_once('=').ok_or_else(|| ProgramSpecError::NoCommand(text.to_owned()))?;
        let command = command.trim().to_owned();
        if command.is_empty() {
            return Err(ProgramSpecError::Empty(text.to_owned()));
        }
        Ok(Self { name: name.parse()?, command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_before_the_first_equals_sign_and_the_command_behind_it() {
        let spec: ProgramSpec = "mine=MODE=x python3 peer.py --a=b".parse().unwrap();
        assert_eq!((spec.name.as_str(), spec.command.as_str()), ("mine", "MODE=x python3 peer.py --a=b"));
    }

    #[test]
    fn what_is_no_name_or_no_command_is_said_to_be_none() {
        for (text, said) in [
            ("python3 peer.py", "is not NAME=COMMAND"),
            ("mine=", "names no command"),
            ("mine= ", "names no command"),
            ("Mine=x", "is no name of a peer"),
            ("=x", "is no name of a peer"),
        ] {
            let error = text.parse::<ProgramSpec>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
