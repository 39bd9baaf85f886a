//! What lies between the peers: servers and networks, made on this machine, with nothing outside.
//!
//! This crate knows no peer, no page and no scenario.

pub mod ice_servers;
pub mod namespaces;
pub mod packets;
pub mod phases;
