//! Where clients ask: the UDP and TCP ports of STUN and TURN.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::net::{TcpListener, UdpSocket};
use turn::{
    auth::LongTermAuthHandler,
    server::{
        Server,
        config::{ConnConfig, ServerConfig},
    },
};

use super::{
    counts::is_response,
    datagram::Datagram,
    error::IceServersError,
    relay::RelayPorts,
    service::Service,
    shared::Shared,
    socket_task::{PacketFilter, SocketTask, Transport, Way},
    stream::Stream,
};

/// Part of the key that a password makes (RFC 8489, 9.2.2); any name does.
const REALM: &str = "tincan";

enum Socket {
    Udp(UdpSocket),
    Tcp(TcpListener),
}

/// A bound port that is not served yet.
pub(super) struct Listener {
    service: Service,
    socket: Socket,
    address: SocketAddr,
}

impl Listener {
    pub(super) async fn bind(service: Service, address: IpAddr) -> Result<Self, IceServersError> {
        let bound = match service {
            Service::Stun | Service::TurnUdp => bind_udp(address).await,
            Service::TurnTcp => bind_tcp(address).await,
        };
        let (socket, bound) = bound.map_err(|source| IceServersError::Bind { service, address, source })?;
        Ok(Self { service, socket, address: bound })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn serve(self, shared: Arc<Shared>) -> Result<(), IceServersError> {
        let service = self.service;
        let refused = |error: turn::Error| IceServersError::Start { service, reason: error.to_string() };
        match self.socket {
            Socket::Udp(socket) => serve(Transport::Udp(socket), shared).await.map_err(refused),
            Socket::Tcp(listener) => {
                let ended = shared.ended.clone();
                let tasks = shared.tasks.clone();
                tasks.spawn(async move { ended.run_until_cancelled(accept(listener, shared)).await });
                Ok(())
            }
        }
    }
}

async fn bind_udp(address: IpAddr) -> io::Result<(Socket, SocketAddr)> {
    let socket = UdpSocket::bind((address, 0)).await?;
    let bound = socket.local_addr()?;
    Ok((Socket::Udp(socket), bound))
}

async fn bind_tcp(address: IpAddr) -> io::Result<(Socket, SocketAddr)> {
    let listener = TcpListener::bind((address, 0)).await?;
    let bound = listener.local_addr()?;
    Ok((Socket::Tcp(listener), bound))
}

/// Each connection has a server of its own, so that its allocation ends when the connection does (RFC 8656, 3.1).
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.counts.add(|counts| &mut counts.tcp_connections);
        // A client that has gone already is none to serve.
        if let Ok(stream) = Stream::new(stream) {
            let _ = serve(Transport::Tcp(stream), Arc::clone(&shared)).await;
        }
    }
}

async fn serve(transport: Transport, shared: Arc<Shared>) -> Result<(), turn::Error> {
    let rule = AtListener { shared: Arc::clone(&shared) };
    let (port, socket_task) = SocketTask::new(transport, rule, shared.packets.clone())?;
    let server = Server::new(ServerConfig {
        conn_configs: vec![ConnConfig {
            conn: port,
            relay_addr_generator: Box::new(RelayPorts(Arc::clone(&shared))),
        }],
        realm: REALM.to_owned(),
        auth_handler: Arc::new(LongTermAuthHandler::new(shared.secret.clone())),
        // Zero stands for the default, ten minutes.
        channel_bind_timeout: Duration::ZERO,
        alloc_close_notify: None,
    })
    .await?;
    let ended = shared.ended.clone();
    shared.tasks.spawn(async move {
        ended.run_until_cancelled(socket_task.run()).await;
        // It serves as long as it is held.
        drop(server);
    });
    Ok(())
}

struct AtListener {
    shared: Arc<Shared>,
}

impl PacketFilter for AtListener {
    fn judge(&mut self, way: Way, datagram: &Datagram) -> Option<Duration> {
        match way {
            Way::In => {
                self.shared.counts.asked(&datagram.bytes);
                (!self.shared.options.silent).then_some(Duration::ZERO)
            }
            Way::Out if is_response(&datagram.bytes) => Some(self.shared.options.answer_delay),
            Way::Out => Some(Duration::ZERO),
        }
    }

    fn passes(&mut self, way: Way, datagram: &Datagram) {
        if way == Way::Out {
            self.shared.counts.answered(&datagram.bytes);
        }
    }
}
