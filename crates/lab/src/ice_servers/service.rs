//! What can be served.

use std::net::SocketAddr;

/// What listens on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// STUN over UDP (RFC 8489).
    Stun,
    /// TURN over UDP (RFC 8656).
    TurnUdp,
    /// TURN over TCP towards the client; the relayed side is UDP all the same.
    TurnTcp,
}

impl Service {
    pub(super) fn is_turn(self) -> bool {
        self != Self::Stun
    }

    /// An IPv6 address stands in brackets, which is how a `SocketAddr` is written too.
    pub(super) fn url(self, address: SocketAddr) -> String {
        match self {
            Self::Stun => format!("stun:{address}"),
            Self::TurnUdp => format!("turn:{address}?transport=udp"),
            Self::TurnTcp => format!("turn:{address}?transport=tcp"),
        }
    }
}
