//! What of a Firefox really runs: asked of it and of the kernel, and held against what was asked for.

use std::{collections::BTreeMap, fs, path::Path};

use rustix::process::Pid;
use serde::Deserialize;
use serde_json::Value;
use tincan_harness::{HarnessError, environment};
use tokio::task::spawn_blocking;

use super::sandbox::has_sandbox;
use crate::warden;

/// What the command line of a process says that runs pages.
const RUNS_PAGES: &str = "-isForBrowser";

/// What was asked for.
#[derive(Debug)]
pub(super) struct LaunchRequest {
    /// Whether it is to show its window.
    pub(super) headed: bool,
    /// All that it was started with, each with what it is for.
    pub(super) flags: BTreeMap<String, String>,
}

/// What it says of itself in its session.
#[derive(Debug, Deserialize)]
struct Capabilities {
    #[serde(rename = "browserName")]
    name: String,
    #[serde(rename = "browserVersion")]
    version: String,
    #[serde(rename = "moz:headless")]
    headless: bool,
    #[serde(rename = "moz:processID")]
    pid: i32,
    #[serde(rename = "moz:profile")]
    profile: String,
}

/// Reads back the browser below the process `warden`, which was started with `profile`.
///
/// # Errors
/// When it does not tell, or when what runs is not what was asked for.
pub(super) async fn read_back(
    capabilities: &Value,
    warden: Option<Pid>,
    profile: &Path,
    asked: &LaunchRequest,
) -> Result<environment::Browser, HarnessError> {
    let told = Capabilities::deserialize(capabilities).map_err(|error| {
        HarnessError::new("read the browser's capabilities", format!("{error}: {capabilities}"))
    })?;
    compare(&told, profile, asked)?;
    let of_kernel =
        spawn_blocking(move || Some((file_below(warden?, told.pid)?, has_sandbox(warden?, RUNS_PAGES)?)));
    let (binary, sandbox) = of_kernel.await.ok().flatten().ok_or_else(|| {
        let message = format!("it says that it is process {}, which is none of its own", told.pid);
        HarnessError::new("read back the browser's processes", message)
    })?;
    Ok(environment::Browser {
        // That is for the registry to say.
        peer: None,
        name: told.name,
        version: told.version,
        binary,
        driver_version: String::new(),
        driver_binary: String::new(),
        headless: told.headless,
        sandbox,
        flags: asked.flags.clone(),
    })
}

fn compare(told: &Capabilities, profile: &Path, asked: &LaunchRequest) -> Result<(), HarnessError> {
    let windows = |without| if without { "no window" } else { "a window" };
    if told.headless == asked.headed {
        let (asked, runs) = (windows(!asked.headed), windows(told.headless));
        return Err(HarnessError::new(
            "check the browser's windows",
            format!("asked for {asked}, it has {runs}"),
        ));
    }
    if Path::new(&told.profile) != profile {
        let message = format!("asked for {}, it uses {}", profile.display(), told.profile);
        return Err(HarnessError::new("check the browser's profile", message)
            .hint("a start script may choose one: name another browser with --firefox"));
    }
    Ok(())
}

/// The file that the process `pid` runs, if it descends from `root`.
fn file_below(root: Pid, pid: i32) -> Option<String> {
    let is_own = warden::commands_below(root).iter().any(|(own, _)| own.as_raw_nonzero().get() == pid);
    let file = fs::read_link(format!("/proc/{pid}/exe")).ok().filter(|_| is_own)?;
    Some(file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_and_does_not_run_is_trouble() {
        let told = |headless, profile: &str| Capabilities {
            name: "firefox".to_owned(),
            version: "153.7.0".to_owned(),
            headless,
            pid: 1,
            profile: profile.to_owned(),
        };
        let asked = LaunchRequest { headed: false, flags: BTreeMap::new() };
        let trouble = |told: &Capabilities| {
            compare(told, Path::new("/x/profile"), &asked).err().map(|trouble| trouble.to_string())
        };
        assert_eq!(trouble(&told(true, "/x/profile")), None);
        assert!(trouble(&told(false, "/x/profile")).is_some_and(|said| said.contains("asked for no window")));
        assert!(trouble(&told(true, "/y")).is_some_and(|said| said.contains("it uses /y")));
    }
}
