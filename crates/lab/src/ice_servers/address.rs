//! Which addresses are of this machine or of a network that it made.

use std::net::IpAddr;

/// Whether a packet to `address` stays within this machine or its private networks: loopback, private (RFC 1918), unique
/// local (RFC 4193) and link-local addresses.
pub(super) fn stays_here(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_never_routed_stays_here() {
        for here in [
            "127.0.0.1",
            "10.13.0.2",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.0.1",
            "::ffff:127.0.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
        ] {
            assert!(stays_here(here.parse().unwrap()), "{here}");
        }
        for away in [
            "0.0.0.0",
            "::",
            "192.0.2.1",
            "172.32.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "2001:db8::1",
            "::ffff:192.0.2.1",
        ] {
            assert!(!stays_here(away.parse().unwrap()), "{away}");
        }
    }
}
