//! What this machine has to call over: facts for a message, read where a peer runs.

mod changes;
mod interface;

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    net::{IpAddr, Ipv4Addr, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Duration,
};

use tincan_harness::HarnessError;
use tokio::task::spawn_blocking;

pub(crate) use self::changes::{Changes, for_changes, held_against, take};
use self::interface::{Interface, interfaces, is_usable, listed};
use crate::network_host::NetworkHost;

/// A name that is in /etc/hosts resolves at once; one that is asked of a DNS server that is not there takes half a minute.
const RESOLVE_DEADLINE: Duration = Duration::from_secs(1);
/// The route is there, but refuses what takes it: `RTF_REJECT` of linux/route.h.
const REJECTS: u32 = 0x200;

/// The interfaces, routes and loopback names of a network, as they were when they were looked at.
#[derive(Debug)]
pub struct Interfaces {
    all: io::Result<BTreeMap<String, Interface>>,
    has_default_route: bool,
    localhost: Result<Vec<IpAddr>, String>,
}

impl Interfaces {
    /// Those of this machine's own network.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::look(&NetworkHost::default())
    }

    /// Whether anything is up that has an address, loopback included, on the network of the calling thread. Where the kernel does
    /// not tell, it is.
    #[cfg_attr(not(feature = "library"), allow(dead_code, reason = "peers in this process use it"))]
    pub(crate) fn any_is_up() -> bool {
        let up = |found: &Interface| found.is_up && !found.addresses.is_empty();
        interfaces().map_or(true, |all| all.values().any(up))
    }

    /// Whether anything but loopback is up that can be called over, on the network of the calling thread. Where the kernel does
    /// not tell, it is.
    #[cfg_attr(not(feature = "webrtc-rs-0-17"), allow(dead_code, reason = "who gathers by itself uses it"))]
    pub(crate) fn any_beyond_loopback() -> bool {
        interfaces().map_or(true, |all| all.values().any(Interface::can_call))
    }

    /// The addresses that can be called from, on the network of the calling thread: loopback's where there are no others.
    ///
    /// # Errors
    /// When the kernel does not tell.
    #[cfg_attr(not(feature = "str0m"), allow(dead_code, reason = "who brings a library its sockets uses it"))]
    pub(crate) fn addresses() -> io::Result<Vec<IpAddr>> {
        let all = interfaces()?;
        let usable = all.values().filter(|found| found.can_call()).flat_map(|found| &found.addresses);
        let mut addresses: Vec<_> = usable.copied().filter(is_usable).collect();
        if addresses.is_empty() {
            addresses.push(Ipv4Addr::LOCALHOST.into());
        }
        Ok(addresses)
    }

    /// Those of the network that `host` is on. Takes at most a second.
    pub(crate) fn look(host: &NetworkHost) -> Self {
        let looked = host.run(|| (interfaces(), has_default_route()));
        let (all, has_default_route) = looked.unwrap_or_else(|error| (Err(error), false));
        Self { all, has_default_route, localhost: resolve("localhost") }
    }

    /// What to do about it if programs of this machine cannot reach each other over these; none if they can.
    fn local_hint(&self) -> Option<String> {
        let is_loopback = |found: &Interface| found.is_loopback && found.is_up && !found.addresses.is_empty();
        if !self.all.as_ref().ok()?.values().any(is_loopback) {
            return Some("bring up the loopback interface: `ip link set lo up`".to_owned());
        }
        let resolves = self.localhost.as_ref().is_ok_and(|found| found.iter().any(IpAddr::is_loopback));
        (!resolves).then(|| {
            "let localhost be this machine, which drivers call their browsers by: a line `127.0.0.1 localhost` in \
             /etc/hosts"
                .to_owned()
        })
    }

    /// What to do about it if nothing can be called over these; none if that is not for want of an interface or an address.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let has_loopback = self.all.as_ref().ok()?.values().any(|found| found.is_loopback && found.is_up);
        if !has_loopback {
            return self.local_hint();
        }
        match self.first_usable() {
            None => Some(
                "bring up a network interface that has an address; in a container, do not take --network none"
                    .to_owned(),
            ),
            Some(name) if !self.has_default_route => {
                Some(format!(
                    "add a default route, `ip route add default dev {name}`: the headless shell gathers nothing without one, \
                     the whole Chromium does"
                ))
            }
            Some(_) => None,
        }
    }

    /// Whether there is an interface to call over: one that is up, has an address that a candidate can have, and is not
    /// loopback.
    #[must_use]
    pub fn can_call(&self) -> bool {
        self.first_usable().is_some()
    }

    fn first_usable(&self) -> Option<&str> {
        self.all.as_ref().ok()?.iter().find(|(_, found)| found.can_call()).map(|(name, _)| name.as_str())
    }
}

/// The trouble of programs that have to reach each other on `host`; if they cannot, with what the network is there and what to
/// do about it.
pub(crate) async fn explain_local(trouble: HarnessError, host: &NetworkHost) -> HarnessError {
    let own = host.clone();
    let hint = spawn_blocking(move || Interfaces::look(&own).local_hint()).await.ok().flatten();
    match hint {
        Some(hint) => explain(trouble.hint(hint), host).await,
        None => trouble,
    }
}

/// The trouble with what the network is that `host` is on; and what to do about that, unless the trouble knows itself.
pub(crate) async fn explain(trouble: HarnessError, host: &NetworkHost) -> HarnessError {
    let host = host.clone();
    let Ok(network) = spawn_blocking(move || Interfaces::look(&host)).await else { return trouble };
    let message = format!("{}; {network}", trouble.message);
    let hint = trouble.hint.or_else(|| network.hint());
    HarnessError { message, hint, ..trouble }
}

impl fmt::Display for Interfaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.all {
            Err(error) => write!(f, "the interfaces cannot be listed: {error}")?,
            Ok(all) if all.is_empty() => f.write_str("no interface")?,
            Ok(all) => {
                let each: Vec<_> = all.iter().map(|(name, found)| format!("{name} {found}")).collect();
                write!(f, "interfaces: {}", each.join("; "))?;
            }
        }
        f.write_str(if self.has_default_route { "; a default route" } else { "; no default route" })?;
        match &self.localhost {
            Ok(addresses) => write!(f, "; localhost is {}", listed(addresses)),
            Err(reason) => write!(f, "; localhost does not resolve: {reason}"),
        }
    }
}

/// Whether the calling thread's network has a route for whatever has no route of its own (proc(5)).
fn has_default_route() -> bool {
    // `/proc/net` would be that of the first thread.
    let table = |name| fs::read_to_string(format!("/proc/thread-self/net/{name}")).unwrap_or_default();
    table("route").lines().any(is_default_v4) || table("ipv6_route").lines().any(is_default_v6)
}

/// `INTERFACE DESTINATION GATEWAY FLAGS REFERENCES USE METRIC MASK …`
fn is_default_v4(line: &str) -> bool {
    let fields: Vec<_> = line.split_whitespace().collect();
    matches!(fields[..], [_, "00000000", _, flags, _, _, _, "00000000", ..] if leads_somewhere(flags))
}

/// `DESTINATION LENGTH SOURCE LENGTH GATEWAY METRIC REFERENCES USE FLAGS INTERFACE`
fn is_default_v6(line: &str) -> bool {
    let fields: Vec<_> = line.split_whitespace().collect();
    matches!(fields[..], [_, "00", _, _, _, _, _, _, flags, name] if leads_somewhere(flags) && name != "lo")
}

fn leads_somewhere(flags: &str) -> bool {
    u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & REJECTS == 0)
}

/// The addresses of a name; or why there are none, which is known in [`RESOLVE_DEADLINE`].
fn resolve(name: &'static str) -> Result<Vec<IpAddr>, String> {
    let (answer, answered) = mpsc::channel();
    // Nothing ends a look-up that waits for a server: it ends by itself, and nobody listens any more.
    thread::spawn(move || {
        let found = (name, 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect());
        let _ = answer.send(found.map_err(|error| error.to_string()));
    });
    let late = |_| format!("nobody answered within {} s", RESOLVE_DEADLINE.as_secs());
    answered.recv_timeout(RESOLVE_DEADLINE).map_err(late)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(interfaces: &[(&str, bool, &[&str])], has_default_route: bool) -> Interfaces {
        let all = interfaces.iter().map(|(name, is_up, addresses)| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
            ((*name).to_owned(), Interface { is_up: *is_up, is_loopback: *name == "lo", addresses })
        });
        Interfaces { all: Ok(all.collect()), has_default_route, localhost: Err("no such name".to_owned()) }
    }

    #[test]
    fn programs_need_loopback_and_its_name() {
        let with = |is_up, localhost| {
            let network = network(&[("lo", is_up, if is_up { &["127.0.0.1"] } else { &[] })], false);
            Interfaces { localhost, ..network }.local_hint()
        };
        let [own, other] = [[127, 0, 0, 1], [192, 0, 2, 1]].map(|address| Ok(vec![IpAddr::from(address)]));
        assert_eq!(with(true, own.clone()), None);
        assert!(with(false, own).is_some_and(|hint| hint.contains("lo up")));
        for wrong in [other, Err("no such name".to_owned())] {
            assert!(with(true, wrong).is_some_and(|hint| hint.contains("/etc/hosts")));
        }
    }

    #[test]
    fn what_is_missing_first_is_what_to_bring_up() {
        let lo = ("lo", true, &["127.0.0.1", "::1"][..]);
        let table = [
            (network(&[("lo", false, &[])], false), Some("set lo up")),
            (network(&[lo], false), Some("bring up a network interface")),
            (network(&[lo, ("eth0", false, &["10.0.0.2"])], false), Some("bring up a network interface")),
            (network(&[lo, ("eth0", true, &["fe80::1"])], false), Some("bring up a network interface")),
            (network(&[lo, ("eth0", true, &["fe80::1", "2001:db8::1"])], false), Some("default dev eth0")),
            (network(&[lo, ("eth0", true, &["10.0.0.2"])], true), None),
        ];
        for (network, words) in table {
            let hint = network.hint();
            let says = words.is_none_or(|words| hint.as_ref().is_some_and(|hint| hint.contains(words)));
            assert!(says && hint.is_some() == words.is_some(), "{network}: {hint:?}");
        }
    }

    #[test]
    fn a_network_is_told_in_one_line() {
        let network = network(&[("eth0", false, &[]), ("lo", true, &["127.0.0.1"])], false);
        let told = "interfaces: eth0 (down) without an address; lo (up) 127.0.0.1; no default route; localhost does not \
                    resolve: no such name";
        assert_eq!(network.to_string(), told);
        assert!(!network.can_call());
    }

    #[test]
    fn a_default_route_is_one_for_everything_that_refuses_nothing() {
        assert!(is_default_v4("eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0"));
        assert!(!is_default_v4("eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0"));
        assert!(!is_default_v4("*	00000000	00000000	0200	0	0	0	00000000	0	0	0"));
        let (none, zero) = ("00000000000000000000000000000000", "00000000");
        let route = |length, flags, name| {
            format!("{none} {length} {none} 00 {none} 00000400 {zero} {zero} {flags} {name}")
        };
        assert!(is_default_v6(&route("00", "00000003", "eth0")));
        assert!(!is_default_v6(&route("40", "00000001", "eth0")));
        assert!(!is_default_v6(&route("00", "00200200", "lo")));
    }

    #[test]
    fn a_name_that_does_not_resolve_says_why() {
        assert!(resolve("127.0.0.1").unwrap().contains(&IpAddr::from([127, 0, 0, 1])));
        assert!(!resolve("no such name").unwrap_err().is_empty());
    }
}
