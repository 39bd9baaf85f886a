//! The Rust peer on str0m, a library without sockets and clock: what it sends, receives and gathers passes through here.

mod agent;
mod candidates;
mod channels;
mod connection;
mod counted;
mod entry;
mod gathering;
mod messages;
mod negotiating;
mod pictures;
mod playing;
mod relays;
mod sockets;
mod sound;
mod stats;

use self::connection::Connection;
pub(crate) use self::entry::Entry;
use crate::library::LibraryPeer;

/// A peer on the crate `str0m`.
///
/// str0m is ICE, DTLS and RTP without I/O. What its users have to bring is brought here: sockets on each address that can be
/// called from, server-reflexive candidates by STUN, relays by TURN over UDP, the time. Names (`.local` of mDNS, too) are not
/// resolved: str0m takes no candidate that has one, and what it does not take is noted.
pub type Str0m = LibraryPeer<Connection>;
