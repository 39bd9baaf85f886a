//! The entry of webrtc-rs 0.17 in the registry: what it can do, and which faults are known of it.

use async_trait::async_trait;
use tincan_harness::{
    Abilities, HarnessError, Profile, abilities::ServerTransport, profile::Library, scenario::PeerId,
};

use super::{connection::Connection, stats::reads_back};
use crate::{
    kind::{Kind, Launch, LivePeer, Software},
    library::LibraryPeer,
    registry::locked_version,
};

const ID: PeerId = PeerId::literal("webrtc-rs-0.17");
/// The crate that it is, and its line.
const CRATE: &str = "webrtc";
const LINE: &str = "webrtc@0.17";

/// Its entry in the registry.
pub(crate) struct Entry;

#[async_trait]
impl Kind for Entry {
    fn profile(&self) -> Profile {
        Profile {
            library: Some(Library { name: CRATE.to_owned(), version: locked_version(LINE).to_owned() }),
            ..Profile::new(ID, abilities())
        }
    }

    fn crates(&self) -> &'static [&'static str] {
        &[LINE]
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        Ok(Box::new(LibraryPeer::<Connection>::in_place(launch.source, launch.host)))
    }
}

#[async_trait]
impl LivePeer for LibraryPeer<Connection> {
    fn software(&self) -> Software {
        Software { name: ID.to_string(), version: locked_version(LINE).to_owned() }
    }

    /// Its call ends when its handles are dropped.
    async fn end(self: Box<Self>) {}
}

fn abilities() -> Abilities {
    let mut abilities = Abilities { reads_back: reads_back(), ..Abilities::full() };
    // It gathers over UDP alone.
    abilities.servers.stun.remove(&ServerTransport::Tcp);
    abilities.servers.turn.remove(&ServerTransport::Tcp);
    abilities
}
