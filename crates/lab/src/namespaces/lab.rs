//! Builds a topology, and holds what was built.

use std::fs;

use super::{
    error::LabError,
    line::{Line, LineTraffic},
    link_emulator::LinkEmulator,
    links,
    namespace::Namespace,
    plan::{self, ANSWERER, Addresses, ETH0, Interface, LAN, OFFERER, TO_SERVER, WAN},
    tool,
    topology::Topology,
};

/// A network that was made. All of it is gone when this is dropped and what was started in it has ended.
#[derive(Debug)]
pub struct Lab {
    addresses: Addresses,
    offerer: Namespace,
    answerer: Namespace,
    server: Namespace,
    /// The gateways and the core: held, so that they live.
    _routers: [Namespace; 3],
    lines: Lines,
}

/// The lines that are more than cables.
#[derive(Debug)]
struct Lines {
    offerer: Option<LinkEmulator>,
    answerer: Option<LinkEmulator>,
    server: Option<LinkEmulator>,
}

impl Lines {
    fn namespaces(&self) -> impl Iterator<Item = &Namespace> {
        [&self.offerer, &self.answerer, &self.server].into_iter().flatten().map(LinkEmulator::namespace)
    }
}

impl Lab {
    /// Makes the network, which takes about a tenth of a second, and blocks meanwhile. When this returns, its links are up
    /// and the first packet passes.
    ///
    /// # Errors
    /// [`LabError`]; what had been made by then is gone.
    pub fn make(topology: &Topology) -> Result<Self, LabError> {
        for line in [topology.offerer_line, topology.answerer_line, topology.server_line] {
            line.check()?;
        }
        let core = Namespace::make()?;
        let (offerer, offerer_gateway) = home()?;
        let (answerer, answerer_gateway) = home()?;
        let server = Namespace::make()?;
        let join = |at_core, far, line| connect((&core, at_core), far, line);
        let lines = Lines {
            offerer: join(OFFERER.at_core, (&offerer_gateway, WAN), topology.offerer_line)?,
            answerer: join(ANSWERER.at_core, (&answerer_gateway, WAN), topology.answerer_line)?,
            server: join(TO_SERVER, (&server, ETH0), topology.server_line)?,
        };
        tool::ip_batch(&server, "the server", &plan::server(topology))?;
        for (side, peer, gateway) in
            [(OFFERER, &offerer, &offerer_gateway), (ANSWERER, &answerer, &answerer_gateway)]
        {
            tool::ip_batch(peer, "a peer", &plan::peer(topology, side))?;
            tool::ip_batch(gateway, "a gateway", &plan::gateway(topology, side))?;
            route(gateway, topology, "a gateway", plan::gateway_rules(topology))?;
        }
        tool::ip_batch(&core, "the core", &plan::core(topology))?;
        route(&core, topology, "the core", plan::core_rules(topology))?;
        let all = [&core, &offerer_gateway, &answerer_gateway, &offerer, &answerer, &server];
        for inside in all.into_iter().chain(lines.namespaces()) {
            links::wait_until_up(inside)?;
        }
        let addresses = Addresses::of(topology.family);
        Ok(Self {
            addresses,
            offerer,
            answerer,
            server,
            _routers: [core, offerer_gateway, answerer_gateway],
            lines,
        })
    }

    /// Whether this machine can make such a network: makes it, and drops it.
    ///
    /// # Errors
    /// What is missing, as a [`LabError`].
    pub fn possible(topology: &Topology) -> Result<(), LabError> {
        Self::make(topology).map(drop)
    }

    /// Who has which address.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Where the offerer runs.
    #[must_use]
    pub fn offerer(&self) -> &Namespace {
        &self.offerer
    }

    /// Where the answerer runs.
    #[must_use]
    pub fn answerer(&self) -> &Namespace {
        &self.answerer
    }

    /// Where STUN and TURN run.
    #[must_use]
    pub fn server(&self) -> &Namespace {
        &self.server
    }

    /// What has gone over the offerer's line, unless it is a cable.
    #[must_use]
    pub fn offerer_traffic(&self) -> Option<LineTraffic> {
        self.lines.offerer.as_ref().map(LinkEmulator::traffic)
    }

    /// What has gone over the answerer's line, unless it is a cable.
    #[must_use]
    pub fn answerer_traffic(&self) -> Option<LineTraffic> {
        self.lines.answerer.as_ref().map(LinkEmulator::traffic)
    }

    /// What has gone over the server's line, unless it is a cable.
    #[must_use]
    pub fn server_traffic(&self) -> Option<LineTraffic> {
        self.lines.server.as_ref().map(LinkEmulator::traffic)
    }
}

/// A peer and its gateway, joined.
fn home() -> Result<(Namespace, Namespace), LabError> {
    let (peer, gateway) = (Namespace::make()?, Namespace::make()?);
    tool::join((&gateway, LAN), (&peer, ETH0))?;
    Ok((peer, gateway))
}

/// Joins the core and what is at the far end of a line. A line that is a cable needs no link emulator.
fn connect(
    core: (&Namespace, Interface),
    far: (&Namespace, Interface),
    line: Line,
) -> Result<Option<LinkEmulator>, LabError> {
    if line.is_plain() {
        return tool::join(core, far).map(|()| None);
    }
    LinkEmulator::start(core, far, line).map(Some)
}

/// Makes a router of a namespace, with its rules.
fn route(router: &Namespace, topology: &Topology, what: &str, rules: Option<String>) -> Result<(), LabError> {
    if let Some(rules) = rules {
        tool::nft(router, what, &rules)?;
    }
    // The files under /proc/sys/net are those of the namespace of the thread that opens them.
    let file = plan::forwarding(topology.family);
    let written = router.run(|| fs::write(file, "1")).and_then(|outcome| outcome);
    written.map_err(LabError::system(format!("write to {file} for {what}")))
}
