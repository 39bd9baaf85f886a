//! The relayed side of TURN: a port for each allocation, where datagrams meet their fate.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::net::UdpSocket;
use turn::relay::RelayAddressGenerator;
use webrtc_util::Conn;

use super::{
    address::stays_here,
    datagram::Datagram,
    impairment::Impairment,
    shared::Shared,
    socket_task::{PacketFilter, SocketTask, Transport, Way},
};

/// What `turn` asks for a port when it grants an allocation.
pub(super) struct RelayPorts(pub(super) Arc<Shared>);

#[async_trait]
impl RelayAddressGenerator for RelayPorts {
    fn validate(&self) -> Result<(), turn::Error> {
        Ok(())
    }

    /// The relay's address is of the servers' own family, whichever was asked for: there is no other.
    async fn allocate_conn(
        &self,
        _use_ipv4: bool,
        requested_port: u16,
    ) -> Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let shared = &self.0;
        let socket = UdpSocket::bind((shared.options.address, requested_port)).await?;
        let address = socket.local_addr()?;
        let rule = AtRelay::new(Arc::clone(shared), address);
        let (port, socket_task) = SocketTask::new(Transport::Udp(socket), rule, shared.packets.clone())?;
        let ended = shared.ended.clone();
        shared.tasks.spawn(async move { ended.run_until_cancelled(socket_task.run()).await });
        Ok((port, address))
    }
}

struct AtRelay {
    shared: Arc<Shared>,
    address: SocketAddr,
    inward: Impairment,
    outward: Impairment,
}

impl AtRelay {
    fn new(shared: Arc<Shared>, address: SocketAddr) -> Self {
        let number = shared.relays.opened(address);
        let (path, seed) = (shared.options.relay, shared.options.seed);
        let (inward, outward) =
            (Impairment::new(path, seed, 2 * number), Impairment::new(path, seed, 2 * number + 1));
        Self { shared, address, inward, outward }
    }

    /// From another relay of these servers: what was to happen to it happened there.
    fn was_relayed(&self, way: Way, datagram: &Datagram) -> bool {
        way == Way::In && self.shared.relays.has(datagram.peer)
    }
}

impl PacketFilter for AtRelay {
    fn judge(&mut self, way: Way, datagram: &Datagram) -> Option<Duration> {
        if way == Way::Out && !stays_here(datagram.peer.ip()) {
            self.shared.counts.add(|counts| &mut counts.datagrams_blocked);
            return None;
        }
        if self.was_relayed(way, datagram) {
            return Some(Duration::ZERO);
        }
        let impairment = if way == Way::In { &mut self.inward } else { &mut self.outward };
        let fate = impairment.draw();
        if fate.is_none() {
            self.shared.counts.add(|counts| &mut counts.datagrams_dropped);
        }
        fate
    }

    fn passes(&mut self, way: Way, datagram: &Datagram) {
        if self.was_relayed(way, datagram) {
            return;
        }
        let (from, to) = match way {
            Way::In => (datagram.peer, self.address),
            Way::Out => (self.address, datagram.peer),
        };
        self.shared.counts.relayed(from, to, &datagram.bytes);
    }
}

impl Drop for AtRelay {
    fn drop(&mut self) {
        self.shared.relays.closed(self.address);
    }
}
