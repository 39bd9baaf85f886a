//! The entry of webrtc-rs in the registry: what it can do, and which fault is known of it.

use async_trait::async_trait;
use tincan_harness::{
    Abilities, Flow, HarnessError, Profile, Role, Stage,
    abilities::ServerTransport,
    procedure::{Change, Procedure, Rejecting, Sending},
    profile::{KnownFault, Library, Over},
    scenario::PeerId,
};

use super::{connection::Connection, stats::reads_back};
use crate::{
    audio,
    kind::{Kind, Launch, LivePeer, Software},
    library::{LibraryPeer, acts_with_rollback, changes_its_dtls_role, flows, parser::LibraryParser},
    parser::Parser,
    registry::locked_version,
};

const ID: PeerId = PeerId::literal("webrtc-rs");
/// The crate that it is.
const CRATE: &str = "webrtc";

/// Its entry in the registry.
pub(crate) struct Entry;

#[async_trait]
impl Kind for Entry {
    fn profile(&self) -> Profile {
        Profile {
            library: Some(Library { name: CRATE.to_owned(), version: locked_version(CRATE).to_owned() }),
            known_faults: vec![
                stalls_in_dtls(),
                forgets_the_bound_of_a_channel(),
                changes_its_dtls_role("0.21.1"),
                opens_no_channel_later(),
                keeps_what_it_takes_back(Role::Offerer),
                keeps_what_it_takes_back(Role::Answerer),
                answers_what_is_inactive(),
                offers_nothing_after_a_rejection(),
            ],
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

fn abilities() -> Abilities {
    let flows = || flows().into_iter().chain(audio::flows()).collect();
    let mut abilities = Abilities {
        sends: flows(),
        receives: flows(),
        acts: acts_with_rollback(),
        reads_back: reads_back(),
        ..Abilities::full()
    };
    // Its client of TURN has no TCP.
    abilities.servers.stun.remove(&ServerTransport::Tcp);
    abilities.servers.turn.remove(&ServerTransport::Tcp);
    abilities
}

/// `wait` in rtc-dtls: if a flight is lost, each repetition by the other side stops the clock anew, and the handshake stands
/// still.
fn stalls_in_dtls() -> KnownFault {
    KnownFault {
        over: Over::Lossy,
        ..KnownFault::new(
            "any handshake record stops the clock by which it sends its DTLS flight again, also one that does not \
               complete what it waits for, so a handshake can stand still where packets are lost",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Dtls,
        )
    }
}

/// `accept` of rtc's internal data channel leaves out what DATA_CHANNEL_OPEN says of reliability.
fn forgets_the_bound_of_a_channel() -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        flows: vec![Flow::Data],
        ..KnownFault::new(
            "a data channel that the other side opens in-band with maxRetransmits has none here, against what the other side has \
               asked for (RFC 8832, section 5.1)",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::ChannelOpen,
        )
    }
}

/// Where it has offered the call and adds them itself, they open. What makes the difference is not known.
fn opens_no_channel_later() -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        procedures: Role::BOTH.map(|by| Procedure::Then { change: Change::AddData, by }).to_vec(),
        ..KnownFault::new(
            "data channels that are added, by either side, to a call that it has answered never open",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::ChannelOpen,
        )
    }
}

/// "unable to populate media section, RTPSender created with no codecs": it keeps the sender of what was rejected, and no codec for it.
fn offers_nothing_after_a_rejection() -> KnownFault {
    KnownFault {
        role: Some(Role::Offerer),
        procedures: [Rejecting::Video, Rejecting::Audio].map(Procedure::Rejected).to_vec(),
        ..KnownFault::new(
            "when the answer has rejected something of its offer, it can make no offer any more (RFC 8829, section 5.2.2: the section stays, \
             with port 0)",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Offer,
        )
    }
}

/// Where nothing is to be sent either way (RFC 3264, section 6.1: what is offered as inactive has to be answered as inactive).
fn answers_what_is_inactive() -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        procedures: vec![Procedure::Sent(Sending::NobodySends)],
        ..KnownFault::new(
            "an offer that says inactive it answers with recvonly (RFC 3264, section 6.1)",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Answer,
        )
    }
}

/// `set_local_description` of rtc applies a restart as soon as it is offered, and a rollback restores nothing of it.
fn keeps_what_it_takes_back(role: Role) -> KnownFault {
    KnownFault {
        role: Some(role),
        procedures: vec![Procedure::Then { change: Change::RollBack, by: role }],
        ..KnownFault::new(
            "when it takes back an offer that restarts ICE, the user name fragment and the password of before do not come back (RFC 8829, \
             section 4.1.8.2), so that it answers no checks and hears nothing any more",
            "0.21.1",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::MediaReceived,
        )
    }
}
