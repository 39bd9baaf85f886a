//! What really runs: asked of the browser and of the kernel, and held against what was asked for.

use std::collections::BTreeMap;

use fantoccini::Client;
use rustix::process::Pid;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tincan_harness::{HarnessError, environment};
use tokio::task::spawn_blocking;

use super::{
    cdp::Cdp,
    chromium::Chromium,
    find::{self, Driver},
    releases,
    sandbox::has_sandbox,
};

/// What a flag is for that tincan did not ask for.
const OF_OTHERS: &str = "added by the driver, or by the browser's start script";
/// Flags that hold a list: the driver adds its own entries to those that were asked for.
const LISTS: [&str; 3] = ["--disable-features", "--enable-features", "--disable-blink-features"];
/// What the command line of a process says that runs pages.
const RENDERER: &str = "--type=renderer";
const SAME_MAJOR: &str = "install a driver and a browser of the same major version";

/// What was asked for.
#[derive(Debug)]
pub(super) struct LaunchRequest<'a> {
    /// The driver that was started.
    pub(super) driver: &'a Driver,
    /// The browser that was to be started.
    pub(super) chromium: &'a Chromium,
    /// Its flags, each with what it is for.
    pub(super) flags: &'a BTreeMap<String, String>,
}

/// What a driver said about its new session.
#[derive(Debug)]
pub(super) struct Capabilities(Map<String, Value>);

impl Capabilities {
    /// Those of `client`.
    pub(super) fn of(client: &Client) -> Self {
        Self(client.capabilities().cloned().unwrap_or_default())
    }

    fn text(&self, path: &[&str]) -> Result<String, HarnessError> {
        let (first, rest) = path.split_first().map_or(("", path), |(first, rest)| (*first, rest));
        let found = rest.iter().try_fold(self.0.get(first), |value, key| value.map(|value| value.get(key)));
        let text = found.flatten().and_then(Value::as_str).map(str::to_owned);
        let missing =
            || HarnessError::new("read the driver's capabilities", format!("it gave no {}", path.join(".")));
        text.ok_or_else(missing)
    }

    /// The port on which the browser listens for debuggers.
    pub(super) fn debugger_port(&self) -> Result<u16, HarnessError> {
        let address = self.text(&["goog:chromeOptions", "debuggerAddress"])?;
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.ok_or_else(|| {
            HarnessError::new(
                "read the driver's capabilities",
                format!("no port in debuggerAddress: {address}"),
            )
        })
    }
}

/// Reads back the browser below the process `warden` that `tab` belongs to.
///
/// # Errors
/// When it does not tell, or when what runs is not what was asked for.
pub(super) async fn read_back(
    capabilities: &Capabilities,
    tab: &Cdp,
    warden: Option<Pid>,
    asked: &LaunchRequest<'_>,
) -> Result<environment::Browser, HarnessError> {
    let version: Version = ask(tab, "Browser.getVersion").await?;
    let line: CommandLine = ask(tab, "Browser.getBrowserCommandLine").await?;
    // A renderer that has run a script is there for certain, and its sandbox is up: before, it may be neither.
    let environment = tab.evaluate("true").await;
    environment.map_err(|error| HarnessError::new("run a script in the browser", error))?;
    let sandbox = spawn_blocking(move || has_sandbox(warden?, RENDERER)).await.ok().flatten();
    let sandbox = sandbox.ok_or_else(|| HarnessError::new("read back the sandbox", "no renderer runs"))?;
    let driver_version = capabilities.text(&["chrome", "chromedriverVersion"])?;
    let browser = environment::Browser {
        // That is for the registry to say.
        peer: None,
        name: capabilities.text(&["browserName"])?,
        version: version.number().to_owned(),
        binary: line.arguments.first().cloned().unwrap_or_default(),
        built_by: releases::built_by(line.arguments.first().map(String::as_str).unwrap_or_default()),
        driver_version: driver_version.split_whitespace().next().unwrap_or_default().to_owned(),
        driver_binary: asked.driver.file.display().to_string(),
        headless: version.is_headless(),
        sandbox,
        flags: with_purpose(&line, asked.flags),
    };
    compare(&browser, &line, asked)?;
    Ok(browser)
}

async fn ask<T: for<'d> Deserialize<'d>>(tab: &Cdp, command: &'static str) -> Result<T, HarnessError> {
    let answer = tab.ask(command, json!({})).await;
    answer.map_err(|error| HarnessError::new("ask the browser what it is", error))
}

/// `Browser.getVersion`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    /// `HeadlessChrome/156.0.8078.79`
    product: String,
    user_agent: String,
}

impl Version {
    fn number(&self) -> &str {
        self.product.split_once('/').map_or("", |(_, number)| number)
    }

    /// Both the shell and Chromium in its headless mode say so to every web server.
    fn is_headless(&self) -> bool {
        self.user_agent.contains("HeadlessChrome")
    }
}

/// `Browser.getBrowserCommandLine`.
#[derive(Debug, Deserialize)]
struct CommandLine {
    arguments: Vec<String>,
}

impl CommandLine {
    fn flags(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.arguments.iter().skip(1).map(String::as_str).filter(|argument| argument.starts_with("--"))
    }

    /// Whether the flag stands there and no later one overrides it: the last of a name holds.
    fn has(&self, flag: &str) -> bool {
        let (name, value) = split(flag);
        let Some((_, running)) = self.flags().rev().map(split).find(|(other, _)| *other == name) else {
            return false;
        };
        let contains = |entry| running.split(',').any(|other| other == entry);
        running == value || (LISTS.contains(&name) && value.split(',').all(contains))
    }
}

/// `--name=value`
fn split(flag: &str) -> (&str, &str) {
    flag.split_once('=').unwrap_or((flag, ""))
}

/// The flags that run, each with what it is for.
fn with_purpose(line: &CommandLine, asked: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let purpose = |flag: &str| {
        let asked = asked.iter().find(|(asked, _)| split(asked).0 == split(flag).0);
        asked.map_or_else(|| OF_OTHERS.to_owned(), |(_, purpose)| purpose.clone())
    };
    line.flags().map(|flag| (flag.to_owned(), purpose(flag))).collect()
}

fn compare(
    browser: &environment::Browser,
    line: &CommandLine,
    asked: &LaunchRequest<'_>,
) -> Result<(), HarnessError> {
    check_version(browser, asked.chromium.version.as_deref(), asked.driver.checks_version)?;
    if let Some(lost) = asked.flags.keys().find(|flag| !line.has(flag)) {
        let message =
            format!("{lost} was asked for, and is not on its command line: {}", line.arguments.join(" "));
        return Err(HarnessError::new("check the browser's flags", message).hint(
            "a start script or a policy of the machine may drop it: name another browser with --chromium",
        ));
    }
    let windows = |without| if without { "no window" } else { "a window" };
    if browser.headless == asked.chromium.headed {
        let (asked, runs) = (windows(!asked.chromium.headed), windows(browser.headless));
        return Err(HarnessError::new(
            "check the browser's windows",
            format!("asked for {asked}, it has {runs}"),
        ));
    }
    if browser.sandbox != Chromium::has_sandbox() {
        let with = |on| if on { "with" } else { "without" };
        let (asked, runs) = (with(Chromium::has_sandbox()), with(browser.sandbox));
        let message = format!("it was to run {asked} its sandbox, and runs {runs} it");
        return Err(HarnessError::new("check the browser's sandbox", message)
            .hint("`tincan doctor` says what the sandbox needs"));
    }
    Ok(())
}

fn check_version(
    browser: &environment::Browser,
    asked: Option<&str>,
    checks_driver: bool,
) -> Result<(), HarnessError> {
    if let Some(asked) = asked.filter(|asked| !find::is_version(&browser.version, asked)) {
        let message = format!("asked for {asked}, {} is {}", browser.binary, browser.version);
        return Err(HarnessError::new("check the browser's version", message).hint(
            "name a browser of that version with --chromium, or ask for another with --browser-version",
        ));
    }
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if checks_driver && major(&browser.version) != major(&browser.driver_version) {
        let message = format!("it is of version {}, the browser {}", browser.driver_version, browser.version);
        return Err(HarnessError::new("check the driver's version", message).hint(SAME_MAJOR));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(flags: &[&str]) -> CommandLine {
        let arguments = ["/usr/lib/chromium"].iter().chain(flags);
        CommandLine { arguments: arguments.map(|flag| (*flag).to_owned()).collect() }
    }

    #[test]
    fn a_flag_runs_if_the_last_of_its_name_says_so() {
        let running =
            line(&["--no-pings", "--window-size=1,1", "--window-size=8,6", "--disable-features=A,B,C", "x"]);
        for there in ["--no-pings", "--window-size=8,6", "--disable-features=C,A"] {
            assert!(running.has(there), "{there}");
        }
        for lost in ["--no-pings=1", "--window-size=1,1", "--disable-features=A,D", "--mute-audio", "x"] {
            assert!(!running.has(lost), "{lost}");
        }
    }

    fn browser() -> environment::Browser {
        environment::Browser {
            version: "156.0.8078.79".to_owned(),
            driver_version: "156.0.1.2".to_owned(),
            headless: true,
            sandbox: Chromium::has_sandbox(),
            ..environment::Browser::default()
        }
    }

    /// What is wrong with `browser`, on whose command line there is nothing but `--no-pings`.
    fn trouble(running: &environment::Browser, flag: &str, version: Option<&str>) -> Option<String> {
        trouble_with(true, running, flag, version)
    }

    /// The same, with a driver that does not take only browsers of its version.
    fn trouble_with(
        checks_version: bool,
        running: &environment::Browser,
        flag: &str,
        version: Option<&str>,
    ) -> Option<String> {
        let browser = find::Browser { file: "chromium".into(), kind: find::Kind::Whole };
        let chromium = Chromium {
            browser,
            headed: false,
            version: version.map(str::to_owned),
            origins: Vec::new(),
            accept_certificate: false,
            hides_addresses: false,
        };
        let driver = Driver { file: "chromedriver".into(), checks_version };
        let flags = [(flag.to_owned(), "a purpose".to_owned())].into();
        let asked = LaunchRequest { driver: &driver, chromium: &chromium, flags: &flags };
        compare(running, &line(&["--no-pings"]), &asked).err().map(|trouble| trouble.to_string())
    }

    #[test]
    fn what_was_asked_for_and_does_not_run_is_trouble() {
        assert_eq!(trouble(&browser(), "--no-pings", Some("156.0")), None);
        let says = |browser: &environment::Browser, flag, version, words: &str| {
            let trouble = trouble(browser, flag, version).unwrap_or_default();
            assert!(trouble.contains(words), "{trouble:?} does not say {words:?}");
        };
        says(&browser(), "--mute-audio", None, "--mute-audio was asked for, and is not on its command line");
        says(&browser(), "--no-pings", Some("155"), "asked for 155");
        let windowed = environment::Browser { headless: false, ..browser() };
        says(&windowed, "--no-pings", None, "asked for no window, it has a window");
        let other = environment::Browser { sandbox: !Chromium::has_sandbox(), ..browser() };
        says(&other, "--no-pings", None, "check the browser's sandbox");
        let older = environment::Browser { driver_version: "15.6".to_owned(), ..browser() };
        says(&older, "--no-pings", None, "it is of version 15.6, the browser 156.0.8078.79");
        assert_eq!(trouble_with(false, &older, "--no-pings", None), None, "a driver that was named bears it");
    }

    #[test]
    fn flags_that_nobody_asked_for_are_told_from_those_of_tincan() {
        let asked = [("--disable-features=A".to_owned(), "no A".to_owned())].into();
        let running = with_purpose(&line(&["--disable-features=A,B", "--log-level=0", "data:,"]), &asked);
        let running: Vec<_> = running.iter().map(|(flag, why)| (flag.as_str(), why.as_str())).collect();
        assert_eq!(running, [("--disable-features=A,B", "no A"), ("--log-level=0", OF_OTHERS)]);
    }
}
