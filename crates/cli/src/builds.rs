//! Builds in a row: those that were given, or those that are on this machine, in the order of their versions.

use std::path::PathBuf;

use anyhow::{anyhow, ensure};
use tincan_harness::{PeerId, Role, Scenario};
use tincan_measure::history::Build;
use tincan_peers::{
    BrowserOptions, BuildSpec, Registry, Roster,
    browser::{find, releases::releases},
};

use crate::{args::BuildsArgs, print};

/// Who each build stands for.
pub const CHROMIUM: PeerId = PeerId::literal("chromium");

/// Builds that can take part.
#[derive(Clone)]
pub struct Builds {
    /// They, in order.
    pub builds: Vec<Build>,
    /// How each is started; the installed Chromium is started as it always is.
    specs: Vec<Option<BuildSpec>>,
    /// Everybody who can take part.
    pub registry: Registry,
}

impl Builds {
    /// Those that `args` asks for.
    ///
    /// # Errors
    /// When one that was given is not there, there is none of a name, or there are not two.
    pub async fn of(args: &BuildsArgs, options: &BrowserOptions) -> anyhow::Result<Self> {
        let mut all = if args.given.is_empty() { on_this_machine(options).await } else { given(&args.given) };
        for name in &args.only {
            let known = || all.iter().map(|(build, _)| build.name.to_string()).collect::<Vec<_>>().join(", ");
            ensure!(
                all.iter().any(|(build, _)| build.name == *name),
                "there is no build {name}; the builds are {}",
                known()
            );
        }
        all.retain(|(build, _)| args.only.is_empty() || args.only.contains(&build.name));
        ensure!(
            all.len() > 1,
            "it takes two builds at the least, and there {}; ci/releases fetches builds of other releases, or name some with --browser",
            if all.is_empty() { "is none" } else { "is one" }
        );
        let (builds, specs): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let with_driver = |spec: &BuildSpec| {
            let driver = spec.driver.clone().or_else(|| options.chromedriver.clone());
            BuildSpec { driver, ..spec.clone() }
        };
        let registry =
            Registry::built_in().with_builds(specs.iter().flatten().map(with_driver).collect()).await?;
        Ok(Self { builds, specs, registry })
    }

    /// `scenario` with the build at `at` wherever Chromium stands.
    pub fn scenario(&self, scenario: &Scenario, at: usize) -> Scenario {
        let own = |role| match scenario.peer(role) {
            CHROMIUM => self.builds[at].name,
            other => other,
        };
        Scenario { offerer: own(Role::Offerer), answerer: own(Role::Answerer), ..*scenario }
    }

    /// The place of the build that is called so, or whose version begins so.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn place(&self, named: &str) -> anyhow::Result<usize> {
        let is_named = |build: &Build| build.name.as_str() == named;
        let is_version =
            |build: &Build| build.version.as_deref().is_some_and(|version| find::is_version(version, named));
        let all = || self.builds.iter().enumerate();
        if let Some((at, _)) = all().find(|(_, build)| is_named(build)) {
            return Ok(at);
        }
        let found: Vec<_> = all().filter(|(_, build)| is_version(build)).collect();
        match &found[..] {
            [(at, _)] => Ok(*at),
            [] => {
                let known: Vec<_> = self.builds.iter().map(|build| build.name.to_string()).collect();
                Err(anyhow!("there is no build {named:?}; the builds are {}", known.join(", ")))
            }
            _ => Err(anyhow!("{} builds are of version {named}; name one of them", found.len())),
        }
    }

    /// The files of the build at `at`: the browser and its driver.
    ///
    /// # Errors
    /// When it is not found.
    pub async fn files(&self, at: usize, options: &BrowserOptions) -> anyhow::Result<[PathBuf; 2]> {
        let Some(spec) = &self.specs[at] else {
            let (browser, driver) =
                find::pair(options.chromium.as_deref(), options.chromedriver.as_deref(), false).await?;
            return Ok([browser.file, driver]);
        };
        let driver = match spec.driver.clone().or_else(|| options.chromedriver.clone()) {
            Some(driver) => driver,
            None => find::drivers(None)?.files.swap_remove(0),
        };
        Ok([spec.browser.clone(), driver])
    }
}

/// The version that `browser` said last; empty if it never ran.
pub fn version_said(roster: &Roster, build: PeerId) -> String {
    let said = roster.browsers().iter().rev().find(|browser| browser.peer == Some(build));
    said.map(|browser| browser.version.clone()).unwrap_or_default()
}

fn given(specs: &[BuildSpec]) -> Vec<(Build, Option<BuildSpec>)> {
    let build = |spec: &BuildSpec| {
        let file = spec.browser.display().to_string();
        (Build { name: spec.name, version: None, label: String::new(), file }, Some(spec.clone()))
    };
    specs.iter().map(build).collect()
}

async fn on_this_machine(options: &BrowserOptions) -> Vec<(Build, Option<BuildSpec>)> {
    let fetched = releases().into_iter().map(|release| {
        let file = release.build.browser.display().to_string();
        let build =
            Build { name: release.build.name, version: Some(release.version), label: release.label, file };
        (build, Some(release.build))
    });
    let mut all: Vec<_> = fetched.collect();
    match find::pair(options.chromium.as_deref(), options.chromedriver.as_deref(), false).await {
        Ok((browser, _)) => {
            let version = find::ask(&browser.file).await.ok().map(|said| said.version);
            let file = browser.file.display().to_string();
            if !all.iter().any(|(build, _)| build.file == file) {
                all.push((Build { name: CHROMIUM, version, label: String::new(), file }, None));
            }
        }
        Err(missing) => {
            print::to_stderr(&format!("left out: the installed Chromium, since {}", missing.message))
        }
    }
    let numbers = |build: &Build| {
        let parts = build.version.as_deref().unwrap_or_default().split('.');
        parts.map(|number| number.parse().unwrap_or(0)).collect::<Vec<u32>>()
    };
    all.sort_by_key(|(build, _)| numbers(build));
    all
}
