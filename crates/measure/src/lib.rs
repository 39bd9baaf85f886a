//! What many calls say together: how often they pass, how one mode compares with another, how set-up time grows with a server's
//! delay, and what peers decide otherwise than before.
//!
//! This crate is pure, as `tincan-harness` is: it knows attempts and what they hold, and no file, clock or peer.

pub mod bisect;
pub mod comparison;
pub mod history;
pub mod lines;
pub mod recording;
pub mod stats;
pub mod sweep;
