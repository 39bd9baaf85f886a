//! The command line: what is typed, what is printed, and the exit code; nothing here makes a call.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::Path,
    process::{Child, Command},
    sync::mpsc,
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tincan_tests::{address, connect, empty_path, locked_version, request, root};

use crate::report::violations;

/// Nothing that is started here takes more than a few seconds.
const DEADLINE: Duration = Duration::from_secs(60);
const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The programme in a folder of its own, which goes with the test.
pub struct Tincan(TempDir);

impl Tincan {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The command `tincan ARGS`, on a machine without any browser.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = tincan_tests::command(TINCAN, self.folder());
        let empty = empty_path(self.folder());
        command.args(args).env("PATH", &empty).env("XDG_CACHE_HOME", &empty).env_remove("CHROMEWEBDRIVER");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        self.start(args).end()
    }

    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(self.command(args))
    }

    /// The report in `folder`, which has to be one.
    pub fn report(&self, folder: &str) -> Value {
        let text =
            fs::read_to_string(self.folder().join(folder).join("report.json")).expect("there is a report");
        let report = serde_json::from_str(&text).expect("the report is JSON");
        assert_eq!(violations(&report), [""; 0]);
        report
    }
}

/// A command that runs. It is killed when the test ends without having seen its end, and if it takes too long.
pub struct Running {
    pub child: Child,
    seen_to_end: mpsc::Sender<()>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let child = command.spawn().unwrap();
        let (pid, (seen_to_end, seen)) = (Pid::from_child(&child), mpsc::channel());
        thread::spawn(move || {
            if seen.recv_timeout(DEADLINE).is_err() {
                let _ = kill_process(pid, Signal::KILL);
            }
        });
        Self { child, seen_to_end }
    }

    pub fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end; what was not yet read of what it printed is in the answer.
    pub fn end(self) -> Ended {
        let output = self.child.wait_with_output().unwrap();
        self.seen_to_end.send(()).expect("it ended before its deadline");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("it ended by itself");
        let ended = Ended { code, stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!(ended.stdout.clone() + &ended.stderr).contains('\x1b'), "colours in a pipe: {ended:?}");
        ended
    }
}

impl Running {
    /// Waits for its end by a signal that it cannot catch.
    pub fn see_killed(mut self) {
        let status = self.child.wait().unwrap();
        self.seen_to_end.send(()).expect("it ended before its deadline");
        assert_eq!(status.code(), None, "it ended by itself");
    }
}

/// Asserts that the command was refused, and answers what was said.
pub fn refused(tincan: &Tincan, args: &[&str]) -> String {
    let ended = tincan.run(args);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{args:?}: {}", ended.stderr);
    assert!(ended.stderr.starts_with("error: "), "{args:?}: {}", ended.stderr);
    ended.stderr
}

#[test]
fn the_version_is_that_of_the_package() {
    let ended = Tincan::new().run(&["--version"]);
    assert_eq!((ended.code, ended.stdout), (0, format!("tincan {}\n", locked_version("tincan"))));
}

#[test]
fn the_help_is_this() {
    let tincan = Tincan::new();
    for (name, args) in [("help", &["--help"][..]), ("help-run", &["run", "--help"])] {
        let ended = tincan.run(args);
        assert_eq!(ended.code, 0);
        insta::assert_snapshot!(name, ended.stdout);
    }
    assert_eq!(tincan.run(&[]).code, 2);
}

#[test]
fn the_scenarios_are_these() {
    let ended = Tincan::new().run(&["list"]);
    assert_eq!(ended.code, 0);
    insta::assert_snapshot!(ended.stdout);
    assert_eq!(Tincan::new().run(&["list", "chromium-to-c*", "x-*"]).code, 2);
    let said = refused(&Tincan::new(), &["list", "chromium-to-opera/trickle"]);
    assert!(said.contains("there is no peer \"opera\"; the peers are chromium, "), "{said}");
    let trickle = "{chromium,webrtc-rs}-to-{chromium,webrtc-rs}/trickle/vp8/*";
    assert_eq!(Tincan::new().run(&["list", trickle]).stdout.lines().count(), 15);
}

#[test]
fn what_cannot_be_run_is_refused_before_anything_is_started() {
    let tincan = Tincan::new();
    fs::write(tincan.folder().join("file"), "").unwrap();
    fs::create_dir_all(tincan.folder().join("page")).unwrap();
    fs::write(tincan.folder().join("map.toml"), "name = 1").unwrap();
    let named = "name = \"x\"\norigins = [\"cdn.example\"]\nmodes = []\n";
    fs::write(tincan.folder().join("origins.toml"), named).unwrap();
    let table: [(&[&str], &str); 19] = [
        (&["opera"], "nothing matches \"opera\""),
        (&["opera-to-*"], "there is no peer \"opera\"; the peers are chromium, "),
        (&["[a"], "not a glob"),
        (&["--repeat", "0"], "--repeat"),
        (&["--repeat", "100000000"], "--repeat"),
        (&["--jobs", "0"], "--jobs"),
        (&["--deadline", "ice"], "NAME=SECONDS"),
        (&["--deadline", "eis=1"], "no deadline is named \"eis\""),
        (&["--page", "nowhere"], "failed to open the page nowhere\n  because: No such file"),
        (&["--page", "file"], "is no folder"),
        (&["--page", "page"], "page has no \"index.html\""),
        (&["--page", "http://"], "is no address of a page"),
        (&["--page-map", "origins.toml"], "is no origin from which pages fetch"),
        (&["--page-map", "nowhere.toml"], "failed to read the page map nowhere.toml"),
        (&["--page-map", "map.toml"], "failed to understand the page map map.toml"),
        (&["--junit", "nowhere/x.xml"], "nowhere/x.xml cannot be written; give another file with --junit"),
        (&["--markdown", "file/x.md"], "file/x.md cannot be written; give another file with --markdown"),
        (&["--markdown", "page"], "it is a folder"),
        (&["--out", "file/below"], "file/below cannot be used; give another folder with --out"),
    ];
    for (args, expected) in table {
        let said = refused(&tincan, &[&["run"], args].concat());
        assert!(said.contains(expected), "{args:?} should say {expected:?}: {said}");
    }
    assert!(!tincan.folder().join("target").exists(), "something was written");
}

/// Nobody is started for a page whose server is not.
#[test]
fn a_page_that_does_not_answer_ends_with_2_and_says_what_to_do() {
    let tincan = Tincan::new();
    let trickle = "webrtc-rs-to-webrtc-rs/trickle/vp8/direct";
    let ended = tincan.run(&["run", "--page", "http://127.0.0.1:1/room", trickle, "--out", "out"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    for words in
        ["failed to open the page http://127.0.0.1:1/room", "refused", "start the server of the page first"]
    {
        assert!(ended.stderr.contains(words), "it does not say {words:?}: {}", ended.stderr);
    }
}

#[test]
fn where_no_call_can_be_recorded_it_says_what_to_do() {
    let tincan = Tincan::new();
    let page = tincan_tests::root().join("fixtures/pages/host-and-guest");
    let page = page.to_str().unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["http://127.0.0.1:1/room", "--headless"], "start the server of the page first"),
        (&[page, "--headless"], "there is no index.html in it"),
        (&[page, "--headless", "--open", "host.html"], "failed to find a browser"),
        (&[page, "--firefox", "firefox"], "a call is recorded in Chromium alone"),
        (&[page], "xvfb-run tincan map record"),
    ];
    for (args, words) in cases {
        let mut command = tincan.command(&[&["map", "record"], args].concat());
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let ended = Running::start(command).end();
        assert!(ended.code == 2 && ended.stderr.contains(words), "{words:?}: {ended:?}");
    }
}

#[test]
fn two_runs_never_write_to_one_folder() {
    let tincan = Tincan::new();
    let mut others = Vec::new();
    for folder in ["out", "target/tincan"] {
        fs::create_dir_all(tincan.folder().join(folder)).unwrap();
        let other = File::open(tincan.folder().join(folder)).unwrap();
        other.lock().unwrap();
        others.push(other);
    }
    let said = refused(&tincan, &["run", "--out", "out"]);
    assert!(said.contains("another run is writing to out"), "{said}");
    let beside = tincan.run(&["run", "chromium-to-chromium/*/vp8/direct"]);
    assert!(beside.stdout.contains("report: target/tincan-2/report.json"), "{}", beside.stdout);
}

#[test]
fn without_a_browser_its_calls_are_errored_and_say_what_to_install() {
    let tincan = Tincan::new();
    let ended = tincan.run(&["run", "chromium-to-chromium/*/vp8/direct"]);
    assert_eq!(ended.code, 2);
    for expected in
        ["3 errored of 3", "chromium-headless-shell and chromium-driver", "target/tincan/report.json"]
    {
        assert!(ended.stdout.contains(expected), "{expected:?} is not in: {}", ended.stdout);
    }
    assert_eq!(ended.stderr.matches("errored  ").count(), 3, "{}", ended.stderr);
    let report = tincan.report("target/tincan");
    let verdicts: Vec<_> = report["attempts"].as_array().unwrap().iter().map(|a| &a["verdict"]).collect();
    assert_eq!(verdicts, ["errored"; 3]);
    assert!(tincan.folder().join("target/tincan/report.schema.json").is_file());
}

#[test]
fn a_run_whose_page_was_never_opened_is_no_success() {
    let page = root().join("fixtures/pages/tutorial").display().to_string();
    let trickle = "{chromium,webrtc-rs}-to-{chromium,webrtc-rs}/*trickle/vp8/direct";
    let ended = Tincan::new().run(&["run", "--page", &page, trickle, "--out", "out"]);
    assert!(ended.stdout.contains("1 passed, 6 unsupported of 7"), "{}", ended.stdout);
    assert!(ended.stderr.contains("the page that was named was never opened"), "{}", ended.stderr);
    assert_eq!(ended.code, 2);
}

#[test]
fn a_page_without_a_map_of_its_own_is_told_so() {
    let tincan = Tincan::new();
    let page = tincan.folder().join("page");
    fs::create_dir(&page).unwrap();
    fs::write(page.join("index.html"), "<p>nothing").unwrap();
    let ended =
        tincan.run(&["run", "--page", "page", "chromium-to-webrtc-rs/vanilla/vp8/direct", "--out", "out"]);
    assert!(ended.stderr.contains("note: page has no page.toml"), "{}", ended.stderr);
    assert_eq!(ended.code, 2);
}

#[test]
fn the_report_says_what_ran() {
    let tincan = Tincan::new();
    let args = [
        "run",
        "chromium-to-chromium/vanilla/vp8/direct",
        "--repeat",
        "2",
        "--deadline",
        "ice=3",
        "--out",
        "out",
    ];
    assert_eq!(tincan.run(&args).code, 2);
    let report = tincan.report("out");
    let environment = &report["environment"];
    assert_eq!(
        (&environment["tincan"], &environment["page"]),
        (&locked_version("tincan").into(), &"built-in".into())
    );
    for name in ["webrtc", "fantoccini"] {
        assert_eq!(environment["crates"][name], locked_version(name), "{name}");
    }
    assert_eq!((&environment["deadlines_s"]["ice"], &report["planned"]), (&3.0.into(), &2.into()));
    assert_eq!(report["attempts"][1]["repetition"], 2);
    let out = fs::read_dir(tincan.folder().join("out")).unwrap();
    let mut names: Vec<_> = out.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let all = [
        "attempts.jsonl",
        "attempts.schema.json",
        "evidence",
        "report.html",
        "report.json",
        "report.schema.json",
    ];
    assert_eq!(names, all, "something else was left behind");
}

#[test]
fn the_doctor_finds_no_browser_and_knows_the_cure() {
    let ended = Tincan::new().run(&["doctor", "--json"]);
    assert_eq!(ended.code, 2);
    let found: Value = serde_json::from_str(&ended.stdout).unwrap();
    let finding = |name: &str| {
        let found = found["findings"].as_array().unwrap().iter().find(|finding| finding["name"] == name);
        found.unwrap_or_else(|| panic!("nothing about {name}: {}", ended.stdout)).clone()
    };
    for name in ["browser", "driver"] {
        assert_eq!(finding(name)["well"], false);
        assert!(finding(name)["hint"].as_str().unwrap().starts_with("install "), "{}", finding(name));
    }
    for name in ["interface", "camera", "sandbox", "codecs", "libopus"] {
        finding(name);
    }
    let text = Tincan::new().run(&["doctor"]);
    assert!(text.code == 2 && text.stdout.starts_with("trouble  browser: "), "{text:?}");
}

#[test]
fn the_page_is_served_until_the_order_to_stop() {
    for signal in [Signal::INT, Signal::TERM] {
        let tincan = Tincan::new();
        let mut serving = tincan.start(&["serve", "--port", "0"]);
        let mut stdout = BufReader::new(serving.child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let to = address(line.trim_end().strip_prefix("The page is at ").unwrap());
        assert_eq!(request(to, "GET /", &[&to.to_string()]).unwrap().status, 200);
        serving.send(signal);
        assert_eq!(serving.end().code, 0);
        assert!(connect(to).is_err());
        stdout.read_to_string(&mut line).unwrap();
        assert!(line.contains("two tabs"), "{line}");
    }
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&Tincan::new(), &["serve", "--port", &port]);
    assert!(
        said.contains(&format!("failed to listen on 127.0.0.1:{port}")) && said.contains("--port"),
        "{said}"
    );
}
