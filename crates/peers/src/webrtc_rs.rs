//! The Rust peer, on webrtc-rs: in this process, over real sockets, with real video.

mod channels;
mod connection;
mod entry;
mod evidence;
mod keyframe_requests;
mod observing;
mod port;
mod receiving;
mod sending;
mod stats;
mod tap;

use self::connection::Connection;
pub(crate) use self::entry::Entry;
use crate::library::LibraryPeer;

/// A peer on the crate `webrtc`.
///
/// The connection is webrtc-rs as its users get it, with its own timers, and they show on the timeline: connectivity
/// checks leave every 200 ms, and when it is the DTLS client, that is when it answers, its ClientHello waits for the next
/// of them, since webrtc-rs flushes DTLS only with a packet that comes in or a timer that ends.
pub type WebrtcRs = LibraryPeer<Connection>;
