//! A repository with tests of its own, outside of this workspace: `fixtures/own-test`.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use libtest_mimic::Trial;
use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::{Pid, Signal, kill_process},
};
use tempfile::TempDir;
use tincan_peers::browser::find;
use tincan_tests::root;

use crate::{check, endings::GONE_WITHIN, launching::write_script, processes, trial};

pub fn trials() -> Vec<Trial> {
    // The crates of this workspace are built once more for a repository elsewhere, which takes minutes.
    if env::var_os("TINCAN_FULL").is_none() {
        return Vec::new();
    }
    vec![
        trial("own-tests/passes", passes),
        trial("own-tests/a-broken-page-is-told", a_broken_page_is_told),
        trial("own-tests/killed", || ended_by(Signal::KILL)),
        trial("own-tests/interrupted", || ended_by(Signal::INT)),
    ]
}

/// A copy of the repository, elsewhere.
struct Repository {
    folder: TempDir,
    /// For the temporary files of its tests.
    temporary: TempDir,
}

impl Repository {
    fn new() -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let (folder, temporary) = (tempfile::tempdir().map_err(text)?, tempfile::tempdir().map_err(text)?);
        let repository = Self { folder, temporary };
        copy(&root().join("fixtures/own-test"), repository.folder.path()).map_err(text)?;
        let manifest = repository.file("Cargo.toml");
        let own = fs::read_to_string(&manifest).map_err(text)?;
        let workspace = fs::read_to_string(root().join("Cargo.toml")).map_err(text)?;
        let here = root().canonicalize().map_err(text)?.display().to_string();
        let elsewhere = own.replace("../..", &here);
        check(elsewhere != own, || "it does not name the crate by its path".to_owned())?;
        fs::write(&manifest, elsewhere + &as_built_here(&workspace, &here)?).map_err(text)?;
        // The versions are those that are tested here.
        fs::copy(root().join("Cargo.lock"), repository.file("Cargo.lock")).map_err(text)?;
        Ok(repository)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `cargo test`, of the test `name` alone.
    fn test(&self, name: &str) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(self.folder.path()).args(["test", "--offline", "--test", "call", "--", name]);
        cargo.env("TMPDIR", self.temporary.path()).env("CARGO_TARGET_DIR", target());
        // What the test runner that runs this says to its own tests.
        for (key, _) in env::vars_os().filter(|(key, _)| is_of_cargo(&key.to_string_lossy())) {
            cargo.env_remove(key);
        }
        cargo.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        cargo
    }
}

/// What makes cargo take what was built for these tests, instead of building all of it once more for a repository of its own: the
/// features that the programme wants of everything, and the profile.
fn as_built_here(workspace: &str, here: &str) -> Result<String, String> {
    let profile = workspace.find("[profile.dev]").ok_or("the workspace has no [profile.dev]")?;
    let programme =
        format!("tincan-cli = {{ path = \"{here}/crates/cli\", features = [\"webrtc-rs-0-17\"] }}\n");
    Ok(programme + &workspace[profile..])
}

fn is_of_cargo(key: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "NEXTEST", "RUST_TEST"].iter().any(|begin| key.starts_with(begin))
}

/// The target folder of these tests: this executable is in `debug/deps` of it.
fn target() -> PathBuf {
    let executable = env::current_exe().unwrap_or_default();
    executable.ancestors().nth(3).unwrap_or(Path::new("target")).to_owned()
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?
        } else {
            fs::copy(entry.path(), to).map(drop)?
        }
    }
    Ok(())
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

async fn passes() -> Result<(), String> {
    let repository = Repository::new()?;
    let output = repository.test("").output().map_err(|error| error.to_string())?;
    check(output.status.success() && said(&output).contains("2 passed"), || said(&output))?;
    processes::all_end(&[], repository.temporary.path(), GONE_WITHIN)
}

/// The page forgets the candidates that are pasted: the test goes red, and says where the call broke and where more is.
async fn a_broken_page_is_told() -> Result<(), String> {
    let repository = Repository::new()?;
    let script = repository.file("page/room.js");
    let page = fs::read_to_string(&script).map_err(|error| error.to_string())?;
    let broken = page.replace("await connection.addIceCandidate(", "console.log(");
    check(broken != page, || "the page does not add candidates as it did".to_owned())?;
    fs::write(&script, broken).map_err(|error| error.to_string())?;
    let output = repository.test("video_arrives").output().map_err(|error| error.to_string())?;
    let said = said(&output);
    check(output.status.code() == Some(101), || said.clone())?;
    for words in ["failed chromium-to-firefox/trickle/vp8/direct", "first break: ICE", "candidates.txt"] {
        check(said.contains(words), || format!("it does not say {words:?}: {said}"))?;
    }
    let evidence = said.lines().find_map(|line| line.trim().strip_prefix("evidence: "));
    let evidence = Path::new(evidence.ok_or_else(|| format!("no evidence is named: {said}"))?);
    check(evidence.join("candidates.txt").is_file(), || format!("{} is not there", evidence.display()))?;
    processes::all_end(&[], repository.temporary.path(), GONE_WITHIN)
}

/// The test's process gets a signal while its browsers start.
async fn ended_by(signal: Signal) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let repository = Repository::new()?;
    let (folder, browser) = (tempfile::tempdir().map_err(text)?, find::browsers(None));
    let browser = browser.map_err(|trouble| trouble.to_string())?.files.swap_remove(0);
    let pipe = folder.path().join("started");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).map_err(|error| error.to_string())?;
    // The name tells a headless shell from a browser with windows.
    let script = folder.path().join(browser.file_name().unwrap_or_default());
    let says = format!(
        "case \"$*\" in *--user-data-dir=*) echo started >'{}' ;; esac\nexec '{}' \"$@\"",
        pipe.display(),
        browser.display()
    );
    write_script(&script, &says)?;
    let mut cargo = repository.test("a_library").env("TINCAN_CHROMIUM", &script).spawn().map_err(text)?;
    let mut started = String::new();
    BufReader::new(fs::File::open(&pipe).map_err(text)?).read_line(&mut started).map_err(text)?;
    let running = processes::of_run(repository.temporary.path());
    let test = processes::find(repository.temporary.path(), |command| command.contains("/deps/call-"))?;
    check(running.iter().any(|process| crate::endings::is_warden(&process.command)), || {
        format!("{running:?}")
    })?;
    kill_process(test, signal).map_err(|error| error.to_string())?;
    let status = cargo.wait().map_err(text)?;
    check(!status.success(), || format!("it ended with {status}"))?;
    let ours = Pid::from_child(&cargo);
    let running: Vec<_> = running.into_iter().filter(|process| process.pid != ours).collect();
    processes::all_end(&running, repository.temporary.path(), GONE_WITHIN)
}
