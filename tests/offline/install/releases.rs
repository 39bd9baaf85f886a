//! `ci/releases`, on a machine made up of a PATH: scripts stand for npm and Node.js, and a script for the browser in the package.

use std::{fs, path::PathBuf};

use super::{machine::Machine, python};
use crate::drivers::says;

const PACKAGE: &str = "126.9.9";

/// A browser that says its version over its own protocol, as headless shells do.
fn browser(version: &str) -> String {
    format!(
        "#!/usr/bin/env python3\nimport http.server, sys\nclass Handler(http.server.BaseHTTPRequestHandler):\n    \
         def do_GET(self):\n        body = b'{{\"Browser\": \"HeadlessChrome/{version}\"}}'\n        self.send_response(200)\n        \
         self.send_header('Content-Length', str(len(body)))\n        self.end_headers()\n        self.wfile.write(body)\n    \
         def log_message(self, *_):\n        pass\nserver = http.server.HTTPServer(('127.0.0.1', 0), Handler)\n\
         print(f'DevTools listening on ws://127.0.0.1:{{server.server_port}}/devtools', file=sys.stderr, flush=True)\n\
         server.serve_forever()\n"
    )
}

/// A machine whose npm has the package with a browser of this version.
fn machine(version: &str) -> Machine {
    let machine = Machine::new().with("node", "shift 3; cat \"$1\" > \"$2\"");
    let folder = machine.folder.path().to_owned();
    fs::write(folder.join("browser"), browser(version)).unwrap();
    let script = "import base64, hashlib, io, sys, tarfile\nfolder = sys.argv[1]\n\
        libraries = io.BytesIO()\ntarfile.open(fileobj=libraries, mode='w').close()\n\
        with tarfile.open(folder + '/package.tgz', 'w:gz') as package:\n    \
        package.add(folder + '/browser', 'package/bin/chromium.br')\n    \
        member = tarfile.TarInfo('package/bin/swiftshader.tar.br')\n    member.size = len(libraries.getvalue())\n    \
        package.addfile(member, io.BytesIO(libraries.getvalue()))\n\
        print('sha512-' + base64.b64encode(hashlib.sha512(open(folder + '/package.tgz', 'rb').read()).digest()).decode())";
    let made = python(script, &[&folder.display().to_string()]);
    assert!(made.status.success(), "{made:?}");
    let integrity = String::from_utf8(made.stdout).unwrap();
    machine.with("npm", &npm(integrity.trim()))
}

fn npm(integrity: &str) -> String {
    format!(
        "case $1 in view) echo {integrity} ;; pack) cat \"${{0%/*}}/../package.tgz\" > \"$4/x.tgz\" ;; esac"
    )
}

fn folder(machine: &Machine) -> PathBuf {
    machine.folder.path().join("cache/tincan/releases")
}

#[test]
fn a_release_is_installed_only_if_it_is_the_one_that_was_pinned() {
    let machine = machine("126.0.6478.7");
    let (code, said) = machine.run("releases", &[PACKAGE]);
    assert_eq!(code, 0, "{said}");
    says(&said, &["a third party's rebuild", "Chromium 126.0.6478.7 is in", "1 build is in"]);
    let about =
        fs::read_to_string(folder(&machine).join(format!("chromium-{PACKAGE}/release.json"))).unwrap();
    says(&about, &["126.0.6478.7", "a third party's rebuild", "sha512-"]);
    let (code, said) = machine.run("releases", &[PACKAGE]);
    assert!(code == 0 && said.contains("already"), "{said}");
    // The hash of another file.
    let another = self::machine("126.0.6478.7").with("npm", &npm("sha512-AAAA"));
    refuses(&another, PACKAGE, "sha512-AAAA was awaited: it is not what was pinned");
    // A version that is pinned, of which npm brings something else.
    refuses(&self::machine("126.0.6478.7"), "126.0.0", "it is not what was pinned");
}

#[test]
fn a_release_that_cannot_be_had_says_why_and_nothing_is_left_of_it() {
    refuses(&machine("127.0.1.2"), PACKAGE, "the browser says that it is HeadlessChrome/127.0.1.2");
    let offline = "echo 'npm error code ENOTFOUND' >&2; exit 1";
    refuses(&machine("126.0.1.2").with("npm", offline), PACKAGE, "there seems to be no network");
    let broken = "echo 'no brotli' >&2; exit 1";
    refuses(
        &machine("126.0.1.2").with("node", broken),
        PACKAGE,
        "chromium.br could not be unpacked: no brotli",
    );
    let (code, said) = machine("126.0.1.2").without("npm").run("releases", &[PACKAGE]);
    assert!(code == 2 && said.contains("npm is missing, which fetches the builds"), "{said}");
    let (code, said) = machine("126.0.1.2").run("releases", &["latest"]);
    assert!(code == 2 && said.contains("'latest' is no version of"), "{said}");
}

#[track_caller]
fn refuses(machine: &Machine, version: &str, words: &str) {
    let (code, said) = machine.run("releases", &[version]);
    assert_eq!(code, 2, "{said}");
    says(&said, &[&format!("{version} was not installed"), words]);
    assert_eq!(fs::read_dir(folder(machine)).unwrap().count(), 0, "something is left");
}
