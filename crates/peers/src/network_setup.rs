//! What a network condition is made of: servers, and for some a network of namespaces.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tincan_harness::{
    HarnessError, IceConfiguration, NetworkCondition, Role, Verdict,
    network::{Answers, PhasePackets, Served, ServerKind},
};
use tincan_lab::{
    ice_servers::{IceServerOptions, RelayPath, Service},
    namespaces::{Lab, LabError, Line, Namespace, PortForward, Topology},
    phases::PhaseCounts,
};
use tokio::task::spawn_blocking;

use crate::{multicast, network_host::NetworkHost, servers::Servers};

/// What a lossy condition does to a packet, one way.
const LOSSY_DELAY: Duration = Duration::from_millis(20);
/// The most that is added to that.
const LOSSY_JITTER: Duration = Duration::from_millis(5);
/// The share of packets that it loses.
const LOSSY_SHARE: f64 = 0.05;

/// A network condition that was made. It is gone when this is dropped; peers that are in it end before.
#[derive(Debug)]
pub(crate) struct NetworkSetup {
    network: NetworkCondition,
    lab: Option<Arc<Lab>>,
    /// What leads from the peers' namespaces to the page.
    _pages: Vec<PortForward>,
    /// Those of the call that was begun last.
    servers: Option<Servers>,
    seed: u64,
    /// How many calls were begun.
    calls: u64,
}

impl NetworkSetup {
    /// Makes `network`. Pages that are served on loopback at `pages` are at the same addresses for every peer.
    ///
    /// # Errors
    /// The verdict of a call that cannot be made for that: unsupported where this machine does not allow it.
    pub(crate) async fn make(
        network: NetworkCondition,
        pages: Vec<SocketAddr>,
        seed: u64,
    ) -> Result<Self, Verdict> {
        let unheard = spawn_blocking(move || no_multicast(network)).await.ok().flatten();
        if let Some(reason) = unheard {
            return Err(Verdict::Unsupported(format!("this machine cannot make {network}: {reason}")));
        }
        let made = spawn_blocking(move || make_lab(network, &pages, seed)).await;
        let made = made.map_err(|panic| LabError::System {
            what: panic.to_string(),
            source: std::io::ErrorKind::Other.into(),
        });
        let (lab, pages) = made.and_then(|made| made).map_err(|error| not_made(network, &error))?;
        Ok(Self { network, lab, _pages: pages, servers: None, seed, calls: 0 })
    }

    /// What was made.
    pub(crate) const fn network(&self) -> NetworkCondition {
        self.network
    }

    /// Where `role` runs.
    pub(crate) fn host(&self, role: Role) -> NetworkHost {
        match &self.lab {
            Some(lab) => NetworkHost::inside(Arc::clone(lab), role),
            None if self.network.hides_addresses() => NetworkHost::hidden(),
            None => NetworkHost::default(),
        }
    }

    /// How the peers of the next call find candidates. Its servers are its own: a packet of the call before, which may still be on
    /// its way through sockets and relays, finds nobody.
    ///
    /// # Errors
    /// When they do not start.
    pub(crate) async fn begin_call(&mut self) -> Result<IceConfiguration, HarnessError> {
        if let Some(servers) = self.servers.take() {
            servers.close().await;
        }
        self.calls += 1;
        // Each call meets other losses, the same ones in each run of the same seed.
        let seed = self.seed ^ self.calls << 32;
        if let Some(options) = options(self.network, self.lab.as_deref(), seed) {
            let servers = Servers::start(options, self.lab.as_ref().map(|lab| lab.server())).await?;
            self.servers = Some(servers);
        }
        let servers = self.servers.as_ref().map_or(Ok(Vec::new()), Servers::ice_servers)?;
        Ok(IceConfiguration { servers, relay_only: self.network.is_relay_only() })
    }

    /// What the servers saw of the call; none without servers.
    pub(crate) fn served(&self) -> Option<Served> {
        let servers = self.servers.as_ref()?;
        let counted = servers.counts();
        Some(Served {
            binding_requests: counted.binding_requests,
            binding_answers: counted.binding_answers,
            allocations: counted.allocations,
            relayed: counted.datagrams_relayed,
            packets: phase_packets(servers.phases()),
        })
    }

    /// The packets of the call that the servers saw, as pcapng; none without servers.
    pub(crate) fn pcapng(&self) -> Option<Vec<u8>> {
        self.servers.as_ref().map(Servers::pcapng)
    }

    /// Ends the servers, and returns when nothing of them is left.
    pub(crate) async fn close(self) {
        if let Some(servers) = self.servers {
            servers.close().await;
        }
    }
}

/// What a tap of the lab has counted, in the words of reports.
pub(crate) const fn phase_packets(counted: PhaseCounts) -> PhasePackets {
    let PhaseCounts { server_requests, checks, dtls, dtls_flights } = counted;
    PhasePackets { server_requests, checks, dtls, dtls_flights }
}

/// Lets an ordinary user make networks of namespaces, as far as this machine allows it. The kernel asks for a process with
/// one thread, so this comes first of all, after [`warden::enter`](crate::warden::enter), and only if such a network is
/// wanted: `sudo` does not work below it.
pub fn allow_networks() {
    // What is forbidden is said when the network is made.
    let _ = tincan_lab::namespaces::enter();
}

/// Why this machine cannot make `network`; none if it can. A network of namespaces is made, and dropped.
#[must_use]
pub fn impossible(network: NetworkCondition) -> Option<String> {
    let of_lab = |topology| Lab::possible(&topology).err().map(|error| format!("failed to {error}"));
    no_multicast(network).or_else(|| topology(network, 0).and_then(of_lab))
}

/// Why names of mDNS cannot be resolved on this machine, if `network` takes that.
fn no_multicast(network: NetworkCondition) -> Option<String> {
    let heard = network.hides_addresses().then(multicast::hear_own_packet)?;
    heard.err().map(|error| {
        format!("what is sent to the group of mDNS ({}) does not come back: {error}", multicast::GROUP)
    })
}

/// A machine that does not allow it is no machine on which it failed.
fn not_made(network: NetworkCondition, error: &LabError) -> Verdict {
    match error {
        LabError::Forbidden { .. } | LabError::Missing { .. } => {
            Verdict::Unsupported(format!("this machine cannot make {network}: failed to {error}"))
        }
        _ => Verdict::Errored(None, HarnessError::new(format!("make the network {network}"), error)),
    }
}

type MadeLab = (Option<Arc<Lab>>, Vec<PortForward>);

fn make_lab(network: NetworkCondition, pages: &[SocketAddr], seed: u64) -> Result<MadeLab, LabError> {
    let Some(topology) = topology(network, seed) else { return Ok((None, Vec::new())) };
    let lab = Lab::make(&topology)?;
    let here = Namespace::current()?;
    let peers = [lab.offerer(), lab.answerer()];
    let ways = peers.into_iter().flat_map(|peer| pages.iter().map(move |page| (peer, *page)));
    let pages = ways.map(|(peer, page)| PortForward::open((peer, page), (&here, page)));
    let pages = pages.collect::<Result<_, _>>()?;
    Ok((Some(Arc::new(lab)), pages))
}

/// What lies between the peers; none if they are on this machine's own network.
fn topology(network: NetworkCondition, seed: u64) -> Option<Topology> {
    use NetworkCondition as N;
    Some(match network {
        N::Direct
        | N::Mdns
        | N::Stun
        | N::SlowStun { .. }
        | N::DeadStun
        | N::RelayUdp
        | N::RelayTcp
        | N::LossyRelay => {
            return None;
        }
        N::Routed => Topology::routed(),
        N::RoutedStun { delay_ms } => away(delay_ms, Topology::routed()),
        N::LostStun => Topology { server_is_silent: true, ..Topology::routed() },
        N::HomeNat { delay_ms } => away(delay_ms, Topology::home_nat()),
        N::SymmetricNat => Topology::symmetric_nat(),
        N::UdpDropped => Topology::udp_dropped(),
        N::Lossy => {
            Topology::wire(Line { delay: LOSSY_DELAY, jitter: LOSSY_JITTER, loss: LOSSY_SHARE, seed })
        }
        N::Ipv6 => Topology::ipv6(),
    })
}

/// With the server a round trip of `delay_ms` away: half of it on the way there, half on the way back.
fn away(delay_ms: u16, topology: Topology) -> Topology {
    let delay = Duration::from_millis(delay_ms.into()) / 2;
    Topology { server_line: Line { delay, ..Line::default() }, ..topology }
}

/// The server of a condition; none if it has none.
fn options(network: NetworkCondition, lab: Option<&Lab>, seed: u64) -> Option<IceServerOptions> {
    let service = match network.server()? {
        ServerKind::Stun => Service::Stun,
        ServerKind::TurnUdp => Service::TurnUdp,
        ServerKind::TurnTcp => Service::TurnTcp,
    };
    let answer_delay = match network.answers() {
        // In a network of its own the delay lies on the line.
        Answers::After { delay_ms } if lab.is_none() => Duration::from_millis(delay_ms.into()),
        _ => Duration::ZERO,
    };
    let relay = match network {
        NetworkCondition::LossyRelay => {
            RelayPath { loss: LOSSY_SHARE, delay: LOSSY_DELAY, jitter: LOSSY_JITTER }
        }
        _ => RelayPath::default(),
    };
    Some(IceServerOptions {
        address: lab.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |lab| lab.addresses().server),
        services: vec![service],
        answer_delay,
        silent: network == NetworkCondition::DeadStun,
        relay,
        seed,
        keep_packets: true,
        ..IceServerOptions::default()
    })
}
