//! Where a peer runs: on the network of this machine, or in a namespace of a lab.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use tincan_harness::{HarnessError, Role};
use tincan_lab::namespaces::{Lab, LabError, Namespace, PortForward};
use tokio::{runtime, sync::oneshot, task::JoinHandle};

/// Where a peer runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct NetworkHost {
    inside: Option<Inside>,
    hides_addresses: bool,
}

#[derive(Debug, Clone)]
struct Inside {
    lab: Arc<Lab>,
    role: Role,
}

/// Where a TCP port of a host is reached. It is open for as long as this lives.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// The address at which the port is reached from here.
    pub(crate) address: SocketAddr,
    _forward: Option<PortForward>,
}

impl NetworkHost {
    /// Where `role` runs in `lab`.
    pub(crate) const fn inside(lab: Arc<Lab>, role: Role) -> Self {
        Self { inside: Some(Inside { lab, role }), hides_addresses: false }
    }

    /// This machine's own network, as a page sees it that may know no addresses.
    pub(crate) const fn hidden() -> Self {
        Self { inside: None, hides_addresses: true }
    }

    /// Whether browsers there name their host candidates by mDNS, and hide their addresses.
    pub(crate) const fn hides_addresses(&self) -> bool {
        self.hides_addresses
    }

    /// Its namespace; none if it is this machine's own network.
    pub(crate) fn namespace(&self) -> Option<&Namespace> {
        let Inside { lab, role } = self.inside.as_ref()?;
        Some(match role {
            Role::Offerer => lab.offerer(),
            Role::Answerer => lab.answerer(),
        })
    }

    /// Does `work`, which may start processes and bind sockets, on this host.
    ///
    /// # Errors
    /// When the namespace cannot be entered.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        match self.namespace() {
            Some(namespace) => namespace.run(work),
            None => Ok(work()),
        }
    }

    /// Runs `work` on this host: what it binds is there. It ends when the task is aborted.
    ///
    /// # Errors
    /// When the namespace cannot be entered.
    #[cfg_attr(not(feature = "library"), allow(dead_code, reason = "peers in this process use it"))]
    pub(crate) fn spawn(
        &self,
        name: &str,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<JoinHandle<()>, HarnessError> {
        let Some(namespace) = self.namespace() else { return Ok(tokio::spawn(work)) };
        run_in(namespace, name, work).map_err(|error| HarnessError::new("enter the network", error))
    }

    /// How the loopback port `port` of this host is reached from here.
    ///
    /// # Errors
    /// When no port is left here.
    pub(crate) fn endpoint(&self, port: u16) -> Result<Endpoint, HarnessError> {
        let there = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let Some(namespace) = self.namespace() else {
            return Ok(Endpoint { address: there, _forward: None });
        };
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let open = || PortForward::open((&Namespace::current()?, here), (namespace, there));
        let port_forward =
            open().map_err(|error: LabError| HarnessError::new("lead into the network", error))?;
        Ok(Endpoint { address: port_forward.address(), _forward: Some(port_forward) })
    }
}

/// Runs `work` on a thread of its own in `namespace`: sockets belong to the namespace of the thread that makes them.
pub(crate) fn run_in(
    namespace: &Namespace,
    name: &str,
    work: impl Future<Output = ()> + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let (end, ended) = oneshot::channel::<()>();
    namespace.thread(name, move || {
        runtime.block_on(async {
            tokio::select! {
                () = work => {}
                _ = stopped => {}
            }
        });
        drop(runtime);
        drop(end);
    })?;
    Ok(tokio::spawn(async move {
        // Held until the work has ended; dropped with this task, it stops the work.
        let _stop = stop;
        let _ = ended.await;
    }))
}
