//! Nothing outlives a run, however it ends.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    time::Duration,
};

use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tincan_harness::verdict::Outcome;
use tincan_report::Report;

use crate::{calls::is_full, check, processes, trial};

/// Within this time nothing of a run may be left.
pub const GONE_WITHIN: Duration = Duration::from_secs(5);
pub const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
const CHROMIUM: &str = "chromium-to-chromium/vanilla/vp8/direct";
const FIREFOX: &str = "firefox-to-firefox/vanilla/vp8/direct";

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("endings/normal", || normal(CHROMIUM)),
        trial("endings/interrupted-once", || signalled(CHROMIUM, &[Signal::INT], Some(2))),
        trial("endings/interrupted-twice", || signalled(CHROMIUM, &[Signal::INT, Signal::INT], Some(2))),
        trial("endings/terminated", || signalled(CHROMIUM, &[Signal::TERM], Some(2))),
        trial("endings/tincan-killed", || signalled(CHROMIUM, &[Signal::KILL], None)),
        trial("endings/driver-killed", || member_killed(CHROMIUM, is_driver)),
        trial("endings/browser-killed", || member_killed(CHROMIUM, is_browser)),
        trial("endings/tincan-and-wardens-killed", || everything_of_ours_killed(CHROMIUM)),
        trial("endings/two-runs-at-once", two_at_once),
        trial("endings/firefox/terminated", || signalled(FIREFOX, &[Signal::TERM], Some(2))),
        trial("endings/firefox/tincan-killed", || signalled(FIREFOX, &[Signal::KILL], None)),
        trial("endings/firefox/browser-killed", || member_killed(FIREFOX, is_browser)),
    ];
    if is_full() {
        trials.push(trial("endings/firefox/normal", || normal(FIREFOX)));
        let killed = || everything_of_ours_killed(FIREFOX);
        trials.push(trial("endings/firefox/tincan-and-wardens-killed", killed));
    }
    trials
}

pub fn is_warden(command: &str) -> bool {
    command.contains("tincan-warden")
}

fn is_driver(command: &str) -> bool {
    command.contains("chromedriver --port") && !is_warden(command)
}

/// The browser itself, neither one of its helpers nor the shell script that Debian puts before Chromium.
pub fn is_browser(command: &str) -> bool {
    command.contains("--remote-debugging-port")
        && !["--type=", "-contentproc"].iter().any(|of_helpers| command.contains(of_helpers))
        && !command.starts_with("/bin/sh")
        && !is_warden(command)
}

/// A `tincan run` that goes on until it is stopped, in a folder for temporary files of its own.
struct Run {
    call: &'static str,
    child: Child,
    progress: BufReader<ChildStderr>,
    temporary: TempDir,
    out: TempDir,
}

impl Run {
    fn start(call: &'static str, repeat: &str) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let (temporary, out) = (tempfile::tempdir().map_err(text)?, tempfile::tempdir().map_err(text)?);
        let mut child = Command::new(TINCAN)
            .args(["run", call, "--repeat", repeat, "--jobs", "1", "--out"])
            .arg(out.path())
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let progress = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        Ok(Self { call, child, progress, temporary, out })
    }

    /// Reads the progress up to the line of the next attempt that has ended.
    fn next_attempt(&mut self) -> Result<String, String> {
        let mut seen = Vec::new();
        for line in self.progress.by_ref().lines() {
            let line = line.map_err(|error| error.to_string())?;
            if line.contains(self.call)
                && ["passed", "failed", "errored"].iter().any(|word| line.contains(word))
            {
                return Ok(line);
            }
            seen.push(line);
        }
        Err(format!("the run ended before an attempt did; it said {seen:?}"))
    }

    fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    fn wait(&mut self) -> Result<ExitStatus, String> {
        std::io::copy(&mut self.progress, &mut std::io::sink()).map_err(|error| error.to_string())?;
        self.child.wait().map_err(|error| error.to_string())
    }

    /// The report of a run that had no time to write one, or little: `tincan report` makes it.
    fn made_report(&self) -> Result<Report, String> {
        let made = Command::new(TINCAN).arg("report").arg(self.out.path()).output();
        let made = made.map_err(|error| error.to_string())?;
        check(made.status.success(), || String::from_utf8_lossy(&made.stderr).into_owned())?;
        self.report()
    }

    fn report(&self) -> Result<Report, String> {
        let text = std::fs::read_to_string(self.out.path().join("report.json"))
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }
}

async fn normal(call: &'static str) -> Result<(), String> {
    let mut run = Run::start(call, "1")?;
    let line = run.next_attempt()?;
    check(line.contains("passed"), || line.clone())?;
    let started = processes::of_run(run.temporary());
    let status = run.wait()?;
    check(status.code() == Some(0), || format!("it ended with {status}"))?;
    processes::all_end(&started, run.temporary(), Duration::ZERO)
}

/// Sends `signals` in the middle of a call; what had ended before stands in the report, or in what is needed to make it.
async fn signalled(call: &'static str, signals: &[Signal], code: Option<i32>) -> Result<(), String> {
    let mut run = Run::start(call, "1000")?;
    run.next_attempt()?;
    let started = processes::of_run(run.temporary());
    check(started.len() > 6, || format!("too few processes to be two browsers: {started:?}"))?;
    for signal in signals {
        kill_process(Pid::from_child(&run.child), *signal).map_err(|error| error.to_string())?;
    }
    let status = run.wait()?;
    check(status.code() == code, || format!("it ended with {status}"))?;
    processes::all_end(&started, run.temporary(), GONE_WITHIN)?;
    let ended_at_once = code.is_none() || signals.len() > 1;
    let report = if ended_at_once { run.made_report()? } else { run.report()? };
    check(report.count(Outcome::Passed) >= 1, || "what had ended is not in the report".to_owned())?;
    check(report.planned == 1000, || format!("{} attempts were planned", report.planned))
}

/// Kills one process of a browser in the middle of a run: the call that saw it die is errored, the next one passes.
async fn member_killed(call: &'static str, member: fn(&str) -> bool) -> Result<(), String> {
    let mut run = Run::start(call, "4")?;
    run.next_attempt()?;
    kill_process(processes::find(run.temporary(), member)?, Signal::KILL)
        .map_err(|error| error.to_string())?;
    let started = processes::of_run(run.temporary());
    let status = run.wait()?;
    let report = run.report()?;
    let outcomes: Vec<_> = report.attempts.iter().map(|attempt| attempt.verdict).collect();
    let reasons: Vec<_> = report.attempts.iter().filter_map(|attempt| attempt.reason.as_ref()).collect();
    let errored = report.count(Outcome::Errored);
    check(report.count(Outcome::Passed) + errored == 4 && errored == 1, || {
        format!("{outcomes:?}: {reasons:?}")
    })?;
    check(outcomes.last() == Some(&Outcome::Passed), || {
        format!("the browser was not replaced: {outcomes:?}")
    })?;
    check(report.environment.browsers.len() == 3, || {
        format!("{} browsers were started", report.environment.browsers.len())
    })?;
    check(status.code() == Some(2), || format!("it ended with {status}"))?;
    processes::all_end(&started, run.temporary(), GONE_WITHIN)
}

/// Kills tincan and its wardens at one stroke: what they leave goes with the next start.
async fn everything_of_ours_killed(call: &'static str) -> Result<(), String> {
    let mut run = Run::start(call, "1000")?;
    run.next_attempt()?;
    let started = processes::of_run(run.temporary());
    for process in started.iter().filter(|process| is_warden(&process.command)) {
        kill_process(process.pid, Signal::KILL).map_err(|error| error.to_string())?;
    }
    kill_process(Pid::from_child(&run.child), Signal::KILL).map_err(|error| error.to_string())?;
    run.wait()?;
    let mut next = Command::new(TINCAN);
    next.args(["run", "webrtc-rs-to-webrtc-rs/trickle/vp8/direct", "--out"]).arg(run.out.path());
    let next = next.env("TMPDIR", run.temporary()).output().map_err(|error| error.to_string())?;
    check(next.status.success(), || String::from_utf8_lossy(&next.stderr).into_owned())?;
    processes::all_end(&started, run.temporary(), GONE_WITHIN)
}

/// The end of one run leaves the other one's browsers alone.
async fn two_at_once() -> Result<(), String> {
    let (mut first, mut second) = (Run::start(CHROMIUM, "1000")?, Run::start(CHROMIUM, "3")?);
    first.next_attempt()?;
    let started = processes::of_run(first.temporary());
    first.child.kill().map_err(|error| error.to_string())?;
    first.wait()?;
    let status = second.wait()?;
    check(status.code() == Some(0), || format!("the other run ended with {status}: {:?}", second.report()))?;
    processes::all_end(&started, first.temporary(), GONE_WITHIN)?;
    processes::all_end(&[], second.temporary(), Duration::ZERO)
}
