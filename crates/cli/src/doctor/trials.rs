//! What is tried: a browser is started, fetches and gathers, and a call is made of each kind of peer.

use std::time::{Duration, Instant};

use tincan_harness::{HarnessError, Scenario, frames::FrameSource, verdict::Outcome};
use tincan_peers::{
    BrowserOptions, Roster, RosterOptions,
    browser::Tab,
    page_server::{PageServer, PageSource},
    registry::catalogue,
};
use tokio::time::timeout;

use super::finding::Finding;

/// How long all of it may take. Measured: 5 s.
const DEADLINE: Duration = Duration::from_secs(15);
/// One call for each kind of peer, as each of a default run is, and whether a browser takes part in it.
const CALLS: [(&str, &str, bool); 3] = [
    ("call between Rust peers", "webrtc-rs-to-webrtc-rs/trickle/vp8/direct", false),
    ("call of a browser", "chromium-to-webrtc-rs/trickle/vp8/direct", true),
    ("call between browsers", "chromium-to-chromium/trickle/vp8/direct", true),
];

/// Tries all of it. What could not be tried for want of what comes before it is not well either.
pub async fn make(options: BrowserOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    if timeout(DEADLINE, try_each(options, &mut findings)).await.is_err() {
        let found = format!("not over within {} s", DEADLINE.as_secs());
        let hint =
            "see what else is not well; if nothing is, this machine is too busy: try again when it is not";
        findings.push(Finding::trouble("trials", found, hint));
    }
    findings
}

async fn try_each(options: BrowserOptions, findings: &mut Vec<Finding>) {
    let without = start(&options, findings).await;
    if let Err(trouble) = call(options, without, findings).await {
        findings.push(Finding::of("calls", &trouble));
    }
}

/// A browser by itself, so that what it cannot do is not looked for in a call. Answers what no call of a browser can do without.
async fn start(options: &BrowserOptions, findings: &mut Vec<Finding>) -> Option<&'static str> {
    let began = Instant::now();
    let tab = match Tab::launch(options, FrameSource { peer: 0, run: 0 }).await {
        Ok(tab) => tab,
        Err(trouble) => {
            let not_started = "the browser does not start";
            findings.push(Finding::of("start", &trouble));
            findings.extend(["sandbox", "gathering"].map(|name| untried(name, not_started)));
            return Some(not_started);
        }
    };
    let (browser, took) = (tab.browser(), began.elapsed());
    let window = if browser.headless { "headless" } else { "with a window" };
    let started = format!("{} {}, {window}, in {:.1} s", browser.name, browser.version, took.as_secs_f64());
    findings.push(Finding::well("start", started));
    findings.push(Finding::well("sandbox", sandbox(browser.sandbox)));
    let gathering = gather(&tab).await;
    let lacks = (!gathering.well).then_some("the browser does not gather");
    findings.push(gathering);
    tab.end().await;
    lacks
}

fn untried(name: &'static str, why: &str) -> Finding {
    Finding::trouble(name, format!("not tried, since {why}"), "see above")
}

/// What the kernel said of the browser that was started.
fn sandbox(is_on: bool) -> &'static str {
    match (is_on, rustix::process::geteuid().is_root()) {
        (true, _) => "on",
        (false, true) => "off, since this is root; another user would have it",
        (false, false) => "off, since TINCAN_NO_SANDBOX is 1",
    }
}

async fn gather(tab: &Tab) -> Finding {
    let name = "gathering";
    let server = match PageServer::start(&PageSource::BuiltIn, 0).await {
        Ok(server) => server,
        Err(error) => return Finding::of(name, &HarnessError::new("serve the page", error)),
    };
    let tried = tab.try_machine(&server.url()).await;
    server.close().await;
    match tried {
        Ok(tried) => Finding::well(name, tried.candidate),
        Err(trouble) => Finding::of(name, &trouble),
    }
}

/// The calls; those of a browser are not tried `without` something.
async fn call(
    options: BrowserOptions,
    without: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Result<(), HarnessError> {
    let run_number = rand::random::<u32>() & 0xFF_FFFF;
    let options = RosterOptions::on_built_in_page(run_number, options);
    let options = options.map_err(|error| HarnessError::new("read the built-in page map", error))?;
    let mut roster = Roster::new(options).await?;
    let all = catalogue().scenarios();
    for (name, scenario, of_browser) in CALLS {
        if let (Some(why), true) = (without, of_browser) {
            findings.push(untried(name, why));
            continue;
        }
        let scenario = all.iter().find(|known| known.to_string() == scenario);
        let scenario =
            scenario.ok_or_else(|| HarnessError::new("find a scenario", format!("there is no {name}")))?;
        findings.push(one(name, scenario, &mut roster).await);
    }
    roster.close().await;
    Ok(())
}

async fn one(name: &'static str, scenario: &Scenario, roster: &mut Roster) -> Finding {
    let began = Instant::now();
    let attempt = roster.attempt(scenario, 1).await;
    let took = began.elapsed().as_secs_f64();
    match attempt.verdict {
        Outcome::Passed => Finding::well(name, format!("{scenario} passed in {took:.1} s")),
        other => {
            let reason = attempt.reason.unwrap_or_default();
            let look_at = attempt.diagnosis.map(|diagnosis| diagnosis.look_at).unwrap_or_default();
            Finding::trouble(name, format!("{scenario} {other}: {reason}"), look_at)
        }
    }
}
