//! What tincan costs, as ratios to a floor that is measured in the same run: absolute times say little on a machine
//! that does other things as well. Prints one line of JSON; ends with 1 if a ratio is above its limit.

mod probe;

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead, BufReader, Error, Result},
    path::PathBuf,
    process::{Child, Command, ExitCode, Stdio},
    time::Instant,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tincan_harness::{Attempt, Environment, Scenario, frames::FrameSource, verdict::Outcome};
use tincan_measure::comparison::{Arm, Sample, median as middle, quantile};
use tincan_peers::{
    BrowserOptions, PageMap, Roster, RosterOptions,
    browser::Tab,
    page_server::{PageServer, PageSource},
    registry::catalogue,
};
use tincan_report::{
    Report, Run, SCHEMA_VERSION,
    html::{Attachments, render},
};

/// The most that each figure may be: ratios, and what its unit says.
const LIMITS: [(&str, f64); 14] = [
    ("probe_surely_ms", 3.0),
    ("carrying_median_ms", 4.0),
    ("carrying_p95_ms", 30.0),
    ("block_of_two_calls_s", 2.5),
    ("report_of_1000_s", 2.0),
    ("report_of_1000_mb", 2.0),
    ("first_frame_to_floor_vanilla", 1.1),
    ("first_frame_to_floor_trickle", 1.25),
    ("first_frame_to_floor_firefox_vanilla", 1.5),
    ("first_frame_to_floor_firefox_trickle", 1.5),
    ("warm_call_firefox_s", 1.2),
    ("cold_call_to_floor", 5.5),
    ("warm_call_to_floor", 3.0),
    ("resident_mb", 60.0),
];
const VANILLA: &str = "chromium-to-chromium/vanilla/vp8/direct";
const TRICKLE: &str = "chromium-to-chromium/trickle/vp8/direct";
const FIREFOX_VANILLA: &str = "firefox-to-firefox/vanilla/vp8/direct";
const FIREFOX_TRICKLE: &str = "firefox-to-firefox/trickle/vp8/direct";

#[tokio::main]
async fn main() -> Result<ExitCode> {
    tincan_peers::warden::enter();
    let runs = env::args().nth(1).map_or(Ok(10), |runs| runs.parse()).map_err(Error::other)?;
    let mut bench = Bench::start().await?;
    for _ in 0..runs {
        bench.round().await?;
    }
    let browser = bench.tab.browser().clone();
    let resident_mb = resident_mb()?;
    let (report_s, report_mb) = report_of_1000(&bench.attempts);
    let probe = probe::cost(&bench.tab, &bench.server).await?;
    let samples = bench.end().await;
    let medians: BTreeMap<_, _> = samples.iter().map(|(name, samples)| (*name, median(samples))).collect();
    let mut figures = figures(&medians, resident_mb);
    let p95 = quantile(&samples["carrying"], 0.95).unwrap_or(f64::NAN);
    figures.extend([
        ("carrying_p95_ms", p95),
        ("probe_surely_ms", probe::surely(&probe)),
        ("report_of_1000_s", report_s),
        ("report_of_1000_mb", report_mb),
    ]);
    let above: Vec<_> =
        LIMITS.iter().filter(|(name, most)| figures[*name] > *most).map(|(name, _)| *name).collect();
    let line = json!({
        "browser": format!("{} {}", browser.name, browser.version),
        "runs": runs,
        "medians_ms": medians,
        "figures": figures,
        "limits": LIMITS.iter().copied().collect::<BTreeMap<_, _>>(),
        "above_limit": above,
        "samples_ms": samples,
        "probe": probe,
    });
    println!("{line}");
    Ok(if above.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn figures(medians: &BTreeMap<&str, f64>, resident_mb: f64) -> BTreeMap<&'static str, f64> {
    let ratio = |a: &str, b: &str| (medians[a] / medians[b] * 100.0).round() / 100.0;
    BTreeMap::from([
        ("first_frame_to_floor_vanilla", ratio("first_frame_vanilla", "floor_vanilla")),
        ("first_frame_to_floor_trickle", ratio("first_frame_trickle", "floor_trickle")),
        (
            "first_frame_to_floor_firefox_vanilla",
            ratio("first_frame_firefox_vanilla", "floor_firefox_vanilla"),
        ),
        (
            "first_frame_to_floor_firefox_trickle",
            ratio("first_frame_firefox_trickle", "floor_firefox_trickle"),
        ),
        ("warm_call_firefox_s", medians["warm_call_firefox"] / 1000.0),
        ("cold_call_to_floor", ratio("cold_call", "floor_vanilla")),
        ("warm_call_to_floor", ratio("warm_call", "floor_vanilla")),
        ("resident_mb", resident_mb),
        ("carrying_median_ms", medians["carrying"]),
        ("block_of_two_calls_s", (medians["warm_call"] + medians["warm_call_trickle"]) / 1000.0),
    ])
}

/// How many seconds the page of a report of 1,000 calls takes to make, and how many MB it has.
fn report_of_1000(attempts: &[Attempt]) -> (f64, f64) {
    let thousand = attempts.iter().cycle().take(1000).cloned();
    let run = Run {
        schema_version: SCHEMA_VERSION,
        environment: Environment::default(),
        planned: 1000,
        redacted: Vec::new(),
    };
    let report = Report::of(run, thousand.collect());
    let began = Instant::now();
    let page = render(&report, &Attachments::default());
    (began.elapsed().as_secs_f64(), page.len() as f64 / 1e6)
}

fn median(samples: &[f64]) -> f64 {
    middle(samples).unwrap_or(f64::NAN)
}

type Samples = BTreeMap<&'static str, Vec<f64>>;

/// What is measured in turn, so that a change of the machine's pace hits everything alike.
struct Bench {
    server: PageServer,
    tab: Tab,
    firefox: Tab,
    roster: Roster,
    samples: Samples,
    attempts: Vec<Attempt>,
}

impl Bench {
    async fn start() -> Result<Self> {
        let source = FrameSource { peer: 255, run: 0 };
        let tab = Tab::launch(&BrowserOptions::default(), source).await.map_err(Error::other)?;
        let firefox = Tab::launch_firefox(&BrowserOptions::default(), source).await.map_err(Error::other)?;
        let server = PageServer::start(&PageSource::BuiltIn, 0).await.map_err(Error::other)?;
        let options = RosterOptions::on_built_in_page(std::process::id(), BrowserOptions::default())
            .map_err(Error::other)?;
        let roster = Roster::new(options).await.map_err(Error::other)?;
        let mut bench = Self { server, tab, firefox, roster, samples: Samples::new(), attempts: Vec::new() };
        // The first of each starts browsers and fills caches.
        bench.round().await?;
        bench.samples.clear();
        Ok(bench)
    }

    async fn round(&mut self) -> Result<()> {
        for (floor, trickle, first_frame, scenario, warm_call) in [
            ("floor_vanilla", false, "first_frame_vanilla", VANILLA, "warm_call"),
            ("floor_trickle", true, "first_frame_trickle", TRICKLE, "warm_call_trickle"),
        ] {
            let ms = floor_in(&self.tab, &self.server, trickle, false).await?;
            self.add(floor, ms);
            let attempt = self.call(scenario, (first_frame, warm_call)).await?;
            self.carrying(&attempt);
            self.attempts.push(attempt);
        }
        for (floor, trickle, first_frame, scenario) in [
            ("floor_firefox_vanilla", false, "first_frame_firefox_vanilla", FIREFOX_VANILLA),
            ("floor_firefox_trickle", true, "first_frame_firefox_trickle", FIREFOX_TRICKLE),
        ] {
            let ms = floor_in(&self.firefox, &self.server, trickle, false).await?;
            self.add(floor, ms);
            self.call(scenario, (first_frame, "warm_call_firefox")).await?;
        }
        let cold = cold_call()?;
        self.add("cold_call", cold);
        Ok(())
    }

    /// Makes a call on the warm pair, and takes down its first frame and how long all of it took, its pictures and its evidence included.
    async fn call(
        &mut self,
        scenario: &str,
        (first_frame, took): (&'static str, &'static str),
    ) -> Result<Attempt> {
        let began = Instant::now();
        let attempt = self.roster.attempt(&only(scenario)?, 1).await;
        self.add(took, began.elapsed().as_secs_f64() * 1000.0);
        match (attempt.verdict, attempt.first_frame_ms) {
            (Outcome::Passed, Some(ms)) => self.add(first_frame, ms),
            _ => return Err(Error::other(format!("{scenario} did not pass: {:?}", attempt.reason))),
        }
        Ok(attempt)
    }

    fn carrying(&mut self, attempt: &Attempt) {
        let carrying = Sample::of(Arm::Vanilla, attempt).carrying_ms;
        for ms in [carrying.offerer, carrying.answerer].into_iter().flatten() {
            self.add("carrying", ms);
        }
    }

    fn add(&mut self, name: &'static str, ms: f64) {
        self.samples.entry(name).or_default().push((ms * 10.0).round() / 10.0);
    }

    async fn end(self) -> Samples {
        self.tab.end().await;
        self.firefox.end().await;
        self.roster.close().await;
        self.server.close().await;
        self.samples
    }
}

/// What a call in one page takes until its later first frame, in milliseconds, watched by the probe or not.
async fn floor_in(tab: &Tab, server: &PageServer, trickle: bool, watched: bool) -> Result<f64> {
    let map = PageMap::built_in().map_err(Error::other)?;
    let watch = if watched { Some(tab.watch(&map).await.map_err(Error::other)?) } else { None };
    tab.open(&server.url()).await.map_err(Error::other)?;
    let arguments = json!([trickle, map.video.remote.and_then(|video| video.css)]);
    let script = format!("(async function () {{ {} }}).apply(null, {arguments})", include_str!("floor.js"));
    let ms = tab.evaluate(&script).await.map_err(Error::other)?;
    let ms = ms.as_f64().ok_or_else(|| Error::other(format!("the floor is no number: {ms}")))?;
    if let Some(watch) = watch {
        watch.end().await.map_err(Error::other)?;
    }
    tab.open("about:blank").await.map_err(Error::other)?;
    Ok(ms)
}

fn only(name: &str) -> Result<Scenario> {
    let chosen = catalogue().select(&[name.to_owned()]).map_err(Error::other)?;
    chosen.first().copied().ok_or_else(|| Error::other("there is no such scenario"))
}

/// The binary `tincan` of the same build.
fn binary() -> Result<PathBuf> {
    let bench = env::current_exe()?;
    // It lies in target/PROFILE/examples.
    let binary =
        bench.ancestors().nth(2).map(|folder| folder.join("tincan")).filter(|binary| binary.exists());
    binary.ok_or_else(|| Error::other("tincan is not built: run `cargo build -p tincan-cli` first"))
}

fn tincan(out: &tempfile::TempDir) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command.args(["run", VANILLA, "--out"]).arg(out.path()).stdin(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

/// The whole process: from its start, and that of two browsers, to its end and theirs.
fn cold_call() -> Result<f64> {
    let out = tempfile::tempdir()?;
    let began = Instant::now();
    let status = tincan(&out)?.stdout(Stdio::null()).status()?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    if status.success() { Ok(took) } else { Err(Error::other(format!("a cold call ended with {status}"))) }
}

/// The most memory that tincan itself had resident in a run, in MB: its high-water mark (proc(5)) after the results.
fn resident_mb() -> Result<f64> {
    let out = tempfile::tempdir()?;
    let mut run = tincan(&out)?.arg("--keep-open").stdout(Stdio::piped()).spawn()?;
    let mark = after_results(&mut run);
    kill_process(Pid::from_child(&run), Signal::TERM)?;
    run.wait()?;
    mark
}

fn after_results(run: &mut Child) -> Result<f64> {
    let output = run.stdout.take().ok_or_else(|| Error::other("no standard output"))?;
    BufReader::new(output).lines().map_while(Result::ok).find(|line| line.starts_with("report:"));
    let status = std::fs::read_to_string(format!("/proc/{}/status", run.id()))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<f64>().ok());
    kib.map(|kib| (kib / 102.4).round() / 10.0).ok_or_else(|| Error::other("no VmHWM in /proc"))
}
