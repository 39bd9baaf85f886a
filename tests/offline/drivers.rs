//! Drivers that are none: the call is errored in bounded time, with words that help, and nothing is left behind.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
};

use crate::cli::{Running, Tincan};

/// Runs one call with a driver that is this shell script, and answers the reason that its attempt gives.
fn reason_with(script: &str) -> String {
    let tincan = Tincan::new();
    let temporary = tincan.folder().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let reason = reason_in(&tincan, &temporary, script);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "a folder is left");
    reason
}

/// The same, with `temporary` as the folder for temporary files.
fn reason_in(tincan: &Tincan, temporary: &Path, script: &str) -> String {
    let driver = tincan.folder().join("driver");
    fs::write(&driver, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&driver, fs::Permissions::from_mode(0o755)).unwrap();
    let browser = tincan.folder().join("browser");
    fs::write(&browser, "#!/bin/sh\necho 156.0.8078.79\n").unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = tincan.command(&["run", "chromium-to-chromium/vanilla/vp8/direct", "--out", "out"]);
    command.env("TINCAN_CHROMEDRIVER", &driver).env("TINCAN_CHROMIUM", &browser).env("TMPDIR", temporary);
    command.env("PATH", "/usr/bin:/bin");
    let ended = Running::start(command).end();
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    let report = tincan.report("out");
    assert_eq!(report["attempts"][0]["verdict"], "errored");
    report["attempts"][0]["reason"].as_str().unwrap().to_owned()
}

/// A server that answers everything with `response`, and the script of a driver that says it is there.
fn driver_that_answers(response: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(response.as_bytes());
        }
    });
    says_port(port)
}

fn says_port(port: u16) -> String {
    format!("echo 'ChromeDriver was started successfully on port {port}.'; exec tail -f /dev/null")
}

/// Panics unless all these words are in it.
#[track_caller]
pub fn says(reason: &str, words: &[&str]) {
    for part in words {
        assert!(reason.contains(part), "{reason:?} does not say {part:?}");
    }
}

#[test]
fn where_its_folder_cannot_be_made_it_says_why() {
    let tincan = Tincan::new();
    let reason = reason_in(&tincan, &tincan.folder().join("gone"), "");
    says(&reason, &["failed to make the browser's folder", "/gone/tincan-peer-", "No such file", "TMPDIR"]);
}

#[test]
fn one_that_ends_at_once() {
    let reason = reason_with("echo no driver here; echo really not >&2");
    says(
        &reason,
        &["erer: failed to start the driver", "it ended", "no driver here", "really not", "install"],
    );
}

#[test]
fn one_that_says_nothing() {
    let reason = reason_with("exec tail -f /dev/null");
    says(&reason, &["failed to start the driver", "not ready within 10 s", "it said nothing"]);
}

#[test]
fn one_that_does_not_listen_where_it_says() {
    let reason = reason_with(&says_port(1));
    says(&reason, &["failed to start the browser", "tincan doctor"]);
}

#[test]
fn one_that_answers_nonsense() {
    let nonsense = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let reason = reason_with(&driver_that_answers(nonsense.to_owned()));
    says(&reason, &["failed to start the browser", "tincan doctor"]);
}

#[test]
fn one_of_another_version() {
    let body = r#"{"value":{"error":"session not created","message":"session not created: This version of ChromeDriver only supports Chrome version 99\nCurrent browser version is 156","stacktrace":""}}"#;
    let response = format!(
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let reason = reason_with(&driver_that_answers(response));
    says(&reason, &["only supports Chrome version 99", "the same major version"]);
}
