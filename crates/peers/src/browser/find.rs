//! Which browser and which driver are on this machine, and belong together.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures_util::future::join_all;
use tincan_harness::Trouble;
use tokio::{process::Command, sync::OnceCell, time::timeout};

/// The environment variable that names the browser.
pub const BROWSER_VARIABLE: &str = "TINCAN_CHROMIUM";
/// The environment variable that names the driver.
pub const DRIVER_VARIABLE: &str = "TINCAN_CHROMEDRIVER";
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
const VERSION_DEADLINE: Duration = Duration::from_secs(10);

/// What to install where nothing was found.
pub const CURE: &str = "install the Debian packages chromium-headless-shell and chromium-driver, or run \
                        ci/chrome-for-testing, or name other files with --chromium and --chromedriver, or \
                        TINCAN_CHROMIUM and TINCAN_CHROMEDRIVER";

/// A browser or a driver, and its version, such as 156.0.8078.79, or why that is not known.
struct Program {
    file: PathBuf,
    version: Result<String, String>,
}

impl Program {
    async fn ask(file: PathBuf) -> Self {
        let version = version(&file).await;
        Self { file, version }
    }

    fn major(&self) -> Option<&str> {
        self.version.as_ref().ok()?.split('.').next()
    }

    fn in_words(&self) -> String {
        match &self.version {
            Ok(version) => format!("{} is {version}", self.file.display()),
            Err(reason) => format!("{} does not say its version: {reason}", self.file.display()),
        }
    }
}

/// Whether a browser is the headless shell, which has no windows and a WebDriver name of its own.
#[must_use]
pub fn is_shell(browser: &Path) -> bool {
    browser.file_name().is_some_and(|name| name.to_string_lossy().contains("headless"))
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
/// When there is none, what was named does not exist, or no two fit; says what is there and what to install.
pub async fn pair(
    browser: Option<&Path>,
    driver: Option<&Path>,
    headed: bool,
) -> Result<(PathBuf, PathBuf), Trouble> {
    let (mut browsers, mut drivers) = (browsers(browser, headed)?, drivers(driver)?);
    match (browsers.named, drivers.named) {
        (true, true) => Ok((browsers.files.swap_remove(0), drivers.files.swap_remove(0))),
        (false, false) => {
            FOUND[usize::from(headed)].get_or_try_init(|| fitting(browsers, drivers)).await.cloned()
        }
        _ => fitting(browsers, drivers).await,
    }
}

/// What fits on this machine, without and with windows, once it was asked: that takes most of a tenth of a second.
static FOUND: [OnceCell<(PathBuf, PathBuf)>; 2] = [OnceCell::const_new(), OnceCell::const_new()];

/// What can be tried: at least one file.
#[derive(Debug)]
pub struct Candidates {
    /// The files, the best first.
    pub files: Vec<PathBuf>,
    /// Whether it is one that was named.
    pub named: bool,
}

/// The browsers that can be tried: the one given, else the environment's, else all on this machine. With `headed`, those with
/// windows.
///
/// # Errors
/// When there is none, the one that was named does not exist, or windows were asked for where there cannot be any.
pub fn browsers(given: Option<&Path>, headed: bool) -> Result<Candidates, Trouble> {
    let downloaded = downloaded(DOWNLOADED_BROWSER);
    let mut found = candidates("find a browser", given, BROWSER_VARIABLE, &BROWSERS, downloaded)?;
    if !headed {
        return Ok(found);
    }
    let shell = found.files[0].clone();
    found.files.retain(|file| !is_shell(file));
    if found.files.is_empty() {
        let message = format!("{} has no windows, and windows were asked for", shell.display());
        return Err(
            Trouble::new("find a browser", message).cure("leave out --headed, or name another browser")
        );
    }
    let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
    if displays.iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty())) {
        let message = "windows were asked for, and neither DISPLAY nor WAYLAND_DISPLAY names a screen";
        return Err(Trouble::new("show the browser", message).cure("leave out --headed, or use xvfb-run"));
    }
    Ok(found)
}

/// The drivers that can be tried: the one given, else the environment's, else all on this machine.
///
/// # Errors
/// When there is none, or the one that was named does not exist.
pub fn drivers(given: Option<&Path>) -> Result<Candidates, Trouble> {
    let runner = env::var_os(RUNNER_VARIABLE).map(|folder| PathBuf::from(folder).join(DRIVER));
    let elsewhere =
        runner.into_iter().filter(|file| file.is_file()).chain(downloaded(DOWNLOADED_DRIVER)).collect();
    candidates("find a driver", given, DRIVER_VARIABLE, &[DRIVER], elsewhere)
}

fn candidates(
    step: &str,
    given: Option<&Path>,
    variable: &str,
    names: &[&str],
    elsewhere: Vec<PathBuf>,
) -> Result<Candidates, Trouble> {
    let named =
        given.map(Path::to_owned).or_else(|| Some(env::var_os(variable).filter(|v| !v.is_empty())?.into()));
    if let Some(named) = named {
        let reason = |error| Trouble::new(step, format!("{}: {error}", named.display())).cure(CURE);
        return Ok(Candidates { files: vec![which::which(&named).map_err(reason)?], named: true });
    }
    let on_path = names.iter().flat_map(|name| which::which_all(name).into_iter().flatten());
    let files: Vec<_> = on_path.chain(elsewhere).collect();
    if files.is_empty() {
        let message = format!("none of {} is on the PATH", names.join(", "));
        return Err(Trouble::new(step, message).cure(CURE));
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

/// The numbers in the name of a version's folder.
fn components(folder: &Path) -> Vec<u32> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').map(|number| number.parse().unwrap_or_default()).collect()
}

/// The user's cache (XDG Base Directory Specification).
fn cache() -> Option<PathBuf> {
    let named = |name| env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))
}

/// The first of the browsers that has a driver of its own major version, and that driver.
///
/// # Errors
/// When no two fit; says what each is.
async fn fitting(browsers: Candidates, drivers: Candidates) -> Result<(PathBuf, PathBuf), Trouble> {
    let mut drivers = join_all(drivers.files.into_iter().map(Program::ask)).await;
    let mut seen = Vec::new();
    // One after the other: mostly the first will do.
    for browser in browsers.files {
        let browser = Program::ask(browser).await;
        let fits = |driver: &Program| driver.major().is_some() && driver.major() == browser.major();
        if let Some(position) = drivers.iter().position(fits) {
            return Ok((browser.file, drivers.swap_remove(position).file));
        }
        seen.push(browser);
    }
    let seen: Vec<_> = seen.iter().chain(&drivers).map(Program::in_words).collect();
    let message = format!("no browser here has a driver of its own major version: {}", seen.join("; "));
    Err(Trouble::new("find a browser and its driver", message).cure(CURE))
}

/// The version that a browser or a driver says it is of.
///
/// # Errors
/// When it says none within 10 s: what it said instead.
pub async fn version(file: &Path) -> Result<String, String> {
    let mut command = Command::new(file);
    command.arg("--version").stdin(Stdio::null()).kill_on_drop(true);
    let said = timeout(VERSION_DEADLINE, command.output()).await;
    let said = said.map_err(|_| format!("it did not end within {} s", VERSION_DEADLINE.as_secs()))?;
    let said = said.map_err(|error| error.to_string())?;
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    let words = || format!("it said {:?}", format!("{}{}", out.trim(), err.trim()));
    number(&out).ok_or_else(words).map(str::to_owned)
}

/// The version in `Chromium 156.0.8078.79 built on …`.
fn number(said: &str) -> Option<&str> {
    said.split_whitespace().find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
