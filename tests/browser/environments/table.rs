//! The machines, each with the verdict that is right.

use tincan_harness::verdict::Outcome::{Errored, Passed};

use super::{Environment, LaunchRequest, Own};

pub const BROWSER: LaunchRequest = LaunchRequest::Call("chromium-to-webrtc-rs/trickle/vp8/direct");
pub const BROWSERS: LaunchRequest = LaunchRequest::Call("chromium-to-chromium/trickle/vp8/direct");
pub const RUST: LaunchRequest = LaunchRequest::Call("webrtc-rs-to-webrtc-rs/trickle/vp8/direct");

/// Where nothing is the matter, and a pattern for the others.
pub const WELL: Environment = Environment {
    name: "well",
    own: &[],
    setup: "",
    asked: BROWSER,
    outcome: Passed,
    may_pass: false,
    words: &[],
    never: &[],
    within_s: 10,
};

pub const MACHINES: &[Environment] = &[
    Environment {
        name: "a-dead-proxy",
        setup: "export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 all_proxy=socks5://127.0.0.1:9
            export HTTP_PROXY=$http_proxy HTTPS_PROXY=$http_proxy ALL_PROXY=$all_proxy no_proxy= NO_PROXY=",
        ..WELL
    },
    Environment {
        name: "a-long-tmpdir",
        setup: "export TMPDIR=$T/$(printf 'x%.0s' $(seq 120)); mkdir $TMPDIR",
        ..WELL
    },
    Environment {
        name: "a-read-only-tmpdir",
        own: &[Own::Mounts],
        setup: "mount -t tmpfs -o ro none $TMPDIR",
        outcome: Errored,
        words: &["failed to make the browser's folder", "Read-only file system", "TMPDIR"],
        ..WELL
    },
    Environment {
        name: "a-full-tmpdir",
        own: &[Own::Mounts],
        setup: "mount -t tmpfs -o size=1m none $TMPDIR",
        outcome: Errored,
        words: &["failed to write the camera's clip", "No space left on device", "30 MB"],
        ..WELL
    },
    Environment {
        name: "a-tmpdir-that-is-gone",
        setup: "export TMPDIR=$T/gone",
        outcome: Errored,
        words: &["failed to make the browser's folder", "No such file", "TMPDIR"],
        ..WELL
    },
    Environment {
        name: "a-tmpdir-that-executes-nothing",
        own: &[Own::Mounts],
        setup: "mount -t tmpfs -o noexec none $TMPDIR",
        ..WELL
    },
    Environment {
        name: "a-read-only-dev-shm",
        own: &[Own::Mounts],
        setup: "mount -t tmpfs -o ro none /dev/shm",
        ..WELL
    },
    Environment {
        name: "a-tiny-dev-shm",
        own: &[Own::Mounts],
        setup: "mount -t tmpfs -o size=64k none /dev/shm",
        ..WELL
    },
    Environment {
        name: "user-65534-without-a-home",
        own: &[Own::User],
        setup: "unset HOME",
        ..WELL
    },
    Environment { name: "a-home-that-cannot-be-written", setup: "export HOME=/proc", ..WELL },
    Environment {
        name: "no-sandbox-to-be-had",
        own: &[Own::UserWithoutNamespaces],
        outcome: Errored,
        words: &["failed to start the browser", "No usable sandbox!", "unprivileged user namespaces", "TINCAN_NO_SANDBOX=1"],
        ..WELL
    },
    Environment {
        name: "no-sandbox-and-none-wanted",
        own: &[Own::UserWithoutNamespaces],
        setup: "export TINCAN_NO_SANDBOX=1",
        ..WELL
    },
    Environment {
        // Where it dies varies, and in some places it dies without a word of its own.
        name: "few-descriptors",
        setup: "ulimit -n 64",
        outcome: Errored,
        words: &["offerer: failed to ", "ulimit -n"],
        within_s: 15,
        ..WELL
    },
    // The browser runs, and its network service does not: before, 30 s for each page.
    Environment {
        name: "descriptors-for-a-browser-without-a-network",
        setup: "ulimit -n 100",
        outcome: Errored,
        words: &["Network service crashed", "ulimit -n"],
        within_s: 15,
        ..WELL
    },
    Environment {
        name: "few-processes",
        own: &[Own::User],
        setup: "there=$(cat /proc/[0-9]*/task/*/status 2>/dev/null | grep -c \"^Uid:.$ORDINARY[[:space:]]\") || true
            prlimit --nproc=$((there + 40)) --pid $$",
        outcome: Errored,
        words: &["failed to start the browser", "pthread_create: Resource temporarily unavailable", "ulimit -u"],
        ..WELL
    },
    Environment {
        name: "a-clock-that-jumps",
        setup: "cc -shared -fPIC -o $T/clock.so $SOURCES/clock.c; export LD_PRELOAD=$T/clock.so",
        ..WELL
    },
    Environment { name: "no-standard-input", setup: "exec <&-", ..WELL },
    Environment { name: "no-standard-output", setup: "exec >&-", ..WELL },
    Environment { name: "no-standard-streams", setup: "exec <&- >&- 2>&-", ..WELL },
    Environment {
        name: "a-link-of-another-name",
        setup: "ln -s $BROWSER $T/chrome; export TINCAN_CHROMIUM=$T/chrome",
        ..WELL
    },
    Environment {
        name: "a-start-script-of-another-name",
        setup: "printf '#!/bin/sh\n\"%s\" \"$@\"\n' $BROWSER >$T/start; chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        ..WELL
    },
    // Before: 30 s.
    Environment {
        name: "a-start-script-that-outlives-its-browser",
        setup: "printf '#!/bin/sh\n[ $1 = --product-version ] && exec echo 156.0.1.1
            for n in 1 2 3 4 5 6; do echo \"[1:1:1126/104056.4:ERROR:a.cc:$n] error $n\" >&2; done
            echo \"[1:1:1126/104056.4:FATAL:chrome/browser/process_singleton_posix.cc:315] Socket path too long: /x\" >&2
            exec sh -c \"exec tail -f /dev/null\" \"$@\"\n' >$T/start
            chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &[
            "failed to start the browser: it has ended; no process of it is left",
            "browser said \"[1:1:1126/104056.4:FATAL:",
            "Socket path too long: /x / [1:1",
            "shorter path with TMPDIR",
        ],
        within_s: 5,
        ..WELL
    },
    // As a whole Chromium says it under the policy RemoteDebuggingAllowed. Before: 30 s.
    Environment {
        name: "a-policy-against-drivers",
        setup: "printf '#!/bin/sh\n[ $1 = --product-version ] && exec echo 156.0.1.1
            echo DevTools remote debugging is disallowed by the system admin. >&2\nexec tail -f /dev/null\n' >$T/start
            chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &["it cannot be driven", "disallowed by the system admin", "RemoteDebuggingAllowed"],
        ..WELL
    },
    Environment {
        name: "a-stub-that-says-what-to-install",
        setup: "printf '#!/bin/sh\necho requires the chromium snap: snap install chromium >&2\nexit 1\n' >$T/start
            chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &["failed to start the browser", "requires the chromium snap", "install what it says"],
        ..WELL
    },
    Environment {
        name: "a-stub-that-never-ends",
        setup: "printf '#!/bin/sh\nexec tail -f /dev/null\n' >$T/start; chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &["failed to start the browser", "did not end within 5 s"],
        ..WELL
    },
    Environment {
        name: "a-library-that-is-missing",
        setup: "printf '#!/bin/sh\necho \"$0: error while loading shared libraries: libnss3.so: cannot open shared object file\" \
            >&2; exit 127\n' >$T/start; chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &["failed to start the browser", "libnss3.so", "install the library that is named"],
        ..WELL
    },
    Environment {
        name: "a-browser-of-another-machine",
        setup: "printf '\\177ELF\\002\\001\\001' >$T/start; chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        outcome: Errored,
        words: &["failed to start the browser", "Exec format error", "--chromium"],
        ..WELL
    },
    Environment {
        name: "a-folder-as-browser",
        setup: "export TINCAN_CHROMIUM=$T",
        outcome: Errored,
        words: &["failed to find a browser", "--chromium"],
        ..WELL
    },
];
