//! STUN and TURN servers of our own, on one address of this machine, that can be slow, silent or lossy on purpose.
//!
//! The crate `turn` speaks the protocols. Its sockets are ours (`socket_task`): that is where an answer is delayed, a port stays
//! silent, a datagram through the relay is lost by a seed, and TURN over TCP is taken apart into messages. All sockets
//! belong to tasks that are waited for when the servers are closed.

mod address;
mod counts;
mod datagram;
mod error;
mod impairment;
mod listener;
mod options;
mod relay;
mod relays;
mod service;
mod shared;
mod socket_task;
mod stream;

use std::{io, net::SocketAddr, sync::Arc};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use turn::auth::generate_long_term_credentials;

use self::{counts::Counts, listener::Listener, relays::Relays, shared::Shared};
pub use self::{
    counts::IceServerCounts,
    error::IceServersError,
    options::{IceServerOptions, RelayPath},
    service::Service,
};
use crate::{packets::Packets, phases::PhaseCounts};

/// How some of the servers are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEntry {
    /// `stun:` and `turn:` URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// For TURN: when the credential expires, in seconds since 1970.
    pub username: Option<String>,
    /// For TURN: base64 of HMAC-SHA1 of the user name under the servers' secret.
    pub credential: Option<String>,
}

/// STUN and TURN servers that run until they are closed or dropped.
pub struct IceServers {
    shared: Arc<Shared>,
    listening: Vec<(Service, SocketAddr)>,
}

impl IceServers {
    /// Binds a free port for each service asked for, and serves there.
    ///
    /// # Errors
    ///
    /// When the options make no sense, the address is a public one, or a port cannot be bound.
    pub async fn start(options: IceServerOptions) -> Result<Self, IceServersError> {
        options.check()?;
        let mut servers = Self {
            listening: Vec::new(),
            shared: Arc::new(Shared {
                secret: format!("{:032x}", rand::random::<u128>()),
                counts: Counts::default(),
                packets: Packets::new(options.keep_packets),
                relays: Relays::default(),
                tasks: TaskTracker::new(),
                ended: CancellationToken::new(),
                options,
            }),
        };
        for service in servers.shared.options.services.clone() {
            let listener = Listener::bind(service, servers.shared.options.address).await?;
            servers.listening.push((service, listener.address()));
            listener.serve(Arc::clone(&servers.shared)).await?;
        }
        Ok(servers)
    }

    /// Where each service listens.
    #[must_use]
    pub fn listening(&self) -> &[(Service, SocketAddr)] {
        &self.listening
    }

    /// What to give to a peer: the STUN servers without, the TURN servers with a credential that is made now and valid for
    /// [`IceServerOptions::credential_lifetime`].
    ///
    /// # Errors
    ///
    /// When the clock stands before 1970.
    pub fn ice_servers(&self) -> Result<Vec<ServerEntry>, IceServersError> {
        let urls = |of_turn: bool| -> Vec<String> {
            let wanted = self.listening.iter().filter(|(service, _)| service.is_turn() == of_turn);
            wanted.map(|(service, address)| service.url(*address)).collect()
        };
        let (stun, turn) = (urls(false), urls(true));
        let mut servers = Vec::new();
        if !stun.is_empty() {
            servers.push(ServerEntry { urls: stun, username: None, credential: None });
        }
        if !turn.is_empty() {
            let lifetime = self.shared.options.credential_lifetime;
            let (username, credential) = generate_long_term_credentials(&self.shared.secret, lifetime)
                .map_err(|error| IceServersError::Clock(error.to_string()))?;
            servers.push(ServerEntry { urls: turn, username: Some(username), credential: Some(credential) });
        }
        Ok(servers)
    }

    /// What the servers have seen and done until now.
    #[must_use]
    pub fn counts(&self) -> IceServerCounts {
        self.shared.counts.now()
    }

    /// Writes the packets kept until now as pcapng, in the order in which they passed; a file without packets when
    /// [`IceServerOptions::keep_packets`] is not set.
    ///
    /// # Errors
    ///
    /// When `into` takes no more.
    pub fn packets(&self, into: &mut dyn io::Write) -> Result<(), IceServersError> {
        self.shared.packets.write(into).map_err(IceServersError::Packets)
    }

    /// The packets by their phases: requests to the servers, and what went through
    /// relays.
    #[must_use]
    pub fn phases(&self) -> PhaseCounts {
        self.shared.counts.phases()
    }

    /// Ends the servers, and returns when every socket of theirs is closed.
    pub async fn close(self) {
        self.shared.ended.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Drop for IceServers {
    /// The sockets are closed as soon as their tasks are next polled.
    fn drop(&mut self) {
        self.shared.ended.cancel();
    }
}
