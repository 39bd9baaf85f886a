//! Programs that say a version stand for browsers and drivers.

use std::os::unix::fs::PermissionsExt;

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{PidfdFlags, pidfd_open},
};
use tempfile::TempDir;

use super::*;

/// A program that does this.
fn program(folder: &TempDir, name: &str, script: &str) -> PathBuf {
    let file = folder.path().join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}

fn of_version(folder: &TempDir, name: &str, version: &str) -> PathBuf {
    program(folder, name, &format!("echo 'Chromium {version} built on nothing'"))
}

fn found(files: Vec<PathBuf>) -> Candidates {
    Candidates { files, named: false }
}

const STUB: &str = "echo 'requires the chromium snap: snap install chromium' >&2; exit 1";

#[tokio::test]
async fn the_first_browser_with_a_driver_of_its_major_version_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let browsers = vec![
        program(&folder, "stub", STUB),
        of_version(&folder, "old", "141.0.7390.54"),
        of_version(&folder, "new", "156.0.8078.79"),
        of_version(&folder, "newer", "157.0.1.1"),
    ];
    let drivers = vec![
        program(&folder, "silent", "exit 0"),
        of_version(&folder, "driver-155", "155.0.0.1"),
        of_version(&folder, "driver-157", "157.0.1.1"),
        of_version(&folder, "driver-156", "156.0.8000.1"),
    ];
    let (browser, driver) = fitting(&found(browsers), &found(drivers), false).await.unwrap();
    assert!(browser.file.ends_with("new") && driver.ends_with("driver-156"), "{browser:?}, {driver:?}");
}

#[tokio::test]
async fn where_no_two_fit_all_are_named_with_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let browsers = vec![program(&folder, "stub", STUB), of_version(&folder, "chrome", "141.0.1.1")];
    let drivers = vec![of_version(&folder, "driver", "156.0.1.1")];
    let trouble = fitting(&found(browsers), &found(drivers), false).await.unwrap_err();
    let said = trouble.to_string();
    for part in ["requires the chromium snap", "chrome is 141.0.1.1", "driver is 156.0.1.1"] {
        assert!(said.contains(part), "{said:?} does not say {part:?}");
    }
}

#[test]
fn the_version_is_found_among_the_words() {
    assert_eq!(number("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some("156.0.8078.79"));
    assert_eq!(number("ChromeDriver 156.0.1 (a21ce95)"), Some("156.0.1"));
    assert_eq!(number("command not found"), None);
}

#[test]
fn the_newest_download_comes_first() {
    let [old, new, other] = ["99.0.1.2", "100.0.1.2", "100.0.1.2.partial"].map(Path::new).map(components);
    assert!(new > old && other != new);
}

#[test]
fn a_version_is_compared_by_components() {
    for asked in ["156", "156.0", "156.0.8078", "156.0.8078.79"] {
        assert!(is_version("156.0.8078.79", asked), "{asked}");
    }
    for asked in ["15", "1", "156.1", "156.0.8078.7", "156.0.8078.79.1", ""] {
        assert!(!is_version("156.0.8078.79", asked), "{asked}");
    }
}

#[tokio::test]
async fn what_kind_of_browser_it_is_is_asked_and_not_its_name() {
    let folder = tempfile::tempdir().unwrap();
    // As Chromium 156 answers, whole and as headless shell, each through a start script that talks.
    let answers = |name, script: &str| program(&folder, name, &format!("echo starting; {script}"));
    let whole = answers("chrome-headless-shell", r#"[ "$1" = --product-version ] && echo 156.0.8078.108"#);
    let shell = answers("chrome", "echo 'Chromium 156.0.8078.108'");
    let kind = async |file: &Path| ask(file).await.map(|said| (said.kind, said.version));
    assert_eq!(kind(&whole).await, Ok((Kind::Whole, "156.0.8078.108".to_owned())));
    assert_eq!(kind(&shell).await, Ok((Kind::Shell, "156.0.8078.108".to_owned())));
    let driver = found(vec![of_version(&folder, "driver", "156.0.1.1")]);
    let (browser, _) = fitting(&found(vec![shell.clone(), whole.clone()]), &driver, true).await.unwrap();
    assert_eq!(browser, Browser { file: whole, kind: Kind::Whole });
    let none = fitting(&found(vec![shell.clone()]), &driver, true).await.unwrap_err().to_string();
    assert!(none.contains("no browser with windows here"), "{none}");
    let named = Candidates { files: vec![shell], named: true };
    let none = fitting(&named, &driver, true).await.unwrap_err().to_string();
    assert!(none.contains("has no windows"), "{none}");
}

#[tokio::test]
async fn what_is_no_browser_says_so_in_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8], mode| {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        file
    };
    let table = [
        (program(&folder, "stub", STUB), "requires the chromium snap"),
        (program(&folder, "silent", "exit 3"), "it said nothing, and ended with exit status: 3"),
        (program(&folder, "half", "echo 156.0.1; exit 1"), "ended with exit status: 1"),
        (file("text", b"no program", 0o755), "Exec format error"),
        (file("empty", b"", 0o755), "Exec format error"),
        (file("of another machine", b"\x7fELF\x02\x01\x01", 0o755), "Exec format error"),
        (file("not executable", b"#!/bin/sh", 0o644), "Permission denied"),
        (folder.path().to_owned(), "Permission denied"),
    ];
    for (file, words) in table {
        let trouble = Program::ask(file).await.named(false).unwrap_err().to_string();
        assert!(trouble.starts_with("failed to start the browser") && trouble.contains(words), "{trouble}");
    }
}

#[tokio::test]
async fn what_does_not_end_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let started = folder.path().join("started");
    let script = format!("tail -f /dev/null & echo $! > {}; wait", started.display());
    let reason = ask(&program(&folder, "hangs", &script)).await.unwrap_err();
    assert!(reason.contains("did not end within 5 s"), "{reason}");
    let left = Pid::from_raw(fs::read_to_string(started).unwrap().trim().parse().unwrap()).unwrap();
    // One that cannot be opened has ended already.
    let Ok(left) = pidfd_open(left, PidfdFlags::empty()) else { return };
    let limit = Timespec { tv_sec: 5, tv_nsec: 0 };
    assert_eq!(poll(&mut [PollFd::new(&left, PollFlags::IN)], Some(&limit)), Ok(1), "it is still there");
}
