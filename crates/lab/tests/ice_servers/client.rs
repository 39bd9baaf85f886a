//! A client of STUN and TURN, one message at a time, over UDP and over TCP.

use std::{net::SocketAddr, time::Duration};

use stun::{
    attributes::{ATTR_NONCE, ATTR_PRIORITY, ATTR_REALM, ATTR_USERNAME},
    error_code::ErrorCodeAttribute,
    integrity::MessageIntegrity,
    message::{
        BINDING_REQUEST, CLASS_INDICATION, CLASS_REQUEST, CLASS_SUCCESS_RESPONSE, Getter, METHOD_ALLOCATE,
        METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_SEND, Message, MessageType, Method, Setter,
    },
    textattrs::{Nonce, Realm, TextAttribute, Username},
    xoraddr::XorMappedAddress,
};
use tincan_lab::ice_servers::{IceServers, ServerEntry, Service};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use turn::proto::{
    channum::ChannelNumber, data::Data, peeraddr::PeerAddress, relayaddr::RelayedAddress,
    reqtrans::RequestedTransport,
};

/// Long enough for a busy machine: no test waits for it unless it fails.
pub const SOON: Duration = Duration::from_secs(10);

pub enum Socket {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

/// What tells a connectivity check from a request to a server; any value does.
struct Priority;

impl Setter for Priority {
    fn add_to(&self, message: &mut Message) -> Result<(), stun::Error> {
        message.add(ATTR_PRIORITY, &[0, 0, 0, 1]);
        Ok(())
    }
}

/// One client of one server.
pub struct Client {
    socket: Socket,
    username: String,
    credential: String,
    realm: String,
    nonce: String,
}

pub fn address_of(servers: &IceServers, service: Service) -> SocketAddr {
    servers.listening().iter().find(|(listening, _)| *listening == service).unwrap().1
}

pub fn turn_of(servers: &IceServers) -> ServerEntry {
    servers.ice_servers().unwrap().into_iter().find(|server| server.username.is_some()).unwrap()
}

impl Client {
    pub async fn to(servers: &IceServers, service: Service) -> Self {
        let address = address_of(servers, service);
        let socket = if service == Service::TurnTcp {
            Socket::Tcp(TcpStream::connect(address).await.unwrap())
        } else {
            let socket = UdpSocket::bind((address.ip(), 0)).await.unwrap();
            socket.connect(address).await.unwrap();
            Socket::Udp(socket)
        };
        let none = ServerEntry { urls: Vec::new(), username: None, credential: None };
        let turn = servers
            .ice_servers()
            .unwrap()
            .into_iter()
            .find(|server| server.username.is_some())
            .unwrap_or(none);
        Self {
            socket,
            username: turn.username.unwrap_or_default(),
            credential: turn.credential.unwrap_or_default(),
            realm: String::new(),
            nonce: String::new(),
        }
    }

    pub fn with_credential(mut self, username: &str, credential: &str) -> Self {
        (self.username, self.credential) = (username.to_owned(), credential.to_owned());
        self
    }

    pub fn address(&self) -> SocketAddr {
        match &self.socket {
            Socket::Udp(socket) => socket.local_addr().unwrap(),
            Socket::Tcp(stream) => stream.local_addr().unwrap(),
        }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        match &mut self.socket {
            Socket::Udp(socket) => assert_eq!(socket.send(bytes).await.unwrap(), bytes.len()),
            Socket::Tcp(stream) => stream.write_all(bytes).await.unwrap(),
        }
    }

    /// The next message, or nothing when none comes in time.
    pub async fn receive_within(&mut self, time: Duration) -> Option<Vec<u8>> {
        timeout(time, async {
            match &mut self.socket {
                Socket::Udp(socket) => {
                    let mut bytes = vec![0; 2048];
                    let length = socket.recv(&mut bytes).await.unwrap();
                    bytes.truncate(length);
                    bytes
                }
                Socket::Tcp(stream) => message_of(stream).await,
            }
        })
        .await
        .ok()
    }

    pub async fn receive(&mut self) -> Vec<u8> {
        self.receive_within(SOON).await.expect("an answer")
    }

    pub async fn ask(&mut self, message: &Message) -> Message {
        self.send(&message.raw).await;
        let answer = decoded(self.receive().await);
        assert_eq!(answer.transaction_id, message.transaction_id);
        answer
    }

    pub fn binding_request() -> Message {
        built(BINDING_REQUEST, Vec::new())
    }

    /// A connectivity check, as far as it is told from a request to a server: it says a priority.
    pub fn check() -> Message {
        built(BINDING_REQUEST, vec![Box::new(Priority)])
    }

    /// The address by which the server sees this client.
    pub async fn mapped_address(&mut self) -> SocketAddr {
        let answer = self.ask(&Self::binding_request()).await;
        let mut mapped = XorMappedAddress::default();
        mapped.get_from(&answer).unwrap();
        SocketAddr::new(mapped.ip, mapped.port)
    }

    fn authenticated(&self, method: Method, mut attributes: Vec<Box<dyn Setter>>) -> Message {
        attributes.push(Box::new(Username::new(ATTR_USERNAME, self.username.clone())));
        attributes.push(Box::new(Realm::new(ATTR_REALM, self.realm.clone())));
        attributes.push(Box::new(Nonce::new(ATTR_NONCE, self.nonce.clone())));
        attributes.push(Box::new(MessageIntegrity::new_long_term_integrity(
            self.username.clone(),
            self.realm.clone(),
            self.credential.clone(),
        )));
        built(MessageType::new(method, CLASS_REQUEST), attributes)
    }

    /// The relayed address, or the code of the error.
    pub async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let over_udp = || Box::new(RequestedTransport { protocol: turn::proto::PROTO_UDP });
        let allocate = MessageType::new(METHOD_ALLOCATE, CLASS_REQUEST);
        let challenge = self.ask(&built(allocate, vec![over_udp()])).await;
        assert_eq!(code_of(&challenge), 401);
        self.realm = TextAttribute::get_from_as(&challenge, ATTR_REALM).unwrap().text;
        self.nonce = TextAttribute::get_from_as(&challenge, ATTR_NONCE).unwrap().text;
        let answer = self.ask(&self.authenticated(METHOD_ALLOCATE, vec![over_udp()])).await;
        if answer.typ.class != CLASS_SUCCESS_RESPONSE {
            return Err(code_of(&answer));
        }
        let mut relayed = RelayedAddress::default();
        relayed.get_from(&answer).unwrap();
        Ok(SocketAddr::new(relayed.ip, relayed.port))
    }

    pub async fn permit(&mut self, peer: SocketAddr) {
        let request = self.authenticated(METHOD_CREATE_PERMISSION, vec![named(peer)]);
        assert_eq!(self.ask(&request).await.typ.class, CLASS_SUCCESS_RESPONSE);
    }

    pub async fn bind_channel(&mut self, peer: SocketAddr, number: u16) {
        let request =
            self.authenticated(METHOD_CHANNEL_BIND, vec![named(peer), Box::new(ChannelNumber(number))]);
        assert_eq!(self.ask(&request).await.typ.class, CLASS_SUCCESS_RESPONSE);
    }

    /// Has the relay send `data` to `peer`.
    pub async fn relay(&mut self, peer: SocketAddr, data: &[u8]) {
        let indication = MessageType::new(METHOD_SEND, CLASS_INDICATION);
        let message = built(indication, vec![named(peer), Box::new(Data(data.to_vec()))]);
        self.send(&message.raw).await;
    }

    /// What the relay brings next.
    pub async fn relayed(&mut self) -> Vec<u8> {
        let mut data = Data::default();
        data.get_from(&decoded(self.receive().await)).unwrap();
        data.0
    }
}

fn named(peer: SocketAddr) -> Box<PeerAddress> {
    Box::new(PeerAddress { ip: peer.ip(), port: peer.port() })
}

fn built(of_type: MessageType, attributes: Vec<Box<dyn Setter>>) -> Message {
    let mut message = Message::new();
    message.set_type(of_type);
    message.new_transaction_id().unwrap();
    message.write_header();
    for attribute in attributes {
        attribute.add_to(&mut message).unwrap();
    }
    message
}

pub fn decoded(raw: Vec<u8>) -> Message {
    let mut message = Message { raw, ..Message::default() };
    message.decode().unwrap();
    message
}

fn code_of(message: &Message) -> u16 {
    let mut error = ErrorCodeAttribute::default();
    error.get_from(message).unwrap();
    error.code.0
}

/// STUN, or ChannelData with its padding.
async fn message_of(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    stream.read_exact(&mut bytes).await.unwrap();
    let told = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    let length = if bytes[0] < 0x40 { 20 + told } else { 4 + told.next_multiple_of(4) };
    bytes.resize(length, 0);
    stream.read_exact(&mut bytes[4..]).await.unwrap();
    bytes
}
