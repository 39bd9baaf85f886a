//! What the libraries in this process share: how their calls run, are asked and are sampled. What differs is their
//! [`connection::Connection`].

pub(crate) mod connection;
mod media;
mod negotiation;
pub(crate) mod observer;
mod peer;
mod samples;
pub(crate) mod tap;

pub use self::peer::LibraryPeer;
