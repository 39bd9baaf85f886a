//! The tap on the sockets of webrtc-rs, which takes them from a `Runtime`. This one is the library's own, with sockets that
//! are looked at.

use std::{
    io::{self, IoSliceMut},
    net::{SocketAddr, TcpListener, UdpSocket},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use rtc::mdns::MDNS_PORT;
use tincan_lab::phases::Direction;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, Transmit,
};

use crate::library::tap::Tap;

/// `runtime`, with `tap` on all its sockets but those of multicast DNS: what comes in there is not of the call.
pub fn tapped(runtime: Arc<dyn Runtime>, tap: Tap) -> Arc<dyn Runtime> {
    Arc::new(Tapped { runtime, tap })
}

#[derive(Debug)]
struct TappedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    address: SocketAddr,
    tap: Tap,
}

impl AsyncUdpSocket for TappedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = self.socket.poll_send(context, transmit);
        if let Poll::Ready(Ok(_)) = sent {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            let ends = [self.address, transmit.destination];
            self.tap.pass(Direction::There, ends, transmit.contents, size);
        }
        sent
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(context, buffers, meta);
        if let Poll::Ready(Ok(count)) = received {
            for (buffer, meta) in buffers.iter().zip(meta.iter()).take(count) {
                let ends = [self.address, meta.addr];
                self.tap.pass(Direction::Back, ends, &buffer[..meta.len], meta.stride);
            }
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

/// A runtime whose UDP sockets are tapped, and which is for all else the one that it stands before.
#[derive(Debug)]
struct Tapped {
    runtime: Arc<dyn Runtime>,
    tap: Tap,
}

impl Runtime for Tapped {
    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let socket = self.runtime.wrap_udp_socket(socket)?;
        let address = socket.local_addr()?;
        match address.port() {
            MDNS_PORT => Ok(socket),
            _ => Ok(Arc::new(TappedSocket { socket, address, tap: self.tap.clone() })),
        }
    }

    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        self.runtime.spawn(future)
    }

    fn spawn_reactor(
        &self,
        pool: usize,
        future: Pin<Box<dyn Future<Output = ()> + Send>>,
    ) -> Box<dyn JoinHandle> {
        self.runtime.spawn_reactor(pool, future)
    }

    fn wrap_tcp_listener(&self, listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.runtime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        self.runtime.connect_tcp(address)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        self.runtime.resolve_host(host)
    }

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.runtime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.runtime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.runtime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.runtime.yield_now()
    }

    fn name(&self) -> &'static str {
        self.runtime.name()
    }
}
