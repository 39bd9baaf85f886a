//! `ci/matrix` in a repository made up: a script stands for tincan, and folders for adapters.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;
use tincan_tests::root;

/// What stands for tincan: it writes down what it is told, and to a run an attempt for each call. `stop` has a row and what happens in it.
const TINCAN: &str = r#"
here=$(dirname "$0")/../..
printf '%s\n' "$*" >>"$here/log"
case "$1" in
list) case "$*" in *mute*) printf 'error: mute does not say hello\n  because: it ended with 3\n' >&2; exit 2 ;; esac ;;
report) printf '%s\n' "$@" >"$here/report-args" ;;
run)
    shift
    calls= repeat=1 out=
    while [ $# -gt 0 ]; do
        case "$1" in
        *-to-*) calls="$calls $1" ;;
        --repeat) repeat=$2; shift ;;
        --out) out=$2; shift ;;
        esac
        shift
    done
    rm -rf "$out"; mkdir -p "$out"
    read -r verdict <"$here/verdict"
    stop=
    [ ! -f "$here/stop" ] || read -r stop <"$here/stop"
    for call in $calls; do
        n=0
        while [ $((n += 1)) -le "$repeat" ]; do
            echo "{\"attempt\":{\"scenario\":\"$call\",\"verdict\":\"$verdict\"}}"
            case "$stop" in
            "${out##*/} interrupted") kill -INT $PPID; echo '{}' >"$out/report.json"; exit 2 ;;
            "${out##*/} killed") kill -KILL $$ ;;
            esac
        done
    done >"$out/attempts.jsonl"
    echo '{}' >"$out/report.json" ;;
esac
"#;

struct Repository(TempDir);

impl Repository {
    /// One with two adapters that can take part, besides what tincan has itself.
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        let script = fs::read_to_string(root().join("ci/matrix")).unwrap();
        repository.put("ci/matrix", &script);
        repository.put("ci/install", "#!/bin/sh\nexit 0\n");
        repository.put("ci/build-once", "");
        repository.put("bin/cargo", "#!/bin/sh\nexit 0\n");
        repository.put("target/debug/tincan", &format!("#!/bin/sh{TINCAN}"));
        repository.put("verdict", "passed\n");
        repository.adapter("good", "exit 0");
        repository.adapter("better", "exit 0");
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn adapter(&self, name: &str, setup: &str) {
        self.put(
            &format!("fixtures/peers/{name}/setup"),
            &format!("#!/bin/sh\n[ -z \"$1\" ] || exit 0\n{setup}\n"),
        );
        self.put(&format!("fixtures/peers/{name}/README.md"), "");
    }

    /// What came of `ci/matrix`: its exit code, what it said, and the rows that it had made.
    fn run(&self, args: &[&str]) -> (Option<i32>, String, Vec<String>) {
        let _ = fs::remove_file(self.path().join("log"));
        let mut command = Command::new("/bin/bash");
        command.arg(self.path().join("ci/matrix")).args(["--repeat", "2"]).args(args).env_clear();
        command.env("PATH", format!("{}:/usr/bin:/bin", self.path().join("bin").display()));
        let Output { status, stderr, .. } = command.output().unwrap();
        let log = self.read("log");
        let rows =
            log.lines().filter(|line| line.starts_with("run ")).filter_map(|line| line.rsplit('/').next());
        (status.code(), String::from_utf8(stderr).unwrap(), rows.map(str::to_owned).collect())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }
}

const ALL: [&str; 7] = ["chromium", "firefox", "webrtc-rs", "webrtc-rs-0.17", "str0m", "better", "good"];

#[test]
fn every_pair_is_called_in_both_modes_and_told_in_one_small_folder() {
    let repository = Repository::new();
    let (code, said, rows) = repository.run(&[]);
    assert_eq!((code, rows.as_slice()), (Some(0), ALL.map(str::to_owned).as_slice()), "{said}");
    let calls = repository.read("log");
    for call in
        ["good-to-better/vanilla/vp8/direct", "better-to-good/trickle/vp8/direct", "good-to-good/vanilla"]
    {
        assert!(calls.contains(call), "{call}");
    }
    let args = repository.read("report-args");
    assert!(args.contains("--max-size\n5\n") && !args.contains("--left-out"), "{args}");
    // Calls that fail are what it is for; what could not be asked is not.
    for (verdict, code) in [("failed", 0), ("errored", 2)] {
        repository.put("verdict", &format!("{verdict}\n"));
        let (ended, said, _) =
            repository.run(&["--repeat", if code == 0 { "3" } else { "4" }, "--peers", "good"]);
        assert_eq!(
            (ended, said.contains("could not be asked")),
            (Some(code), code == 2),
            "{verdict}: {said}"
        );
    }
}

#[test]
fn who_cannot_take_part_is_left_out_and_told_with_the_reason() {
    let repository = Repository::new();
    repository.put("ci/install", "#!/bin/sh\n[ \"$1\" != peers ]\n");
    repository.adapter("old", "echo \"old/setup: libold is of version 3; this is made for 2\" >&2; exit 1");
    repository.adapter("mute", "exit 0");
    let (code, said, rows) = repository.run(&[]);
    assert_eq!((code, rows.len()), (Some(2), ALL.len()), "{said}");
    let reasons = [
        "old=its setup failed: libold is of version 3; this is made for 2",
        "mute=it is set up and cannot be asked what it can do: mute does not say hello because: it ended with 3",
    ];
    let args = repository.read("report-args");
    for reason in reasons {
        assert!(args.contains(&format!("--left-out\n{reason}\n")), "{reason}: {args}");
        let (name, why) = reason.split_once('=').unwrap();
        assert!(said.contains(&format!("{name} is left out: {why}")), "{said}");
    }
    assert!(
        said.contains("going on with the adapters that can be set up") && said.contains("does not say hello"),
        "{said}"
    );
    let log = repository.read("log");
    assert!(
        !log.lines()
            .any(|line| line.starts_with("run ") && (line.contains("old-to-") || line.contains("mute"))),
        "{log}"
    );
}

#[test]
fn an_interrupted_matrix_goes_on_with_the_row_where_it_stopped() {
    let repository = Repository::new();
    repository.put("stop", "webrtc-rs interrupted\n");
    let (code, said, rows) = repository.run(&[]);
    assert_eq!(
        (code, rows.as_slice()),
        (Some(130), ALL[..3].iter().map(|row| (*row).to_owned()).collect::<Vec<_>>().as_slice()),
        "{said}"
    );
    assert!(
        said.contains("interrupted; the same command goes on") && repository.read("report-args").is_empty(),
        "{said}"
    );
    fs::remove_file(repository.path().join("stop")).unwrap();
    let (code, said, rows) = repository.run(&[]);
    assert_eq!(
        (code, rows.as_slice()),
        (Some(0), ALL[2..].iter().map(|row| (*row).to_owned()).collect::<Vec<_>>().as_slice()),
        "{said}"
    );
    let told = repository.read("report-args");
    assert!(ALL.iter().all(|name| told.contains(&format!("/rows/{name}\n"))), "{told}");
    // All is there.
    assert_eq!(repository.run(&[]).2, [""; 0]);
    // What is asked for is another matrix.
    assert_eq!(repository.run(&["--peers", "good,better"]).2, ["better", "good"]);
    repository.put("target/debug/tincan", &format!("#!/bin/sh\n# newer{TINCAN}"));
    assert_eq!(repository.run(&["--peers", "good,better"]).2, ["better", "good"]);
}

#[test]
fn a_row_that_was_not_made_to_its_end_is_said_to_be_missing_and_made_the_next_time() {
    let repository = Repository::new();
    repository.put("stop", "firefox killed\n");
    let (code, said, rows) = repository.run(&[]);
    assert_eq!((code, rows.len()), (Some(2), ALL.len()), "{said}");
    assert!(said.contains("the row of firefox was not made to its end (exit code 137)"), "{said}");
    assert!(!repository.read("report-args").contains("/rows/firefox\n"));
    fs::remove_file(repository.path().join("stop")).unwrap();
    let (code, said, rows) = repository.run(&[]);
    assert_eq!((code, rows.as_slice()), (Some(0), ["firefox".to_owned()].as_slice()), "{said}");
    assert!(repository.read("report-args").contains("/rows/firefox\n"));
}
