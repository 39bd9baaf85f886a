//! A socket of the servers, owned by a task: what comes in and what goes out passes a rule that may hold or drop it.
//!
//! The crate `turn` gets a [`Port`], which is only the other end of two channels. So when the task ends, the socket is
//! closed, whatever `turn` still holds.

use std::{any::Any, cmp::Reverse, collections::BinaryHeap, io, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{
    net::UdpSocket,
    sync::{Mutex, mpsc},
    time::{Instant, timeout_at},
};
use webrtc_util::Conn;

use super::{datagram::Datagram, stream::Stream};
use crate::packets::{Packets, Protocol};

/// The largest datagram that UDP can carry.
const LARGEST_DATAGRAM: usize = 65_535;
/// When nothing is held, nothing is due for so long.
const IDLE: Duration = Duration::from_secs(3600);

/// Seen from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// What holds at a socket.
pub(super) trait PacketFilter: Send + 'static {
    /// How long a datagram is held; `None` drops it.
    fn judge(&mut self, way: Way, datagram: &Datagram) -> Option<Duration>;
    /// A datagram goes on now.
    fn passes(&mut self, way: Way, datagram: &Datagram);
}

/// What carries the datagrams.
pub(super) enum Transport {
    Udp(UdpSocket),
    Tcp(Stream),
}

impl Transport {
    fn local(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Udp(socket) => socket.local_addr(),
            Self::Tcp(stream) => Ok(stream.local()),
        }
    }

    const fn protocol(&self) -> Protocol {
        match self {
            Self::Udp(_) => Protocol::Udp,
            Self::Tcp(_) => Protocol::Tcp,
        }
    }

    /// Loses nothing when it is dropped before it is done.
    async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Datagram> {
        match self {
            Self::Udp(socket) => {
                let (length, peer) = socket.recv_from(buffer).await?;
                Ok(Datagram { peer, bytes: buffer[..length].to_vec() })
            }
            Self::Tcp(stream) => stream.receive().await,
        }
    }

    /// A datagram that cannot be sent is a datagram lost; a stream that cannot be written is at its end.
    async fn send(&mut self, datagram: &Datagram) -> io::Result<()> {
        match self {
            Self::Udp(socket) => {
                let _ = socket.send_to(&datagram.bytes, datagram.peer).await;
                Ok(())
            }
            Self::Tcp(stream) => stream.send(&datagram.bytes).await,
        }
    }
}

/// A datagram that waits: ordered by when it is due, then by when it came.
struct Held {
    due: Instant,
    number: u64,
    way: Way,
    datagram: Datagram,
}

impl Held {
    fn place(&self) -> (Instant, u64) {
        (self.due, self.number)
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

/// The socket and what waits at it.
pub(super) struct SocketTask<R> {
    transport: Transport,
    local: SocketAddr,
    rule: R,
    packets: Packets,
    inbound: mpsc::UnboundedSender<Datagram>,
    outbound: mpsc::UnboundedReceiver<Datagram>,
    held: BinaryHeap<Reverse<Held>>,
    /// How many datagrams came until now.
    number: u64,
    buffer: Vec<u8>,
}

impl<R: PacketFilter> SocketTask<R> {
    /// A wire, and the end of it for `turn`.
    ///
    /// # Errors
    ///
    /// When the socket has no address.
    pub(super) fn new(transport: Transport, rule: R, packets: Packets) -> io::Result<(Arc<Port>, Self)> {
        let local = transport.local()?;
        let (inbound, from_wire) = mpsc::unbounded_channel();
        let (to_wire, outbound) = mpsc::unbounded_channel();
        let port = Port { local, from_wire: Mutex::new(from_wire), to_wire };
        let buffer = vec![0; LARGEST_DATAGRAM];
        let held = BinaryHeap::new();
        Ok((
            Arc::new(port),
            Self { transport, local, rule, packets, inbound, outbound, held, number: 0, buffer },
        ))
    }

    /// Carries datagrams until the socket or the port is at its end.
    pub(super) async fn run(mut self) {
        while self.release().await.is_ok() {
            match timeout_at(
                self.next_due(),
                Self::arrival(&mut self.transport, &mut self.outbound, &mut self.buffer),
            )
            .await
            {
                Ok(Some((way, datagram))) => self.take(way, datagram),
                Ok(None) => return,
                Err(_) => {}
            }
        }
    }

    fn next_due(&self) -> Instant {
        self.held.peek().map_or_else(|| Instant::now() + IDLE, |Reverse(held)| held.due)
    }

    async fn arrival(
        transport: &mut Transport,
        outbound: &mut mpsc::UnboundedReceiver<Datagram>,
        buffer: &mut [u8],
    ) -> Option<(Way, Datagram)> {
        tokio::select! {
            received = transport.receive(buffer) => Some((Way::In, received.ok()?)),
            sent = outbound.recv() => Some((Way::Out, sent?)),
        }
    }

    fn take(&mut self, way: Way, datagram: Datagram) {
        if way == Way::In {
            self.packets.keep(self.transport.protocol(), datagram.peer, self.local, &datagram.bytes);
        }
        let Some(delay) = self.rule.judge(way, &datagram) else { return };
        self.number += 1;
        self.held.push(Reverse(Held { due: Instant::now() + delay, number: self.number, way, datagram }));
    }

    /// Lets go on what is due.
    async fn release(&mut self) -> io::Result<()> {
        while self.held.peek().is_some_and(|Reverse(held)| held.due <= Instant::now()) {
            let Some(Reverse(Held { way, datagram, .. })) = self.held.pop() else { break };
            self.rule.passes(way, &datagram);
            match way {
                Way::In => self.inbound.send(datagram).map_err(|_| io::ErrorKind::BrokenPipe)?,
                Way::Out => {
                    self.packets.keep(self.transport.protocol(), self.local, datagram.peer, &datagram.bytes);
                    self.transport.send(&datagram).await?;
                }
            }
        }
        Ok(())
    }
}

/// What `turn` takes for a socket.
pub(super) struct Port {
    local: SocketAddr,
    from_wire: Mutex<mpsc::UnboundedReceiver<Datagram>>,
    to_wire: mpsc::UnboundedSender<Datagram>,
}

fn ended() -> webrtc_util::Error {
    io::Error::from(io::ErrorKind::BrokenPipe).into()
}

/// `turn` names the peer of every datagram: the calls for a connected socket are never made.
fn unconnected() -> webrtc_util::Error {
    io::Error::from(io::ErrorKind::NotConnected).into()
}

#[async_trait]
impl Conn for Port {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(unconnected())
    }

    async fn recv(&self, _: &mut [u8]) -> webrtc_util::Result<usize> {
        Err(unconnected())
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        let datagram = self.from_wire.lock().await.recv().await.ok_or_else(ended)?;
        // What is longer than the buffer is cut off, as a socket does it.
        let length = datagram.bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram.bytes[..length]);
        Ok((length, datagram.peer))
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(unconnected())
    }

    async fn send_to(&self, bytes: &[u8], peer: SocketAddr) -> webrtc_util::Result<usize> {
        self.to_wire.send(Datagram { peer, bytes: bytes.to_vec() }).map_err(|_| ended())?;
        Ok(bytes.len())
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.local)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    async fn close(&self) -> webrtc_util::Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}
