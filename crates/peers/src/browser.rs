//! A browser as a peer: on the page, through WebDriver.
//!
//! Two tasks run during a call. One acts: it has the probe injected, opens the page, and clicks, copies and pastes as it is
//! told. The other one hears what the page says, and posts it.

mod cdp;
pub(crate) mod chromium;
mod clock;
mod console;
mod driver;
pub mod find;
mod listener;
mod machine;
mod on_page;
mod pictures;
mod port;
mod probe;
mod process;
mod read_back;
mod socket;
mod starting;
mod words;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use fantoccini::Client;
use rustix::process::Pid;
use tincan_harness::{
    Evidence, IceConfiguration, Mailbox, Peer, Pictures, ReadBack, Role, Signal, SignalingMode, Trouble,
    frames::FrameSource, procedure::Act, report,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};
use url::Url;

pub use self::machine::Tried;
use self::{
    chromium::Chromium,
    driver::Driver,
    on_page::{CallOnPage, SharedClock},
    probe::{Part, Probe},
};
use crate::{
    camera::Film,
    kind::{Launch, LivePeer, Software},
    page_map::PageMap,
    place::Place,
};

/// How long a browser may take to give its evidence or its pictures. Measured: 20 to 60 ms.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);

/// Which browsers are started, and how.
#[derive(Debug, Clone, Default)]
pub struct BrowserOptions {
    /// The Chromium to use, instead of the first found that fits a driver.
    pub chromium: Option<PathBuf>,
    /// The ChromeDriver to use, instead of one found that fits the browser.
    pub chromedriver: Option<PathBuf>,
    /// The version that the browser must be of: a prefix by components, such as 156 or 156.0.8078.
    pub version: Option<String>,
    /// Whether windows are shown.
    pub headed: bool,
    /// Whether a page stays when its call has ended, to be looked at; the next call takes its place.
    pub keep_page: bool,
}

async fn launch(
    options: &BrowserOptions,
    pictures: (FrameSource, Film),
    place: &Place,
) -> Result<Driver, Trouble> {
    let (chromium, chromedriver) = (options.chromium.as_deref(), options.chromedriver.as_deref());
    let (browser, driver) = find::pair(chromium, chromedriver, options.headed).await?;
    let chromium = Chromium { browser, headed: options.headed, version: options.version.clone() };
    Driver::launch(&driver, &chromium, pictures, place).await
}

/// A browser without a call: for a measurement, or a look at a page. It ends with its process, like every browser here.
#[derive(Debug)]
pub struct Tab {
    driver: Driver,
}

impl Tab {
    /// Starts a browser whose camera plays pictures of `source`.
    ///
    /// # Errors
    /// When there is no browser or driver, or they do not start.
    pub async fn launch(options: &BrowserOptions, source: FrameSource) -> Result<Self, Trouble> {
        Ok(Self { driver: launch(options, (source, Film::Rising), &Place::default()).await? })
    }

    /// The WebDriver client of the tab.
    #[must_use]
    pub const fn client(&self) -> &Client {
        self.driver.control()
    }

    /// The browser as it runs.
    #[must_use]
    pub const fn browser(&self) -> &report::Browser {
        &self.driver.browser
    }

    /// Has the browser fetch from the page server at `page` and gather a candidate, as before the first call.
    ///
    /// # Errors
    /// When it can do neither: what it said, the network that it has, and what to do.
    pub async fn try_machine(&self, page: &str) -> Result<Tried, Trouble> {
        machine::try_machine(self.driver.tab(), page, &Place::default()).await
    }

    /// Has the pages that are opened from now on run the probe, as in a call: for a measurement of what it costs.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn watch(&self, map: &PageMap) -> Result<Watch<'_>, Trouble> {
        let (mode, ice) = (SignalingMode::Trickle, IceConfiguration::default());
        let part = Part { map, role: Role::Offerer, mode, ice: &ice };
        let installed = Probe::install(self.driver.tab(), part, None).await;
        let probe = installed.map_err(|error| Trouble::new("inject the probe", error))?;
        Ok(Watch { tab: self, probe })
    }

    /// What was said on the console since the last look, each line with its level.
    pub async fn console(&self) -> Vec<String> {
        console::console(self.driver.control()).await
    }

    /// Ends the browser, and returns when nothing of it is left.
    pub async fn end(self) {
        self.driver.end().await;
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
    pub async fn end(self) -> Result<(), Trouble> {
        let removed = self.probe.remove(self.tab.driver.tab()).await;
        removed.map_err(|error| Trouble::new("remove the probe", error))
    }
}

/// A browser that stays warm from one call to the next.
#[derive(Debug)]
pub(crate) struct BrowserPeer {
    source: FrameSource,
    reads_back: ReadBack,
    driver: Driver,
    page: Arc<PageOfCalls>,
    keep_page: bool,
    /// A script that the page of the next call runs before the probe.
    pub(crate) before_probe: Option<&'static str>,
    call: Option<RunningCall>,
    /// The last call, which still leaves its page: the next one waits for that, the end of the browser need not.
    leaving: Option<JoinHandle<()>>,
    usable: bool,
}

/// The page on which calls are made.
#[derive(Debug)]
pub(crate) struct PageOfCalls {
    /// Its address.
    pub(crate) url: String,
    /// Where its controls are.
    pub(crate) map: PageMap,
}

impl PageOfCalls {
    /// Whether `url` is that of the page, wherever on the page it is.
    fn is_at(&self, url: &Url) -> bool {
        let mut url = url.clone();
        url.set_fragment(None);
        Url::parse(&self.url).is_ok_and(|own| own == url)
    }
}

#[derive(Debug)]
struct RunningCall {
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
    /// How many lines driver and browser had printed when it began.
    printed_before: usize,
}

#[derive(Debug)]
enum Command {
    Act(Act),
    Deliver(Signal),
    /// The answer says also whether the browser lives.
    Examine(oneshot::Sender<(Evidence, bool)>),
    Pictures(oneshot::Sender<Pictures>),
    Close,
}

impl BrowserPeer {
    /// Starts a browser whose camera plays the film of its source. Its statistics tell what is in `reads_back`.
    pub(crate) async fn launch(launch: Launch<'_>, reads_back: ReadBack) -> Result<Self, Trouble> {
        let Launch { source, film, place, page, options } = launch;
        let options = &options.browser;
        let driver = self::launch(options, (source, film), &place)
            .await?
            .on_a_machine_that_works(&page.url, &place)
            .await?;
        Ok(Self {
            source,
            reads_back,
            driver,
            page,
            keep_page: options.keep_page,
            before_probe: None,
            call: None,
            leaving: None,
            usable: true,
        })
    }

    /// The process from which browser and driver descend.
    pub(crate) fn warden(&self) -> Option<Pid> {
        self.driver.warden()
    }
}

#[async_trait]
impl LivePeer for BrowserPeer {
    fn software(&self) -> Software {
        let report::Browser { name, version, .. } = self.driver.browser.clone();
        Software { name, version }
    }

    fn browser(&self) -> Option<&report::Browser> {
        Some(&self.driver.browser)
    }

    async fn end(self: Box<Self>) {
        if let Some(call) = self.call {
            call.task.abort();
        }
        self.driver.end().await;
    }
}

#[async_trait]
impl Peer for BrowserPeer {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        self.reads_back.clone()
    }

    fn start(&mut self, role: Role, mode: SignalingMode, ice: &IceConfiguration, mailbox: Mailbox) {
        let (commands, inbox) = mpsc::unbounded_channel();
        let call = CallOnPage {
            role,
            mode,
            ice: ice.clone(),
            page: Arc::clone(&self.page),
            keep_page: self.keep_page,
            before_probe: self.before_probe.take(),
            control: self.driver.control().clone(),
            tab: self.driver.tab().clone(),
            clock: SharedClock::default(),
            mailbox,
        };
        let leaving = self.leaving.take();
        let task = tokio::spawn(async move {
            if let Some(leaving) = leaving {
                // Only that it is over matters: whether the browser lives is seen by the next step.
                let _ = leaving.await;
            }
            call.run(inbox).await;
        });
        self.call = Some(RunningCall { commands, task, printed_before: self.driver.lines_printed() });
    }

    fn act(&mut self, act: Act) {
        self.command(Command::Act(act));
    }

    fn deliver(&mut self, signal: Signal) {
        self.command(Command::Deliver(signal));
    }

    async fn examine(&mut self) -> Evidence {
        let examined = self.ask(Command::Examine).await;
        let silent = match &examined {
            Some((_, true)) => None,
            _ => {
                Some(format!("the browser does not answer any more; last said: {}", self.driver.last_words()))
            }
        };
        self.usable &= silent.is_none();
        let driver_log =
            self.call.as_ref().map(|call| self.driver.printed_after(call.printed_before)).unwrap_or_default();
        let evidence = examined.map(|(evidence, _)| evidence).unwrap_or_default();
        Evidence { silent, driver_log, ..evidence }
    }

    async fn pictures(&mut self) -> Pictures {
        if self.usable { self.ask(Command::Pictures).await.unwrap_or_default() } else { Pictures::default() }
    }

    async fn close(&mut self) {
        let Some(call) = self.call.take() else { return };
        if self.usable && call.commands.send(Command::Close).is_ok() {
            self.leaving = Some(call.task);
        } else {
            call.task.abort();
        }
    }

    fn is_usable(&self) -> bool {
        self.usable
    }
}

impl BrowserPeer {
    /// Asks the call for something; none if it does not answer in time, as a dead browser does not.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.command(question(answer));
        timeout(ANSWER_DEADLINE, answered).await.ok()?.ok()
    }

    fn command(&self, command: Command) {
        // A call that has ended by itself has posted why.
        let _ = self.call.as_ref().map(|call| call.commands.send(command));
    }
}
