//! STUN and TURN for a network condition, on this machine's own network or in a namespace.

use std::{fmt, sync::Arc};

use tincan_harness::{HarnessError, IceServer};
use tincan_lab::{
    ice_servers::{IceServerCounts, IceServerOptions, IceServers, IceServersError},
    namespaces::Namespace,
    phases::PhaseCounts,
};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::network_host::run_in;

/// Servers that run.
pub(crate) struct Servers {
    servers: Arc<IceServers>,
    /// Dropped to end them.
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Servers {
    /// Starts what `options` ask for, in `namespace` if there is one.
    ///
    /// # Errors
    /// When they do not start.
    pub(crate) async fn start(
        options: IceServerOptions,
        namespace: Option<&Namespace>,
    ) -> Result<Self, HarnessError> {
        let (start, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let serving = serve(options, start, stopped);
        let serving = match namespace {
            None => tokio::spawn(serving),
            Some(namespace) => {
                let entered = run_in(namespace, "tincan-ice-servers", serving);
                entered.map_err(|error| HarnessError::new("enter the servers' network", error))?
            }
        };
        let ended = |_| HarnessError::new("start ICE servers", "they ended: a bug in tincan");
        let servers = started.await.map_err(ended)?;
        Ok(Self { servers: servers.map_err(trouble)?, stop, serving })
    }

    /// What to tell a peer.
    ///
    /// # Errors
    /// When no credential can be made.
    pub(crate) fn ice_servers(&self) -> Result<Vec<IceServer>, HarnessError> {
        let entries = self.servers.ice_servers().map_err(trouble)?;
        let each = entries.into_iter().flat_map(|entry| {
            let server = move |urls| IceServer {
                urls,
                username: entry.username.clone(),
                credential: entry.credential.clone(),
            };
            entry.urls.into_iter().map(server)
        });
        Ok(each.collect())
    }

    /// What they have seen so far.
    pub(crate) fn counts(&self) -> IceServerCounts {
        self.servers.counts()
    }

    /// The packets that passed so far, by their phases.
    pub(crate) fn phases(&self) -> PhaseCounts {
        self.servers.phases()
    }

    /// The packets that passed so far, as pcapng.
    pub(crate) fn pcapng(&self) -> Vec<u8> {
        let mut pcapng = Vec::new();
        // Memory takes all.
        let _ = self.servers.packets(&mut pcapng);
        pcapng
    }

    /// Ends them, and returns when every socket of theirs is closed.
    pub(crate) async fn close(self) {
        let Self { servers, stop, serving } = self;
        drop((servers, stop));
        // Whether it panicked was printed; that it is over is what counts.
        let _ = serving.await;
    }
}

impl fmt::Debug for Servers {
    /// Without their secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Servers").field("listening", &self.servers.listening()).finish_non_exhaustive()
    }
}

fn trouble(error: IceServersError) -> HarnessError {
    HarnessError::new("start ICE servers", error)
}

/// Runs servers until the other end of `stopped` is dropped. Their sockets are of the thread that this runs on.
async fn serve(
    options: IceServerOptions,
    start: oneshot::Sender<Result<Arc<IceServers>, IceServersError>>,
    stopped: oneshot::Receiver<()>,
) {
    let servers = match IceServers::start(options).await {
        Ok(servers) => Arc::new(servers),
        Err(error) => return drop(start.send(Err(error))),
    };
    if start.send(Ok(Arc::clone(&servers))).is_err() {
        return;
    }
    let _ = stopped.await;
    if let Some(servers) = Arc::into_inner(servers) {
        servers.close().await;
    }
}
