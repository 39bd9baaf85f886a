//! Addresses that come and go on this machine while a call is made: a browser drops what it was loading then
//! (`ERR_NETWORK_CHANGED`), and candidates lead nowhere. It does so too when an address that was there settles, a link-local one for
//! example, which is tentative for a second or two after its interface came up (RFC 4862, section 5.4). The kernel tells of each
//! (rtnetlink(7)).

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::fd::{AsRawFd, OwnedFd},
};

use nix::{
    errno::Errno,
    sys::socket::{
        AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket,
    },
};
use tincan_harness::{Exchange, HarnessError, Judged, Verdict, exchange::Ending};

use super::interface::interfaces;

/// `RTMGRP_IPV4_IFADDR` and `RTMGRP_IPV6_IFADDR` (linux/rtnetlink.h).
const GROUPS: u32 = 0x10 | 0x100;
/// `RTM_NEWADDR`
const NEW_ADDRESS: u16 = 20;
/// `RTM_DELADDR`
const DELETED_ADDRESS: u16 = 21;
/// `IFA_F_PERMANENT` (linux/if_addr.h): it has no lifetime.
const PERMANENT: u8 = 0x80;
/// Where the flags stand in `struct ifaddrmsg`.
const FLAGS: usize = 2;
/// `IFA_LOCAL`, which is the own one where there is another end, and `IFA_ADDRESS`.
const ADDRESS: [u16; 2] = [2, 1];
/// The length of `struct nlmsghdr`, and of `struct ifaddrmsg` behind it.
const HEADERS: (usize, usize) = (16, 8);

/// Hears of the addresses that come and go from when it is opened.
#[derive(Debug)]
pub(crate) struct Changes {
    socket: OwnedFd,
    /// The addresses that there are, with their flags as far as they were told.
    known: BTreeMap<IpAddr, Option<u8>>,
}

impl Changes {
    /// Listens on the network of the calling thread.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub(crate) fn listen() -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, SockProtocol::NetlinkRoute)?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, GROUPS))?;
        // Only now: nothing that changes in between is missed.
        let known = interfaces()?.into_values().flat_map(|interface| interface.addresses);
        Ok(Self { socket, known: known.map(|address| (address, None)).collect() })
    }

    /// What has changed since the last look, in the order in which it did.
    fn take(&mut self) -> Vec<String> {
        let mut changes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Ok(length @ 1..) => {
                    let messages = messages(&buffer[..length]);
                    changes.extend(messages.filter_map(|told| self.note(&told)));
                }
                // What was not kept is lost; what comes next is told again.
                Err(Errno::ENOBUFS) => changes.push("more than the kernel could tell".to_owned()),
                Ok(_) | Err(_) => return changes,
            }
        }
    }

    /// Addresses are announced anew when their lifetime is: that is no change. One that has none is announced when it has settled.
    fn note(&mut self, &Told { kind, flags, address }: &Told) -> Option<String> {
        let changed = match kind {
            NEW_ADDRESS => match self.known.insert(address, Some(flags)) {
                None => Some("came"),
                Some(Some(before)) => (before != flags).then_some("settled"),
                Some(None) => (flags & PERMANENT != 0).then_some("settled"),
            },
            DELETED_ADDRESS => self.known.remove(&address).map(|_| "went"),
            _ => None,
        };
        changed.filter(|_| !address.is_loopback()).map(|what| format!("{address} {what}"))
    }
}

/// What has changed since the last look; nothing is known where nobody listens.
pub(crate) fn take(changes: &mut Option<Changes>) -> Vec<String> {
    changes.as_mut().map(Changes::take).unwrap_or_default()
}

/// A call that did not pass while `changes` happened says nothing about its peers.
pub(crate) fn held_against(judged: Judged, changes: &[String]) -> Judged {
    let (role, said) = match &judged.verdict {
        Verdict::Failed(shortfall) if !changes.is_empty() => (shortfall.role, shortfall.to_string()),
        Verdict::Errored(Some(role), trouble) if !changes.is_empty() => {
            (*role, format!("failed to {}: {}", trouble.step, trouble.message))
        }
        _ => return judged,
    };
    let trouble = HarnessError::new("make the call on a network that stays as it is", said);
    let trouble = for_changes(trouble, changes);
    let exchange = Exchange { ending: Ending::HarnessFailed(role, trouble.clone()), ..judged.exchange };
    Judged { exchange, verdict: Verdict::Errored(Some(role), trouble) }
}

/// The trouble as one that comes of these changes; as it is, if there are none.
pub(crate) fn for_changes(trouble: HarnessError, changes: &[String]) -> HarnessError {
    if changes.is_empty() {
        return trouble;
    }
    let message =
        format!("this machine's addresses changed meanwhile ({}); {}", told(changes), trouble.message);
    HarnessError { message, ..trouble }.hint(
        "run it again when no interface comes or goes: containers, a VPN or a DHCP client may be starting",
    )
}

/// The first few of them: one that comes and goes without end says no more by each time.
fn told(changes: &[String]) -> String {
    const TOLD: usize = 6;
    let more = changes.len().saturating_sub(TOLD);
    let first = changes[..changes.len() - more].join(", ");
    if more == 0 { first } else { format!("{first} and {more} times more") }
}

/// What a message says about an address.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    kind: u16,
    flags: u8,
    address: IpAddr,
}

/// The messages of a datagram about addresses.
fn messages(datagram: &[u8]) -> impl Iterator<Item = Told> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let length = number(rest, 0, 4)? as usize;
        let message = rest.get(..length).filter(|_| length >= HEADERS.0)?;
        rest = rest.get(aligned(length)..).unwrap_or_default();
        Some(message)
    })
    .filter_map(|message| {
        let kind = number(message, 4, 2)? as u16;
        let attributes = message.get(HEADERS.0 + HEADERS.1..)?;
        Some(Told { kind, flags: *message.get(HEADERS.0 + FLAGS)?, address: address(attributes)? })
    })
}

/// The address in attributes (`struct rtattr`: length, type, value).
fn address(attributes: &[u8]) -> Option<IpAddr> {
    let mut rest = attributes;
    let mut found = [None, None];
    while let Some(length) = number(rest, 0, 2).map(|length| length as usize).filter(|length| *length >= 4) {
        let (kind, value) = (number(rest, 2, 2)? as u16, rest.get(4..length)?);
        if let Some(host) = ADDRESS.iter().position(|address| *address == kind) {
            found[host] = ip(value);
        }
        rest = rest.get(aligned(length)..).unwrap_or_default();
    }
    found.into_iter().flatten().next()
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|v4| Ipv4Addr::from(v4).into());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|v6| Ipv6Addr::from(v6).into())).ok()
}

/// A number of this machine's byte order, of two or four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + length)?;
    let two = <[u8; 2]>::try_from(bytes).map(|two| u16::from_ne_bytes(two).into());
    two.or_else(|_| <[u8; 4]>::try_from(bytes).map(u32::from_ne_bytes)).ok()
}

const fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::registry::catalogue;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(4 + value.len()).unwrap();
        [&length.to_ne_bytes(), &kind.to_ne_bytes(), value].concat()
    }

    fn message(kind: u16, attributes: &[Vec<u8>]) -> Vec<u8> {
        let attributes = attributes.concat();
        let length = u32::try_from(HEADERS.0 + HEADERS.1 + attributes.len()).unwrap();
        [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[0; 10], &[0; 8], &attributes].concat()
    }

    #[test]
    fn addresses_are_read_out_of_what_the_kernel_says() {
        let own: IpAddr = [192, 0, 2, 1].into();
        let both = [attribute(1, &[192, 0, 2, 9]), attribute(2, &[192, 0, 2, 1]), attribute(3, b"e0\0\0")];
        let v6 = "2001:db8::1".parse::<Ipv6Addr>().unwrap();
        let said = [message(NEW_ADDRESS, &both), message(DELETED_ADDRESS, &[attribute(1, &v6.octets())])];
        let read: Vec<_> = messages(&said.concat()).collect();
        let told = |kind, address| Told { kind, flags: 0, address };
        assert_eq!(read, [told(NEW_ADDRESS, own), told(DELETED_ADDRESS, v6.into())]);
        for cut in [&said[0][..10], &said[0][..30], &[0; 40], &[]] {
            assert_eq!(messages(cut).count(), 0, "{cut:?}");
        }
    }

    #[test]
    fn what_comes_or_goes_or_settles_is_a_change_and_a_new_lifetime_is_none() {
        const TENTATIVE: u8 = 0x40;
        let mut changes = Changes::listen().unwrap();
        changes.known.insert("fe80::1".parse().unwrap(), None);
        changes.known.insert("2001:db8::1".parse().unwrap(), None);
        let mut note = |kind, flags, address: &str| {
            changes.note(&Told { kind, flags, address: address.parse().unwrap() })
        };
        assert_eq!(note(NEW_ADDRESS, PERMANENT, "192.0.2.77").as_deref(), Some("192.0.2.77 came"));
        assert_eq!(note(NEW_ADDRESS, PERMANENT, "192.0.2.77"), None);
        assert_eq!(note(DELETED_ADDRESS, PERMANENT, "192.0.2.77").as_deref(), Some("192.0.2.77 went"));
        assert_eq!(note(NEW_ADDRESS, PERMANENT | TENTATIVE, "fe80::77").as_deref(), Some("fe80::77 came"));
        assert_eq!(note(NEW_ADDRESS, PERMANENT, "fe80::77").as_deref(), Some("fe80::77 settled"));
        // Nobody told its flags before: without a lifetime there is one other reason to announce it.
        assert_eq!(note(NEW_ADDRESS, PERMANENT, "fe80::1").as_deref(), Some("fe80::1 settled"));
        assert_eq!(note(NEW_ADDRESS, 0, "2001:db8::1"), None);
        assert_eq!(note(NEW_ADDRESS, PERMANENT, "127.0.0.1"), None);
    }

    #[test]
    fn no_peer_is_blamed_for_addresses_that_changed() {
        let scenario = catalogue().scenarios()[0];
        let died = HarnessError::new("hear from the peer", "it is silent").printed(vec!["FATAL".to_owned()]);
        let errored = Verdict::Errored(Some(tincan_harness::Role::Answerer), died);
        let errored = Judged::never_begun(&scenario, errored).unwrap();
        let stalled = Ending::Stalled {
            role: tincan_harness::Role::Offerer,
            milestone: tincan_harness::Milestone::IceConnected,
            wait: tincan_harness::Wait::Ice,
            waited: std::time::Duration::from_secs(20),
        };
        let failed = Exchange { ending: stalled, ..errored.exchange.clone() };
        let failed = Judged::of(&scenario, failed);
        for (judged, words) in [(errored, "it is silent"), (failed, "ice-connected was not reached")] {
            assert_eq!(held_against(judged.clone(), &[]), judged);
            let held = held_against(judged, &["192.0.2.7 went".to_owned()]);
            let reason = held.verdict.reason().unwrap();
            assert!(matches!(held.verdict, Verdict::Errored(..)), "{reason}");
            assert!(reason.contains("192.0.2.7 went") && reason.contains(words), "{reason}");
            assert_eq!(Judged::of(&scenario, held.exchange.clone()), held);
        }
    }
}
