//! What an implementation has to bring to take part: a [`Kind`], which is its entry in the registry, and a [`LivePeer`], which
//! it starts.

use std::{any::Any, fmt, sync::Arc};

use async_trait::async_trait;
use tincan_harness::{HarnessError, Peer, Profile, environment, frames::FrameSource};

use crate::{
    browser::{options::BrowserOptions, page_of_calls::PageOfCalls},
    camera::Film,
    network_host::NetworkHost,
    parser::{Parser, child::ChildParser},
};

/// An implementation that can take part.
#[async_trait]
pub(crate) trait Kind: Send + Sync {
    /// What is known of it before it is started.
    fn profile(&self) -> Profile;

    /// The crates that take part in its calls, as cargo names them: `webrtc`, `webrtc@0.17`.
    fn crates(&self) -> &'static [&'static str];

    /// Why none can be started on this machine, with what to install; none if it is not known to be missing.
    fn missing(&self, _options: &BrowserOptions) -> Option<HarnessError> {
        None
    }

    /// What a saboteur has to know of it, if it is a browser.
    fn traits(&self) -> &'static [Trait] {
        &[]
    }

    /// Starts one.
    ///
    /// # Errors
    /// When it cannot be started, with what to do about it.
    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError>;

    /// One that is given descriptions by themselves, as `browser` says if it is one. It is started when it is asked for the first time.
    ///
    /// # Errors
    /// When none is on this machine, with what to install.
    fn parser(&self, _browser: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        let Profile { id, library, .. } = self.profile();
        Ok(Box::new(ChildParser::new(id, library.as_ref())))
    }

    /// The same in this process, of a library in Rust.
    fn parser_in_process(&self) -> Option<Box<dyn Parser>> {
        None
    }
}

/// What a browser may have or do, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    /// It has a driver: a process of its own, through which it is started.
    Driver,
    /// It can be asked for by its version.
    Version,
    /// It gives the page's own thread the encoded frames (`createEncodedStreams`).
    EncodedFrames,
    /// Of a track that has ended it sends nothing more.
    FallsSilent,
    /// It can share its screen (`getDisplayMedia`) without anybody before it.
    SharesScreen,
    /// Of a track that has ended it goes on to send the last picture, once a second.
    SendsLastPictureAgain,
}

/// What a peer is started with.
pub(crate) struct Launch<'a> {
    /// What its pictures carry.
    pub(crate) source: FrameSource,
    /// What its camera plays, if it has one.
    pub(crate) film: Film,
    /// Where it runs.
    pub(crate) host: NetworkHost,
    /// The page, if it takes part through one.
    pub(crate) page: Arc<PageOfCalls>,
    /// Which browsers are started, and how.
    pub(crate) browser: &'a BrowserOptions,
}

/// A peer that was started, and stays from one call to the next.
#[async_trait]
pub(crate) trait LivePeer: Peer + Sync + Any + fmt::Debug {
    /// What runs, as it says itself.
    fn software(&self) -> Software;

    /// How its browser runs, if it is one.
    fn browser(&self) -> Option<&environment::Browser> {
        None
    }

    /// Ends it, and returns when nothing of it is left.
    async fn end(self: Box<Self>);
}

/// A programme or library, by name and version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Software {
    /// Its name: `chrome-headless-shell`.
    pub(crate) name: String,
    /// Its version: `156.0.8078.79`.
    pub(crate) version: String,
}

impl fmt::Display for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}
