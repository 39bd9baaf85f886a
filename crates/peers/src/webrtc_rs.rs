//! The Rust peer, on webrtc-rs: in this process, over real sockets, with real video.

mod connection;
mod entry;
mod evidence;
mod keyframe_requests;
mod media;
mod negotiation;
mod peer;
mod receiving;
mod sending;
mod stats;
mod tap;

pub(crate) use self::entry::Entry;
pub use self::peer::WebrtcRs;
