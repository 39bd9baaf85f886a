//! Programs that say a version stand for browsers and drivers.

use std::os::unix::fs::PermissionsExt;

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
    let (browser, driver) = fitting(found(browsers), found(drivers)).await.unwrap();
    assert!(browser.ends_with("new") && driver.ends_with("driver-156"), "{browser:?}, {driver:?}");
}

#[tokio::test]
async fn where_no_two_fit_all_are_named_with_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let browsers = vec![program(&folder, "stub", STUB), of_version(&folder, "chrome", "141.0.1.1")];
    let drivers = vec![of_version(&folder, "driver", "156.0.1.1")];
    let trouble = fitting(found(browsers), found(drivers)).await.unwrap_err();
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
