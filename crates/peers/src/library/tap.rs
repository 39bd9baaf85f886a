//! The tap on a connection's sockets: every packet that it sends and receives is kept and counted by phase.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tincan_harness::network::PhasePackets;
use tincan_lab::{
    packets::{Packets, Protocol},
    phases::{Direction, PhaseCounter},
};

use crate::network_setup::phase_packets;

/// What passes the sockets of a connection. A clone is the same tap.
#[derive(Debug, Clone)]
pub struct Tap {
    packets: Packets,
    counter: Arc<Mutex<PhaseCounter>>,
}

impl Tap {
    /// A tap through which nothing has passed.
    pub fn new() -> Self {
        Self { packets: Packets::new(true), counter: Arc::default() }
    }

    /// What has passed until now, by phase.
    pub fn counts(&self) -> PhasePackets {
        phase_packets(self.counter.lock().unwrap_or_else(PoisonError::into_inner).counts())
    }

    /// What has passed until now, as pcapng.
    pub fn pcapng(&self) -> Vec<u8> {
        let mut pcapng = Vec::new();
        // Memory takes all.
        let _ = self.packets.write(&mut pcapng);
        pcapng
    }

    /// Datagrams that follow one another in `bytes`, each but the last `size` long, between the socket at `own` and `other`.
    pub fn pass(&self, direction: Direction, [own, other]: [SocketAddr; 2], bytes: &[u8], size: usize) {
        let (from, to) = if direction == Direction::There { (own, other) } else { (other, own) };
        let mut counter = self.counter.lock().unwrap_or_else(PoisonError::into_inner);
        for datagram in bytes.chunks(size.max(1)) {
            self.packets.keep(Protocol::Udp, from, to, datagram);
            counter.see(direction, datagram);
        }
    }
}
