//! TURN over TCP: messages one after the other in a stream (RFC 8656, 3.1 and 12.5).

use std::{io, net::SocketAddr};

use futures_util::StreamExt;
use tokio::{
    io::AsyncWriteExt,
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};
use tokio_util::{
    bytes::BytesMut,
    codec::{Decoder, FramedRead},
};

use super::datagram::Datagram;

/// Type, length, magic cookie and transaction (RFC 8489, 5).
const STUN_HEADER: usize = 20;
/// Channel number and length (RFC 8656, 12.4).
const CHANNEL_DATA_HEADER: usize = 4;
/// Both begin with two bytes that tell them apart and two bytes of length.
const PREFIX: usize = 4;

/// One client's connection.
pub(super) struct Stream {
    messages: FramedRead<OwnedReadHalf, Framing>,
    writer: OwnedWriteHalf,
    local: SocketAddr,
    peer: SocketAddr,
}

impl Stream {
    /// # Errors
    ///
    /// When the connection has ended already.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        let (local, peer) = (stream.local_addr()?, stream.peer_addr()?);
        // A message is written at once, and waits for no other.
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Self { messages: FramedRead::new(reader, Framing), writer, local, peer })
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) async fn receive(&mut self) -> io::Result<Datagram> {
        let bytes = self.messages.next().await.ok_or(io::ErrorKind::UnexpectedEof)??;
        Ok(Datagram { peer: self.peer, bytes })
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes).await
    }
}

/// Where a message ends.
struct Framing;

impl Framing {
    /// How many bytes belong to the message that begins so. ChannelData is padded to a multiple of four, and its length
    /// does not tell.
    fn length(prefix: [u8; PREFIX]) -> io::Result<usize> {
        let told = usize::from(u16::from_be_bytes([prefix[2], prefix[3]]));
        match prefix[0] >> 6 {
            0b00 => Ok(STUN_HEADER + told),
            0b01 => Ok((CHANNEL_DATA_HEADER + told).next_multiple_of(4)),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "neither STUN nor ChannelData")),
        }
    }
}

impl Decoder for Framing {
    type Item = Vec<u8>;
    type Error = io::Error;

    fn decode(&mut self, read: &mut BytesMut) -> io::Result<Option<Vec<u8>>> {
        let Some(prefix) = read.first_chunk::<PREFIX>() else { return Ok(None) };
        let length = Self::length(*prefix)?;
        if read.len() < length {
            read.reserve(length - read.len());
            return Ok(None);
        }
        Ok(Some(read.split_to(length).to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_cut_into_messages_wherever_it_was_torn() {
        let stun = [&[0, 1, 0, 4][..], &[7; 16], &[1, 2, 3, 4]].concat();
        let channel_data = [0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0];
        let sent = [&stun[..], &channel_data, &stun].concat();
        for torn in 1..sent.len() {
            let (mut read, mut found) = (BytesMut::new(), Vec::new());
            for part in sent.chunks(torn) {
                read.extend_from_slice(part);
                while let Some(message) = Framing.decode(&mut read).unwrap() {
                    found.push(message);
                }
            }
            assert_eq!(found, [stun.clone(), channel_data.to_vec(), stun.clone()], "torn at {torn}");
        }
    }

    #[test]
    fn another_protocol_is_refused() {
        assert!(Framing.decode(&mut BytesMut::from(&[0x80, 0, 0, 0][..])).is_err());
        assert!(Framing.decode(&mut BytesMut::from(&[0xff, 0, 0, 0][..])).is_err());
    }
}
