//! Why there are no servers.

use std::{io, time::Duration};

use super::service::Service;

/// Why there are no servers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IceServersError {
    /// The address is neither loopback nor private: what is not of this machine or of a network that it made is refused.
    #[error(
        "bind STUN or TURN to {0}: only loopback, private, unique local and link-local addresses are taken"
    )]
    PublicAddress(std::net::IpAddr),
    /// No service was asked for.
    #[error("start ICE servers: no service was asked for")]
    NoService,
    /// The probability of a loss is not between 0 and 1.
    #[error("lose datagrams with probability {0}: it must be between 0 and 1")]
    Loss(f64),
    /// A delay is longer than is sensible.
    #[error("delay by {0:?}: {1:?} is the longest")]
    Delay(Duration, Duration),
    /// The port could not be had.
    #[error("bind {service:?} to {address}: {source}")]
    Bind {
        /// What would have listened there.
        service: Service,
        /// Where.
        address: std::net::IpAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The server refused to start.
    #[error("start {service:?}: {reason}")]
    Start {
        /// Which one.
        service: Service,
        /// What it says.
        reason: String,
    },
    /// The clock stands before 1970, so a credential has no expiry.
    #[error("make a TURN credential: {0}")]
    Clock(String),
    /// The packets could not be written.
    #[error("write packets: {0}")]
    Packets(#[source] io::Error),
}
