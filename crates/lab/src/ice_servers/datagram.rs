//! What passes between a client and the servers.

use std::net::SocketAddr;

/// What is sent at once: a datagram of UDP, or a message of TURN over TCP.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    /// Who sent it, or whom it is for.
    pub(super) peer: SocketAddr,
    pub(super) bytes: Vec<u8>,
}
