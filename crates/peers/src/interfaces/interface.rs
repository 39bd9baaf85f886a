//! The interfaces of a network, as the kernel has them.

use std::{collections::BTreeMap, fmt, io, net::IpAddr};

use nix::{ifaddrs::getifaddrs, net::if_::InterfaceFlags};

/// A network interface.
#[derive(Debug, Default)]
pub(super) struct Interface {
    pub(super) is_up: bool,
    pub(super) is_loopback: bool,
    pub(super) addresses: Vec<IpAddr>,
}

impl Interface {
    /// Whether a call can be made over it: it is up, has an address that a candidate can have, and is not loopback.
    pub(super) fn can_call(&self) -> bool {
        self.is_up && !self.is_loopback && self.addresses.iter().any(is_usable)
    }
}

/// Whether a candidate can have it: link-local ones are none, since candidates have no zone.
pub(super) fn is_usable(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_link_local(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local(),
    }
}

/// The interfaces of the calling thread's network, by name.
pub(super) fn interfaces() -> io::Result<BTreeMap<String, Interface>> {
    let mut all = BTreeMap::<_, Interface>::new();
    for entry in getifaddrs()? {
        let interface = all.entry(entry.interface_name).or_default();
        interface.is_up = entry.flags.contains(InterfaceFlags::IFF_UP);
        interface.is_loopback = entry.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let v4 = entry.address.and_then(|address| address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip())));
        let v6 = entry.address.and_then(|address| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())));
        interface.addresses.extend(v4.or(v6));
    }
    Ok(all)
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_up { "(up) " } else { "(down) " })?;
        match &self.addresses[..] {
            [] => f.write_str("without an address"),
            addresses => f.write_str(&listed(addresses)),
        }
    }
}

pub(super) fn listed(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
