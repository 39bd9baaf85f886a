//! The networks, each with the verdict that is right; and the doctor's, who is asked about some of them.

use tincan_harness::verdict::Outcome::Errored;

use super::{
    Environment, LaunchRequest, Own,
    table::{BROWSERS, RUST, WELL},
};

const GATHER: &str = "failed to have the browser gather a candidate";

/// Each interface is one end of a pair, so that it has a carrier.
macro_rules! interface {
    ($then:literal) => {
        concat!(
            "ip link set lo up; ip link add e0 type veth peer name e1;",
            // No address that settles a second or two later, in the middle of a call.
            "ip link set e0 addrgenmode none up; ip link set e1 addrgenmode none up;",
            $then
        )
    };
}

pub const NETWORKS: &[Environment] = &[
    WELL,
    // Before: failed after 45 s, the page blamed.
    Environment {
        name: "loopback-alone",
        own: &[Own::Network],
        asked: BROWSERS,
        setup: "ip link set lo up",
        outcome: Errored,
        words: &[
            GATHER,
            "iceGatheringState: gathering",
            "interfaces: lo (up) 127.0.0.1",
            "no default route",
            "localhost is",
            "bring up a network interface",
        ],
        ..WELL
    },
    Environment {
        name: "no-interface-up",
        own: &[Own::Network],
        setup: "",
        outcome: Errored,
        words: &["failed to start the browser", "interfaces: lo (down)", "ip link set lo up"],
        ..WELL
    },
    Environment {
        name: "an-interface-without-an-address",
        own: &[Own::Network],
        setup: interface!(""),
        outcome: Errored,
        words: &[GATHER, "e0 (up)", "bring up a network interface"],
        ..WELL
    },
    Environment {
        name: "an-interface-that-is-down",
        own: &[Own::Network],
        setup: interface!("ip address add 192.0.2.1/24 dev e0; ip link set e0 down"),
        outcome: Errored,
        words: &[GATHER, "e0 (down) 192.0.2.1", "bring up a network interface"],
        ..WELL
    },
    Environment {
        name: "no-default-route",
        own: &[Own::Network],
        asked: BROWSERS,
        setup: interface!("ip address add 192.0.2.1/24 dev e0"),
        outcome: Errored,
        words: &[GATHER, "e0 (up) 192.0.2.1", "no default route", "ip route add default dev e0"],
        ..WELL
    },
    Environment {
        name: "a-default-route",
        own: &[Own::Network],
        setup: interface!("ip address add 192.0.2.1/24 dev e0; ip route add default dev e0"),
        ..WELL
    },
    Environment {
        name: "no-ipv4",
        own: &[Own::Network],
        setup: interface!("ip address add 2001:db8::1/64 dev e0 nodad; ip -6 route add default dev e0"),
        ..WELL
    },
    // The page is served, and a browser drops what it loads; a call is cut. Before: failed, the page or a peer blamed.
    Environment {
        name: "addresses-that-come-and-go",
        own: &[Own::Network],
        setup: interface!(
            "TINCAN=$$ env -u TMPDIR sh -c 'while kill -0 $TINCAN; do
                ip address add 192.0.2.1/24 dev e0; ip route add default dev e0; ip address del 192.0.2.1/24 dev e0
            done' </dev/null >/dev/null 2>&1 &"
        ),
        outcome: Errored,
        may_pass: true,
        words: &["addresses changed meanwhile", "when no interface comes or goes"],
        within_s: 30,
        ..WELL
    },
    // An address that was there all the time is enough, where its flags change: a browser drops what it loads.
    Environment {
        name: "an-address-that-does-not-settle",
        own: &[Own::Network],
        setup: interface!(
            "ip address add 192.0.2.1/24 dev e0; ip route add default dev e0; ip address add 2001:db8::1/64 dev e0 nodad;
            TINCAN=$$ env -u TMPDIR sh -c 'while kill -0 $TINCAN; do
                ip address change 2001:db8::1/64 dev e0 preferred_lft 0
                ip address change 2001:db8::1/64 dev e0 preferred_lft forever
            done' </dev/null >/dev/null 2>&1 &"
        ),
        outcome: Errored,
        may_pass: true,
        words: &["addresses changed meanwhile", "2001:db8::1 settled", "when no interface comes or goes"],
        within_s: 30,
        ..WELL
    },
    Environment {
        name: "rust-peers-need-no-browsers-network",
        own: &[Own::Network],
        setup: interface!("ip address add 192.0.2.1/24 dev e0"),
        asked: RUST,
        ..WELL
    },
    Environment {
        name: "rust-peers-on-loopback-alone",
        own: &[Own::Network],
        setup: "ip link set lo up",
        asked: RUST,
        ..WELL
    },
    Environment {
        name: "rust-peers-without-any-interface",
        own: &[Own::Network],
        setup: "",
        asked: RUST,
        outcome: Errored,
        words: &["failed to gather a candidate", "interfaces: lo (down)", "ip link set lo up"],
        ..WELL
    },
    Environment {
        name: "an-empty-etc-hosts",
        own: &[Own::Mounts],
        setup: "mount --bind /dev/null /etc/hosts",
        outcome: Errored,
        words: &["failed to start the browser", "localhost does not resolve", "`127.0.0.1 localhost` in /etc/hosts"],
        within_s: 15,
        ..WELL
    },
    Environment {
        name: "a-dns-server-that-is-not-there",
        own: &[Own::Mounts],
        setup: "echo nameserver 192.0.2.53 >$T/resolv.conf; mount --bind $T/resolv.conf /etc/resolv.conf;
            mount --bind /dev/null /etc/hosts",
        outcome: Errored,
        words: &["failed to start the browser", "localhost does not resolve", "`127.0.0.1 localhost` in /etc/hosts"],
        within_s: 15,
        ..WELL
    },
];

pub const DOCTORS: &[Environment] = &[
    Environment {
        name: "doctor-where-all-is-well",
        asked: LaunchRequest::Doctor,
        words: &[
            "ok       start: ",
            "ok       sandbox: o",
            "ok       gathering: candidate:",
            "ok       call between Rust peers: webrtc-rs-to-webrtc-rs/trickle/vp8/direct passed",
            "ok       call of a browser: chromium-to-webrtc-rs/trickle/vp8/direct passed",
            "ok       call between browsers: chromium-to-chromium/trickle/vp8/direct passed",
        ],
        never: &["trouble"],
        ..WELL
    },
    Environment {
        name: "doctor-with-a-sandbox",
        own: &[Own::User],
        setup: "unset HOME",
        asked: LaunchRequest::Doctor,
        words: &["ok       sandbox: on"],
        ..WELL
    },
    // Before: `ok  sandbox: on`.
    Environment {
        name: "doctor-without-a-sandbox",
        own: &[Own::UserWithoutNamespaces],
        asked: LaunchRequest::Doctor,
        outcome: Errored,
        words: &["trouble  start: failed to start the browser", "No usable sandbox!", "TINCAN_NO_SANDBOX=1", "not tried"],
        never: &["sandbox: on", "ok       call of a browser"],
        ..WELL
    },
    Environment {
        name: "doctor-without-a-network",
        own: &[Own::Network],
        setup: "ip link set lo up",
        asked: LaunchRequest::Doctor,
        outcome: Errored,
        words: &["trouble  interface: ", "trouble  gathering: ", "ok       start: ", "hint: bring up a network interface"],
        never: &["ok       call of a browser", "ok       call between browsers"],
        within_s: 20,
        ..WELL
    },
    Environment {
        name: "doctor-without-a-default-route",
        own: &[Own::Network],
        setup: interface!("ip address add 192.0.2.1/24 dev e0"),
        asked: LaunchRequest::Doctor,
        outcome: Errored,
        words: &["trouble  gathering: ", "ip route add default dev e0", "ok       call between Rust peers"],
        ..WELL
    },
    Environment {
        name: "doctor-with-a-browser-that-hangs",
        setup: "printf '#!/bin/sh\n[ $1 = --product-version ] && exec \"%s\" \"$@\"\nexec tail -f /dev/null\n' $BROWSER >$T/start
            chmod +x $T/start; export TINCAN_CHROMIUM=$T/start",
        asked: LaunchRequest::Doctor,
        outcome: Errored,
        words: &["trouble  start: failed to start the browser: no session within 10 s", "not tried, since", "ok       call between Rust"],
        within_s: 20,
        ..WELL
    },
];
