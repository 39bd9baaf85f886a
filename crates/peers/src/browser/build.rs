//! Builds side by side: a browser of one's own as a peer under its own name, beside the one that is found.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use async_trait::async_trait;
use tincan_harness::{
    HarnessError, Profile,
    scenario::{PeerId, PeerIdError},
};

use super::{entry::Chromium, find, firefox::Firefox, options::BrowserOptions};
use crate::{
    kind::{Kind, Launch, LivePeer},
    parser::Parser,
};

/// A browser that takes part under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSpec {
    /// Its name in scenarios.
    pub name: PeerId,
    /// The file to run.
    pub browser: PathBuf,
    /// Its driver, which may be of another major version; none for one that is found. Firefox needs none.
    pub driver: Option<PathBuf>,
    /// What kind of Chromium it is, where that is known already; none if it is to be asked.
    pub kind: Option<find::Kind>,
}

/// Why a text says of no browser where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildSpecError {
    /// There is no `=` in it, or nothing behind that.
    #[error("{0:?} is not NAME=PATH[,DRIVER], such as old=/opt/chromium-126/chrome")]
    NoPath(String),
    /// What stands before the `=` is no name.
    #[error(transparent)]
    Name(#[from] PeerIdError),
}

impl FromStr for BuildSpec {
    type Err = BuildSpecError;

    /// `NAME=PATH[,DRIVER]`
    fn from_str(text: &str) -> Result<Self, BuildSpecError> {
        let no_path = || BuildSpecError::NoPath(text.to_owned());
        let (name, files) = text.split_once('=').ok_or_else(no_path)?;
        let (browser, driver) = files.split_once(',').map_or((files, None), |(b, d)| (b, Some(d)));
        if browser.is_empty() || driver.is_some_and(str::is_empty) {
            return Err(no_path());
        }
        Ok(Self {
            name: name.parse()?,
            browser: browser.into(),
            driver: driver.map(PathBuf::from),
            kind: None,
        })
    }
}

/// The entry of a browser of one's own: that of its kind, with another name and other files.
struct Build {
    spec: BuildSpec,
    of: Arc<dyn Kind>,
    options: BrowserOptions,
}

/// Asks the browser of `spec` what it is.
///
/// # Errors
/// When it or its driver is not there.
pub(crate) async fn ask(spec: BuildSpec) -> Result<Arc<dyn Kind>, HarnessError> {
    let step = format!("add the browser {}", spec.name);
    let trouble = |file: &Path, why: &str| HarnessError::new(&step, format!("{}: {why}", file.display()));
    let there = |file: &Path| which::which(file).map_err(|error| trouble(file, &error.to_string()));
    let file = there(&spec.browser)?;
    let driver = spec.driver.as_deref().map(there).transpose()?;
    let said = match spec.kind {
        Some(kind) => Ok(find::Said { kind, version: String::new(), line: String::new() }),
        None => find::ask(&file).await,
    };
    let (of, options): (Arc<dyn Kind>, _) = match &said {
        Ok(said) if said.is_firefox() => {
            (Arc::new(Firefox), BrowserOptions { firefox: Some(file), ..BrowserOptions::default() })
        }
        _ => (Arc::new(Chromium), of_chromium(file, driver, said, spec.kind.is_some()).await?),
    };
    Ok(Arc::new(Build { spec, of, options }))
}

/// Headless shells before 143 do not say what they are, and start instead: it is said when they are used.
async fn of_chromium(
    file: PathBuf,
    driver: Option<PathBuf>,
    said: Result<find::Said, String>,
    is_known: bool,
) -> Result<BrowserOptions, HarnessError> {
    let driver = match driver {
        Some(driver) => driver,
        // Of one whose kind was known the version is not asked, so that any driver is as good.
        None if is_known => find::drivers(None)?.files.swap_remove(0),
        None => find::driver_for(&file).await?,
    };
    Ok(BrowserOptions {
        build: Some(said.map_or(find::Kind::Shell, |said| said.kind)),
        chromium: Some(file),
        chromedriver: Some(driver),
        ..BrowserOptions::default()
    })
}

#[async_trait]
impl Kind for Build {
    fn profile(&self) -> Profile {
        Profile { id: self.spec.name, ..self.of.profile() }
    }

    fn crates(&self) -> &'static [&'static str] {
        self.of.crates()
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        let browser = self.started_as(launch.browser);
        self.of.launch(Launch { browser: &browser, ..launch }).await
    }

    fn parser(&self, browser: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        self.of.parser(&self.started_as(browser))
    }
}

impl Build {
    /// Its own files, started as `of_run` says.
    fn started_as(&self, of_run: &BrowserOptions) -> BrowserOptions {
        let BrowserOptions { headed, keep_page, accept_certificate, .. } = *of_run;
        let origins = of_run.origins.clone();
        BrowserOptions { headed, keep_page, accept_certificate, origins, ..self.options.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_stands_behind_its_name_and_a_driver_behind_a_comma() {
        let spec: BuildSpec = "old=/opt/a=b/chrome,/opt/driver".parse().unwrap();
        assert_eq!((spec.name.as_str(), spec.browser.as_path()), ("old", Path::new("/opt/a=b/chrome")));
        assert_eq!(spec.driver.as_deref(), Some(Path::new("/opt/driver")));
        assert_eq!("old=chrome".parse::<BuildSpec>().unwrap().driver, None);
        for wrong in ["chrome", "old=", "old=,driver", "old=chrome,", "Old=chrome"] {
            assert!(wrong.parse::<BuildSpec>().is_err(), "{wrong} was taken");
        }
    }

    #[tokio::test]
    async fn what_is_not_there_is_named() {
        let said = |text: &str| {
            let spec: BuildSpec = text.parse().unwrap();
            async { ask(spec).await.err().map(|error| error.to_string()).unwrap_or_default() }
        };
        let gone = said("old=/nowhere/chrome").await;
        assert!(gone.contains("failed to add the browser old: /nowhere/chrome"), "{gone}");
        let gone = said("old=/bin/true,/nowhere/driver").await;
        assert!(gone.contains("/nowhere/driver"), "{gone}");
    }
}
