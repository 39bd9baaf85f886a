//! A Rust peer on the last of webrtc-rs's line before the one that [`webrtc_rs`](crate::webrtc_rs) is on: in this process,
//! over real sockets, with real video.

mod channels;
mod connection;
mod entry;
mod evidence;
mod observing;
mod port;
mod receiving;
mod sending;
mod stats;

use self::connection::Connection;
pub(crate) use self::entry::Entry;
use crate::library::LibraryPeer;

/// A peer on the crate `webrtc`, version 0.17: webrtc-rs as its users get it, with its own timers.
pub type WebrtcRs017 = LibraryPeer<Connection>;
