//! The STUN and TURN servers, asked over real sockets on the loopback interface.

#[path = "ice_servers/client.rs"]
mod client;
#[path = "ice_servers/packets.rs"]
mod packets;

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

use client::{Client, SOON, address_of, turn_of};
use tincan_lab::{
    ice_servers::{
        IceServerCounts, IceServerOptions, IceServers, IceServersError, RelayPath, ServerEntry, Service,
    },
    phases::PhaseCounts,
};
use tokio::{
    net::{TcpListener, UdpSocket},
    time::timeout,
};

const ALL: [Service; 3] = [Service::Stun, Service::TurnUdp, Service::TurnTcp];
/// Long enough for an answer that ought not to come.
const A_WHILE: Duration = Duration::from_millis(300);

async fn started(services: &[Service], change: impl FnOnce(&mut IceServerOptions)) -> IceServers {
    let mut options = IceServerOptions { services: services.to_vec(), ..IceServerOptions::default() };
    change(&mut options);
    IceServers::start(options).await.unwrap()
}

async fn peer() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn next_at(peer: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut bytes = vec![0; 2048];
    let (length, from) = timeout(SOON, peer.recv_from(&mut bytes)).await.expect("a datagram").unwrap();
    bytes.truncate(length);
    (bytes, from)
}

/// What the servers have counted once they have counted this.
async fn counted(servers: &IceServers, have: impl Fn(&IceServerCounts) -> bool) -> IceServerCounts {
    let counts = async {
        loop {
            let counts = servers.counts();
            if have(&counts) {
                return counts;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, counts).await.unwrap_or_else(|_| panic!("{:?}", servers.counts()))
}

#[tokio::test]
async fn a_client_is_told_its_address() {
    let servers = started(&ALL, |_| {}).await;
    for service in ALL {
        let mut client = Client::to(&servers, service).await;
        assert_eq!(client.mapped_address().await, client.address(), "{service:?}");
    }
    let counts = servers.counts();
    assert_eq!((counts.binding_requests, counts.binding_answers, counts.tcp_connections), (3, 3, 1));
    servers.close().await;
}

#[tokio::test]
async fn an_ipv6_client_too() {
    let servers = started(&ALL, |options| options.address = IpAddr::V6(Ipv6Addr::LOCALHOST)).await;
    let mut client = Client::to(&servers, Service::TurnUdp).await;
    assert_eq!(client.mapped_address().await, client.address());
    assert!(client.allocate().await.unwrap().is_ipv6());
    assert!(turn_of(&servers).urls[0].starts_with("turn:[::1]:"));
    servers.close().await;
}

#[tokio::test]
async fn an_answer_is_held_as_long_as_asked() {
    let delay = Duration::from_millis(150);
    let servers = started(&ALL, |options| options.answer_delay = delay).await;
    for service in ALL {
        let mut client = Client::to(&servers, service).await;
        let asked = Instant::now();
        client.mapped_address().await;
        assert!(asked.elapsed() >= delay, "{service:?} answered after {:?}", asked.elapsed());
    }
    servers.close().await;
}

#[tokio::test]
async fn held_answers_do_not_wait_for_each_other() {
    let servers =
        started(&[Service::Stun], |options| options.answer_delay = Duration::from_millis(400)).await;
    let mut client = Client::to(&servers, Service::Stun).await;
    let asked = Instant::now();
    for _ in 0..20 {
        client.send(&Client::binding_request().raw).await;
    }
    for _ in 0..20 {
        client.receive().await;
    }
    assert!(asked.elapsed() < Duration::from_secs(4), "one after the other: {:?}", asked.elapsed());
    servers.close().await;
}

#[tokio::test]
async fn a_silent_server_hears_and_says_nothing() {
    let servers = started(&ALL, |options| options.silent = true).await;
    for service in ALL {
        let mut client = Client::to(&servers, service).await;
        client.send(&Client::binding_request().raw).await;
        assert_eq!(client.receive_within(A_WHILE).await, None, "{service:?}");
    }
    let counts = counted(&servers, |counts| counts.binding_requests == 3).await;
    assert_eq!(counts.binding_answers, 0);
    servers.close().await;
}

#[tokio::test]
async fn data_goes_through_the_relay_both_ways() {
    for service in [Service::TurnUdp, Service::TurnTcp] {
        let servers = started(&ALL, |_| {}).await;
        let mut client = Client::to(&servers, service).await;
        let (peer, address) = peer().await;
        let relay = client.allocate().await.unwrap();
        client.permit(address).await;
        client.relay(address, b"out").await;
        assert_eq!(next_at(&peer).await, (b"out".to_vec(), relay), "{service:?}");
        let check = Client::check().raw;
        // The last is a record of a DTLS handshake.
        for inward in [&b"in"[..], &check, &[22, 254, 253]] {
            peer.send_to(inward, relay).await.unwrap();
            assert_eq!(client.relayed().await, inward, "{service:?}");
        }
        // It asked twice for its allocation, as the first answer says the nonce, and once for a permission.
        let phases = PhaseCounts { server_requests: 3, checks: 1, dtls: 1, dtls_flights: 1 };
        assert_eq!(servers.phases(), phases, "{service:?}");
        let counts = servers.counts();
        assert_eq!((counts.allocations, counts.datagrams_relayed, counts.datagrams_dropped), (1, 4, 0));
        assert_eq!(counts.binding_requests, 0);
        servers.close().await;
    }
}

#[tokio::test]
async fn channels_carry_data_of_any_length() {
    let servers = started(&ALL, |_| {}).await;
    for service in [Service::TurnUdp, Service::TurnTcp] {
        let mut client = Client::to(&servers, service).await;
        let (peer, address) = peer().await;
        let relay = client.allocate().await.unwrap();
        client.bind_channel(address, 0x4001).await;
        for length in [1_u16, 2, 3, 4, 1201] {
            let data = vec![7; usize::from(length)];
            let mut message = [&[0x40, 1][..], &length.to_be_bytes(), &data].concat();
            message.resize(message.len().next_multiple_of(4), 0);
            client.send(&message).await;
            assert_eq!(next_at(&peer).await, (data, relay), "{service:?}");
            peer.send_to(&message[4..][..usize::from(length)], relay).await.unwrap();
            assert_eq!(client.receive().await, message, "{service:?}");
        }
    }
    servers.close().await;
}

/// Which of 200 datagrams reach the peer, and how many the servers say they dropped.
async fn survivors(seed: u64) -> (Vec<u8>, u64) {
    let relay = RelayPath { loss: 0.3, ..RelayPath::default() };
    let servers = started(&[Service::TurnUdp], |options| (options.relay, options.seed) = (relay, seed)).await;
    let mut client = Client::to(&servers, Service::TurnUdp).await;
    let (peer, address) = peer().await;
    client.allocate().await.unwrap();
    client.permit(address).await;
    for number in 0..200 {
        client.relay(address, &[number]).await;
        if number % 50 == 0 {
            // An answer says that what was sent before it was read: no buffer overflows.
            client.mapped_address().await;
        }
    }
    let counts = counted(&servers, |counts| counts.datagrams_relayed + counts.datagrams_dropped == 200).await;
    let mut arrived = Vec::new();
    for _ in 0..counts.datagrams_relayed {
        arrived.extend(next_at(&peer).await.0);
    }
    servers.close().await;
    (arrived, counts.datagrams_dropped)
}

#[tokio::test]
async fn the_same_datagrams_are_lost_with_the_same_seed() {
    let (first, dropped) = survivors(5).await;
    assert!((30..90).contains(&dropped), "{dropped} of 200 lost at three in ten");
    assert_eq!(survivors(5).await, (first.clone(), dropped));
    assert_ne!(survivors(6).await.0, first);
}

#[tokio::test]
async fn the_relay_holds_data_and_not_answers() {
    let delay = Duration::from_millis(150);
    let relay = RelayPath { delay, ..RelayPath::default() };
    let servers = started(&[Service::TurnUdp], |options| options.relay = relay).await;
    let mut clients =
        [Client::to(&servers, Service::TurnUdp).await, Client::to(&servers, Service::TurnUdp).await];
    let mut relays = Vec::new();
    for client in &mut clients {
        relays.push(client.allocate().await.unwrap());
        client.permit("127.0.0.1:9".parse().unwrap()).await;
    }
    let [one, other] = &mut clients;
    let sent = Instant::now();
    one.relay(relays[1], b"across").await;
    assert_eq!(other.relayed().await, b"across");
    assert!(sent.elapsed() >= delay, "after {:?}", sent.elapsed());
    // From relay to relay it is one datagram, and meets one fate.
    assert_eq!(servers.counts().datagrams_relayed, 1);
    servers.close().await;
}

#[tokio::test]
async fn the_relay_sends_nothing_to_a_public_address() {
    let servers = started(&[Service::TurnUdp], |_| {}).await;
    let mut client = Client::to(&servers, Service::TurnUdp).await;
    client.allocate().await.unwrap();
    let away = "192.0.2.1:9".parse().unwrap();
    client.permit(away).await;
    client.relay(away, b"out").await;
    let counts = counted(&servers, |counts| counts.datagrams_blocked + counts.datagrams_relayed == 1).await;
    assert_eq!(counts.datagrams_blocked, 1);
    servers.close().await;
}

#[tokio::test]
async fn wrong_and_expired_credentials_are_refused() {
    let servers = started(&ALL, |_| {}).await;
    let turn = turn_of(&servers);
    let (username, credential) = (turn.username.unwrap(), turn.credential.unwrap());
    let later = (username.parse::<u64>().unwrap() + 1).to_string();
    for (username, credential) in [(&*username, "wrong"), (&*later, &*credential), ("somebody", &*credential)]
    {
        let client = Client::to(&servers, Service::TurnUdp).await;
        assert_eq!(client.with_credential(username, credential).allocate().await, Err(400), "{username}");
    }
    assert_eq!((servers.counts().refusals, servers.counts().allocations), (3, 0));
    let another = started(&ALL, |_| {}).await;
    let stranger = Client::to(&another, Service::TurnTcp).await;
    assert_eq!(
        stranger.with_credential(&username, &credential).allocate().await,
        Err(400),
        "another start's"
    );
    another.close().await;
    servers.close().await;

    let servers = started(&ALL, |options| options.credential_lifetime = Duration::ZERO).await;
    assert_eq!(Client::to(&servers, Service::TurnUdp).await.allocate().await, Err(400), "expired");
    servers.close().await;
}

#[tokio::test]
async fn turn_is_given_with_a_credential_and_stun_without() {
    let servers = started(&ALL, |_| {}).await;
    let [stun, udp, tcp] = ALL.map(|service| address_of(&servers, service));
    let given = servers.ice_servers().unwrap();
    let of_stun = ServerEntry { urls: vec![format!("stun:{stun}")], username: None, credential: None };
    assert_eq!(given[0], of_stun);
    let urls = [format!("turn:{udp}?transport=udp"), format!("turn:{tcp}?transport=tcp")];
    assert_eq!(given[1].urls, urls);
    assert!(given[1].username.as_deref().unwrap().parse::<u64>().is_ok());
    // 20 bytes of HMAC-SHA1 in base64.
    assert_eq!(given[1].credential.as_deref().map(str::len), Some(28));
    servers.close().await;
}

#[tokio::test]
async fn an_allocation_ends_with_its_connection() {
    let servers = started(&ALL, |_| {}).await;
    let mut client = Client::to(&servers, Service::TurnTcp).await;
    let relay = client.allocate().await.unwrap();
    UdpSocket::bind(relay).await.expect_err("the relay's port is taken");
    drop(client);
    becomes_free(relay).await;
    servers.close().await;
}

/// Waits until the tasks that were told to end have ended.
async fn becomes_free(port: SocketAddr) {
    let freed = async {
        while UdpSocket::bind(port).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, freed).await.expect("a free port");
}

/// The ports of all services and of a relay.
async fn ports(servers: &IceServers) -> (Vec<SocketAddr>, SocketAddr, [Client; 2]) {
    let mut clients =
        [Client::to(servers, Service::TurnUdp).await, Client::to(servers, Service::TurnTcp).await];
    let mut udp = vec![address_of(servers, Service::Stun), address_of(servers, Service::TurnUdp)];
    for client in &mut clients {
        udp.push(client.allocate().await.unwrap());
    }
    (udp, address_of(servers, Service::TurnTcp), clients)
}

#[tokio::test]
async fn every_port_is_free_when_the_servers_are_closed() {
    let servers = started(&ALL, |_| {}).await;
    let (udp, tcp, clients) = ports(&servers).await;
    servers.close().await;
    for port in udp {
        UdpSocket::bind(port).await.unwrap();
    }
    TcpListener::bind(tcp).await.unwrap();
    drop(clients);
}

#[tokio::test]
async fn every_port_becomes_free_when_the_servers_are_dropped() {
    let servers = started(&ALL, |_| {}).await;
    let (udp, tcp, clients) = ports(&servers).await;
    drop(servers);
    for port in udp {
        becomes_free(port).await;
    }
    let freed = async {
        while TcpListener::bind(tcp).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, freed).await.expect("a free port");
    drop(clients);
}

#[tokio::test]
async fn options_without_sense_are_refused() {
    let refused = async |change: fn(&mut IceServerOptions)| {
        let mut options = IceServerOptions { services: ALL.to_vec(), ..IceServerOptions::default() };
        change(&mut options);
        IceServers::start(options).await.err().unwrap()
    };
    for address in ["0.0.0.0", "192.0.2.1", "::", "2001:db8::1"] {
        let options = IceServerOptions {
            address: address.parse().unwrap(),
            services: ALL.to_vec(),
            ..IceServerOptions::default()
        };
        let error = IceServers::start(options).await.err().unwrap();
        assert!(matches!(error, IceServersError::PublicAddress(_)), "{error}");
    }
    assert!(matches!(refused(|options| options.services.clear()).await, IceServersError::NoService));
    assert!(matches!(refused(|options| options.relay.loss = 1.1).await, IceServersError::Loss(_)));
    assert!(matches!(refused(|options| options.relay.loss = f64::NAN).await, IceServersError::Loss(_)));
    assert!(matches!(
        refused(|options| options.answer_delay = Duration::MAX).await,
        IceServersError::Delay(..)
    ));
    let elsewhere = refused(|options| options.address = "10.255.255.254".parse().unwrap()).await;
    assert!(matches!(elsewhere, IceServersError::Bind { .. }), "{elsewhere}");
}
