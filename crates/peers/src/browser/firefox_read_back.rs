//! What of a Firefox really runs: asked of it and of the kernel, and held against what was asked for.

use std::{collections::BTreeMap, fs, path::Path};

use rustix::process::Pid;
use serde::Deserialize;
use serde_json::Value;
use tincan_harness::{HarnessError, environment};
use tokio::task::spawn_blocking;

use super::{
    bidi::BidiTab,
    firefox_preferences::{self, Preference, flags},
    sandbox::has_sandbox,
};
use crate::warden;

/// What the command line of a process says that runs pages.
const RUNS_PAGES: &str = "-isForBrowser";

/// What was asked for.
#[derive(Debug)]
pub(super) struct LaunchRequest {
    /// Whether it is to show its window.
    pub(super) headed: bool,
    /// Its arguments.
    pub(super) arguments: Vec<Argument>,
    /// Its preferences.
    pub(super) preferences: Vec<Preference>,
}

impl LaunchRequest {
    /// All that it was started with, each with what it is for.
    fn flags(&self) -> BTreeMap<String, String> {
        let arguments = self.arguments.iter().map(|(words, why)| (words.join(" "), (*why).to_owned()));
        arguments.chain(flags(&self.preferences)).collect()
    }
}

/// The words of an argument, and what it is for.
pub(super) type Argument = (Vec<String>, &'static str);

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

/// Reads back the browser of `tab` below the process `warden`, which was started with `profile`.
///
/// # Errors
/// When it does not tell, or when what runs is not what was asked for.
pub(super) async fn read_back(
    tab: &BidiTab,
    capabilities: &Value,
    (warden, profile): (Option<Pid>, &Path),
    asked: &LaunchRequest,
) -> Result<environment::Browser, HarnessError> {
    let told = Capabilities::deserialize(capabilities).map_err(|error| {
        HarnessError::new("read the browser's capabilities", format!("{error}: {capabilities}"))
    })?;
    compare(&told, profile, asked)?;
    firefox_preferences::read_back(tab, &asked.preferences).await?;
    let of_kernel = spawn_blocking(move || OfKernel::read(warden?, told.pid));
    let of_kernel = of_kernel.await.ok().flatten().ok_or_else(|| {
        let message = format!("it says that it is process {}, which is none of its own", told.pid);
        HarnessError::new("read back the browser's processes", message)
    })?;
    compare_arguments(&asked.arguments, &of_kernel.line)?;
    Ok(environment::Browser {
        // That is for the registry to say.
        peer: None,
        name: told.name,
        version: told.version,
        binary: of_kernel.binary,
        // Nobody but its maker and distributions builds it.
        built_by: String::new(),
        driver_version: String::new(),
        driver_binary: String::new(),
        headless: told.headless,
        sandbox: of_kernel.sandbox,
        flags: asked.flags(),
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

/// What the kernel says of its process.
struct OfKernel {
    /// The file that it runs.
    binary: String,
    /// Its command line, a word each.
    line: Vec<String>,
    /// Whether the system calls of its pages are filtered.
    sandbox: bool,
}

impl OfKernel {
    /// That of the process `pid`, if it descends from `root`.
    fn read(root: Pid, pid: i32) -> Option<Self> {
        let below = warden::commands_below(root).into_iter().map(|(own, _)| own);
        let own = below.into_iter().find(|own| own.as_raw_nonzero().get() == pid)?;
        let file = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
        let (binary, line) = (file.display().to_string(), warden::arguments(own));
        Some(Self { binary, line, sandbox: has_sandbox(root, RUNS_PAGES)? })
    }
}

/// A start script may leave out an argument. Firefox takes one with one hyphen as well.
fn compare_arguments(asked: &[Argument], line: &[String]) -> Result<(), HarnessError> {
    let is_there = |words: &[String]| line.windows(words.len()).any(|there| there == words);
    let Some((lost, _)) = asked.iter().find(|(words, _)| !is_there(words)) else { return Ok(()) };
    let message =
        format!("{} was asked for, and is not on its command line: {}", lost.join(" "), line.join(" "));
    Err(HarnessError::new("check the browser's arguments", message)
        .hint("a start script may drop it: name another browser with --firefox"))
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
        let asked = LaunchRequest { headed: false, arguments: Vec::new(), preferences: Vec::new() };
        let trouble = |told: &Capabilities| {
            compare(told, Path::new("/x/profile"), &asked).err().map(|trouble| trouble.to_string())
        };
        assert_eq!(trouble(&told(true, "/x/profile")), None);
        assert!(trouble(&told(false, "/x/profile")).is_some_and(|said| said.contains("asked for no window")));
        assert!(trouble(&told(true, "/y")).is_some_and(|said| said.contains("it uses /y")));
    }
    #[test]
    fn an_argument_that_was_lost_on_the_way_is_trouble() {
        let words = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let asked = [(words("--no-remote"), "x"), (words("--profile /x"), "x")];
        let trouble =
            |line: &str| compare_arguments(&asked, &words(line)).err().map(|trouble| trouble.to_string());
        assert_eq!(trouble("firefox --profile /x --no-remote"), None);
        let says = |line: &str, lost: &str| trouble(line).is_some_and(|said| said.contains(lost));
        assert!(says("firefox --no-remote --profile /y", "--profile /x was asked for"));
        assert!(says("firefox --profile /x", "--no-remote was asked for"));
    }
}
