//! Whether this machine carries what mDNS says: packets to a group (RFC 6762, section 3).

use std::{
    io,
    net::{Ipv4Addr, UdpSocket},
    time::Duration,
};

/// The group of mDNS.
pub(crate) const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
/// How long the own packet may be on its way. Measured: less than 1 ms.
const DEADLINE: Duration = Duration::from_secs(2);
const PACKET: &[u8] = b"tincan";

/// A socket that is a member of the group, on a port of its own: others are not disturbed.
///
/// # Errors
/// When the machine has no way to the group.
pub(crate) fn join() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED)?;
    Ok(socket)
}

/// Sends a packet to the group, and hears it.
///
/// # Errors
/// When it cannot be sent, or does not come back in time.
pub(crate) fn hear_own_packet() -> io::Result<()> {
    let socket = join()?;
    socket.set_read_timeout(Some(DEADLINE))?;
    socket.send_to(PACKET, (GROUP, socket.local_addr()?.port()))?;
    let mut buffer = [0; PACKET.len()];
    socket.recv_from(&mut buffer).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_to_the_group_comes_back_where_the_group_can_be_joined() {
        assert_eq!(hear_own_packet().is_ok(), join().is_ok());
    }
}
