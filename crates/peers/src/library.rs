//! What the libraries in this process share: how their calls run, are asked and are sampled. What differs is their
//! [`connection::Connection`].

pub(crate) mod channel;
pub(crate) mod connection;
mod data;
mod media;
mod negotiation;
pub(crate) mod observer;
mod peer;
mod samples;
pub(crate) mod tap;

use std::collections::BTreeSet;

use tincan_harness::{Flow, procedure::Act};

pub use self::peer::LibraryPeer;
use crate::video;

/// What a library here sends and receives: video in what it can be encoded in, and messages on data channels.
pub(crate) fn flows() -> BTreeSet<Flow> {
    video::flows().into_iter().chain([Flow::Data]).collect()
}

/// How a library here can change a call that is up.
pub(crate) fn acts() -> BTreeSet<Act> {
    BTreeSet::from([Act::RestartIce, Act::AddVideo, Act::AddAudio, Act::AddData, Act::HangUp])
}
