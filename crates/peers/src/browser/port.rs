//! A port for a driver.
//!
//! ChromeDriver can choose one itself (`--port=0`), but it takes a number that is free on `::1` and ends when the same one
//! is taken on 127.0.0.1. Both numbers come from the range that the system gives out for outgoing connections, so one of
//! its own clients, or what is left of one (TIME-WAIT), is enough: that was seen once in some 500 launches.

use std::{
    fs, io,
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    ops::Range,
};

/// As many ports are looked at: if none of them is free, the machine has none to give.
const MOST_TRIES: usize = 100;
/// Below this, ports may be the system's own, or well-known.
const FIRST: u16 = 10_000;

/// A port that is free on both loopback addresses, drawn from those that the system does not give out by itself.
///
/// # Errors
/// When none is found.
pub(super) fn free_port() -> io::Result<u16> {
    let given_out = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let range = not_given_out(&given_out);
    let drawn = (0..MOST_TRIES).map(|_| rand::random_range(range.clone()));
    drawn.into_iter().find(|port| is_free(*port)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::AddrInUse, format!("no free port among {MOST_TRIES} in {range:?}"))
    })
}

/// The larger of the ranges below and above what the system gives out (`LOW HIGH`, ip(7)).
fn not_given_out(given_out: &str) -> Range<u16> {
    let mut ends = given_out.split_whitespace().filter_map(|end| end.parse::<u16>().ok());
    let (low, high) = ends.next().zip(ends.next()).unwrap_or((32_768, 60_999));
    let (below, above) = (FIRST..low.max(FIRST), high.max(FIRST)..u16::MAX);
    match below.len().max(above.len()) {
        // All is given out: then any port is as good as another.
        0..1_000 => FIRST..u16::MAX,
        _ if below.len() >= above.len() => below,
        _ => above,
    }
}

/// A machine without IPv6 has nobody there to take the port.
fn is_free(port: u16) -> bool {
    let taken = |outcome: io::Result<TcpListener>| {
        outcome.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
    };
    !taken(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        && !taken(TcpListener::bind((Ipv6Addr::LOCALHOST, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_come_from_where_the_system_gives_out_none() {
        assert_eq!(not_given_out("32768\t60999\n"), FIRST..32_768);
        assert_eq!(not_given_out("10000 50000"), 50_000..u16::MAX);
        assert_eq!(not_given_out("1024 65535"), FIRST..u16::MAX);
        assert_eq!(not_given_out(""), FIRST..32_768);
    }

    #[test]
    fn a_port_that_is_taken_on_one_address_is_not_free() {
        let port = free_port().unwrap();
        assert!(is_free(port));
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        assert!(!is_free(port));
        drop(taken);
        assert!(is_free(port));
    }
}
