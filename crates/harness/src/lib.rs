//! What a WebRTC interop run is, and whether it was good.
//!
//! This crate is pure: no sockets, processes, files, terminal or wall clock. A run is a list of [`Scenario`]s;
//! [`exchange`](exchange::exchange) carries the signals of one call between two [`Peer`]s and yields an [`Exchange`];
//! [`judge`] turns that into a [`Verdict`]; an [`Attempt`] is what is written of it.

pub mod abilities;
pub mod attempt;
mod carried;
pub mod catalogue;
pub mod deadlines;
pub mod diagnosis;
pub mod environment;
pub mod exchange;
pub mod getstats;
pub mod judged;
pub mod media;
pub mod network;
pub mod note;
pub mod peer;
pub mod procedure;
pub mod profile;
pub mod scenario;
pub mod sdp;
pub mod signaling;
pub mod stage;
pub mod testing;
pub mod timeline;
pub mod verdict;

pub use abilities::{Abilities, Detail, ReadBack};
pub use attempt::Attempt;
pub use catalogue::Catalogue;
pub use deadlines::{Deadlines, Wait};
pub use diagnosis::Diagnosis;
pub use environment::Environment;
pub use exchange::{Call, Exchange, exchange};
pub use judged::Judged;
pub use media::{
    AudioCodec, Direction, Flow, Media, VideoCodec, frames,
    frames::{FrameCode, FrameTally},
    sounds::{self, SoundCode, SoundTally},
};
pub use network::{IceConfiguration, IceServer, NetworkCondition};
pub use note::{Machine, Note};
pub use peer::{
    Assignment, Event, Evidence, HarnessError, Mailbox, Operation, Peer, PeerError, Pictures, SdpType,
};
pub use profile::Profile;
pub use scenario::{PeerId, Scenario};
pub use signaling::{IceCandidate, Role, Signal, SignalingMode};
pub use stage::Stage;
pub use timeline::{Milestone, Timeline};
pub use verdict::{Shortfall, Verdict, judge};
