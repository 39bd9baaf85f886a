//! Lines with delay, jitter and loss.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tincan_lab::namespaces::{Lab, LabError, Line, LineTraffic, Topology, Traffic};

use crate::{
    Named,
    sockets::{make, received, says_over_tcp, stays_silent, tcp_echo, udp},
};

pub const TRIALS: &[Named] = &[
    ("line/delay-is-kept-in-both-directions", delay_is_kept_in_both_directions),
    ("line/delay-of-the-server-is-the-servers", delay_of_the_server_is_the_servers),
    ("line/loss-can-be-repeated", loss_can_be_repeated),
    ("line/all-can-be-lost", all_can_be_lost),
    ("line/tcp-passes-whole", tcp_passes_whole),
    ("line/ipv6-passes", ipv6_passes),
    ("line/what-cannot-be-is-refused", what_cannot_be_is_refused),
];

const PORT: u16 = 4000;
const DELAY: Duration = Duration::from_millis(40);

/// How long a datagram takes from the offerer to the answerer, and how long another takes back. The first one waits for
/// nothing but the line.
fn times(lab: &Lab) -> [Duration; 2] {
    let addresses = lab.addresses();
    let offerer = udp(lab.offerer(), addresses.offerer, PORT);
    let answerer = udp(lab.answerer(), addresses.answerer, PORT);
    let ways = [(&offerer, &answerer, addresses.answerer), (&answerer, &offerer, addresses.offerer)];
    ways.map(|(from, to, ip)| {
        let start = Instant::now();
        from.send_to(b"hello", SocketAddr::new(ip, PORT)).unwrap();
        received(to);
        start.elapsed()
    })
}

fn delay_is_kept_in_both_directions() {
    let jitter = Duration::from_millis(5);
    let lab = make(&Topology::wire(Line { delay: DELAY, jitter, ..Line::default() }));
    let times = times(&lab);
    assert!(times.iter().all(|time| *time >= DELAY - jitter), "{times:?}");
    let passed = Traffic { packets: 1, lost: 0, overflowed: 0 };
    assert_eq!(lab.offerer_traffic(), Some(LineTraffic { up: passed, down: passed }));
    assert_eq!(lab.answerer_traffic(), None);
}

fn delay_of_the_server_is_the_servers() {
    let server_line = Line { delay: DELAY, ..Line::default() };
    let lab = make(&Topology { server_line, ..Topology::home_nat() });
    let (server, echo) = tcp_echo(lab.server(), SocketAddr::new(lab.addresses().server, PORT));
    let start = Instant::now();
    says_over_tcp(lab.answerer(), server, b"hello");
    // One round trip to connect, one for the message.
    assert!(start.elapsed() >= 4 * DELAY, "{:?}", start.elapsed());
    echo.join().unwrap();
    assert!(lab.server_traffic().is_some_and(|traffic| traffic.up.packets > 2 && traffic.down.packets > 2));
}

/// The numbers of those of 200 datagrams that arrive.
fn survivors(line: Line) -> Vec<u8> {
    let lab = make(&Topology::wire(line));
    let addresses = lab.addresses();
    let offerer = udp(lab.offerer(), addresses.offerer, PORT);
    let answerer = udp(lab.answerer(), addresses.answerer, PORT);
    let mut came = Vec::new();
    for number in 0..200 {
        offerer.send_to(&[number], SocketAddr::new(addresses.answerer, PORT)).unwrap();
    }
    answerer.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut buffer = [0];
    while answerer.recv(&mut buffer).is_ok() {
        came.push(buffer[0]);
    }
    let traffic = lab.offerer_traffic().unwrap().up;
    assert_eq!((traffic.packets, traffic.lost), (200, 200 - came.len() as u64));
    came
}

fn loss_can_be_repeated() {
    let line = Line { loss: 0.3, seed: 7, ..Line::default() };
    let came = survivors(line);
    assert!((100..180).contains(&came.len()), "{} of 200 came", came.len());
    let jitter = Duration::from_millis(3);
    assert_eq!(came, survivors(Line { delay: jitter, jitter, ..line }));
    assert_ne!(came, survivors(Line { seed: 8, ..line }));
}

fn all_can_be_lost() {
    let lab = make(&Topology::wire(Line { loss: 1.0, ..Line::default() }));
    let addresses = lab.addresses();
    let answerer = udp(lab.answerer(), addresses.answerer, PORT);
    let offerer = udp(lab.offerer(), addresses.offerer, PORT);
    offerer.send_to(b"hello", SocketAddr::new(addresses.answerer, PORT)).unwrap();
    stays_silent(&answerer);
}

/// The kernel hands TCP to a veth in pieces of up to 64 kB without checksums, as to a network card that does the rest.
fn tcp_passes_whole() {
    let lab = make(&Topology::wire(Line { delay: Duration::from_millis(2), ..Line::default() }));
    let (server, echo) = tcp_echo(lab.server(), SocketAddr::new(lab.addresses().server, PORT));
    let message: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    says_over_tcp(lab.offerer(), server, &message);
    echo.join().unwrap();
    let traffic = lab.offerer_traffic().unwrap();
    assert_eq!((traffic.up.overflowed, traffic.down.overflowed), (0, 0));
    assert!(traffic.up.packets > 2_000, "a packet has at most 1,500 bytes: {traffic:?}");
}

fn ipv6_passes() {
    let offerer_line = Line { delay: DELAY, ..Line::default() };
    let times = times(&make(&Topology { offerer_line, ..Topology::ipv6() }));
    assert!(times.iter().all(|time| *time >= DELAY), "{times:?}");
}

fn what_cannot_be_is_refused() {
    let refused = |line| Lab::make(&Topology::wire(line)).unwrap_err();
    let lossy = refused(Line { loss: 1.5, ..Line::default() });
    assert_eq!(lossy.to_string(), "make a line that loses 1.5 of its packets: a share is between 0 and 1");
    let slow = refused(Line { delay: Duration::from_secs(100), ..Line::default() });
    assert!(matches!(slow, LabError::Delay { .. }));
    assert_eq!(slow.to_string(), "make a line of 100 s: at most 60 s are possible");
}
