//! A driver process with its browser: started through a warden, driven in two WebDriver sessions, ended for certain.
//!
//! A session runs one command at a time, so one that waits for the page to say something could not act meanwhile.
//! Therefore there are two on the same tab: *control* acts, *observer* waits.

use std::{path::Path, time::Duration};

use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Pid;
use tincan_harness::{Trouble, frames::FrameSource, report};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    chromium::Chromium,
    process::Warden,
    read_back::{Answered, Asked, read_back},
};
use crate::{
    camera::{self, Film},
    place::{Place, Way},
};

/// How long a browser may take to start. Measured: 170 ms to 1.3 s.
const SESSION_DEADLINE: Duration = Duration::from_secs(30);

/// A browser that runs, with its driver.
#[derive(Debug)]
pub(crate) struct Driver {
    warden: Warden,
    /// How it is spoken to.
    _way: Way,
    /// The session that acts.
    pub(crate) control: Client,
    /// The session that waits.
    pub(crate) observer: Client,
    /// What was started, as it said itself.
    pub(crate) browser: report::Browser,
}

impl Driver {
    /// Starts a driver and `chromium`, whose camera plays `film` of `source`, in `place`.
    pub(crate) async fn launch(
        driver: &Path,
        chromium: &Chromium,
        (source, film): (FrameSource, Film),
        place: &Place,
    ) -> Result<Self, Trouble> {
        let mut warden = Warden::start(driver, place)?;
        match Self::open(&mut warden, driver, chromium, (source, film), place).await {
            Ok((way, control, observer, browser)) => {
                Ok(Self { warden, _way: way, control, observer, browser })
            }
            Err(trouble) => {
                warden.end().await;
                Err(trouble)
            }
        }
    }

    async fn open(
        warden: &mut Warden,
        driver: &Path,
        chromium: &Chromium,
        (source, film): (FrameSource, Film),
        place: &Place,
    ) -> Result<(Way, Client, Client, report::Browser), Trouble> {
        warden.folder_ready().await?;
        let clip = warden.folder.join("camera.y4m");
        let writing = spawn_blocking({
            let clip = clip.clone();
            move || camera::write_clip(&clip, source, film)
        });
        let way = place.way_to(warden.port(driver).await?)?;
        let url = format!("http://{}", way.address);
        writing.await.map_err(|e| Trouble::new("write the camera's clip", e))?.map_err(|e| {
            Trouble::new("write the camera's clip", format!("{}: {e}", clip.display()))
                .cure("it takes 30 MB in the folder for temporary files (TMPDIR)")
        })?;
        let flags = chromium.flags(&warden.folder, &clip);
        let control = session(&url, chromium.capabilities(&flags), "start the browser").await?;
        let address = Answered::of(&control).debugger_address()?;
        let asked = Asked { driver, chromium, flags: &flags };
        // Side by side: what is read back costs no time of its own.
        let (browser, observer) = tokio::try_join!(
            read_back(&control, warden.pid(), &asked),
            session(&url, chromium.observer_capabilities(&address), "attach to the browser"),
        )?;
        Ok((way, control, observer, browser))
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

async fn session(url: &str, capabilities: Capabilities, step: &str) -> Result<Client, Trouble> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let connecting = builder.capabilities(capabilities).connect(url);
    let late = || Trouble::new(step, format!("no session within {} s", SESSION_DEADLINE.as_secs()));
    let session = timeout(SESSION_DEADLINE, connecting).await.map_err(|_| late())?;
    session.map_err(|error| {
        let message = first_line(&error.to_string());
        let trouble = Trouble::new(step, &message);
        match message.contains("only supports Chrome version") {
            true => trouble.cure("install a driver and a browser of the same major version"),
            false => trouble.cure("`tincan doctor` shows what is installed"),
        }
    })
}

/// Driver messages carry a stack trace of addresses from the second line on.
fn first_line(message: &str) -> String {
    let words = message.lines().take_while(|line| !line.contains("Stacktrace") && !line.starts_with('#'));
    words.map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join(" ")
}
