//! What is asked of the servers.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use super::{address::stays_here, error::IceServersError, service::Service};

/// Beyond any time-out of ICE (libwebrtc gives a STUN server up after 39.75 s).
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// What happens to a datagram on its way through the relay, in either direction.
///
/// It happens once: what goes from one relay of these servers to another meets its fate where it leaves the first.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RelayPath {
    /// The probability that a datagram is lost, from 0 to 1.
    pub loss: f64,
    /// How long a datagram is held.
    pub delay: Duration,
    /// The delay of each datagram is drawn evenly from `delay - jitter` to `delay + jitter`, never below zero. Datagrams
    /// can overtake each other.
    pub jitter: Duration,
}

/// Which servers are wanted, and how bad they are to be.
#[derive(Debug, Clone, PartialEq)]
pub struct IceServerOptions {
    /// The address of all sockets, those of the relay too: loopback, private, unique local or link-local.
    pub address: IpAddr,
    /// What is served, each on a free port.
    pub services: Vec<Service>,
    /// How long each STUN response is held, those of TURN's requests too: the round trip that is added. Data is not held.
    pub answer_delay: Duration,
    /// The ports are bound and never answer.
    pub silent: bool,
    /// What datagrams meet in the relay.
    pub relay: RelayPath,
    /// Decides the fate of the n-th datagram of each direction of each allocation: the same seed, the same fate.
    pub seed: u64,
    /// How long a credential is valid after it was handed out; counted in whole seconds.
    pub credential_lifetime: Duration,
    /// Whether the packets of the servers are kept, to be written by [`IceServers::packets`](super::IceServers::packets).
    pub keep_packets: bool,
}

impl Default for IceServerOptions {
    /// No service yet, on 127.0.0.1, as good as this machine can; credentials for an hour.
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            services: Vec::new(),
            answer_delay: Duration::ZERO,
            silent: false,
            relay: RelayPath::default(),
            seed: 0,
            credential_lifetime: Duration::from_secs(3600),
            keep_packets: false,
        }
    }
}

impl IceServerOptions {
    pub(super) fn check(&self) -> Result<(), IceServersError> {
        if !stays_here(self.address) {
            return Err(IceServersError::PublicAddress(self.address));
        }
        if self.services.is_empty() {
            return Err(IceServersError::NoService);
        }
        if !(0.0..=1.0).contains(&self.relay.loss) {
            return Err(IceServersError::Loss(self.relay.loss));
        }
        let delays = [self.answer_delay, self.relay.delay, self.relay.jitter];
        match delays.into_iter().find(|delay| *delay > LONGEST_DELAY) {
            Some(delay) => Err(IceServersError::Delay(delay, LONGEST_DELAY)),
            None => Ok(()),
        }
    }
}
