//! A process of a run is killed at one of ten moments, from the start of its browser to the end of its last call: nothing is left of
//! the run, and what it says of its calls is so.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};

use libtest_mimic::Trial;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::inotify,
    process::{Pid, Signal, kill_process},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    calls::is_full,
    check,
    endings::{GONE_WITHIN, TINCAN, is_browser, is_warden},
    pages::copy,
    processes, trial,
};

/// A browser that is started for each, and a peer that takes no time to start.
const CALL: &str = "firefox-to-webrtc-rs/trickle/vp8/direct";
/// How long a moment may be waited for: a start and two calls take less than half of it.
const MOMENT_DEADLINE: Duration = Duration::from_secs(30);

/// Who is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Tincan,
    Warden,
    Firefox,
}

impl Victim {
    const ALL: [Self; 3] = [Self::Tincan, Self::Warden, Self::Firefox];

    const fn name(self) -> &'static str {
        match self {
            Self::Tincan => "tincan",
            Self::Warden => "warden",
            Self::Firefox => "firefox",
        }
    }
}

/// When.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The browser makes this file in its profile.
    File(&'static str),
    /// The page comes to this place in its code, in this one of the calls.
    Page(&'static str, usize),
    /// The last call has ended, and the browser is being ended.
    End,
}

/// The ten moments, in their order.
const MOMENTS: [(&str, Moment); 10] = [
    ("profile-locked", Moment::File("lock")),
    ("listening", Moment::File("WebDriverBiDiServer.json")),
    ("page-loading", Moment::Page("loading", 1)),
    ("camera-asked-for", Moment::Page("camera", 1)),
    ("connection-made", Moment::Page("connection", 1)),
    ("offer-being-made", Moment::Page("offer", 1)),
    ("connected", Moment::Page("connected", 1)),
    ("page-left", Moment::Page("leaving", 1)),
    ("second-call-connected", Moment::Page("connected", 2)),
    ("end", Moment::End),
];

/// What is done without `ci/test --full`: one for each who is killed.
const USUAL: [(&str, &str); 3] =
    [("tincan", "connected"), ("warden", "camera-asked-for"), ("firefox", "listening")];

/// How many calls are made.
const CALLS: usize = 2;

pub fn trials() -> Vec<Trial> {
    let all = Victim::ALL.into_iter().flat_map(|victim| MOMENTS.map(|(name, moment)| (victim, name, moment)));
    all.filter(|(victim, name, _)| is_full() || USUAL.contains(&(victim.name(), name)))
        .map(|(victim, name, moment)| {
            trial(format!("endings/{}-killed-at/{name}", victim.name()), move || killed(victim, moment))
        })
        .collect()
}

async fn killed(victim: Victim, moment: Moment) -> Result<(), String> {
    let mut run = Run::start()?;
    run.wait_for(moment)?;
    let started = processes::of_run(run.temporary.path());
    let was_there = run.kill(victim)?;
    let code = run.end()?;
    match victim {
        Victim::Tincan => check(code.is_none(), || format!("it ended by itself, with {code:?}"))?,
        Victim::Warden | Victim::Firefox => run.check_report(was_there, moment)?,
    }
    processes::all_end(&started, run.temporary.path(), GONE_WITHIN)
}

/// A `tincan run` of some calls, on a page that says how far it has come.
struct Run {
    child: Child,
    progress: BufReader<ChildStderr>,
    temporary: TempDir,
    out: TempDir,
    moments: TcpListener,
    _page: TempDir,
}

impl Run {
    fn start() -> Result<Self, String> {
        let (temporary, out) = (tempfile::tempdir().map_err(text)?, tempfile::tempdir().map_err(text)?);
        let moments = TcpListener::bind(("127.0.0.1", 0)).map_err(text)?;
        let page = page_that_tells(moments.local_addr().map_err(text)?.port())?;
        let mut child = Command::new(TINCAN)
            .args(["run", CALL, "--repeat", &CALLS.to_string(), "--jobs", "1"])
            .args(["--page".as_ref(), page.path(), "--out".as_ref(), out.path()])
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let progress = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        Ok(Self { child, progress, temporary, out, moments, _page: page })
    }

    fn wait_for(&mut self, moment: Moment) -> Result<(), String> {
        match moment {
            Moment::File(name) => {
                let folder = appears(self.temporary.path(), |entry| entry.starts_with("tincan-peer-"))?;
                let profile = appears(&folder, |entry| entry == "profile")?;
                appears(&profile, |entry| entry == name).map(drop)
            }
            Moment::Page(name, nth) => {
                let mut left = nth;
                while left > 0 {
                    left -= usize::from(self.next_told()? == name);
                }
                Ok(())
            }
            Moment::End => self.last_call_ends(),
        }
    }

    /// What the page says next of how far it is.
    fn next_told(&self) -> Result<String, String> {
        loop {
            readable(&self.moments, "the page does not come so far")?;
            let (stream, _) = self.moments.accept().map_err(text)?;
            // One that the browser has opened beforehand says nothing.
            if let Ok(Some(told)) = answer(&stream) {
                return Ok(told);
            }
        }
    }

    fn last_call_ends(&mut self) -> Result<(), String> {
        let mut ended = 0;
        for line in self.progress.by_ref().lines() {
            let line = line.map_err(text)?;
            ended += usize::from(line.contains(CALL) && line.contains("passed"));
            if ended == CALLS {
                return Ok(());
            }
        }
        Err("the run ended before its calls did".to_owned())
    }

    /// Whether there was one to be killed: when the end has come, it may have gone.
    fn kill(&self, victim: Victim) -> Result<bool, String> {
        let found = match victim {
            Victim::Tincan => Ok(Pid::from_child(&self.child)),
            Victim::Warden => processes::find(self.temporary.path(), is_warden),
            Victim::Firefox => processes::find(self.temporary.path(), is_browser),
        };
        Ok(found.is_ok_and(|pid| kill_process(pid, Signal::KILL).is_ok()))
    }

    fn end(&mut self) -> Result<Option<i32>, String> {
        std::io::copy(&mut self.progress, &mut std::io::sink()).map_err(text)?;
        Ok(self.child.wait().map_err(text)?.code())
    }

    /// The call in which it was killed is errored, or the one after it, and the other one passed.
    fn check_report(&self, was_there: bool, moment: Moment) -> Result<(), String> {
        let report = fs::read_to_string(self.out.path().join("report.json")).map_err(text)?;
        let report: Value = serde_json::from_str(&report).map_err(|error| error.to_string())?;
        let attempts = report["attempts"].as_array().cloned().unwrap_or_default();
        let verdicts: Vec<_> = attempts.iter().filter_map(|attempt| attempt["verdict"].as_str()).collect();
        let expected: &[&str] = match moment {
            Moment::End => &["passed", "passed"],
            Moment::Page("leaving", 1) | Moment::Page(_, 2) => &["passed", "errored"],
            _ => &["errored", "passed"],
        };
        check(was_there || matches!(moment, Moment::End), || "there was nobody to kill".to_owned())?;
        check(verdicts == expected, || {
            let reasons: Vec<_> = attempts.iter().map(|attempt| &attempt["reason"]).collect();
            format!("{verdicts:?}, not {expected:?}: {reasons:?}")
        })
    }
}

/// The built-in page, which says at some places of its code that it has come there.
fn page_that_tells(port: u16) -> Result<TempDir, String> {
    const PLACES: [(&str, &str, &str); 6] = [
        ("main.js", "\"use strict\";", "loading"),
        ("media.js", "videoAsked = true;", "camera"),
        ("main.js", "connection = newConnection();", "connection"),
        ("main.js", "async function createOffer() {", "offer"),
        ("main.js", "if (connection.connectionState === \"connected\")", "connected"),
        ("main.js", "addEventListener(\"pagehide\", () => ", "leaving"),
    ];
    let folder = copy("static")?;
    let main = folder.path().join("main.js");
    let mut code = fs::read_to_string(&main).map_err(text)?;
    // Before the page itself does anything with it.
    code = code.replace(
        "  markNextStep();\n}\n\nfunction watchStates",
        "  if (name === \"connectionState\") toldIfConnected();\n  markNextStep();\n}\n\nfunction watchStates",
    );
    code += "function toldIfConnected() {\n  if (connection.connectionState === \"connected\") \n}\n\
             addEventListener(\"pagehide\", () => );\n";
    fs::write(&main, code).map_err(text)?;
    for (file, place, name) in PLACES {
        let path = folder.path().join(file);
        let code = fs::read_to_string(&path).map_err(text)?;
        check(code.contains(place), || format!("{file} does not hold {place:?} any more"))?;
        let told = format!(
            "fetch(\"http://127.0.0.1:{port}/{name}\", {{ mode: \"no-cors\", keepalive: true }}).catch(() => {{}})"
        );
        fs::write(&path, code.replacen(place, &format!("{place} {told}"), 1)).map_err(text)?;
    }
    Ok(folder)
}

/// What was asked for by `GET /NAME`, which is answered.
fn answer(mut stream: &TcpStream) -> std::io::Result<Option<String>> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    Ok(line.strip_prefix("GET /").and_then(|rest| rest.split(' ').next()).map(str::to_owned))
}

/// Waits until an entry of that kind is in `folder`, and says where.
fn appears(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<PathBuf, String> {
    let events = inotify::init(inotify::CreateFlags::CLOEXEC).map_err(|error| error.to_string())?;
    let made = inotify::WatchFlags::CREATE | inotify::WatchFlags::MOVED_TO;
    inotify::add_watch(&events, folder, made).map_err(|error| error.to_string())?;
    loop {
        let entries = fs::read_dir(folder).map_err(text)?.flatten();
        let found = entries
            .map(|entry| entry.path())
            .find(|path| path.file_name().is_some_and(|name| is_wanted(&name.to_string_lossy())));
        if let Some(found) = found {
            return Ok(found);
        }
        readable(&events, "what is waited for does not appear")?;
        // Which it was is seen by the next look.
        rustix::io::read(&events, &mut [0; 4096]).map_err(|error| error.to_string())?;
    }
}

fn readable(stream: &impl AsFd, otherwise: &str) -> Result<(), String> {
    let limit = Timespec::try_from(MOMENT_DEADLINE).map_err(|error| error.to_string())?;
    let ready = poll(&mut [PollFd::new(stream, PollFlags::IN)], Some(&limit));
    let ready = ready.map_err(|error| error.to_string())?;
    check(ready == 1, || format!("{otherwise} within {MOMENT_DEADLINE:?}"))
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}
