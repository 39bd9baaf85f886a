//! The entry of str0m in the registry: what it can do, and which fault is known of it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use tincan_harness::{
    Abilities, Flow, HarnessError, Profile, Role, Stage,
    abilities::{ServerTransport, Servers},
    procedure::{Act, Change, Procedure},
    profile::{KnownFault, Library, Over},
    scenario::PeerId,
};

use super::{connection::Connection, stats::reads_back};
use crate::{
    audio,
    kind::{Kind, Launch, LivePeer, Software},
    library::{LibraryPeer, acts_with_rollback, flows, parser::LibraryParser},
    parser::Parser,
    registry::locked_version,
};

const ID: PeerId = PeerId::literal("str0m");
/// The crate that it is.
const CRATE: &str = "str0m";

/// Its entry in the registry.
pub(crate) struct Entry;

#[async_trait]
impl Kind for Entry {
    fn profile(&self) -> Profile {
        Profile {
            library: Some(Library { name: CRATE.to_owned(), version: locked_version(CRATE).to_owned() }),
            known_faults: [Stage::MediaDecoded, Stage::MediaIdentified]
                .map(stops_at_a_loss)
                .into_iter()
                .chain([keeps_empty_messages(), stops_at_a_restart()])
                .collect(),
            ..Profile::new(ID, abilities())
        }
    }

    fn crates(&self) -> &'static [&'static str] {
        &[CRATE]
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        Ok(Box::new(LibraryPeer::<Connection>::in_place(launch.source, launch.host)))
    }

    fn parser_in_process(&self) -> Option<Box<dyn Parser>> {
        Some(Box::new(LibraryParser::<Connection>::new()))
    }
}

#[async_trait]
impl LivePeer for LibraryPeer<Connection> {
    fn software(&self) -> Software {
        Software { name: ID.to_string(), version: locked_version(CRATE).to_owned() }
    }

    /// Its call ends when its handles are dropped.
    async fn end(self: Box<Self>) {}
}

/// It has no client of STUN and TURN. Those that it has here speak UDP.
fn abilities() -> Abilities {
    let udp = BTreeSet::from([ServerTransport::Udp]);
    // It makes no offer in which nothing is changed.
    let mut acts = acts_with_rollback();
    acts.remove(&Act::Offer);
    let flows = || flows().into_iter().chain(audio::flows()).collect();
    let servers = Servers { stun: udp.clone(), turn: udp, relay_only: true };
    Abilities {
        sends: flows(),
        receives: flows(),
        servers,
        // Its sockets are ours, and they ask nobody for names.
        resolves_names: false,
        acts,
        reads_back: reads_back(),
        ..Abilities::full()
    }
}

/// Its answer has the `a=msid` of the offer, and where RTX was not negotiated, it sends no NACK (`suppress_nack` in its streams).
/// Either alone is made good by the other side: browsers do not mind the first, and have RTX.
fn stops_at_a_loss(stage: Stage) -> KnownFault {
    KnownFault {
        over: Over::Lossy,
        ..KnownFault::new(
            "its answer calls its track as the offer calls the other one, by which webrtc-rs 0.21.1 loses its requests for a \
               key frame, and without RTX it asks for no lost packet again, so pictures of webrtc-rs stop at a loss",
            "0.25.0",
            "not reported there; see the known limits in ARCHITECTURE.md",
            stage,
        )
    }
}

/// The same where no network loses packets: some are lost while ICE starts anew.
fn stops_at_a_restart() -> KnownFault {
    let restarts = [Change::IceRestart, Change::Glare];
    KnownFault {
        over: Over::Every,
        role: Some(Role::Answerer),
        with: vec![PeerId::literal("webrtc-rs")],
        procedures: restarts
            .into_iter()
            .flat_map(|change| Role::BOTH.map(|by| Procedure::Then { change, by }))
            .collect(),
        ..stops_at_a_loss(Stage::MediaDecoded)
    }
}

/// Nothing is put into packets where there is no byte (`packetize` in sctp-proto), and a byte is asked for by RFC 8831.
fn keeps_empty_messages() -> KnownFault {
    KnownFault {
        flows: vec![Flow::Data],
        ..KnownFault::new(
            "an empty message that it sends on a data channel never comes (RFC 8831, section 6.6, asks for one byte in its place), \
               and on an ordered channel none comes after it",
            "0.25.0",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::MessagesReceived,
        )
    }
}
