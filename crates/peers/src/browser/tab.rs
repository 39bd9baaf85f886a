//! A browser without a call.

use fantoccini::Client;
use tincan_harness::{
    HarnessError, IceConfiguration, Media, Role, SignalingMode, environment, frames::FrameSource,
};

use super::{
    launch::launch,
    machine::{self, Tried},
    options::BrowserOptions,
    probe::{Part, Probe},
    running::Running,
};
use crate::{camera::Film, network_host::NetworkHost, page_map::PageMap};

/// A browser without a call: for a measurement, or a look at a page. It ends with its process, like every browser here.
#[derive(Debug)]
pub struct Tab {
    running: Running,
    session: Client,
}

impl Tab {
    /// Starts a browser whose camera plays pictures of `source`.
    ///
    /// # Errors
    /// When there is no browser or driver, or they do not start.
    pub async fn launch(options: &BrowserOptions, source: FrameSource) -> Result<Self, HarnessError> {
        let (running, session) = launch(options, (source, Film::Rising), &NetworkHost::default()).await?;
        Ok(Self { running, session })
    }

    /// The WebDriver client of the tab.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.session
    }

    /// The browser as it runs.
    #[must_use]
    pub const fn browser(&self) -> &environment::Browser {
        self.running.browser()
    }

    /// Has the browser fetch from the page server at `page` and gather a candidate, as before the first call.
    ///
    /// # Errors
    /// When it can do neither: what it said, the network that it has, and what to do.
    pub async fn try_machine(&self, page: &str) -> Result<Tried, HarnessError> {
        machine::try_machine(self.running.tab(), page, &NetworkHost::default(), self.running.warden()).await
    }

    /// Has the pages that are opened from now on run the probe, as in a call: for a measurement of what it costs.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn watch(&self, map: &PageMap) -> Result<Watch<'_>, HarnessError> {
        let (mode, ice) = (SignalingMode::Trickle, IceConfiguration::default());
        let part = Part {
            map,
            tells_steps: false,
            word: "",
            role: Role::Offerer,
            mode,
            media: Media::VP8,
            flowing: Media::VP8,
            source: FrameSource::NOBODY,
            ice: &ice,
            hides_addresses: false,
        };
        let installed = Probe::install(self.running.tab(), part, None).await;
        let probe = installed.map_err(|error| HarnessError::new("inject the probe", error))?;
        Ok(Watch { tab: self, probe })
    }

    /// What was said on the console since the last look, each line with its level.
    pub async fn console(&self) -> Vec<String> {
        self.running.tab().console().await
    }

    /// Ends the browser, and returns when nothing of it is left.
    pub async fn end(self) {
        self.running.end().await;
    }
}

/// A probe in a tab.
#[derive(Debug)]
pub struct Watch<'t> {
    tab: &'t Tab,
    probe: Probe,
}

impl Watch<'_> {
    /// Lets the pages that are opened from now on be without it.
    ///
    /// # Errors
    /// When the browser goes.
    pub async fn end(self) -> Result<(), HarnessError> {
        let removed = self.probe.remove(self.tab.running.tab()).await;
        removed.map_err(|error| HarnessError::new("remove the probe", error))
    }
}
