//! The packets that the servers keep, read back.

use tincan_lab::ice_servers::{IceServers, Service};

use super::{
    ALL,
    client::{Client, address_of},
    next_at, peer, started,
};

/// What a reader finds in a packet: protocol, ports and payload.
#[derive(Debug, PartialEq)]
struct Read {
    protocol: u8,
    from: u16,
    to: u16,
    payload: Vec<u8>,
}

fn word(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// The blocks of a pcapng file: type and body.
fn blocks(mut file: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut blocks = Vec::new();
    while !file.is_empty() {
        let length = word(file, 4);
        assert_eq!(word(file, length - 4), length, "the length stands at both ends");
        assert_eq!(length % 4, 0);
        blocks.push((word(file, 0), file[8..length - 4].to_vec()));
        file = &file[length..];
    }
    blocks
}

/// The sum of all 16-bit words, which is all ones where the checksum is right (RFC 1071).
fn sum(bytes: &[u8]) -> u32 {
    let mut sum =
        bytes.chunks(2).map(|word| u32::from(word[0]) * 256 + u32::from(*word.get(1).unwrap_or(&0))).sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum
}

/// The packet, and for TCP its sequence number.
fn read(packet: &[u8]) -> (Read, u32) {
    let is_v6 = packet[0] >> 4 == 6;
    let (protocol, addresses, segment) = if is_v6 {
        assert_eq!(usize::from(u16::from_be_bytes([packet[4], packet[5]])), packet.len() - 40);
        (packet[6], &packet[8..40], &packet[40..])
    } else {
        assert_eq!(sum(&packet[..20]), 0xFFFF, "the checksum of IPv4");
        assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), packet.len());
        (packet[9], &packet[12..20], &packet[20..])
    };
    let length = u16::try_from(segment.len()).unwrap().to_be_bytes();
    let whole = [addresses, &[0, protocol], &length, segment].concat();
    assert_eq!(sum(&whole), 0xFFFF, "the checksum of UDP or TCP");
    if protocol == 17 {
        assert_eq!(segment[4..6], length, "the length of UDP");
    }
    let header = if protocol == 17 { 8 } else { 20 };
    let sequence = u32::from_be_bytes(segment[4..8].try_into().unwrap());
    let port = |at: usize| u16::from_be_bytes([segment[at], segment[at + 1]]);
    (Read { protocol, from: port(0), to: port(2), payload: segment[header..].to_vec() }, sequence)
}

fn packets(servers: &IceServers) -> Vec<Read> {
    numbered(servers).into_iter().map(|(packet, _)| packet).collect()
}

fn numbered(servers: &IceServers) -> Vec<(Read, u32)> {
    let mut file = Vec::new();
    servers.packets(&mut file).unwrap();
    let blocks = blocks(&file);
    assert_eq!((blocks[0].0, word(&blocks[0].1, 0)), (0x0A0D_0D0A, 0x1A2B_3C4D));
    assert_eq!((blocks[1].0, blocks[1].1[0]), (1, 101), "one interface of bare IP packets");
    let packets = blocks[2..].iter().map(|(of_type, body)| {
        assert_eq!(*of_type, 6);
        let length = word(body, 12);
        assert_eq!(length, word(body, 16));
        read(&body[20..20 + length])
    });
    packets.collect()
}

#[tokio::test]
async fn packets_are_kept_in_both_directions() {
    for address in ["127.0.0.1", "::1"] {
        let change = |options: &mut tincan_lab::ice_servers::IceServerOptions| {
            (options.address, options.keep_packets) = (address.parse().unwrap(), true);
        };
        let servers = started(&ALL, change).await;
        for (service, protocol) in [(Service::Stun, 17), (Service::TurnTcp, 6)] {
            let mut client = Client::to(&servers, service).await;
            let request = Client::binding_request();
            let answer = client.ask(&request).await;
            let (client, server) = (client.address().port(), address_of(&servers, service).port());
            let kept = packets(&servers);
            let [.., asked, answered] = &kept[..] else { panic!("{kept:?}") };
            assert_eq!(*asked, Read { protocol, from: client, to: server, payload: request.raw });
            assert_eq!(*answered, Read { protocol, from: server, to: client, payload: answer.raw });
        }
        servers.close().await;
    }
}

#[tokio::test]
async fn the_relayed_side_is_kept_too() {
    let servers = started(&[Service::TurnTcp], |options| options.keep_packets = true).await;
    let mut client = Client::to(&servers, Service::TurnTcp).await;
    let (peer, address) = peer().await;
    let relay = client.allocate().await.unwrap();
    client.permit(address).await;
    client.relay(address, b"odd").await;
    next_at(&peer).await;
    let last = packets(&servers).pop().unwrap();
    assert_eq!(last, Read { protocol: 17, from: relay.port(), to: address.port(), payload: b"odd".to_vec() });
    let mut next = 1;
    let sent = numbered(&servers).into_iter().filter(|(packet, _)| packet.from == client.address().port());
    for (packet, sequence) in sent {
        assert_eq!(sequence, next, "no gap in the stream");
        next += u32::try_from(packet.payload.len()).unwrap();
    }
    assert!(next > 100, "{next}");
    servers.close().await;
}

#[tokio::test]
async fn nothing_is_kept_unless_asked_for() {
    let servers = started(&[Service::Stun], |_| {}).await;
    Client::to(&servers, Service::Stun).await.mapped_address().await;
    assert_eq!(packets(&servers), []);
    servers.close().await;
}
