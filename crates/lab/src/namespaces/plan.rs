//! Who has which address, and what `ip` and `nft` are told. Pure: a topology in, texts out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::topology::{Family, Gateways, Topology};

/// Where everything is. The same in every network of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addresses {
    /// The offerer's own, on its `eth0`.
    pub offerer: IpAddr,
    /// The answerer's own, on its `eth0`.
    pub answerer: IpAddr,
    /// The server's, on its `eth0`.
    pub server: IpAddr,
    /// Of the offerer's gateway, toward the core: what others see of an offerer whose address is translated.
    pub offerer_gateway: IpAddr,
    /// Of the answerer's gateway, toward the core.
    pub answerer_gateway: IpAddr,
}

impl Addresses {
    pub(super) fn of(family: Family) -> Self {
        let at = |net, host| address(family, net, host);
        Self {
            offerer: at(OFFERER.home, HOST),
            answerer: at(ANSWERER.home, HOST),
            server: at(SERVER_NET, HOST),
            offerer_gateway: at(OFFERER.line, HOST),
            answerer_gateway: at(ANSWERER.line, HOST),
        }
    }
}

/// A network interface. The two ends of a link have different indices: where they are the same, the kernel takes up to a
/// second to get round to a link that is up (`linkwatch_urgent_event` of Linux).
#[derive(Debug, Clone, Copy)]
pub(super) struct Interface {
    pub(super) name: &'static str,
    pub(super) index: u8,
}

/// A peer's side of the plan.
#[derive(Clone, Copy)]
pub(super) struct Side {
    /// The number of the network of the peer and its gateway.
    home: u8,
    /// The number of the network of its gateway and the core.
    line: u8,
    /// The core's interface.
    pub(super) at_core: Interface,
}

pub(super) const OFFERER: Side =
    Side { home: 1, line: 11, at_core: Interface { name: "offerer", index: 11 } };
pub(super) const ANSWERER: Side =
    Side { home: 2, line: 12, at_core: Interface { name: "answerer", index: 12 } };
/// The network of the server and the core.
const SERVER_NET: u8 = 13;
/// The core's interface toward the server.
pub(super) const TO_SERVER: Interface = Interface { name: "server", index: 13 };
/// A gateway's interface toward its peer.
pub(super) const LAN: Interface = Interface { name: "lan", index: 21 };
/// A gateway's interface toward the core.
pub(super) const WAN: Interface = Interface { name: "wan", index: 22 };
/// The interface of a peer and of the server.
pub(super) const ETH0: Interface = Interface { name: "eth0", index: 31 };
/// The interfaces of a line that is more than a cable: toward the core, and away from it.
pub(super) const NEAR: Interface = Interface { name: "near", index: 41 };
pub(super) const FAR: Interface = Interface { name: "far", index: 42 };

/// The router of a network has number 1, the other one number 2.
const ROUTER: u8 = 1;
const HOST: u8 = 2;

fn address(family: Family, net: u8, host: u8) -> IpAddr {
    match family {
        Family::Ipv4 => Ipv4Addr::new(10, net, 0, host).into(),
        Family::Ipv6 => Ipv6Addr::new(0xfd00, net.into(), 0, 0, 0, 0, 0, host.into()).into(),
    }
}

/// A link address of our own choice (the 2 is the bit for that, IEEE 802).
fn link_address(net: u8, host: u8) -> String {
    format!("02:00:00:00:{net:02x}:{host:02x}")
}

/// An interface with its address, and with its one neighbour's, so that none has to be asked for: that would take one more
/// round trip of a line, and what waits for it can be overtaken. Without the address that the kernel would give it (IPv6's
/// link-local one), which would be a candidate; and without looking for duplicates, which takes a second.
fn interface(family: Family, interface: Interface, net: u8, host: u8) -> String {
    let name = interface.name;
    let neighbour = if host == ROUTER { HOST } else { ROUTER };
    let (length, flags) = match family {
        Family::Ipv4 => (24, ""),
        Family::Ipv6 => (64, " nodad"),
    };
    [
        format!("link set {name} addrgenmode none"),
        format!("link set {name} address {}", link_address(net, host)),
        format!("address add {}/{length} dev {name}{flags}", address(family, net, host)),
        format!("link set {name} up"),
        format!(
            "neighbor add {} lladdr {} dev {name} nud permanent\n",
            address(family, net, neighbour),
            link_address(net, neighbour)
        ),
    ]
    .join("\n")
}

fn default_route(family: Family, net: u8) -> String {
    let all = match family {
        Family::Ipv4 => "0.0.0.0/0",
        Family::Ipv6 => "::/0",
    };
    format!("route add {all} via {}\n", address(family, net, ROUTER))
}

const LOOPBACK: &str = "link set lo up\n";

/// What `ip` is told in the namespace of a peer.
pub(super) fn peer(topology: &Topology, side: Side) -> String {
    host(topology.family, side.home)
}

/// What `ip` is told in the namespace of the server.
pub(super) fn server(topology: &Topology) -> String {
    host(topology.family, SERVER_NET)
}

fn host(family: Family, net: u8) -> String {
    [LOOPBACK, &interface(family, ETH0, net, HOST), &default_route(family, net)].concat()
}

/// What `ip` is told in the namespace of a gateway.
pub(super) fn gateway(topology: &Topology, side: Side) -> String {
    let family = topology.family;
    [
        LOOPBACK,
        &interface(family, LAN, side.home, ROUTER),
        &interface(family, WAN, side.line, HOST),
        &default_route(family, side.line),
    ]
    .concat()
}

/// What `ip` is told in the namespace of a line.
pub(super) fn line() -> String {
    let up = |end: Interface| format!("link set {0} addrgenmode none\nlink set {0} up\n", end.name);
    up(NEAR) + &up(FAR)
}

/// What `ip` is told about each interface that a line joins: TCP's segments are cut before they get there, so each is a
/// packet that can be lost.
pub(super) fn end_of_line(interface: Interface) -> String {
    format!("link set {} gso_max_segs 1\n", interface.name)
}

/// What `ip` is told in the namespace of the core. It knows the way to the peers only where their addresses are seen
/// outside.
pub(super) fn core(topology: &Topology) -> String {
    let family = topology.family;
    let mut batch = LOOPBACK.to_owned();
    batch += &interface(family, TO_SERVER, SERVER_NET, ROUTER);
    for side in [OFFERER, ANSWERER] {
        batch += &interface(family, side.at_core, side.line, ROUTER);
        if topology.gateways == Gateways::Routed {
            let length = if family == Family::Ipv4 { 24 } else { 64 };
            let (home, via) = (address(family, side.home, 0), address(family, side.line, HOST));
            batch += &format!("route add {home}/{length} via {via}\n");
        }
    }
    batch
}

/// The file under /proc/sys/net that makes a namespace a router, when 1 is written to it.
pub(super) fn forwarding(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "/proc/sys/net/ipv4/ip_forward",
        Family::Ipv6 => "/proc/sys/net/ipv6/conf/all/forwarding",
    }
}

/// The rules of a gateway, if it has any.
pub(super) fn gateway_rules(topology: &Topology) -> Option<String> {
    let (masquerade, no_udp) = match topology.gateways {
        Gateways::Routed => return None,
        Gateways::HomeNat => ("masquerade", ""),
        Gateways::SymmetricNat => ("masquerade fully-random", ""),
        Gateways::UdpDropped => {
            ("masquerade", "chain forward { type filter hook forward priority 0; meta l4proto udp drop; }")
        }
    };
    let wan = WAN.name;
    // Without the guard on input, the other peer's first packet, which comes before this side has punched its hole, makes
    // an entry for a connection to the gateway itself. That takes the port, and this side's own packet gets another one.
    Some(format!(
        "table inet tincan {{
            chain postrouting {{ type nat hook postrouting priority 100; oifname \"{wan}\" {masquerade}; }}
            chain input {{ type filter hook input priority 0; iifname \"{wan}\" ct state new drop; }}
            {no_udp}
        }}\n"
    ))
}

/// The rules of the core, if it has any.
pub(super) fn core_rules(topology: &Topology) -> Option<String> {
    let family = match topology.family {
        Family::Ipv4 => "ip",
        Family::Ipv6 => "ip6",
    };
    let server = Addresses::of(topology.family).server;
    topology.server_is_silent.then(|| {
        format!(
            "table inet tincan {{
                chain forward {{ type filter hook forward priority 0; {family} saddr {server} drop; }}
            }}\n"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_ends_of_a_link_have_different_indices() {
        let at_core = [OFFERER.at_core, ANSWERER.at_core, TO_SERVER];
        let mut indices: Vec<u8> =
            at_core.iter().chain(&[LAN, WAN, ETH0, NEAR, FAR]).map(|interface| interface.index).collect();
        let all = indices.len();
        indices.sort_unstable();
        indices.dedup();
        assert_eq!(indices.len(), all);
        assert!(!indices.contains(&1), "loopback has that");
    }
}
