//! What the libraries in this process share: how their calls run, are asked and are sampled. What differs is their
//! [`connection::Connection`].

pub(crate) mod channel;
pub(crate) mod connection;
mod data;
mod media;
mod negotiation;
pub(crate) mod observer;
pub(crate) mod parser;
mod peer;
mod samples;
pub(crate) mod tap;

use std::collections::BTreeSet;

use tincan_harness::{
    Flow, Role, Stage,
    procedure::{Act, Change, Procedure},
    profile::KnownFault,
};

pub use self::peer::LibraryPeer;
use crate::{browser::chromium, video};

/// What a library here sends and receives: video in what it can be encoded in, and messages on data channels.
pub(crate) fn flows() -> BTreeSet<Flow> {
    video::flows().into_iter().chain([Flow::Data]).collect()
}

/// How a library here can change a call that is up.
pub(crate) fn acts() -> BTreeSet<Act> {
    let acts = [
        Act::Offer,
        Act::RestartIce,
        Act::AddVideo,
        Act::AddAudio,
        Act::AddData,
        Act::RemoveTrack,
        Act::HangUp,
    ];
    BTreeSet::from(acts)
}

/// The same, of one that can take back its own offer.
pub(crate) fn acts_with_rollback() -> BTreeSet<Act> {
    &acts() | &BTreeSet::from([Act::RollBack, Act::GiveWay])
}

/// Whoever answers an offer that changes a call has to leave the DTLS association its roles (RFC 8842, section 5.3). These libraries
/// make `a=setup` of each answer anew.
pub(crate) fn changes_its_dtls_role(since: &str) -> KnownFault {
    use Change::{AddAudio, AddData, AddVideo, Glare, IceRestart, RemoveTrack};
    let changes = [IceRestart, AddVideo, AddAudio, AddData, RemoveTrack, Glare];
    KnownFault {
        role: Some(Role::Offerer),
        with: vec![chromium::ID],
        procedures: changes.map(|change| Procedure::Then { change, by: Role::Answerer }).to_vec(),
        ..KnownFault::new(
            "when the other side changes a call that it has offered, its answer says a=setup:active, though it is passive in the \
             DTLS association, and Chromium refuses that",
            since,
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Answer,
        )
    }
}
