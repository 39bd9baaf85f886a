//! The browser and its driver: are they there, do they run, and do they belong together?

use std::path::{Path, PathBuf};

use tincan_harness::HarnessError;
use tincan_peers::browser::find::{self, Candidates};

use super::finding::Finding;
use crate::args::BrowserArgs;

/// Looks at the browser and the driver that a run would take.
pub async fn look(args: &BrowserArgs) -> Vec<Finding> {
    let (chromium, chromedriver) = (args.chromium.as_deref(), args.chromedriver.as_deref());
    let (browser, driver) = match find::pair(chromium, chromedriver, false).await {
        Ok((browser, driver)) => (Ok(browser.file), Ok(driver)),
        // Each as far as it is there: what does not fit is shown with its versions.
        Err(_) => (first(find::browsers(chromium)), first(find::drivers(chromedriver))),
    };
    let (browser, driver) =
        tokio::join!(inspect("browser", browser, find::HINT), inspect("driver", driver, find::HINT));
    let versions = compare(browser.1.as_deref(), driver.1.as_deref());
    let asked = asked_for(browser.1.as_deref(), args.browser_version.as_deref());
    let firefox = Some(firefox(args.firefox.as_deref()).await);
    [Some(browser.0), Some(driver.0), versions, asked, firefox].into_iter().flatten().collect()
}

/// The Firefox that a run would take. A machine without one makes the other calls.
async fn firefox(given: Option<&Path>) -> Finding {
    let name = "firefox";
    let is_named =
        given.is_some() || std::env::var_os(find::FIREFOX_VARIABLE).is_some_and(|value| !value.is_empty());
    match find::firefox(given) {
        Err(trouble) if !is_named => {
            let hint = trouble.hint.unwrap_or_default();
            Finding::well(name, format!("{}, so its calls are left out; {hint}", trouble.message))
        }
        found => inspect(name, found, find::FIREFOX_HINT).await.0,
    }
}

fn first(found: Result<Candidates, HarnessError>) -> Result<PathBuf, HarnessError> {
    found.map(|mut candidates| candidates.files.swap_remove(0))
}

/// What is there, and its version.
async fn inspect(
    name: &'static str,
    found: Result<PathBuf, HarnessError>,
    hint: &str,
) -> (Finding, Option<String>) {
    let file = match found {
        Ok(file) => file,
        Err(trouble) => {
            return (Finding::trouble(name, trouble.message, trouble.hint.unwrap_or_default()), None);
        }
    };
    match find::ask(&file).await.map(|said| said.version) {
        Ok(version) => (Finding::well(name, format!("{version} ({})", file.display())), Some(version)),
        Err(reason) => {
            let found = format!("{} does not say its version: {reason}", file.display());
            (Finding::trouble(name, found, hint), None)
        }
    }
}

/// A driver drives browsers of its own major version.
fn compare(browser: Option<&str>, driver: Option<&str>) -> Option<Finding> {
    let (browser, driver) = (browser?, driver?);
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    let found = format!("browser {browser}, driver {driver}");
    Some(if major(browser) == major(driver) {
        Finding::well("versions", "browser and driver match")
    } else {
        let hint = "install both from the same place, or name a pair that matches with TINCAN_CHROMIUM and \
                    TINCAN_CHROMEDRIVER";
        Finding::trouble("versions", found, hint)
    })
}

/// Whether the browser is of the version that was asked for.
fn asked_for(browser: Option<&str>, asked: Option<&str>) -> Option<Finding> {
    let (browser, asked) = (browser?, asked?);
    let found = format!("asked for {asked}, the browser is {browser}");
    Some(if find::is_version(browser, asked) {
        Finding::well("browser version", found)
    } else {
        Finding::trouble("browser version", found, "name a browser of that version with --chromium")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_major_version_has_to_match() {
        assert!(compare(Some("156.0.1"), Some("156.2.9")).is_some_and(|finding| finding.well));
        assert!(compare(Some("156.0.1"), Some("15.0.1")).is_some_and(|finding| !finding.well));
        assert!(compare(None, Some("156.2.9")).is_none());
        assert!(asked_for(Some("156.0.1"), Some("156.0")).is_some_and(|finding| finding.well));
        assert!(asked_for(Some("156.0.1"), Some("155")).is_some_and(|finding| !finding.well));
    }
}
