//! Waits until links carry packets.

use std::{
    io,
    os::fd::AsRawFd,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    ifaddrs::getifaddrs,
    libc,
    net::if_::InterfaceFlags,
    sys::{
        socket::{
            AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, setsockopt,
            socket, sockopt::ReceiveTimeout,
        },
        time::TimeVal,
    },
};

use super::{error::LabError, namespace::Namespace};

/// The kernel takes a few milliseconds, and at worst a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until all interfaces in the namespace are up at both ends. When the second end of a veth comes up, the first one
/// drops what it is to send until the kernel gets round to it (`linkwatch_do_dev` of Linux), which it tells by netlink.
pub(super) fn wait_until_up(inside: &Namespace) -> Result<(), LabError> {
    let outcome = inside.run(wait).and_then(|outcome| outcome);
    outcome.map_err(LabError::system("bring up the links"))
}

fn wait() -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let flags = SockFlag::SOCK_CLOEXEC;
    let events = socket(AddressFamily::Netlink, SockType::Datagram, flags, SockProtocol::NetlinkRoute)?;
    // Subscribed before the first look: no change is missed in between.
    bind(events.as_raw_fd(), &NetlinkAddr::new(0, libc::RTMGRP_LINK as u32))?;
    let mut down = one_that_is_down()?;
    while let Some(interface) = down {
        let left = deadline.saturating_duration_since(Instant::now());
        let too_late = || io::Error::new(io::ErrorKind::TimedOut, format!("{interface} is still down"));
        // A timeout of zero would be none at all (socket(7)).
        let left = Some(left).filter(|left| left.as_micros() > 0).ok_or_else(too_late)?;
        setsockopt(
            &events,
            ReceiveTimeout,
            &TimeVal::new(left.as_secs() as i64, left.subsec_micros().into()),
        )?;
        match recv(events.as_raw_fd(), &mut [0; 8192], MsgFlags::empty()) {
            // Whatever has changed, the next look sees it; also when there were more events than the socket could hold.
            Ok(_) | Err(Errno::ENOBUFS | Errno::EINTR) => down = one_that_is_down()?,
            Err(Errno::EAGAIN) => return Err(too_late()),
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// An interface that is not running (RFC 2863: operationally up), if there is one.
fn one_that_is_down() -> io::Result<Option<String>> {
    let mut all = getifaddrs()?;
    let down = |flags: InterfaceFlags| {
        flags.contains(InterfaceFlags::IFF_UP) && !flags.contains(InterfaceFlags::IFF_RUNNING)
    };
    Ok(all.find(|interface| down(interface.flags)).map(|interface| interface.interface_name))
}
