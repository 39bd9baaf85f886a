//! The relays of the servers.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

/// The relays that there are, and how many there were.
#[derive(Default)]
pub(super) struct Relays(Mutex<Allocated>);

#[derive(Default)]
struct Allocated {
    open: HashSet<SocketAddr>,
    ever: u64,
}

impl Relays {
    fn with<T>(&self, act: impl FnOnce(&mut Allocated) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A relay was opened; its number, counted from 0.
    pub(super) fn opened(&self, address: SocketAddr) -> u64 {
        self.with(|relays| {
            relays.open.insert(address);
            relays.ever += 1;
            relays.ever - 1
        })
    }

    /// A relay was closed.
    pub(super) fn closed(&self, address: SocketAddr) {
        self.with(|relays| relays.open.remove(&address));
    }

    /// Whether there is a relay of that address.
    pub(super) fn has(&self, address: SocketAddr) -> bool {
        self.with(|relays| relays.open.contains(&address))
    }
}
