//! A browser without a call.

use fantoccini::Client;
use serde_json::Value;
use tincan_harness::{
    Direction, HarnessError, IceConfiguration, Media, Role, SignalingMode, environment, frames::FrameSource,
};

use super::{
    firefox,
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
    /// That of its driver, if it has one.
    session: Option<Client>,
}

impl Tab {
    /// Starts a Chromium whose camera plays pictures of `source`.
    ///
    /// # Errors
    /// When there is no browser or driver, or they do not start.
    pub async fn launch(options: &BrowserOptions, source: FrameSource) -> Result<Self, HarnessError> {
        let (running, session) = launch(options, (source, Film::Rising), &NetworkHost::default()).await?;
        Ok(Self { running, session: Some(session) })
    }

    /// The same of a Firefox, which has no driver.
    ///
    /// # Errors
    /// When there is none, or it does not start.
    pub async fn launch_firefox(options: &BrowserOptions, source: FrameSource) -> Result<Self, HarnessError> {
        let running = firefox::start(options, (source, Film::Rising), &NetworkHost::default()).await?;
        Ok(Self { running, session: None })
    }

    /// The WebDriver client of the tab, if its browser has a driver.
    #[must_use]
    pub const fn client(&self) -> Option<&Client> {
        self.session.as_ref()
    }

    /// Goes to a page, and returns when its document is there, if not all that it loads.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn open(&self, url: &str) -> Result<(), HarnessError> {
        let opened = self.running.tab().fetch(url).await;
        opened.map_err(|error| HarnessError::new(format!("open the page {url}"), error))
    }

    /// Evaluates an expression in the page; if it is a promise, what that resolves to.
    ///
    /// # Errors
    /// When it throws or is rejected, or the browser goes.
    pub async fn evaluate(&self, expression: &str) -> Result<Value, HarnessError> {
        let value = self.running.tab().evaluate(expression).await;
        value.map_err(|error| HarnessError::new("evaluate in the page", error))
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
            direction: Direction::SendRecv,
            rejects_rest: false,
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
