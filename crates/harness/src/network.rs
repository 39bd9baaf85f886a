//! What lies between the peers.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a slow STUN server takes if nobody says how long, in milliseconds.
pub const SLOW_STUN_MS: u16 = 200;
/// The longest that it may take, in milliseconds: beyond it, a server is as good as dead.
const SLOWEST_STUN_MS: u16 = 5_000;

/// A network condition, by its preset. All of it is made on this machine, and nothing leaves it.
///
/// The first ones need no privileges: the peers are on this machine's own network, and a host pair always works unless
/// relays are asked for. The others are made of namespaces: each peer is behind a router of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum NetworkCondition {
    /// No servers, nothing between the peers: host candidates on this machine's interfaces.
    Direct,
    /// As direct, and browsers hide their addresses, as from a page that may not use a camera: their host candidates are names, which
    /// the other side has to resolve by mDNS (RFC 6762, and draft-ietf-mmusic-mdns-ice-candidates).
    Mdns,
    /// As direct, and each peer asks a STUN server, which answers at once.
    Stun,
    /// As direct, and each peer asks a STUN server, which answers after a delay.
    SlowStun {
        /// From a request to its answer, in milliseconds: the round trip that it stands for.
        delay_ms: u16,
    },
    /// As direct, and each peer asks a STUN server on a port that is bound and never answers.
    DeadStun,
    /// Each peer uses its relay alone (`iceTransportPolicy`), on a TURN server that it speaks to over UDP.
    RelayUdp,
    /// Each peer uses its relay alone, on a TURN server that it speaks to over TCP.
    RelayTcp,
    /// As relay-udp, and the relays hold each datagram for 20 ms and lose 5 of 100: an approximation of a bad line.
    LossyRelay,
    /// In namespaces: a router between the networks of the peers, no servers.
    Routed,
    /// In namespaces: as routed, and a STUN server behind a line.
    RoutedStun {
        /// The round trip to the STUN server, in milliseconds.
        delay_ms: u16,
    },
    /// In namespaces: as routed, and what the STUN server answers is dropped on its way.
    LostStun,
    /// In namespaces: each peer behind a port-preserving masquerade that drops what comes in unasked, and a STUN server
    /// behind a line.
    HomeNat {
        /// The round trip to the STUN server, in milliseconds.
        delay_ms: u16,
    },
    /// In namespaces: each peer behind a masquerade that draws another port for each destination, and a TURN server.
    SymmetricNat,
    /// In namespaces: no UDP passes the peers' routers, and a TURN server is reached over TCP.
    UdpDropped,
    /// In namespaces: a router between the peers, and a line that takes 20 ms each way, up to 5 ms more at random, and
    /// loses 5 of 100 packets.
    Lossy,
    /// In namespaces: a router between the peers, and IPv6 alone.
    Ipv6,
}

/// What an ICE server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServerKind {
    /// STUN (RFC 8489).
    Stun,
    /// TURN (RFC 8656), over UDP.
    TurnUdp,
    /// TURN, over TCP.
    TurnTcp,
}

/// When an ICE server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answers {
    /// At once.
    AtOnce,
    /// After so many milliseconds.
    After {
        /// The delay.
        delay_ms: u16,
    },
    /// Never.
    Never,
}

impl NetworkCondition {
    /// A preset of each kind, as `tincan list` has them.
    pub const ALL: [Self; 16] = [
        Self::Direct,
        Self::Mdns,
        Self::Stun,
        Self::SlowStun { delay_ms: SLOW_STUN_MS },
        Self::DeadStun,
        Self::RelayUdp,
        Self::RelayTcp,
        Self::LossyRelay,
        Self::Routed,
        Self::RoutedStun { delay_ms: 0 },
        Self::LostStun,
        Self::HomeNat { delay_ms: 0 },
        Self::SymmetricNat,
        Self::UdpDropped,
        Self::Lossy,
        Self::Ipv6,
    ];

    /// The server that the peers are told of; none if they need none.
    #[must_use]
    pub const fn server(self) -> Option<ServerKind> {
        match self {
            Self::Direct | Self::Mdns | Self::Routed | Self::Lossy | Self::Ipv6 => None,
            Self::Stun
            | Self::SlowStun { .. }
            | Self::DeadStun
            | Self::RoutedStun { .. }
            | Self::LostStun
            | Self::HomeNat { .. } => Some(ServerKind::Stun),
            Self::RelayUdp | Self::LossyRelay | Self::SymmetricNat => Some(ServerKind::TurnUdp),
            Self::RelayTcp | Self::UdpDropped => Some(ServerKind::TurnTcp),
        }
    }

    /// When that server answers, as a peer sees it.
    #[must_use]
    pub const fn answers(self) -> Answers {
        match self {
            Self::SlowStun { delay_ms } | Self::RoutedStun { delay_ms } | Self::HomeNat { delay_ms }
                if delay_ms > 0 =>
            {
                Answers::After { delay_ms }
            }
            Self::DeadStun | Self::LostStun => Answers::Never,
            _ => Answers::AtOnce,
        }
    }

    /// Whether it is made of namespaces, which takes privileges.
    #[must_use]
    pub const fn is_in_namespaces(self) -> bool {
        match self {
            Self::Routed
            | Self::RoutedStun { .. }
            | Self::LostStun
            | Self::HomeNat { .. }
            | Self::SymmetricNat
            | Self::UdpDropped
            | Self::Lossy
            | Self::Ipv6 => true,
            Self::Direct
            | Self::Mdns
            | Self::Stun
            | Self::SlowStun { .. }
            | Self::DeadStun
            | Self::RelayUdp
            | Self::RelayTcp
            | Self::LossyRelay => false,
        }
    }

    /// Whether the peers are told to use nothing but their relays (`iceTransportPolicy`).
    #[must_use]
    pub const fn is_relay_only(self) -> bool {
        matches!(self, Self::RelayUdp | Self::RelayTcp | Self::LossyRelay)
    }

    /// Whether host candidates of browsers are names of mDNS, and not addresses.
    #[must_use]
    pub const fn hides_addresses(self) -> bool {
        matches!(self, Self::Mdns)
    }

    /// Whether peers of another condition cannot take part in it: they are started for it.
    #[must_use]
    pub const fn has_peers_of_its_own(self) -> bool {
        self.is_in_namespaces() || self.hides_addresses()
    }

    /// Whether a pair can work in it only over relays.
    #[must_use]
    pub const fn is_relayed(self) -> bool {
        self.is_relay_only() || matches!(self, Self::SymmetricNat | Self::UdpDropped)
    }

    /// What it stands for and is not; none if it is what its name says.
    #[must_use]
    pub const fn approximation(self) -> Option<&'static str> {
        match self {
            Self::LossyRelay => {
                Some("an approximation of a bad line: the relay holds and loses, the line does not")
            }
            _ => None,
        }
    }

    /// Whether it loses packets on purpose.
    #[must_use]
    pub const fn is_lossy(self) -> bool {
        matches!(self, Self::LossyRelay | Self::Lossy)
    }

    /// Whether it is another one with late answers or losses: what a peer does with servers, the other one shows.
    #[must_use]
    pub const fn is_only_worse(self) -> bool {
        self.is_lossy() || matches!(self, Self::SlowStun { .. })
    }

    /// Whether a vanilla call takes some 40 seconds in it: gathering waits for an answer that never comes.
    #[must_use]
    pub const fn is_slow_to_gather(self) -> bool {
        matches!(self, Self::DeadStun | Self::LostStun)
    }
}

/// The name in scenarios and in JSON.
impl fmt::Display for NetworkCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.pad("direct"),
            Self::Mdns => f.pad("mdns"),
            Self::Stun => f.pad("stun"),
            Self::SlowStun { delay_ms } => f.pad(&format!("slow-stun-{delay_ms}ms")),
            Self::DeadStun => f.pad("dead-stun"),
            Self::RelayUdp => f.pad("relay-udp"),
            Self::RelayTcp => f.pad("relay-tcp"),
            Self::LossyRelay => f.pad("lossy-relay-20ms-5pct"),
            Self::Routed => f.pad("routed"),
            Self::RoutedStun { delay_ms: 0 } => f.pad("routed-stun"),
            Self::RoutedStun { delay_ms } => f.pad(&format!("routed-stun-{delay_ms}ms")),
            Self::LostStun => f.pad("lost-stun"),
            Self::HomeNat { delay_ms: 0 } => f.pad("home-nat"),
            Self::HomeNat { delay_ms } => f.pad(&format!("home-nat-{delay_ms}ms")),
            Self::SymmetricNat => f.pad("symmetric-nat"),
            Self::UdpDropped => f.pad("udp-dropped"),
            Self::Lossy => f.pad("lossy-20ms-5pct"),
            Self::Ipv6 => f.pad("ipv6"),
        }
    }
}

impl From<NetworkCondition> for String {
    fn from(condition: NetworkCondition) -> Self {
        condition.to_string()
    }
}

/// Why a text names no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConditionError {
    /// There is none of this name.
    #[error("there is no network condition {0:?}; there are {names}", names = NetworkCondition::ALL.map(|condition| condition.to_string()).join(", "))]
    Unknown(String),
    /// The delay cannot be made.
    #[error("{0:?}: a delay is written {1}-200ms, with 1 to {SLOWEST_STUN_MS} milliseconds")]
    Delay(String, &'static str),
}

type WithDelay = fn(u16) -> NetworkCondition;

/// The conditions that have a delay in their name.
const DELAYED: [(&str, WithDelay); 3] = [
    ("slow-stun", |delay_ms| NetworkCondition::SlowStun { delay_ms }),
    ("routed-stun", |delay_ms| NetworkCondition::RoutedStun { delay_ms }),
    ("home-nat", |delay_ms| NetworkCondition::HomeNat { delay_ms }),
];

/// Takes the names that [`Display`](fmt::Display) gives, and `slow-stun` for the usual delay.
impl FromStr for NetworkCondition {
    type Err = ConditionError;

    fn from_str(name: &str) -> Result<Self, ConditionError> {
        if name == "slow-stun" {
            return Ok(Self::SlowStun { delay_ms: SLOW_STUN_MS });
        }
        if let Some(condition) = Self::ALL.into_iter().find(|condition| condition.to_string() == name) {
            return Ok(condition);
        }
        let delayed = |(kind, make)| Some((kind, make, name.strip_prefix(kind)?.strip_prefix('-')?));
        let found = DELAYED.into_iter().find_map(delayed);
        let (kind, make, delay) = found.ok_or_else(|| ConditionError::Unknown(name.to_owned()))?;
        let digits =
            delay.strip_suffix("ms").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let delay_ms = digits.and_then(|digits| digits.parse().ok());
        let delay_ms = delay_ms.filter(|delay_ms| (1..=SLOWEST_STUN_MS).contains(delay_ms));
        delay_ms.map(make).ok_or_else(|| ConditionError::Delay(name.to_owned(), kind))
    }
}

impl TryFrom<String> for NetworkCondition {
    type Error = ConditionError;

    fn try_from(name: String) -> Result<Self, ConditionError> {
        name.parse()
    }
}

impl JsonSchema for NetworkCondition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NetworkCondition".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A network condition, by its name. All of it is made on this machine, and nothing leaves it.",
            "type": "string",
            "pattern": "^(direct|mdns|stun|slow-stun-[0-9]+ms|dead-stun|relay-udp|relay-tcp|lossy-relay-20ms-5pct|routed|routed-stun(-[0-9]+ms)?|lost-stun|home-nat(-[0-9]+ms)?|symmetric-nat|udp-dropped|lossy-20ms-5pct|ipv6)$",
        })
    }
}

/// A server that a peer may use, as webrtc-pc's `RTCIceServer`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IceServer {
    /// Its address, as `stun:127.0.0.1:3478` or `turn:127.0.0.1:3478?transport=tcp` (RFC 7064, RFC 7065).
    pub urls: String,
    /// The user name, where it asks for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// The password that belongs to it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential: Option<String>,
}

/// How a peer is to find candidates: what a page gives to `RTCPeerConnection` (webrtc-pc, `RTCConfiguration`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IceConfiguration {
    /// The servers; with none, there are host candidates only.
    pub servers: Vec<IceServer>,
    /// Whether relayed candidates alone are used (`iceTransportPolicy`: `relay`).
    pub relay_only: bool,
}

/// What the servers of a call saw of it, both sides together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Served {
    /// Binding requests that came (RFC 8489).
    pub binding_requests: u64,
    /// Binding requests that were answered before the call ended.
    pub binding_answers: u64,
    /// Relays that were allocated (RFC 8656).
    pub allocations: u64,
    /// Datagrams that went through relays, both ways.
    pub relayed: u64,
    /// Requests to the servers, and what went through relays, by phase.
    #[serde(default)]
    pub packets: PhasePackets,
}

/// Packets of a call by the phase to which they belong. What was sent again counts again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhasePackets {
    /// Gathering: requests to STUN and TURN servers (RFC 8489, RFC 8656).
    pub server_requests: u64,
    /// ICE: connectivity checks of both sides (RFC 8445, section 7), until DTLS begins.
    pub checks: u64,
    /// DTLS: datagrams from the first handshake record on, until media passes.
    pub dtls: u64,
    /// DTLS: its flights (RFC 6347, section 4.2.4): runs of these datagrams in one direction. Two are a round trip.
    pub dtls_flights: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_has_its_units() {
        for condition in NetworkCondition::ALL {
            assert_eq!(condition.to_string().parse(), Ok(condition));
        }
        assert_eq!("home-nat-100ms".parse(), Ok(NetworkCondition::HomeNat { delay_ms: 100 }));
        assert_eq!("slow-stun-50ms".parse(), Ok(NetworkCondition::SlowStun { delay_ms: 50 }));
        assert_eq!("slow-stun".parse::<NetworkCondition>().unwrap().to_string(), "slow-stun-200ms");
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in ["", "wifi", "slow-stunt", "Direct"] {
            assert_eq!(wrong.parse::<NetworkCondition>(), Err(ConditionError::Unknown(wrong.to_owned())));
        }
        for wrong in [
            "slow-stun-",
            "slow-stun-0ms",
            "slow-stun-5001ms",
            "slow-stun-+5ms",
            "slow-stun-50",
            "slow-stun-99999ms",
        ] {
            assert_eq!(
                wrong.parse::<NetworkCondition>(),
                Err(ConditionError::Delay(wrong.to_owned(), "slow-stun"))
            );
        }
    }
}
