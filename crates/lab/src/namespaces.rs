//! Networks made of Linux namespaces: two peers, a server, and routers, address translators and lines between them.
//!
//! ```text
//! offerer -- gateway --+        +-- gateway -- answerer
//!                      +- core -+
//!                          |
//!                        server
//! ```
//!
//! Every [`Topology`] has this shape and the same addresses ([`Addresses`]). The gateways route or translate, and each of
//! the three lines to the core is a plain cable or a [`Line`] with delay, jitter and loss. A peer's namespace has
//! the loopback interface and `eth0`, and nothing else: whatever one more interface had for an address would be offered
//! as a candidate. [`Passage`]s lead in and out instead.
//!
//! The namespaces have no names. They are held by file descriptors of this process and by what runs in them, so the
//! kernel removes them, with their interfaces and rules, at whatever end this process and what it started come to.
//!
//! It takes Linux, iproute2, nftables where addresses are translated or packets dropped, and root or an ordinary user
//! who may make user namespaces. Such a user's programme calls [`enter`] first of all in `main`.

mod frame;
mod lab;
mod line;
mod links;
mod mover;
mod namespace;
mod passage;
mod plan;
mod privilege;
mod tool;
mod topology;

use std::io;

pub use lab::Lab;
pub use line::{Line, LineTraffic, Traffic};
pub use namespace::Namespace;
pub use passage::Passage;
pub use plan::Addresses;
pub use privilege::enter;
pub use topology::{Family, Gateways, Topology};

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
    /// A line with more delay than the mover keeps packets for.
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
    fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self::System { what: what.into(), source }
    }
}
