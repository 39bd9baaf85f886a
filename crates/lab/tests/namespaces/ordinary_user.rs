//! What an ordinary user can do, and is told. Tried in children: this executable once more.

use std::{fs, thread, time::Duration};

use rustix::{
    process::{DumpableBehavior, Gid, Uid, getuid, set_dumpable_behavior},
    thread::{CapabilitySet, CapabilitySets, set_capabilities, set_thread_gid, set_thread_uid},
};
use tincan_lab::namespaces::{Lab, Line, Topology, enter};

use crate::{
    Named, reason,
    sockets::{make, says_over_tcp, tcp_echo},
    this_executable,
};

pub const TRIALS: &[Named] = &[
    ("ordinary-user/can-make-all", can_make_all),
    ("ordinary-user/is-told-what-is-forbidden", is_told_what_is_forbidden),
];

/// Nobody, on Debian and elsewhere.
const NOBODY: u32 = 65_534;

fn can_make_all() {
    plays_well("make all");
}

fn is_told_what_is_forbidden() {
    plays_well("be forbidden");
}

fn plays_well(part: &str) {
    // Without the folders of the programs for root.
    let output = this_executable(part).env("PATH", "/usr/bin:/bin").output().unwrap();
    assert!(output.status.success(), "{}", reason(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "all is well\n");
}

/// Root becomes nobody; whoever else runs this is an ordinary user already.
fn become_ordinary() {
    if getuid().is_root() {
        set_thread_gid(Gid::from_raw(NOBODY)).unwrap();
        set_thread_uid(Uid::from_raw(NOBODY)).unwrap();
        // As after an exec: or the files of /proc/self would stay root's.
        set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
    }
}

/// For a child: makes one of each.
pub fn make_all() {
    become_ordinary();
    enter().unwrap_or_else(|error| panic!("failed to {error}"));
    let line = Line { delay: Duration::from_millis(1), ..Line::default() };
    let topologies =
        [Topology::symmetric_nat(), Topology::udp_dropped(), Topology::ipv6(), Topology::wire(line)];
    for topology in topologies {
        let lab = make(&topology);
        let (target, echo) = tcp_echo(lab.server(), (lab.addresses().server, 4000).into());
        says_over_tcp(lab.offerer(), target, b"hello");
        echo.join().unwrap();
    }
    assert!(!getuid().is_root());
    println!("all is well");
}

/// For a child: is forbidden one thing after the other, and looks at what it is told.
pub fn be_forbidden() {
    become_ordinary();
    let with_threads = thread::scope(|scope| scope.spawn(enter).join().unwrap()).unwrap_err().to_string();
    assert!(
        with_threads.contains("make a user namespace") && with_threads.contains("threads"),
        "{with_threads}"
    );
    let without = Lab::possible(&Topology::routed()).unwrap_err().to_string();
    assert!(without.starts_with("make a network namespace: "), "{without}");
    enter().unwrap();
    // These numbers are those of the user namespace that was just entered.
    for what in ["net", "user"] {
        fs::write(format!("/proc/sys/user/max_{what}_namespaces"), "0").unwrap();
    }
    let none_left = Lab::possible(&Topology::routed()).unwrap_err().to_string();
    assert!(none_left.contains("namespaces is 0: run as root"), "{none_left}");
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none }).unwrap();
    let none_left = enter().unwrap_err().to_string();
    assert!(none_left.contains("/proc/sys/user/max_user_namespaces is 0"), "{none_left}");
    println!("all is well");
}
