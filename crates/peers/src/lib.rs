//! Who can take part in a call: browsers, libraries in Rust, and programs in any language.

mod audio;
pub mod browser;
mod camera;
pub mod capacity;
mod clock;
mod envelope;
pub mod interfaces;
pub(crate) mod kind;
#[cfg(feature = "library")]
mod library;
mod microphone;
mod multicast;
mod network_host;
mod network_setup;
mod pace;
pub mod page;
pub mod page_map;
pub mod page_server;
pub mod page_url;
pub mod parser;
pub mod parser_process;
pub mod program;
pub mod reach;
pub mod registry;
pub mod roster;
pub mod sabotage;
mod servers;
#[cfg(feature = "str0m")]
pub mod str0m;
mod video;
pub mod warden;
#[cfg(feature = "webrtc-rs")]
pub mod webrtc_rs;
#[cfg(feature = "webrtc-rs-0-17")]
pub mod webrtc_rs_0_17;
mod wire;

pub use browser::{
    BrowserOptions, Recording,
    build::{BuildSpec, BuildSpecError},
};
pub use capacity::bearable_calls;
pub use network_setup::{allow_networks, impossible};
pub use page::Page;
pub use page_map::{
    PageMap,
    recorded::{RecordedMap, log::Window},
};
pub use parser::Parser;
pub use program::{ProgramSpec, ProgramSpecError};
pub use reach::Origin;
pub use registry::Registry;
pub use roster::{PeerNumbers, Roster, RosterOptions, environment};
pub use sabotage::{Saboteur, saboteurs_of};
pub use tincan_opus::version as libopus_version;
pub use video::codec_versions;
