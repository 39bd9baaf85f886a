//! A driver process with its browser: started through a warden, driven in two WebDriver sessions, ended for certain.
//!
//! A session runs one command at a time, so one that waits for the page to say something could not act meanwhile.
//! Therefore there are two on the same tab: *control* acts, *observer* waits.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use tincan_harness::{Trouble, frames::FrameSource, report};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::spawn_blocking,
    time::timeout,
};

use super::{chromium::Chromium, find};
use crate::{camera, warden};

/// How long a driver may take to say its port. Measured: 11 to 44 ms.
const PORT_DEADLINE: Duration = Duration::from_secs(10);
/// How long a browser may take to start. Measured: 170 ms to 1.3 s.
const SESSION_DEADLINE: Duration = Duration::from_secs(30);
/// How long a warden may take to end a driver and all that it started.
const END_DEADLINE: Duration = Duration::from_secs(5);
/// How ChromeDriver says its port; the version stands in front of it on a line of its own.
const PORT_LINE: &str = "was started successfully on port ";

/// A browser that runs, with its driver.
#[derive(Debug)]
pub(crate) struct Driver {
    warden: Warden,
    /// The session that acts.
    pub(crate) control: Client,
    /// The session that waits.
    pub(crate) observer: Client,
    /// What was started, as it said itself.
    pub(crate) browser: report::Browser,
}

impl Driver {
    /// Starts a driver and `chromium`, whose camera plays pictures of `source`.
    pub(crate) async fn launch(
        driver: &Path,
        chromium: &Chromium,
        source: FrameSource,
    ) -> Result<Self, Trouble> {
        let mut warden = Warden::start(driver)?;
        match Self::open(&mut warden, driver, chromium, source).await {
            Ok((control, observer, browser)) => Ok(Self { warden, control, observer, browser }),
            Err(trouble) => {
                let last_words = warden.last_words();
                warden.end().await;
                let message = format!("{}{last_words}", trouble.message);
                Err(Trouble { message, ..trouble })
            }
        }
    }

    async fn open(
        warden: &mut Warden,
        driver: &Path,
        chromium: &Chromium,
        source: FrameSource,
    ) -> Result<(Client, Client, report::Browser), Trouble> {
        warden.folder_ready().await?;
        let clip = warden.folder.join("camera.y4m");
        let writing = spawn_blocking({
            let clip = clip.clone();
            move || camera::write_clip(&clip, source)
        });
        let url = format!("http://127.0.0.1:{}", warden.port(driver).await?);
        writing.await.map_err(|e| Trouble::new("write the camera's clip", e))?.map_err(|e| {
            Trouble::new("write the camera's clip", format!("{}: {e}", clip.display()))
                .cure("it takes 30 MB in the folder for temporary files (TMPDIR)")
        })?;
        let flags = chromium.flags(&warden.folder, &clip);
        let control = session(&url, chromium.capabilities(&flags), "start the browser").await?;
        let (browser, address) = read_back(&control, driver, chromium, flags)?;
        let observer =
            session(&url, chromium.observer_capabilities(&address), "attach to the browser").await?;
        Ok((control, observer, browser))
    }

    /// The end of the driver's log, for a message about its death.
    pub(crate) fn last_words(&self) -> String {
        self.warden.last_words()
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

fn read_back(
    control: &Client,
    driver: &Path,
    chromium: &Chromium,
    flags: std::collections::BTreeMap<String, String>,
) -> Result<(report::Browser, String), Trouble> {
    let answer = control.capabilities().cloned().unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let missing = |what: &str| Trouble::new("read the driver's capabilities", format!("it gave no {what}"));
    let address = answer.get("goog:chromeOptions").and_then(|options| options.get("debuggerAddress"));
    let driver_version = answer.get("chrome").and_then(|chrome| chrome.get("chromedriverVersion"));
    let driver_version = text(driver_version).ok_or_else(|| missing("version of its own"))?;
    let browser = report::Browser {
        name: text(answer.get("browserName")).ok_or_else(|| missing("browserName"))?,
        version: text(answer.get("browserVersion")).ok_or_else(|| missing("browserVersion"))?,
        binary: chromium.binary.display().to_string(),
        driver_version: driver_version.split_whitespace().next().unwrap_or_default().to_owned(),
        driver_binary: driver.display().to_string(),
        headless: !chromium.headed,
        sandbox: Chromium::has_sandbox(),
        flags,
    };
    Ok((browser, text(address).ok_or_else(|| missing("debuggerAddress"))?))
}

/// The process that watches over one driver; see [`warden`].
#[derive(Debug)]
struct Warden {
    process: Child,
    /// Closed when this is dropped, in whatever way: the sign for the warden to end everything.
    leash: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    folder: PathBuf,
}

impl Warden {
    fn start(driver: &Path) -> Result<Self, Trouble> {
        let folder = new_folder();
        let trouble = |error| Trouble::new("start a warden", error);
        let mut command = Command::from(warden::own_executable());
        command.arg(warden::WARDEN).arg(&folder).arg(driver).arg("--port=0");
        command.arg(format!("--log-path={}", folder.join("driver.log").display()));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(trouble)?;
        let output =
            process.stdout.take().ok_or_else(|| Trouble::new("start a warden", "it has no output"))?;
        Ok(Self { leash: process.stdin.take(), process, output: BufReader::new(output).lines(), folder })
    }

    async fn folder_ready(&mut self) -> Result<(), Trouble> {
        self.line(|line| (line == warden::FOLDER_READY).then_some(()), "make the browser's folder").await
    }

    async fn port(&mut self, driver: &Path) -> Result<u16, Trouble> {
        let step = format!("start the driver {}", driver.display());
        self.line(|line| line.split_once(PORT_LINE)?.1.trim_end_matches('.').parse().ok(), &step).await
    }

    /// Reads the output up to a line in which `find` finds something.
    async fn line<T>(&mut self, find: impl Fn(&str) -> Option<T>, step: &str) -> Result<T, Trouble> {
        let mut seen = Vec::new();
        let reading = async {
            while let Ok(Some(line)) = self.output.next_line().await {
                match find(&line) {
                    Some(found) => return Some(found),
                    None => seen.push(line),
                }
            }
            None
        };
        let found = timeout(PORT_DEADLINE, reading).await;
        let seen = || if seen.is_empty() { "nothing".to_owned() } else { format!("{:?}", seen.join(" ")) };
        match found {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(Trouble::new(step, format!("it ended; it said {}", seen())).cure(find::CURE)),
            Err(_) => {
                let message = format!("not ready within {} s; it said {}", PORT_DEADLINE.as_secs(), seen());
                Err(Trouble::new(step, message).cure("`tincan doctor` shows what is installed"))
            }
        }
    }

    fn last_words(&self) -> String {
        let read = |name| std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        let words = format!("{}{}", read("driver.log"), read("driver.stderr"));
        let last: Vec<_> = words.lines().rev().filter(|line| !line.starts_with('#')).take(3).collect();
        let last: Vec<_> = last.into_iter().rev().collect();
        if last.is_empty() {
            String::new()
        } else {
            format!("; the driver's log ends: {:?}", last.join(" / "))
        }
    }

    async fn end(mut self) {
        drop(self.leash.take());
        // A warden that does not end in time has said so on its standard error; it still ends when it can.
        let _ = timeout(END_DEADLINE, self.process.wait()).await;
    }
}

fn new_folder() -> PathBuf {
    // The process id tells people whose it is; the number keeps apart what a dead process of the same id left.
    let name = format!("{}{}-{:08x}", warden::FOLDER_PREFIX, std::process::id(), rand::random::<u32>());
    std::env::temp_dir().join(name)
}
