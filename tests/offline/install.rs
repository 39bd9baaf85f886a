//! `ci/install browser` and `ci/chrome-for-testing`, on machines made up of a PATH: scripts stand for browsers, drivers and
//! apt, and a server of ours has the layout of Chrome for Testing's.

mod machine;
mod releases;

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use self::machine::Machine;
use crate::drivers::says;

const STUB: &str = "echo 'requires the chromium snap: snap install chromium' >&2; exit 1";

#[test]
fn firefox_is_brought_where_apt_has_it_and_done_without_where_it_has_none() {
    let machine = || {
        let machine = Machine::new().without("firefox-esr").with_version("chromium", "156.0.1.1");
        machine.with_version("chromedriver", "156.0.1.1")
    };
    let with = machine().with_apt(&["firefox-esr"]);
    let (code, said) = with.run("install", &["browser"]);
    assert!(code == 0 && with.installed().contains("firefox-esr"), "{said}");
    with.has_all();
    let without = machine().with_apt(&["something-else"]);
    let (code, said) = without.run("install", &["browser"]);
    assert!(code == 0 && !without.installed().contains("install"), "{said}");
    says(&said, &["going on without Firefox", "firefox-esr", "TINCAN_FIREFOX"]);
    machine().told("TINCAN_FIREFOX", "firefox").has_all();
}

#[test]
fn a_browser_of_any_name_with_a_driver_that_fits_is_enough() {
    for name in [
        "chromium-headless-shell",
        "chrome-headless-shell",
        "chromium",
        "google-chrome",
        "google-chrome-stable",
        "chromium-browser",
    ] {
        let machine =
            Machine::new().with_version(name, "156.0.8078.79").with_version("chromedriver", "156.0.1.1");
        machine.with_apt(&["chromium-headless-shell", "chromium-driver"]).has_all();
    }
}

#[test]
fn a_stub_is_no_browser_and_a_hosted_runner_keeps_its_driver_elsewhere() {
    let machine = Machine::new().with("chromium-browser", STUB).with("chromium", STUB);
    let machine =
        machine.with_version("google-chrome", "156.0.1.1").with_version("runner/chromedriver", "156.0.9.9");
    let folder = machine.path().join("runner").display().to_string();
    machine.told("CHROMEWEBDRIVER", folder).has_all();
}

#[test]
fn what_is_named_is_enough() {
    let machine =
        Machine::new().told("TINCAN_CHROMIUM", "/a b/chrome").told("TINCAN_CHROMEDRIVER", "/c/driver");
    machine.has_all();
}

#[test]
fn where_nothing_fits_debian_s_packages_are_installed() {
    let machine = Machine::new().with_version("google-chrome", "141.0.1.1").with("chromium-browser", STUB);
    let machine = machine.with_apt(&["chromium-headless-shell", "chromium-driver"]);
    let (code, said) = machine.run("install", &["browser"]);
    assert_eq!(code, 0, "{said}");
    says(&said, &["installing the Debian packages chromium-headless-shell chromium-driver"]);
    says(
        &machine.installed(),
        &["update", "install -y --no-install-recommends chromium-headless-shell chromium-driver"],
    );
    machine.has_all();
}

#[test]
fn a_driver_that_has_no_browser_is_found_one() {
    let machine =
        Machine::new().told("TINCAN_CHROMEDRIVER", "chromedriver").with_version("chromedriver", "156.0.1.1");
    let machine = machine.with_apt(&["chromium", "chromium-driver"]);
    let (code, said) = machine.run("install", &["browser"]);
    assert_eq!(code, 0, "{said}");
    says(&machine.installed(), &["install -y --no-install-recommends chromium chromium-driver"]);
}

#[test]
fn without_apt_and_without_a_network_it_says_what_to_install() {
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let machine = Machine::new().told("TINCAN_CHROME_FOR_TESTING", format!("http://{nowhere}"));
    let (code, said) = machine.with("dnf", "exit 1").run("install", &["browser"]);
    assert_eq!(code, 2, "{said}");
    says(
        &said,
        &[
            "Connection refused",
            "Install one",
            "TINCAN_CHROMIUM",
            "dnf install chromium-headless chromedriver",
        ],
    );
}

#[test]
fn an_ordinary_user_without_sudo_is_told_what_root_should_install() {
    let machine = Machine::new()
        .with_apt(&["libvpx-dev", "libopus-dev"])
        .with("id", "echo 1000")
        .with("cargo", "exit 0");
    fs::remove_file(machine.path().join("sudo")).unwrap();
    let (code, said) = machine.told("SSL_CERT_FILE", "/nowhere").run("install", &["build"]);
    assert_eq!(code, 2, "{said}");
    says(
        &said,
        &[
            "there is no sudo",
            "apt-get install --no-install-recommends gcc libc6-dev pkg-config libvpx-dev libopus-dev",
        ],
    );
    assert_eq!(machine_log(&said), "", "nothing was tried");
}

/// Lines that apt itself would have printed.
fn machine_log(said: &str) -> String {
    said.lines().filter(|line| !line.starts_with("ci/install: ")).collect()
}

/// What is sent for each path: headers and a body.
type Files = Mutex<HashMap<String, (String, Vec<u8>)>>;

/// Chrome for Testing, with one version.
struct Published {
    address: String,
    files: Arc<Files>,
}

impl Published {
    /// Both programs say that they are of version `says`, and are published as `version`.
    fn new(machine: &Machine, version: &str, says: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let files = Arc::new(Files::default());
        let served = Arc::clone(&files);
        thread::spawn(move || serve(&listener, &served));
        let published = Self { address, files };
        let mut downloads = serde_json::Map::new();
        for program in ["chrome-headless-shell", "chromedriver"] {
            let name = format!("{program}-linux64");
            let zip = archive(machine, &name, program, says);
            let md5 = STANDARD.encode(md5_of(&zip));
            published.put(
                &format!("/{name}.zip"),
                &format!("x-goog-hash: crc32c=AAAAAA==, md5={md5}\r\n"),
                zip,
            );
            let url = format!("{}/{name}.zip", published.address);
            downloads.insert(
                program.into(),
                json!([{"platform": "mac-x64", "url": "no"}, {"platform": "linux64", "url": url}]),
            );
        }
        let release = json!({"version": version, "revision": "1", "downloads": downloads});
        let stable = json!({"timestamp": "", "channels": {"Stable": release}});
        let all = json!({"timestamp": "", "versions": [release]});
        published.put("/last-known-good-versions-with-downloads.json", "", stable.to_string().into());
        published.put("/known-good-versions-with-downloads.json", "", all.to_string().into());
        published
    }

    fn put(&self, path: &str, header: &str, body: Vec<u8>) {
        self.files.lock().unwrap().insert(path.to_owned(), (header.to_owned(), body));
    }

    /// Changes what is sent for a path.
    fn change(&self, path: &str, change: impl FnOnce(&mut (String, Vec<u8>))) {
        change(self.files.lock().unwrap().get_mut(path).unwrap());
    }
}

fn serve(listener: &TcpListener, files: &Files) {
    for stream in listener.incoming() {
        let mut stream = BufReader::new(stream.unwrap());
        let mut request = String::new();
        let _ = stream.read_line(&mut request);
        let mut header = String::new();
        while stream.read_line(&mut header).is_ok_and(|length| length > 2) {
            header.clear();
        }
        let found = files.lock().unwrap().get(request.split(' ').nth(1).unwrap_or_default()).cloned();
        let (status, (header, body)) =
            found.map_or(("404 Not Found", Default::default()), |found| ("200 OK", found));
        let length = if header.contains("content-length") {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        let head = format!("HTTP/1.1 {status}\r\n{length}{header}connection: close\r\n\r\n");
        let _ = stream.get_mut().write_all(&[head.as_bytes(), &body].concat());
    }
}

/// A zip with a program that says its version, executable as in the real ones.
fn archive(machine: &Machine, folder: &str, program: &str, says: &str) -> Vec<u8> {
    let file = machine.folder.path().join(format!("{folder}.zip"));
    let made = python(
        "import sys, zipfile\nentry = zipfile.ZipInfo(f'{sys.argv[2]}/{sys.argv[3]}')\n\
         entry.external_attr = 0o100755 << 16\n\
         zipfile.ZipFile(sys.argv[1], 'w').writestr(entry, f'#!/bin/sh\\necho Chrome {sys.argv[4]} x\\n')",
        &[&file.display().to_string(), folder, program, says],
    );
    assert!(made.status.success(), "{made:?}");
    fs::read(file).unwrap()
}

fn md5_of(data: &[u8]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), data).unwrap();
    let script =
        "import sys, hashlib\nsys.stdout.buffer.write(hashlib.md5(open(sys.argv[1], 'rb').read()).digest())";
    python(script, &[&file.path().display().to_string()]).stdout
}

fn python(script: &str, arguments: &[&str]) -> Output {
    Command::new("python3")
        .args(["-c", script])
        .args(arguments)
        .output()
        .expect("python3 runs: ci/install test")
}

const VERSION: &str = "157.0.8100.5";

#[test]
fn where_apt_has_only_stubs_chrome_for_testing_is_taken() {
    let machine = Machine::new().with_apt(&["something-else"]).with("chromium-browser", STUB);
    let published = Published::new(&machine, VERSION, VERSION);
    let machine = machine.told("TINCAN_CHROME_FOR_TESTING", published.address.clone());
    let (code, said) = machine.run("install", &["browser"]);
    assert_eq!(code, 0, "{said}");
    says(
        &said,
        &[
            "or only stubs",
            "Chrome for Testing",
            "whole and says its version",
            &format!("installed {VERSION}"),
        ],
    );
    machine.has_all();
    let (code, said) = machine.run("chrome-for-testing", &[VERSION]);
    assert!(code == 0 && said.contains("already"), "{said}");
    let doctor = Command::new(env!("CARGO_BIN_EXE_tincan-under-test"))
        .arg("doctor")
        .env_remove("TINCAN_CHROMIUM")
        .env_remove("TINCAN_CHROMEDRIVER")
        .env("XDG_CACHE_HOME", machine.folder.path().join("cache"))
        .env("PATH", machine.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&doctor.stdout);
    says(&said, &[&format!("browser: {VERSION}"), &format!("driver: {VERSION}")]);
}

#[test]
fn a_download_that_is_not_right_is_not_used_and_nothing_is_left_of_it() {
    const SHELL: &str = "/chrome-headless-shell-linux64.zip";
    type Spoil = fn(&Published);
    let spoilt: [(Spoil, &str); 6] = [
        (|all| all.change(SHELL, |file| file.1[40] ^= 1), "its MD5 is not"),
        (
            |all| all.change(SHELL, |file| file.0 = "content-length: 999999\r\n".into()),
            "999999 bytes were announced",
        ),
        (|all| all.change(SHELL, |file| *file = (String::new(), b"no archive".into())), "is no archive"),
        (|all| drop(all.files.lock().unwrap().remove(SHELL)), "HTTP Error 404"),
        (
            |all| {
                all.change("/last-known-good-versions-with-downloads.json", |file| file.1 = b"<html>".into())
            },
            "is not JSON",
        ),
        (
            |all| all.change("/last-known-good-versions-with-downloads.json", |file| file.1 = b"{}".into()),
            "of another form",
        ),
    ];
    for (spoil, words) in spoilt {
        let machine = Machine::new();
        let published = Published::new(&machine, VERSION, VERSION);
        spoil(&published);
        refuses(&machine.told("TINCAN_CHROME_FOR_TESTING", published.address.clone()), words);
    }
    let machine = Machine::new();
    let published = Published::new(&machine, VERSION, "156.0.1.1");
    refuses(
        &machine.told("TINCAN_CHROME_FOR_TESTING", published.address.clone()),
        "says that it is 'Chrome 156.0.1.1 x'",
    );
}

#[track_caller]
fn refuses(machine: &Machine, words: &str) {
    let (code, said) = machine.run("chrome-for-testing", &[]);
    assert_eq!(code, 2, "{said}");
    says(&said, &["nothing was installed", words]);
    assert_eq!(fs::read_dir(machine.cache()).unwrap().count(), 0, "something is left");
}
