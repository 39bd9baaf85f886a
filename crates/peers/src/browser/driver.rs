//! A driver process with its browser: started through a warden, driven in a WebDriver session.
//!
//! A session runs one command at a time and pushes nothing. So beside it there is a connection to the tab itself, over which
//! the page is acted on and what it says is heard, both at the same time.

use std::{ffi::OsString, path::Path, sync::Arc, time::Duration};

use fantoccini::{Client, ClientBuilder, wd};
use hyper_util::client::legacy::connect::HttpConnector;
use tincan_harness::{HarnessError, frames::FrameSource};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    cdp::Cdp,
    chromium::Chromium,
    chromium_tab::ChromiumTab,
    find::{self, Driver},
    port::free_port,
    process::{Program, Warden},
    read_back::{Capabilities, LaunchRequest, read_back},
    running::{Opened, Running},
    starting::{SESSION_DEADLINE, START},
};
use crate::{
    camera::{self, Film},
    microphone,
    network_host::{Endpoint, NetworkHost},
    warden,
};

/// How ChromeDriver says its port.
const PORT_LINE: &str = "was started successfully on port ";
/// How long it may then take to say what runs. Measured: 20 to 60 ms.
const READ_BACK_DEADLINE: Duration = Duration::from_secs(5);

/// Starts a driver and `chromium`, whose camera plays `film` of `source`, on `host`. Answers also its WebDriver session.
///
/// # Errors
/// When it does not start, or what starts is not what was asked for.
pub(super) async fn start(
    driver: &Driver,
    chromium: &Chromium,
    pictures: (FrameSource, Film),
    host: &NetworkHost,
) -> Result<(Running, Client), HarnessError> {
    let port = host.run(free_port).and_then(|found| found);
    let port = port.map_err(|error| HarnessError::new("find a port for the driver", error))?;
    // The driver would throw away what the browser prints.
    let mut arguments: Vec<OsString> = vec![format!("--port={port}").into(), "--enable-chrome-logs".into()];
    if !driver.checks_version {
        arguments.push("--disable-build-check".into());
    }
    let program = Program { file: &driver.file, arguments, files: Vec::new(), environment: Vec::new() };
    let mut warden = Warden::start(warden::new_folder(), &program, host)?;
    let (opened, session) = match open(&mut warden, driver, chromium, pictures, host).await {
        Ok((opened, session)) => (Ok(opened), Some(session)),
        Err(trouble) => (Err(trouble), None),
    };
    let running = Running::new(warden, opened, host).await?;
    let session = session.ok_or_else(|| HarnessError::new(START, "it has no session"))?;
    Ok((running, session))
}

async fn open(
    warden: &mut Warden,
    driver: &Driver,
    chromium: &Chromium,
    (source, film): (FrameSource, Film),
    host: &NetworkHost,
) -> Result<(Opened, Client), HarnessError> {
    warden.folder_ready().await?;
    let [clip, sound] = ["camera.y4m", "microphone.wav"].map(|name| warden.folder.join(name));
    let writing = spawn_blocking({
        let (clip, sound) = (clip.clone(), sound.clone());
        move || {
            camera::write_clip(&clip, source, film)?;
            microphone::write_sound(&sound, source, film)
        }
    });
    let way = host.endpoint(port(warden, &driver.file).await?)?;
    let url = format!("http://{}", way.address);
    writing.await.map_err(|e| HarnessError::new("write the camera's clip", e))?.map_err(|e| {
        HarnessError::new("write the camera's clip", format!("{}: {e}", clip.display()))
            .hint("it takes 30 MB in the folder for temporary files (TMPDIR)")
    })?;
    let flags = chromium.flags(&warden.folder, &clip, &sound);
    let starting = session(&url, chromium.capabilities(&flags), START);
    let session = warden.while_it_lives(starting).await?;
    let answered = Capabilities::of(&session);
    let debugger = host.endpoint(answered.debugger_port()?)?;
    let (asked, pid) = (LaunchRequest { driver, chromium, flags: &flags }, warden.pid());
    let attaching = bounded(async {
        let tab = connect(&session, &debugger).await?;
        let browser = read_back(&answered, &tab, pid, &asked).await?;
        Ok((tab, browser))
    });
    let (tab, browser) = warden.while_it_lives(attaching).await?;
    let tab = Arc::new(ChromiumTab::new(tab, session.clone()));
    Ok((Opened { tab, browser, _endpoints: vec![way, debugger] }, session))
}

/// Waits for the driver's port.
async fn port(warden: &mut Warden, driver: &Path) -> Result<u16, HarnessError> {
    let step = format!("start the driver {}", driver.display());
    let said = |line: &str| line.split_once(PORT_LINE)?.1.trim_end_matches('.').parse().ok();
    warden.line(said, &step, find::HINT).await
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
        ChromiumTab::enable(&tab).await.map(|()| tab)
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
