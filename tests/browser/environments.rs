//! Machines on which something is missing or in the way. What cannot be called there is errored, in seconds, with the cause
//! and what to do; what can be, passes.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use libtest_mimic::Trial;
use rustix::process::geteuid;
use tempfile::TempDir;
use tincan_harness::verdict::Outcome;
use tincan_peers::browser::find;
use tincan_report::Report;
use tincan_tests::root;

use self::{
    network::{DOCTORS, NETWORKS},
    table::MACHINES,
};
use crate::{check, processes, trial};

#[path = "environments/network.rs"]
mod network;
#[path = "environments/table.rs"]
mod table;

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
/// Nobody, on Debian and elsewhere.
const NOBODY: &str = "65534";

pub fn trials() -> Vec<Trial> {
    let of = |environment: &'static Environment| {
        trial(format!("environments/{}", environment.name), move || is_as_expected(environment))
    };
    [NETWORKS, MACHINES, DOCTORS].into_iter().flatten().map(of).collect()
}

/// A machine, and what must come of a call on it.
struct Environment {
    name: &'static str,
    /// What of the machine is its own.
    own: &'static [Own],
    /// Shell commands by which it becomes what it is. `$T` is a folder for them, `$BROWSER` the browser that is installed,
    /// `$ORDINARY` the user who is not root, `$SOURCES` where this is.
    setup: &'static str,
    asked: LaunchRequest,
    outcome: Outcome,
    /// Whether it may pass nevertheless: what is the matter comes and goes.
    may_pass: bool,
    /// What must be said: by the reason of the call, or by the doctor.
    words: &'static [&'static str],
    /// What must not be said.
    never: &'static [&'static str],
    /// Within how many seconds all of it must be over. It stands beside each what was waited for before.
    within_s: u64,
}

/// What is asked of tincan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LaunchRequest {
    /// `tincan run SCENARIO`
    Call(&'static str),
    /// `tincan doctor`
    Doctor,
}

/// A part of the machine that a test changes for itself alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    /// Interfaces, addresses and routes: there is nothing but a loopback interface that is down.
    Network,
    /// What is mounted where.
    Mounts,
    /// A user who is not root.
    User,
    /// A user who may not make user namespaces.
    UserWithoutNamespaces,
}

/// The folders of one environment, and the programme where everybody can run it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = Self { folder };
        for name in ["", "tools", "tmp", "out"] {
            let folder = place.path(name);
            fs::create_dir_all(&folder)?;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
        }
        // Where the tests are built may be no place for other users.
        fs::copy(TINCAN, place.path("tools/tincan"))?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Environment {
    /// The command that makes the call in it.
    fn command(&self, place: &Place) -> Result<Command, String> {
        let browser = find::browsers(None).map_err(|trouble| trouble.to_string())?.files.swap_remove(0);
        let is_root = geteuid().is_root();
        let has = |own| self.own.contains(&own);
        let mut words: Vec<&str> = Vec::new();
        if has(Own::Network) || has(Own::Mounts) {
            words.push("unshare");
            // An ordinary user may do so in a user namespace.
            words.extend((!is_root).then_some("--map-root-user"));
            words.extend(has(Own::Network).then_some("--net"));
            words.extend(has(Own::Mounts).then_some("--mount"));
        }
        let setup = format!("set -e\n{}\nexec \"$@\"\n", self.setup);
        words.extend(["sh", "-c", &setup, "sh"]);
        if (has(Own::User) || has(Own::UserWithoutNamespaces)) && is_root {
            words.extend(["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
        }
        if has(Own::UserWithoutNamespaces) {
            words.extend([
                "unshare",
                "--user",
                "--map-user",
                NOBODY,
                "--keep-caps",
                "sh",
                "-c",
                WITHOUT,
                "sh",
            ]);
        }
        let tincan = place.path("tools/tincan");
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(tincan);
        match self.asked {
            LaunchRequest::Call(scenario) => command.args(["run", scenario, "--out"]).arg(place.path("out")),
            LaunchRequest::Doctor => command.arg("doctor"),
        };
        command.env("T", place.path("tools")).env("BROWSER", browser).env("TMPDIR", place.path("tmp"));
        let user = if is_root { NOBODY.to_owned() } else { geteuid().as_raw().to_string() };
        command.env("SOURCES", root().join("tests/browser/environments")).env("ORDINARY", user);
        // Where programs for root are, which the PATH of others may lack.
        command.env("PATH", env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin");
        command.current_dir(place.path("tools")).stdin(std::process::Stdio::null());
        for variable in [
            find::BROWSER_VARIABLE,
            find::DRIVER_VARIABLE,
            find::FIREFOX_VARIABLE,
            "TINCAN_NO_SANDBOX",
            "RUST_BACKTRACE",
        ] {
            command.env_remove(variable);
        }
        Ok(command)
    }
}

/// Forbids user namespaces in the one that was just entered, and gives up the right to allow them again.
const WITHOUT: &str = "echo 0 >/proc/sys/user/max_user_namespaces
exec setpriv --ambient-caps -all --inh-caps -all \"$@\"";

async fn is_as_expected(environment: &'static Environment) -> Result<(), String> {
    let place = Place::new().map_err(|error| error.to_string())?;
    let mut command = environment.command(&place)?;
    let began = Instant::now();
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let took = began.elapsed();
    let said = said(environment, &place, &output)?;
    let passed = output.status.success() && environment.may_pass;
    for word in environment.words.iter().filter(|_| !passed) {
        check(said.contains(word), || format!("{said:?} does not say {word:?}"))?;
    }
    for word in environment.never {
        check(!said.contains(word), || format!("{said:?} says {word:?}"))?;
    }
    let limit = Duration::from_secs(environment.within_s);
    check(took <= limit, || format!("it took {took:.1?}, {limit:?} at most: {said}"))?;
    processes::all_end(&[], &place.path("tmp"), Duration::ZERO)
}

/// What was said, if all came out as expected: why the call did not pass, or what the doctor found. A call that could not even
/// begin has its reason on standard error.
fn said(environment: &Environment, place: &Place, output: &Output) -> Result<String, String> {
    let [printed, error] =
        [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned());
    let passed = environment.outcome == Outcome::Passed || (environment.may_pass && output.status.success());
    let (outcome, code) = if passed { (Outcome::Passed, 0) } else { (environment.outcome, 2) };
    check(output.status.code() == Some(code), || {
        format!("it ended with {}: {printed}{error}", output.status)
    })?;
    check(!error.contains("panicked"), || error.clone())?;
    if environment.asked == LaunchRequest::Doctor {
        return Ok(printed);
    }
    let Some(report) = report(&place.path("out"))? else { return Ok(error) };
    let attempt = report.attempts.first().ok_or_else(|| format!("no call was made: {error}"))?;
    let reason = attempt.reason.clone().unwrap_or_default();
    check(attempt.verdict == outcome, || format!("it is {}: {reason}", attempt.verdict))?;
    Ok(reason)
}

/// The report, if there is one with an attempt in it.
fn report(out: &Path) -> Result<Option<Report>, String> {
    let Ok(text) = fs::read_to_string(out.join("report.json")) else { return Ok(None) };
    let report: Report = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(Some(report).filter(|report| !report.attempts.is_empty()))
}
