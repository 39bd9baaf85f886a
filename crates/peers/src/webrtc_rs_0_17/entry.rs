//! The entry of webrtc-rs 0.17 in the registry: what it can do, and which faults are known of it.

use async_trait::async_trait;
use tincan_harness::{
    Abilities, Flow, HarnessError, Profile, Role, Stage,
    abilities::ServerTransport,
    procedure::{Change, Procedure},
    profile::{KnownFault, Library, Over},
    scenario::PeerId,
};

use super::{connection::Connection, stats::reads_back};
use crate::{
    audio,
    browser::chromium,
    kind::{Kind, Launch, LivePeer, Software},
    library::{LibraryPeer, acts, changes_its_dtls_role, flows, parser::LibraryParser},
    parser::Parser,
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
            known_faults: vec![
                repeats_no_last_flight(),
                ends_a_channel_at_an_empty_message(),
                changes_its_dtls_role("0.17.2"),
                restarts_no_other_sides_call(),
            ],
            ..Profile::new(ID, abilities())
        }
    }

    fn crates(&self) -> &'static [&'static str] {
        &[LINE]
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
        Software { name: ID.to_string(), version: locked_version(LINE).to_owned() }
    }

    /// Its call ends when its handles are dropped.
    async fn end(self: Box<Self>) {}
}

fn abilities() -> Abilities {
    let flows = || flows().into_iter().chain(audio::flows()).collect();
    let mut abilities = Abilities {
        sends: flows(),
        receives: flows(),
        acts: acts(),
        reads_back: reads_back(),
        ..Abilities::full()
    };
    // It gathers over UDP alone.
    abilities.servers.stun.remove(&ServerTransport::Tcp);
    abilities.servers.turn.remove(&ServerTransport::Tcp);
    abilities
}

/// `handshake` of its `dtls` returns when it has finished, and nobody enters `finish` any more, which would send the last flight
/// again.
fn repeats_no_last_flight() -> KnownFault {
    KnownFault {
        over: Over::Lossy,
        ..KnownFault::new(
            "as the DTLS server it does not send its last flight again when the client repeats its own (RFC 6347, section \
               4.2.4), so a handshake stands still where that flight is lost",
            "0.17.2",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Dtls,
        )
    }
}

/// `read_loop` in its `data_channel` takes a message of no bytes for the end of the stream.
fn ends_a_channel_at_an_empty_message() -> KnownFault {
    KnownFault {
        flows: vec![Flow::Data],
        ..KnownFault::new(
            "a data channel on which an empty message comes is closed (RFC 8831, section 6.6): nothing is sent or heard on it \
               any more",
            "0.17.2",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::MessagesReceived,
        )
    }
}

/// In 7 of 12 calls. Why is not known.
fn restarts_no_other_sides_call() -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        with: vec![chromium::ID],
        procedures: [Change::IceRestart, Change::Glare]
            .map(|change| Procedure::Then { change, by: Role::Answerer })
            .to_vec(),
        ..KnownFault::new(
            "when it restarts ICE in a call that Chromium has offered, often no new pair is found",
            "0.17.2",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Ice,
        )
    }
}
