//! Relayed candidates (RFC 8656): each socket asks each TURN server for a relay, by the client of TURN that webrtc-rs has,
//! which has no I/O either.

use std::{net::SocketAddr, time::Instant};

use bytes::BytesMut;
use rtc_shared::{TransportContext, TransportMessage, TransportProtocol};
use rtc_turn::{
    client::{Client, ClientConfig, Event},
    crypto,
};
use sansio::Protocol;
use tincan_harness::IceServer;

use super::sockets::{Datagram, Outgoing};

/// A server of `turn:` (RFC 7065), over UDP.
pub(super) struct TurnServer {
    address: SocketAddr,
    username: String,
    password: String,
}

/// What is relayed, and what is to be.
#[derive(Default)]
pub(super) struct Relays(Vec<Relay>);

struct Relay {
    client: Client,
    base: SocketAddr,
    server: SocketAddr,
    /// Its address on the server; none as long as there is none.
    address: Option<SocketAddr>,
    /// Whether it is waited for.
    is_asked: bool,
    /// What is to be sent to whom, as soon as that is permitted.
    waiting: Vec<(SocketAddr, Vec<u8>)>,
}

/// What comes of a relay.
pub(super) enum Outcome {
    /// It is there.
    Allocated {
        /// From which socket it is used.
        base: SocketAddr,
        /// Its address on the server.
        address: SocketAddr,
    },
    /// This came through it.
    Received(Datagram),
    /// There is none, or something of it fails.
    Error(String),
}

/// The server of an URI, spoken to over UDP at an address; none if it is another.
pub(super) fn server(server: &IceServer) -> Option<TurnServer> {
    let address = server.urls.strip_prefix("turn:")?.trim_end_matches("?transport=udp").parse().ok()?;
    let [username, password] =
        [&server.username, &server.credential].map(|text| text.clone().unwrap_or_default());
    Some(TurnServer { address, username, password })
}

impl Relays {
    /// Asks each of `servers` from each of `bases` of its family, from `now` on.
    ///
    /// # Errors
    /// When the client refuses.
    pub(super) fn begin(bases: &[SocketAddr], servers: &[TurnServer], now: Instant) -> Result<Self, String> {
        let pairs = bases.iter().flat_map(|base| servers.iter().map(move |server| (*base, server)));
        let asked = pairs.filter(|(base, server)| base.is_ipv4() == server.address.is_ipv4());
        asked.map(|(base, server)| Relay::ask(base, server, now)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether none is waited for.
    pub(super) fn are_gathered(&self) -> bool {
        self.0.iter().all(|relay| !relay.is_asked)
    }

    /// When something happens of itself.
    pub(super) fn due(&mut self) -> Option<Instant> {
        self.0.iter_mut().filter_map(|relay| relay.client.poll_timeout()).min()
    }

    /// What is to be sent `now`, and what has come of it.
    pub(super) fn proceed(&mut self, now: Instant) -> (Vec<Outgoing>, Vec<Outcome>) {
        let (mut outgoing, mut outcomes) = (Vec::new(), Vec::new());
        for relay in &mut self.0 {
            outcomes.extend(relay.client.handle_timeout(now).err().map(|error| relay.error(&error)));
            while let Some(event) = relay.client.poll_event() {
                outcomes.extend(relay.follow(event, now));
            }
            while let Some(message) = relay.client.poll_write() {
                outgoing.push(Outgoing {
                    from: relay.base,
                    to: relay.server,
                    bytes: message.message.to_vec(),
                });
            }
        }
        (outgoing, outcomes)
    }

    /// Takes a datagram; answers whether it is of a server.
    pub(super) fn take(&mut self, datagram: &Datagram) -> bool {
        let of = |relay: &&mut Relay| (relay.server, relay.base) == (datagram.from, datagram.to);
        let Some(relay) = self.0.iter_mut().find(of) else { return false };
        let transport = TransportContext {
            local_addr: datagram.to,
            peer_addr: datagram.from,
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let message = BytesMut::from(&datagram.bytes[..]);
        // What the client does not take has come astray.
        let _ = relay.client.handle_read(TransportMessage { now: datagram.at, transport, message });
        true
    }

    /// Sends through the relay at the address `from`; answers whether there is one.
    pub(super) fn send(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8], now: Instant) -> bool {
        let Some(relay) = self.0.iter_mut().find(|relay| relay.address == Some(from)) else { return false };
        relay.send(to, bytes.to_vec(), now);
        true
    }

    /// Gives all back; what that sends is told by [`Self::proceed`].
    pub(super) fn close(&mut self, now: Instant) {
        for relay in &mut self.0 {
            if let Some(mut allocated) = relay.address.and_then(|address| relay.client.relay(address).ok()) {
                // If it fails, the server takes it back at the end of its time.
                let _ = allocated.close(now);
            }
        }
    }
}

impl Relay {
    fn ask(base: SocketAddr, server: &TurnServer, now: Instant) -> Result<Self, String> {
        let config = ClientConfig {
            turn_serv_addr: server.address.to_string(),
            local_addr: base,
            username: server.username.clone(),
            password: server.password.clone(),
            ..ClientConfig::default()
        };
        let crypto = crypto::default_provider().map_err(|error| error.to_string())?;
        let mut client = Client::new(config, crypto).map_err(|error| error.to_string())?;
        client.allocate(now).map_err(|error| error.to_string())?;
        let server = server.address;
        Ok(Self { client, base, server, address: None, is_asked: true, waiting: Vec::new() })
    }

    fn follow(&mut self, event: Event, now: Instant) -> Option<Outcome> {
        match event {
            Event::AllocateResponse(_, address) => {
                self.is_asked = false;
                self.address = Some(address);
                Some(Outcome::Allocated { base: self.base, address })
            }
            Event::AllocateError(_, error) => {
                self.is_asked = false;
                Some(self.error(&error))
            }
            Event::TransactionTimeout(_) if self.is_asked => {
                self.is_asked = false;
                // The code that webrtc-pc has for it (RTCPeerConnectionIceErrorEvent).
                Some(self.error("701 no answer"))
            }
            Event::CreatePermissionResponse(_, peer) => {
                let (permitted, waiting) = self.waiting.drain(..).partition(|(to, _)| *to == peer);
                self.waiting = waiting;
                let permitted: Vec<_> = permitted;
                permitted.into_iter().for_each(|(to, bytes)| self.send(to, bytes, now));
                None
            }
            Event::CreatePermissionError(_, error) => Some(self.error(&error)),
            Event::DataIndicationOrChannelData(_, from, bytes) => {
                let to = self.address?;
                Some(Outcome::Received(Datagram { at: now, from, to, bytes: bytes.to_vec() }))
            }
            _ => None,
        }
    }

    fn error(&self, error: impl std::fmt::Display) -> Outcome {
        Outcome::Error(format!("{error} turn:{}", self.server))
    }

    /// Sends `bytes`, or keeps them until that is permitted.
    fn send(&mut self, to: SocketAddr, bytes: Vec<u8>, now: Instant) {
        let Some(mut relay) = self.address.and_then(|address| self.client.relay(address).ok()) else {
            return;
        };
        // It fails as long as there is no permission.
        if relay.send_to(now, &bytes, to).is_err() && relay.create_permission(now, to).is_ok() {
            self.waiting.push((to, bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_addresses_that_speak_udp() {
        let found = |urls: &str| server(&IceServer { urls: urls.to_owned(), ..IceServer::default() });
        for (url, expected) in [
            ("turn:192.0.2.1:99", Some("192.0.2.1:99")),
            ("turn:192.0.2.1:99?transport=udp", Some("192.0.2.1:99")),
            ("turn:[2001:db8::1]:99", Some("[2001:db8::1]:99")),
            ("turn:192.0.2.1:99?transport=tcp", None),
            ("turns:192.0.2.1:99", None),
            ("stun:192.0.2.1:99", None),
        ] {
            let address = found(url).map(|server| server.address.to_string());
            assert_eq!(address.as_deref(), expected, "{url}");
        }
    }
}
