//! A browser that runs below a warden: spoken to through its tab, and ended for certain.

use rustix::process::Pid;
use tincan_harness::{HarnessError, environment};

use super::{context::Context, machine::try_machine, process::Warden, words};
use crate::{
    interfaces::explain_local,
    network_host::{Endpoint, NetworkHost},
};

/// A browser that runs.
#[derive(Debug)]
pub(crate) struct Running {
    warden: Warden,
    opened: Opened,
}

/// What there is to a browser that was opened.
#[derive(Debug)]
pub(super) struct Opened {
    /// Its tab.
    pub(super) tab: Context,
    /// What was started, as it said itself.
    pub(super) browser: environment::Browser,
    /// Open for as long as this lives: to the driver, and to the browser.
    pub(super) _endpoints: Vec<Endpoint>,
}

impl Running {
    /// The browser below `warden`, if it could be `opened`; else it is ended.
    ///
    /// # Errors
    /// Why it could not be opened, with all that was printed.
    pub(super) async fn new(
        warden: Warden,
        opened: Result<Opened, HarnessError>,
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        match opened {
            Ok(opened) => Ok(Self { warden, opened }),
            Err(trouble) => {
                let printed = warden.printed_after(0);
                warden.end().await;
                Err(explain_local(trouble.printed(printed), host).await)
            }
        }
    }

    /// The same browser, once it was seen to fetch from the server of `page` and to gather; else it is ended.
    ///
    /// # Errors
    /// When it can do neither.
    pub(crate) async fn on_a_machine_that_works(
        self,
        page: &str,
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        match try_machine(self.tab(), page, host, self.warden()).await {
            Ok(_) => Ok(self),
            Err(trouble) => {
                let printed = self.printed_after(0);
                self.end().await;
                Err(words::add(trouble, &printed).printed(printed))
            }
        }
    }

    /// Its tab.
    pub(super) const fn tab(&self) -> &Context {
        &self.opened.tab
    }

    /// What was started, as it said itself.
    pub(crate) const fn browser(&self) -> &environment::Browser {
        &self.opened.browser
    }

    /// What driver and browser printed last, for a message about their death.
    pub(crate) fn last_words(&self) -> String {
        self.warden.last_words()
    }

    /// The process that watches over driver and browser, which all descend from it.
    pub(crate) fn warden(&self) -> Option<Pid> {
        self.warden.pid()
    }

    /// How many lines driver and browser have printed so far.
    pub(crate) fn lines_printed(&self) -> usize {
        self.warden.lines_printed()
    }

    /// What driver and browser printed after their first `before` lines, as far as it is kept.
    pub(crate) fn printed_after(&self, before: usize) -> Vec<String> {
        self.warden.printed_after(before)
    }

    /// Ends driver and browser, and returns when nothing of them is left.
    pub(crate) async fn end(self) {
        self.warden.end().await;
    }
}
