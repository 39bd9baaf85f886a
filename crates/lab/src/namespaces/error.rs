//! Why a network could not be made.

use std::io;

/// Why a network could not be made. Each fits "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The kernel does not let this process make namespaces.
    #[error("make a {what}: {source}; {remedy}")]
    Forbidden {
        /// What was to be made.
        what: &'static str,
        /// What the user can do about it.
        remedy: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A program is not on the PATH.
    #[error("run `{program}`, which is not installed: the package {package} has it")]
    Missing {
        /// The program.
        program: &'static str,
        /// The Debian package that it is in.
        package: &'static str,
    },
    /// A program did not do what it was told.
    #[error("set up {network}: `{program}` said: {said}")]
    Refused {
        /// The program.
        program: &'static str,
        /// The part of the network that it was told about.
        network: String,
        /// What it said.
        said: String,
    },
    /// A line that cannot be.
    #[error("make a line that loses {loss} of its packets: a share is between 0 and 1")]
    Loss {
        /// The share that was asked for.
        loss: f64,
    },
    /// A line with more delay than the link emulator keeps packets for.
    #[error("make a line of {} s: at most {} s are possible", .asked.as_secs_f64(), .most.as_secs())]
    Delay {
        /// The delay and jitter that were asked for.
        asked: std::time::Duration,
        /// The most that is possible.
        most: std::time::Duration,
    },
    /// The operating system refused something else.
    #[error("{what}: {source}")]
    System {
        /// What was to be done.
        what: String,
        /// What the operating system said.
        source: io::Error,
    },
}

impl LabError {
    /// For `map_err`: says what was to be done.
    pub(super) fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::System { what: what.into(), source }
    }
}
