//! What is between two peers, as a value.

use super::line::Line;

/// What is between two peers and a server. A value: [`Lab::make`](super::lab::Lab::make) builds it. One that has no name here
/// is written from one that has: `Topology { server_line, ..Topology::home_nat() }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    /// What the gateway of each peer does.
    pub gateways: Gateways,
    /// The one family of addresses that there is beside loopback.
    pub family: Family,
    /// The line of the offerer's gateway to the core: whatever the offerer exchanges with others crosses it.
    pub offerer_line: Line,
    /// The line of the answerer's gateway to the core.
    pub answerer_line: Line,
    /// The line of the server to the core: whatever STUN and TURN carry crosses it.
    pub server_line: Line,
    /// Whether the core drops whatever the server sends, without a word: what it is asked gets there, and it never answers.
    pub server_is_silent: bool,
}

/// What the gateways between the peers and the core do; both the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gateways {
    /// Routers: the peers and the server see each other's own addresses.
    Routed,
    /// Translators as at home: the port is kept, each inner address and port has one outer port for all destinations,
    /// and what comes in unasked is dropped (RFC 4787: endpoint-independent mapping as long as ports do not clash,
    /// address and port-dependent filtering). Hole punching works.
    HomeNat,
    /// Translators that draw another outer port for each destination (RFC 4787: address and port-dependent mapping).
    /// Hole punching fails, and a relay is the way.
    SymmetricNat,
    /// As [`HomeNat`](Self::HomeNat), but no UDP passes. TCP to the server does.
    UdpDropped,
}

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// 10.0.0.0/8 (RFC 1918).
    Ipv4,
    /// fd00::/8, unique local (RFC 4193).
    Ipv6,
}

impl Topology {
    /// A router between two networks, and a server that both reach.
    #[must_use]
    pub fn routed() -> Self {
        Self {
            gateways: Gateways::Routed,
            family: Family::Ipv4,
            offerer_line: Line::default(),
            answerer_line: Line::default(),
            server_line: Line::default(),
            server_is_silent: false,
        }
    }

    /// Each peer behind a [`Gateways::HomeNat`].
    #[must_use]
    pub fn home_nat() -> Self {
        Self { gateways: Gateways::HomeNat, ..Self::routed() }
    }

    /// Each peer behind a [`Gateways::SymmetricNat`].
    #[must_use]
    pub fn symmetric_nat() -> Self {
        Self { gateways: Gateways::SymmetricNat, ..Self::routed() }
    }

    /// Each peer behind [`Gateways::UdpDropped`].
    #[must_use]
    pub fn udp_dropped() -> Self {
        Self { gateways: Gateways::UdpDropped, ..Self::routed() }
    }

    /// Routed, with IPv6 alone.
    #[must_use]
    pub fn ipv6() -> Self {
        Self { family: Family::Ipv6, ..Self::routed() }
    }

    /// Routed, with `line` between the peers, in both directions: it is the offerer's, so it also lies between the
    /// offerer and the server, but not between the answerer and the server.
    #[must_use]
    pub fn wire(line: Line) -> Self {
        Self { offerer_line: line, ..Self::routed() }
    }
}
