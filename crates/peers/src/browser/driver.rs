//! A driver process with its browser: started through a warden, driven in a WebDriver session, ended for certain.
//!
//! A session runs one command at a time and pushes nothing. So beside it there is a connection to the tab itself, over which
//! the page is acted on and what it says is heard, both at the same time.

use std::{path::Path, time::Duration};

use fantoccini::{Client, ClientBuilder, wd};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Pid;
use tincan_harness::{HarnessError, environment, frames::FrameSource};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    cdp::Cdp,
    chromium::Chromium,
    machine::try_machine,
    probe::Probe,
    process::Warden,
    read_back::{Capabilities, LaunchRequest, read_back},
    starting::{SESSION_DEADLINE, START},
    words,
};
use crate::{
    camera::{self, Film},
    interfaces::explain_local,
    network_host::{Endpoint, NetworkHost},
};

/// How long it may then take to say what runs. Measured: 20 to 60 ms.
const READ_BACK_DEADLINE: Duration = Duration::from_secs(5);

/// A browser that runs, with its driver.
#[derive(Debug)]
pub(crate) struct Driver {
    warden: Warden,
    spoken_to: SpokenTo,
    /// What was started, as it said itself.
    pub(crate) browser: environment::Browser,
}

/// How driver and browser are spoken to.
#[derive(Debug)]
struct SpokenTo {
    /// The session.
    control: Client,
    /// The tab of the session.
    tab: Cdp,
    /// Open for as long as this lives: to the driver, and to the browser.
    _endpoints: [Endpoint; 2],
}

impl Driver {
    /// Starts a driver and `chromium`, whose camera plays `film` of `source`, in `place`.
    pub(crate) async fn launch(
        driver: &Path,
        chromium: &Chromium,
        (source, film): (FrameSource, Film),
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        let mut warden = Warden::start(driver, host)?;
        match Self::open(&mut warden, driver, chromium, (source, film), host).await {
            Ok((spoken_to, browser)) => Ok(Self { warden, spoken_to, browser }),
            Err(trouble) => {
                let printed = warden.printed_after(0);
                warden.end().await;
                Err(explain_local(trouble.printed(printed), host).await)
            }
        }
    }

    /// The same browser, once it was seen to fetch from the server of `page` and to gather; else it is ended.
    pub(crate) async fn on_a_machine_that_works(
        self,
        page: &str,
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        match try_machine(self.tab(), page, host).await {
            Ok(_) => Ok(self),
            Err(trouble) => {
                let printed = self.printed_after(0);
                self.end().await;
                Err(words::add(trouble, &printed).printed(printed))
            }
        }
    }

    async fn open(
        warden: &mut Warden,
        driver: &Path,
        chromium: &Chromium,
        (source, film): (FrameSource, Film),
        host: &NetworkHost,
    ) -> Result<(SpokenTo, environment::Browser), HarnessError> {
        warden.folder_ready().await?;
        let clip = warden.folder.join("camera.y4m");
        let writing = spawn_blocking({
            let clip = clip.clone();
            move || camera::write_clip(&clip, source, film)
        });
        let way = host.endpoint(warden.port(driver).await?)?;
        let url = format!("http://{}", way.address);
        writing.await.map_err(|e| HarnessError::new("write the camera's clip", e))?.map_err(|e| {
            HarnessError::new("write the camera's clip", format!("{}: {e}", clip.display()))
                .hint("it takes 30 MB in the folder for temporary files (TMPDIR)")
        })?;
        let flags = chromium.flags(&warden.folder, &clip);
        let starting = session(&url, chromium.capabilities(&flags), START);
        let control = warden.while_it_lives(starting).await?;
        let answered = Capabilities::of(&control);
        let debugger = host.endpoint(answered.debugger_port()?)?;
        let (asked, pid) = (LaunchRequest { driver, chromium, flags: &flags }, warden.pid());
        let attaching = bounded(async {
            let tab = connect(&control, &debugger).await?;
            let browser = read_back(&answered, &tab, pid, &asked).await?;
            Ok((tab, browser))
        });
        let (tab, browser) = warden.while_it_lives(attaching).await?;
        Ok((SpokenTo { control, tab, _endpoints: [way, debugger] }, browser))
    }

    /// The WebDriver session.
    pub(crate) const fn control(&self) -> &Client {
        &self.spoken_to.control
    }

    /// The tab of the session.
    pub(super) const fn tab(&self) -> &Cdp {
        &self.spoken_to.tab
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

async fn session(url: &str, capabilities: wd::Capabilities, step: &str) -> Result<Client, HarnessError> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let connecting = builder.capabilities(capabilities).connect(url);
    let late = || HarnessError::new(step, format!("no session within {} s", SESSION_DEADLINE.as_secs()));
    let session = timeout(SESSION_DEADLINE, connecting).await.map_err(|_| late())?;
    session.map_err(|error| {
        HarnessError::new(step, first_line(&error.to_string()))
            .hint("`tincan doctor` shows what is installed")
    })
}

/// Connects to the tab of the session `control`, and makes it ready for probes.
async fn connect(control: &Client, debugger: &Endpoint) -> Result<Cdp, HarnessError> {
    const STEP: &str = "attach to the browser";
    let target = control.window().await;
    let target = target.map_err(|error| HarnessError::new(STEP, first_line(&error.to_string())))?;
    let target = String::from(target);
    // ChromeDriver's name for a tab is the browser's own; older ones put a word before it.
    let target = target.strip_prefix("CDwindow-").unwrap_or(&target);
    let connected = async {
        let tab = Cdp::connect(debugger.address, target).await?;
        Probe::enable(&tab).await.map(|()| tab)
    };
    connected.await.map_err(|error| HarnessError::new(STEP, error))
}

/// What is read back of a browser whose pages do not start would be waited for without end.
async fn bounded<T>(reading: impl Future<Output = Result<T, HarnessError>>) -> Result<T, HarnessError> {
    let limit = READ_BACK_DEADLINE;
    let late =
        || HarnessError::new("read back the browser", format!("no answer within {} s", limit.as_secs()));
    timeout(limit, reading).await.unwrap_or_else(|_| Err(late()))
}

/// Driver messages carry a stack trace of addresses from the second line on.
fn first_line(message: &str) -> String {
    let words = message.lines().take_while(|line| !line.contains("Stacktrace") && !line.starts_with('#'));
    words.map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join(" ")
}
