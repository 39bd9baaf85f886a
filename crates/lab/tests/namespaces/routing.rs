//! What the gateways let through.

use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr, UdpSocket},
};

use tincan_lab::namespaces::{Family, Lab, Topology};

use crate::{
    Named,
    sockets::{make, received, says_over_tcp, stays_silent, tcp_echo, udp},
};

pub const TRIALS: &[Named] = &[
    ("routed/all-see-each-other", all_see_each_other),
    ("routed/the-first-packet-passes", the_first_packet_passes),
    ("routed/a-peer-has-loopback-and-eth0-alone", a_peer_has_loopback_and_eth0_alone),
    ("home-nat/the-server-sees-the-gateway", the_server_sees_the_gateway),
    ("home-nat/holes-can-be-punched", holes_can_be_punched),
    ("home-nat/what-comes-unasked-is-dropped", what_comes_unasked_is_dropped),
    ("symmetric-nat/holes-cannot-be-punched", holes_cannot_be_punched),
    ("udp-dropped/tcp-passes", tcp_passes_where_udp_does_not),
    ("ipv6/all-see-each-other", all_see_each_other_over_ipv6),
    ("ipv6/there-is-no-ipv4", there_is_no_ipv4),
    ("silent-server/nothing-comes-back", a_silent_server_says_nothing),
];

const PORT: u16 = 4000;

/// The peers' sockets, and the server's.
struct Sockets {
    offerer: UdpSocket,
    answerer: UdpSocket,
    server: UdpSocket,
    at_server: SocketAddr,
}

fn sockets(lab: &Lab) -> Sockets {
    let addresses = lab.addresses();
    Sockets {
        offerer: udp(lab.offerer(), addresses.offerer, PORT),
        answerer: udp(lab.answerer(), addresses.answerer, PORT),
        server: udp(lab.server(), addresses.server, PORT),
        at_server: SocketAddr::new(addresses.server, PORT),
    }
}

impl Sockets {
    /// What the server sees of a peer: its server-reflexive address.
    fn reflexive(&self, peer: &UdpSocket) -> SocketAddr {
        peer.send_to(b"who am I?", self.at_server).unwrap();
        received(&self.server).1
    }
}

fn passes(from: &UdpSocket, to: &UdpSocket, address: SocketAddr) -> SocketAddr {
    from.send_to(b"hello", address).unwrap();
    let (message, sender) = received(to);
    assert_eq!(message, b"hello");
    sender
}

fn all_see_each_other() {
    see_each_other(&make(&Topology::routed()));
}

fn see_each_other(lab: &Lab) {
    let (sockets, addresses) = (sockets(lab), lab.addresses());
    let [offerer, answerer] = [addresses.offerer, addresses.answerer].map(|ip| SocketAddr::new(ip, PORT));
    assert_eq!(passes(&sockets.offerer, &sockets.answerer, answerer), offerer);
    assert_eq!(passes(&sockets.answerer, &sockets.offerer, offerer), answerer);
    assert_eq!(sockets.reflexive(&sockets.offerer), offerer);
    assert_eq!(sockets.reflexive(&sockets.answerer), answerer);
    assert_eq!(passes(&sockets.server, &sockets.offerer, offerer), sockets.at_server);
    let (at_server, echo) = tcp_echo(lab.server(), sockets.at_server);
    says_over_tcp(lab.offerer(), at_server, &[7; 1_000_000]);
    assert_eq!(echo.join().unwrap().ip(), addresses.offerer);
}

/// What was made is ready: nobody has to try twice.
fn the_first_packet_passes() {
    for _ in 0..5 {
        let lab = make(&Topology::routed());
        let sockets = sockets(&lab);
        passes(&sockets.offerer, &sockets.answerer, SocketAddr::new(lab.addresses().answerer, PORT));
    }
}

/// Every other address would be a candidate.
fn a_peer_has_loopback_and_eth0_alone() {
    for topology in [Topology::routed(), Topology::ipv6()] {
        let lab = make(&topology);
        let addresses = lab.addresses();
        let mut expected: Vec<(String, IpAddr)> =
            ["127.0.0.1", "::1"].map(|ip| ("lo".to_owned(), ip.parse().unwrap())).into();
        expected.push(("eth0".to_owned(), addresses.offerer));
        assert_eq!(lab.offerer().run(addresses_of_interfaces).unwrap(), expected);
    }
}

fn addresses_of_interfaces() -> Vec<(String, IpAddr)> {
    let all = nix::ifaddrs::getifaddrs().unwrap();
    let mut found: Vec<(String, IpAddr)> = all
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
            let v6 = || address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip()));
            Some((interface.interface_name, v4.or_else(v6)?))
        })
        .collect();
    found.sort_by_key(|(name, ip)| (name != "lo", ip.is_ipv6()));
    found
}

fn the_server_sees_the_gateway() {
    let lab = make(&Topology::home_nat());
    let (sockets, addresses) = (sockets(&lab), lab.addresses());
    let seen = sockets.reflexive(&sockets.offerer);
    assert_eq!(seen, SocketAddr::new(addresses.offerer_gateway, PORT), "the port is kept");
    assert_eq!(passes(&sockets.server, &sockets.offerer, seen), sockets.at_server);
    let seen = sockets.reflexive(&sockets.answerer);
    assert_eq!(seen, SocketAddr::new(addresses.answerer_gateway, PORT));
}

/// As ICE does it. The first check of each side comes before the other has punched its hole, and is dropped.
fn holes_can_be_punched() {
    let lab = make(&Topology::home_nat());
    let sockets = sockets(&lab);
    let offerer = sockets.reflexive(&sockets.offerer);
    let answerer = sockets.reflexive(&sockets.answerer);
    sockets.offerer.send_to(b"too early", answerer).unwrap();
    stays_silent(&sockets.answerer);
    assert_eq!(passes(&sockets.answerer, &sockets.offerer, offerer), answerer);
    assert_eq!(passes(&sockets.offerer, &sockets.answerer, answerer), offerer);
}

fn what_comes_unasked_is_dropped() {
    let lab = make(&Topology::home_nat());
    let (sockets, addresses) = (sockets(&lab), lab.addresses());
    let seen = sockets.reflexive(&sockets.offerer);
    let other = udp(lab.server(), addresses.server, PORT + 1);
    other.send_to(b"unasked", seen).unwrap();
    stays_silent(&sockets.offerer);
    let outcome = sockets.server.send_to(b"inside", SocketAddr::new(addresses.offerer, PORT));
    // The core does not know the way to the inside, and may say so.
    assert!(outcome.is_ok() || outcome.is_err_and(|error| error.kind() == ErrorKind::NetworkUnreachable));
    stays_silent(&sockets.offerer);
}

fn holes_cannot_be_punched() {
    let lab = make(&Topology::symmetric_nat());
    let sockets = sockets(&lab);
    let offerer = sockets.reflexive(&sockets.offerer);
    let answerer = sockets.reflexive(&sockets.answerer);
    assert_eq!(offerer.ip(), lab.addresses().offerer_gateway);
    for _ in 0..5 {
        sockets.offerer.send_to(b"hello", answerer).unwrap();
        sockets.answerer.send_to(b"hello", offerer).unwrap();
    }
    stays_silent(&sockets.offerer);
    stays_silent(&sockets.answerer);
    let other = udp(lab.server(), lab.addresses().server, PORT + 1);
    sockets.offerer.send_to(b"hello", SocketAddr::new(lab.addresses().server, PORT + 1)).unwrap();
    assert_ne!(received(&other).1.port(), offerer.port(), "another destination has another outer port");
}

fn tcp_passes_where_udp_does_not() {
    let lab = make(&Topology::udp_dropped());
    let sockets = sockets(&lab);
    sockets.offerer.send_to(b"hello", sockets.at_server).unwrap();
    sockets.answerer.send_to(b"hello", sockets.at_server).unwrap();
    stays_silent(&sockets.server);
    let (at_server, echo) = tcp_echo(lab.server(), sockets.at_server);
    says_over_tcp(lab.answerer(), at_server, b"hello");
    assert_eq!(echo.join().unwrap().ip(), lab.addresses().answerer_gateway);
}

fn all_see_each_other_over_ipv6() {
    let lab = make(&Topology::ipv6());
    assert!(lab.addresses().offerer.is_ipv6());
    see_each_other(&lab);
    // Addresses can be translated there too.
    let lab = make(&Topology { family: Family::Ipv6, ..Topology::home_nat() });
    let sockets = sockets(&lab);
    assert_eq!(sockets.reflexive(&sockets.offerer), SocketAddr::new(lab.addresses().offerer_gateway, PORT));
}

fn there_is_no_ipv4() {
    let lab = make(&Topology::ipv6());
    let socket = udp(lab.offerer(), "0.0.0.0".parse().unwrap(), PORT);
    let outcome = socket.send_to(b"hello", "10.13.0.2:4000");
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NetworkUnreachable);
}

fn a_silent_server_says_nothing() {
    let lab = make(&Topology { server_is_silent: true, ..Topology::routed() });
    let sockets = sockets(&lab);
    sockets.offerer.send_to(b"who am I?", sockets.at_server).unwrap();
    let (_, from) = received(&sockets.server);
    sockets.server.send_to(b"you are", from).unwrap();
    stays_silent(&sockets.offerer);
    // Nothing comes back, not even word that nobody is there.
    let closed = SocketAddr::new(lab.addresses().server, PORT + 1);
    sockets.offerer.connect(closed).unwrap();
    sockets.offerer.send(b"who am I?").unwrap();
    stays_silent(&sockets.offerer);
}
