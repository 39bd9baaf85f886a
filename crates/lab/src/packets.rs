//! The packets that pass sockets, as pcapng with IP, UDP and TCP headers made afterwards, for Wireshark and tshark.
//!
//! Kept is what arrives at a socket and what leaves it, with the time of either: a datagram that a server loses on purpose
//! is there when it comes in and not when it would have gone out.

use std::{
    collections::HashMap,
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

/// Beyond this many bytes of payload nothing more is kept; the file says how much was left out.
const MOST_BYTES: usize = 64 << 20;
/// IPv4 or IPv6 without a link layer (LINKTYPE_RAW of tcpdump.org).
const RAW_IP: u16 = 101;
const PSH_AND_ACK: u8 = 0x18;
/// What the largest IPv4 packet leaves for data beside the headers of IPv4 and TCP.
const MOST_IN_PACKET: usize = 65_535 - 40;

/// What carries a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One datagram.
    Udp,
    /// A piece of a stream.
    Tcp,
}

impl Protocol {
    /// The number in IP headers.
    const fn number(self) -> u8 {
        match self {
            Self::Udp => 17,
            Self::Tcp => 6,
        }
    }
}

#[derive(Debug)]
struct Packet {
    at: SystemTime,
    protocol: Protocol,
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

#[derive(Debug, Default)]
struct Kept {
    packets: Vec<Packet>,
    bytes: usize,
    left_out: u64,
}

/// Where packets are kept, if they are. A clone is the same place.
#[derive(Debug, Clone)]
pub struct Packets(Option<Arc<Mutex<Kept>>>);

impl Packets {
    /// A place that is empty; one that stays so unless `keep`.
    #[must_use]
    pub fn new(keep: bool) -> Self {
        Self(keep.then(Arc::default))
    }

    /// Keeps a packet that passes now; beyond 64 MiB, or if it is longer than IP carries, it is only counted as left out.
    pub fn keep(&self, protocol: Protocol, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let Some(kept) = &self.0 else { return };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes.len() > MOST_BYTES || bytes.len() > MOST_IN_PACKET {
            kept.left_out += 1;
            return;
        }
        kept.bytes += bytes.len();
        kept.packets.push(Packet { at: SystemTime::now(), protocol, from, to, bytes: bytes.to_vec() });
    }

    /// Writes what was kept until now, in the order in which it passed.
    ///
    /// # Errors
    /// When `into` takes no more.
    pub fn write(&self, into: &mut dyn Write) -> io::Result<()> {
        let none = Mutex::default();
        let kept = self.0.as_deref().unwrap_or(&none).lock().unwrap_or_else(PoisonError::into_inner);
        into.write_all(&section_header(kept.left_out))?;
        into.write_all(&interface())?;
        let mut written = Sequences::default();
        for packet in &kept.packets {
            into.write_all(&enhanced_packet(packet.at, &written.ip_packet(packet)))?;
        }
        Ok(())
    }
}

/// A block of pcapng: its type and its length twice, the body padded to 32 bits (draft-ietf-opsawg-pcapng, 3.1).
fn block(of_type: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = u32::try_from(padded + 12).unwrap_or(u32::MAX).to_le_bytes();
    let mut block = [&of_type.to_le_bytes()[..], &length, body].concat();
    block.resize(8 + padded, 0);
    block.extend(length);
    block
}

fn section_header(left_out: u64) -> Vec<u8> {
    let mut body = [&0x1A2B_3C4D_u32.to_le_bytes()[..], &1_u16.to_le_bytes(), &0_u16.to_le_bytes()].concat();
    // The length of the section is not given.
    body.extend((-1_i64).to_le_bytes());
    if left_out > 0 {
        let comment = format!("{left_out} packets were left out: too many, or too long");
        let length = u16::try_from(comment.len()).unwrap_or(0);
        body.extend([1_u16.to_le_bytes(), length.to_le_bytes()].concat());
        body.extend(comment.bytes());
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend([0; 4]);
    }
    block(0x0A0D_0D0A, &body)
}

/// One interface for all, with times in microseconds, which is the default.
fn interface() -> Vec<u8> {
    block(1, &[&RAW_IP.to_le_bytes()[..], &[0; 2], &0_u32.to_le_bytes()].concat())
}

fn enhanced_packet(at: SystemTime, bytes: &[u8]) -> Vec<u8> {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let (high, low) = ((since >> 32) as u32, since as u32);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut body: Vec<u8> = [0, high, low, length, length].into_iter().flat_map(u32::to_le_bytes).collect();
    body.extend(bytes);
    block(6, &body)
}

/// How far each direction of each TCP connection has got.
#[derive(Default)]
struct Sequences(HashMap<(SocketAddr, SocketAddr), u32>);

impl Sequences {
    fn ip_packet(&mut self, packet: &Packet) -> Vec<u8> {
        let (mut segment, checksum_at) = match packet.protocol {
            Protocol::Tcp => (self.tcp_header(packet), 16),
            Protocol::Udp => (udp_header(packet), 6),
        };
        segment.extend(&packet.bytes);
        let addresses = addresses(packet.from.ip(), packet.to.ip());
        let length = u32::try_from(segment.len()).unwrap_or(u32::MAX).to_be_bytes();
        let pseudo_header = [&addresses[..], &length, &[0, 0, 0, packet.protocol.number()]].concat();
        let checksum = match checksum(&[&pseudo_header, &segment]) {
            // Zero would say that there is none (RFC 768).
            0 if packet.protocol == Protocol::Udp => 0xFFFF,
            sum => sum,
        };
        segment[checksum_at..checksum_at + 2].copy_from_slice(&checksum.to_be_bytes());
        let mut whole = ip_header(packet, &addresses, segment.len());
        whole.extend(segment);
        whole
    }

    /// The connection is taken to have been there before: no handshake was seen.
    fn tcp_header(&mut self, packet: &Packet) -> Vec<u8> {
        let acknowledged = *self.0.get(&(packet.to, packet.from)).unwrap_or(&1);
        let next = self.0.entry((packet.from, packet.to)).or_insert(1);
        let sequence = *next;
        *next = next.wrapping_add(packet.bytes.len() as u32);
        let mut header = ports(packet);
        header.extend([sequence.to_be_bytes(), acknowledged.to_be_bytes()].concat());
        header.extend([5 << 4, PSH_AND_ACK, 0xFF, 0xFF, 0, 0, 0, 0]);
        header
    }
}

fn ports(packet: &Packet) -> Vec<u8> {
    [packet.from.port().to_be_bytes(), packet.to.port().to_be_bytes()].concat()
}

fn udp_header(packet: &Packet) -> Vec<u8> {
    let mut header = ports(packet);
    header.extend(told(8 + packet.bytes.len()));
    header.extend([0, 0]);
    header
}

fn told(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

fn addresses(from: IpAddr, to: IpAddr) -> Vec<u8> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => [from.octets(), to.octets()].concat(),
        (from, to) => [from, to].map(octets_of_v6).concat(),
    }
}

fn octets_of_v6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

/// RFC 791 for two addresses of 4 bytes, RFC 8200 for two of 16.
fn ip_header(packet: &Packet, addresses: &[u8], payload: usize) -> Vec<u8> {
    if addresses.len() == 32 {
        let mut header = vec![0x60, 0, 0, 0];
        header.extend(told(payload));
        header.extend([packet.protocol.number(), 64]);
        header.extend(addresses);
        return header;
    }
    let mut header = vec![0x45, 0];
    header.extend(told(20 + payload));
    header.extend([0, 0, 0x40, 0, 64, packet.protocol.number(), 0, 0]);
    header.extend(addresses);
    let sum = checksum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    header
}

/// The Internet checksum (RFC 1071). Every part but the last has an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let mut sum: u64 =
        words.map(|word| (u64::from(word[0]) << 8) + u64::from(*word.get(1).unwrap_or(&0))).sum();
    while sum >> 16 != 0 {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}
