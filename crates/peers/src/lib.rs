//! Who can take part in a call: browsers through WebDriver, and a Rust peer on webrtc-rs.

pub mod browser;
mod camera;
pub mod page_map;
pub mod page_server;
pub mod roster;
pub mod sabotage;
pub mod warden;
pub mod webrtc_rs;

pub use browser::BrowserOptions;
pub use page_map::PageMap;
pub use roster::{PeerNumbers, Roster, RosterOptions};
pub use sabotage::{Saboteur, saboteurs};
