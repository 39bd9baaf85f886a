//! A browser as a peer: on the page, through WebDriver and a socket to its tab.
//!
//! Two tasks run during a call. One acts: it has the probe injected, opens the page, and clicks, copies and pastes as it is
//! told. The other one hears what the page says, and posts it.

mod base64;
mod bidi;
pub mod build;
mod camera_script;
mod cdp;
pub(crate) mod chromium;
mod chromium_tab;
mod clipboard;
mod command;
mod console;
mod context;
mod copied;
mod driver;
pub(crate) mod entry;
mod fetched;
pub mod find;
pub(crate) mod firefox;
mod firefox_preferences;
mod firefox_read_back;
mod launch;
mod listener;
mod machine;
mod on_page;
pub(crate) mod options;
mod own_time;
pub(crate) mod page_command;
pub(crate) mod page_of_calls;
mod page_steps;
mod parser;
pub(crate) mod peer;
mod pictures;
mod port;
mod probe;
mod process;
mod read_back;
mod recorder;
mod recording;
pub mod releases;
mod running;
mod sandbox;
mod screen_script;
mod socket;
mod starting;
mod tab;
mod words;

pub use self::{
    machine::Tried,
    options::BrowserOptions,
    recording::Recording,
    tab::{Tab, Watch},
};
