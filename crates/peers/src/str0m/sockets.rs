//! The sockets of one call: UDP, on each address that can be called from.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    task::Poll::{Pending, Ready},
    time::Instant,
};

use tincan_lab::phases::Direction;
use tokio::{io::ReadBuf, net::UdpSocket};

use crate::{interfaces::Interfaces, library::tap::Tap};

/// What no datagram of a call is longer than: str0m sends less than 1200 bytes, and nobody sends more than Ethernet carries.
const LONGEST: usize = 2048;

/// The sockets of a call, and what passes them.
pub(super) struct Sockets {
    all: Vec<(SocketAddr, UdpSocket)>,
    /// What passes them.
    pub(super) tap: Tap,
}

/// What has come in.
pub(super) struct Datagram {
    /// When.
    pub(super) at: Instant,
    /// From whom.
    pub(super) from: SocketAddr,
    /// At which of the sockets.
    pub(super) to: SocketAddr,
    /// Its payload.
    pub(super) bytes: Vec<u8>,
}

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    /// From which of the sockets.
    pub(super) from: SocketAddr,
    /// To whom.
    pub(super) to: SocketAddr,
    /// Its payload.
    pub(super) bytes: Vec<u8>,
}

impl Sockets {
    /// A socket on each address of this thread's network; an address that has just gone gets none.
    ///
    /// # Errors
    /// When none can be bound.
    pub(super) async fn bind() -> io::Result<Self> {
        let (mut all, mut trouble) = (Vec::new(), io::Error::other("there is no address"));
        for address in Interfaces::addresses()? {
            match UdpSocket::bind((address, 0)).await.and_then(|socket| Ok((socket.local_addr()?, socket))) {
                Ok(bound) => all.push(bound),
                Err(error) => trouble = error,
            }
        }
        if all.is_empty() { Err(trouble) } else { Ok(Self { all, tap: Tap::new() }) }
    }

    /// Where they are bound.
    pub(super) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.all.iter().map(|(address, _)| *address)
    }

    /// The next datagram of any of them. Nothing is lost if it is not waited for to the end.
    pub(super) async fn receive(&self) -> Datagram {
        poll_fn(|context| {
            for (to, socket) in &self.all {
                let mut space = [0; LONGEST];
                let mut space = ReadBuf::new(&mut space);
                loop {
                    match socket.poll_recv_from(context, &mut space) {
                        Ready(Ok(from)) => {
                            let bytes = space.filled().to_vec();
                            self.tap.pass(Direction::Back, [*to, from], &bytes, bytes.len());
                            return Ready(Datagram { at: Instant::now(), from, to: *to, bytes });
                        }
                        // Of a datagram that was sent, as that nobody listens there: the next one may arrive.
                        Ready(Err(_)) => {}
                        Pending => break,
                    }
                }
            }
            Pending
        })
        .await
    }

    /// Sends `bytes` from the socket that is bound to `from`. What cannot be sent is lost, as it could be on the way.
    pub(super) async fn send(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let Some((_, socket)) = self.all.iter().find(|(address, _)| *address == from) else { return };
        if socket.send_to(bytes, to).await.is_ok() {
            self.tap.pass(Direction::There, [from, to], bytes, bytes.len());
        }
    }
}
