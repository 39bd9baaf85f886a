//! Which browser and which driver are on this machine, and belong together.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures_util::future::join_all;
use rustix::process::{Pid, Signal, kill_process_group};
use tincan_harness::HarnessError;
use tokio::{process::Command, sync::Mutex, time::timeout};

use super::{starting::START, words};

/// The environment variable that names the browser.
pub const BROWSER_VARIABLE: &str = "TINCAN_CHROMIUM";
/// The environment variable that names the driver.
pub const DRIVER_VARIABLE: &str = "TINCAN_CHROMEDRIVER";
/// The environment variable that names the Firefox.
pub const FIREFOX_VARIABLE: &str = "TINCAN_FIREFOX";
/// What to install where no Firefox was found.
pub const FIREFOX_HINT: &str =
    "install the Debian package firefox-esr, or name another file with --firefox or TINCAN_FIREFOX";
/// The Firefoxes that are looked for on the PATH. `ci/install` looks for the same.
const FIREFOXES: [&str; 2] = ["firefox-esr", "firefox"];
/// Where hosted runners say that their driver is: a folder.
const RUNNER_VARIABLE: &str = "CHROMEWEBDRIVER";
/// The browsers that are looked for on the PATH, the quickest to start first. `ci/install` looks for the same.
const BROWSERS: [&str; 6] = [
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
];
const DRIVER: &str = "chromedriver";
/// Where `ci/chrome-for-testing` puts a browser and its driver, each version in a folder of its own below the user's cache.
const DOWNLOADED: &str = "tincan/chrome-for-testing";
const DOWNLOADED_BROWSER: &str = "chrome-headless-shell-linux64/chrome-headless-shell";
const DOWNLOADED_DRIVER: &str = "chromedriver-linux64/chromedriver";
/// A cold browser on a slow disk says its version within a second or two.
const VERSION_DEADLINE: Duration = Duration::from_secs(5);

/// What is being done.
const FIND: &str = "find a browser and its driver";

/// What to install where nothing was found.
pub const HINT: &str = "install the Debian packages chromium-headless-shell and chromium-driver, or run \
                        ci/chrome-for-testing, or name other files with --chromium and --chromedriver, or \
                        TINCAN_CHROMIUM and TINCAN_CHROMEDRIVER";

/// What kind of browser a file starts, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium with all that it has, also in its headless mode.
    Whole,
    /// The headless shell, which has no windows and a WebDriver name of its own.
    Shell,
}

/// A browser on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// The file to run.
    pub file: PathBuf,
    /// What it says that it is.
    pub kind: Kind,
}

/// A driver to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// The file to run.
    pub file: PathBuf,
    /// Whether it refuses a browser of another major version.
    pub checks_version: bool,
}

/// What a browser or a driver says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its version, such as 156.0.8078.79.
    pub version: String,
    /// What it is, if it is a browser.
    pub kind: Kind,
    /// The line in which it says so.
    pub line: String,
}

impl Said {
    /// Whether it says that it is a Firefox.
    #[must_use]
    pub fn is_firefox(&self) -> bool {
        self.line.contains("Firefox")
    }
}

/// A browser or a driver, and what it says of itself, or why that is not known.
#[derive(Clone)]
struct Program {
    file: PathBuf,
    said: Result<Said, String>,
}

impl Program {
    async fn ask(file: PathBuf) -> Self {
        let said = ask(&file).await;
        Self { file, said }
    }

    fn major(&self) -> Option<&str> {
        self.said.as_ref().ok()?.version.split('.').next()
    }

    fn describe(&self) -> String {
        match &self.said {
            Ok(said) => format!("{} is {}", self.file.display(), said.version),
            Err(reason) => format!("{} does not say its version: {reason}", self.file.display()),
        }
    }

    fn has_windows(&self) -> bool {
        self.said.as_ref().is_ok_and(|said| said.kind == Kind::Whole)
    }

    /// The browser, which was named or chosen.
    ///
    /// # Errors
    /// When it does not say what it is, or has no windows and is to be `headed`.
    fn named(self, headed: bool) -> Result<Browser, HarnessError> {
        let Self { file, said } = self;
        let said = said.map_err(|reason| {
            let message = format!("{} does not say what it is: {reason}", file.display());
            HarnessError::new(START, &message).hint(words::hint(&message).unwrap_or(HINT))
        })?;
        if headed && said.kind == Kind::Shell {
            return Err(no_windows(&file));
        }
        Ok(Browser { file, kind: said.kind })
    }
}

/// Whether `version` is `asked`, or begins with it, component by component: 156.0.8078.79 is 156.0, and is not 15.
#[must_use]
pub fn is_version(version: &str, asked: &str) -> bool {
    let mut components = version.split('.');
    asked.split('.').all(|asked| components.next() == Some(asked))
}

/// The browser and the driver to use: those given, else the environment's; what neither names is the first of those on this
/// machine that fits, which is of the other's major version.
///
/// # Errors
/// When there is none, what was named does not exist or does not say what it is, windows were asked for and cannot be had,
/// or no two fit; says what is there and what to do.
pub async fn pair(
    browser: Option<&Path>,
    driver: Option<&Path>,
    headed: bool,
) -> Result<(Browser, PathBuf), HarnessError> {
    let (browsers, drivers) = (browsers(browser)?, drivers(driver)?);
    if headed {
        there_is_a_screen()?;
    }
    let asked = (browsers, drivers, headed);
    // Who asks for the same at the same time waits for the answer.
    let mut found = FOUND.lock().await;
    if let Some((_, pair)) = found.iter().find(|(before, _)| *before == asked) {
        return Ok(pair.clone());
    }
    let pair = ask_for(&asked).await?;
    found.push((asked, pair.clone()));
    Ok(pair)
}

/// The driver for the browser `file`: one of its major version, or else the first that there is, which may bear another one.
///
/// # Errors
/// When there is no driver.
pub async fn driver_for(file: &Path) -> Result<PathBuf, HarnessError> {
    if let Ok((_, driver)) = pair(Some(file), None, false).await {
        return Ok(driver);
    }
    drivers(None).map(|mut found| found.files.swap_remove(0))
}

/// What was asked for, and whether it is to have windows.
type LaunchRequest = (Candidates, Candidates, bool);

/// What fits on this machine, once it was asked: that takes most of a tenth of a second.
static FOUND: Mutex<Vec<(LaunchRequest, (Browser, PathBuf))>> = Mutex::const_new(Vec::new());

async fn ask_for((browsers, drivers, headed): &LaunchRequest) -> Result<(Browser, PathBuf), HarnessError> {
    match (&browsers.files[..], &drivers.files[..]) {
        // Whether the two fit, they say themselves.
        ([browser], [driver]) if browsers.named && drivers.named => {
            let browser = Program::ask(browser.clone()).await.named(*headed)?;
            Ok((browser, driver.clone()))
        }
        _ => fitting(browsers, drivers, *headed).await,
    }
}

fn no_windows(shell: &Path) -> HarnessError {
    let message = format!("{} has no windows, and windows were asked for", shell.display());
    HarnessError::new("find a browser", message).hint("leave out --headed, or name another browser")
}

fn there_is_a_screen() -> Result<(), HarnessError> {
    let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
    if displays.iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return Ok(());
    }
    let message = "windows were asked for, and neither DISPLAY nor WAYLAND_DISPLAY names a screen";
    Err(HarnessError::new("show the browser", message).hint("leave out --headed, or use xvfb-run"))
}

/// What can be tried: at least one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// The files, the best first.
    pub files: Vec<PathBuf>,
    /// Whether it is one that was named.
    pub named: bool,
}

/// The browsers that can be tried: the one given, else the environment's, else all on this machine.
///
/// # Errors
/// When there is none, or the one that was named does not exist.
pub fn browsers(given: Option<&Path>) -> Result<Candidates, HarnessError> {
    let wanted = Wanted { step: "find a browser", variable: BROWSER_VARIABLE, names: &BROWSERS, hint: HINT };
    candidates(&wanted, given, downloaded(DOWNLOADED_BROWSER))
}

/// The drivers that can be tried: the one given, else the environment's, else all on this machine.
///
/// # Errors
/// When there is none, or the one that was named does not exist.
pub fn drivers(given: Option<&Path>) -> Result<Candidates, HarnessError> {
    let runner = env::var_os(RUNNER_VARIABLE).map(|folder| PathBuf::from(folder).join(DRIVER));
    let elsewhere =
        runner.into_iter().filter(|file| file.is_file()).chain(downloaded(DOWNLOADED_DRIVER)).collect();
    let wanted = Wanted { step: "find a driver", variable: DRIVER_VARIABLE, names: &[DRIVER], hint: HINT };
    candidates(&wanted, given, elsewhere)
}

/// The Firefox to use: the one given, else the environment's, else the first on the PATH.
///
/// # Errors
/// When there is none, or the one that was named does not exist.
pub fn firefox(given: Option<&Path>) -> Result<PathBuf, HarnessError> {
    let (variable, hint) = (FIREFOX_VARIABLE, FIREFOX_HINT);
    let wanted = Wanted { step: "find Firefox", variable, names: &FIREFOXES, hint };
    candidates(&wanted, given, Vec::new()).map(|mut found| found.files.swap_remove(0))
}

/// A programme that is looked for.
struct Wanted<'w> {
    step: &'w str,
    /// The environment variable that names it.
    variable: &'w str,
    /// Its names on the PATH.
    names: &'w [&'w str],
    /// What to do if there is none.
    hint: &'w str,
}

fn candidates(
    Wanted { step, variable, names, hint }: &Wanted<'_>,
    given: Option<&Path>,
    elsewhere: Vec<PathBuf>,
) -> Result<Candidates, HarnessError> {
    let named =
        given.map(Path::to_owned).or_else(|| Some(env::var_os(variable).filter(|v| !v.is_empty())?.into()));
    if let Some(named) = named {
        let reason = |error| HarnessError::new(*step, format!("{}: {error}", named.display())).hint(*hint);
        return Ok(Candidates { files: vec![which::which(&named).map_err(reason)?], named: true });
    }
    let on_path = names.iter().flat_map(|name| which::which_all(name).into_iter().flatten());
    let files: Vec<_> = on_path.chain(elsewhere).collect();
    if files.is_empty() {
        let message = format!("none of {} is on the PATH", names.join(", "));
        return Err(HarnessError::new(*step, message).hint(*hint));
    }
    Ok(Candidates { files, named: false })
}

/// The `file` of each version that was downloaded, the newest first.
fn downloaded(file: &str) -> Vec<PathBuf> {
    let Some(folder) = cache().map(|cache| cache.join(DOWNLOADED)) else { return Vec::new() };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut versions: Vec<_> = entries.map(|entry| entry.path()).collect();
    versions.sort_by_key(|folder| std::cmp::Reverse(components(folder)));
    versions.into_iter().map(|folder| folder.join(file)).filter(|file| file.is_file()).collect()
}

/// The browsers that were downloaded, each with its version and the place of its driver, the newest first.
pub(super) fn downloads() -> Vec<(String, PathBuf, PathBuf)> {
    let of_version = |browser: PathBuf| {
        let folder = browser.ancestors().nth(2)?;
        let version = folder.file_name()?.to_string_lossy().into_owned();
        let driver = folder.join(DOWNLOADED_DRIVER);
        Some((version, browser, driver))
    };
    downloaded(DOWNLOADED_BROWSER).into_iter().filter_map(of_version).collect()
}

/// The numbers in the name of a version's folder.
pub(super) fn components(folder: &Path) -> Vec<u32> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').map(|number| number.parse().unwrap_or_default()).collect()
}

/// The user's cache (XDG Base Directory Specification).
pub(super) fn cache() -> Option<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))
}

/// The first of the browsers that has a driver of its own major version, and that driver; with `headed`, of those with
/// windows.
///
/// # Errors
/// When no two fit; says what each is.
async fn fitting(
    browsers: &Candidates,
    drivers: &Candidates,
    headed: bool,
) -> Result<(Browser, PathBuf), HarnessError> {
    let mut drivers = join_all(drivers.files.iter().cloned().map(Program::ask)).await;
    let mut seen = Vec::new();
    // One after the other: mostly the first will do.
    for file in &browsers.files {
        let program = Program::ask(file.clone()).await;
        let fits = |driver: &Program| driver.major().is_some() && driver.major() == program.major();
        let position = drivers.iter().position(fits).filter(|_| !headed || program.has_windows());
        match position {
            Some(position) => return Ok((program.named(headed)?, drivers.swap_remove(position).file)),
            None if browsers.named => drop(program.clone().named(headed)?),
            None => {}
        }
        seen.push(program);
    }
    let seen: Vec<_> = seen.iter().chain(&drivers).map(Program::describe).collect();
    let with = if headed { "with windows " } else { "" };
    let message = format!("no browser {with}here has a driver of its own major version: {}", seen.join("; "));
    Err(HarnessError::new(FIND, message).hint(HINT))
}

/// What a browser or a driver says of itself.
///
/// Both flags together tell the kinds of browsers apart: all say their name and version for the second, but the whole Chromium
/// looks for the first before that, and says the number alone.
///
/// # Errors
/// When it says no version within 5 s: what it said instead.
pub async fn ask(file: &Path) -> Result<Said, String> {
    let mut command = Command::new(file);
    command.args(["--product-version", "--version"]).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // What a start script starts is in its group, and is ended with it.
    let started = command.process_group(0).spawn().map_err(|error| error.to_string())?;
    let group = started.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    let said = timeout(VERSION_DEADLINE, started.wait_with_output()).await;
    let said = said.map_err(|_| {
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        format!("it did not end within {} s", VERSION_DEADLINE.as_secs())
    })?;
    let said = said.map_err(|error| error.to_string())?;
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    let line = out.lines().find_map(|line| Some((line.trim(), number(line)?)));
    match line.filter(|_| said.status.success()) {
        Some((line, version)) => {
            let kind = if line == version { Kind::Whole } else { Kind::Shell };
            Ok(Said { version: version.to_owned(), kind, line: line.to_owned() })
        }
        None => {
            let words = format!("{}\n{}", out.trim(), err.trim()).trim().to_owned();
            let words = if words.is_empty() { "nothing".to_owned() } else { format!("{words:?}") };
            Err(format!("it said {words}, and ended with {}", said.status))
        }
    }
}

/// The version in `Chromium 156.0.8078.79 built on …`.
fn number(said: &str) -> Option<&str> {
    said.split_whitespace().find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
