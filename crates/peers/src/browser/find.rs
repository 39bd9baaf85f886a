//! Which browser and which driver are on this machine.

use std::{
    env,
    path::{Path, PathBuf},
};

use tincan_harness::Trouble;

/// The environment variable that names the browser.
pub const BROWSER_VARIABLE: &str = "TINCAN_CHROMIUM";
/// The environment variable that names the driver.
pub const DRIVER_VARIABLE: &str = "TINCAN_CHROMEDRIVER";
/// The browsers that are looked for, the quickest to start first.
const BROWSERS: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];
const DRIVERS: [&str; 1] = ["chromedriver"];

/// What to install where nothing was found.
pub const CURE: &str = "install the Debian packages chromium-headless-shell and chromium-driver, or name other files \
                        with --chromium and --chromedriver, or TINCAN_CHROMIUM and TINCAN_CHROMEDRIVER";

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

/// The browser: the one given, else the environment's, else the first on the PATH. With `headed`, one with windows.
///
/// # Errors
/// When there is none, or the one that was named does not exist; says what to install.
pub fn browser(given: Option<&Path>, headed: bool) -> Result<PathBuf, Trouble> {
    let names: Vec<_> = BROWSERS.into_iter().filter(|name| !(headed && is_shell(Path::new(name)))).collect();
    let found = find("find a browser", given, BROWSER_VARIABLE, &names)?;
    if headed && is_shell(&found) {
        let message = format!("{} has no windows, and windows were asked for", found.display());
        return Err(
            Trouble::new("find a browser", message).cure("leave out --headed, or name another browser")
        );
    }
    let displays = ["DISPLAY", "WAYLAND_DISPLAY"];
    if headed && displays.iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty())) {
        let message = "windows were asked for, and neither DISPLAY nor WAYLAND_DISPLAY names a screen";
        return Err(Trouble::new("show the browser", message).cure("leave out --headed, or use xvfb-run"));
    }
    Ok(found)
}

/// The driver: the one given, else the environment's, else the first on the PATH.
///
/// # Errors
/// When there is none, or the one that was named does not exist; says what to install.
pub fn driver(given: Option<&Path>) -> Result<PathBuf, Trouble> {
    find("find a driver", given, DRIVER_VARIABLE, &DRIVERS)
}

fn find(step: &str, given: Option<&Path>, variable: &str, names: &[&str]) -> Result<PathBuf, Trouble> {
    let named =
        given.map(Path::to_owned).or_else(|| Some(env::var_os(variable).filter(|v| !v.is_empty())?.into()));
    if let Some(named) = named {
        let reason = |error| Trouble::new(step, format!("{}: {error}", named.display())).cure(CURE);
        return which::which(&named).map_err(reason);
    }
    let missing = || Trouble::new(step, format!("none of {} is on the PATH", names.join(", "))).cure(CURE);
    names.iter().find_map(|name| which::which(name).ok()).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_by_components() {
        for asked in ["156", "156.0", "156.0.8078", "156.0.8078.79"] {
            assert!(is_version("156.0.8078.79", asked), "{asked}");
        }
        for asked in ["15", "1", "156.1", "156.0.8078.7", "156.0.8078.79.1", ""] {
            assert!(!is_version("156.0.8078.79", asked), "{asked}");
        }
    }
}
