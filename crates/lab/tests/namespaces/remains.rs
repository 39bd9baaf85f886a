//! What is left of a network: nothing, however its maker ends. The makers are children: this executable once more.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};
use tincan_lab::namespaces::{Lab, Line, Namespace, PortForward, Topology, enter};

use crate::{Named, reason, sockets::make, this_executable};

pub const TRIALS: &[Named] = &[
    ("remains/nothing-after-drop", nothing_after_drop),
    ("remains/nothing-after-sigkill", nothing_after_sigkill),
    ("remains/the-living-are-seen", the_living_are_seen),
];

/// Everything that a network can have: a line, rules, a port forward, a process inside.
struct Whole {
    _lab: Lab,
    _forward: PortForward,
    inside: Child,
}

impl Whole {
    fn make() -> Self {
        let offerer_line = Line { loss: 0.1, ..Line::default() };
        let lab = make(&Topology { offerer_line, ..Topology::home_nat() });
        let outside = Namespace::current().unwrap();
        let any_port = "127.0.0.1:0".parse().unwrap();
        let port_forward = PortForward::open((&outside, any_port), (lab.offerer(), any_port)).unwrap();
        // It reads until the pipe is closed, by whatever end of this process.
        let inside = lab.offerer().spawn(Command::new("cat").stdin(Stdio::piped())).unwrap();
        Self { _lab: lab, _forward: port_forward, inside }
    }

    fn end(mut self) {
        drop(self.inside.stdin.take());
        self.inside.wait().unwrap();
    }
}

/// For a child: says the process and the namespaces that were made, and waits to be ended.
pub fn make_and_wait(dropped: bool) {
    enter().unwrap_or_else(|error| panic!("failed to {error}"));
    let whole = Whole::make();
    let inodes: Vec<String> = held_by_this_process().iter().map(u64::to_string).collect();
    let inside = whole.inside.id();
    let kept = if dropped {
        whole.end();
        None
    } else {
        Some(whole)
    };
    println!("{inside} {}", inodes.join(" "));
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    if let Some(whole) = kept {
        whole.end();
    }
}

/// A child that plays a part.
struct Maker {
    child: Child,
    /// The process that it started inside.
    inside: Pid,
    inodes: Vec<u64>,
    /// A variable in the environment of the child, and of whatever it starts.
    mark: String,
}

impl Maker {
    fn start(part: &str) -> Self {
        static MAKERS: AtomicU32 = AtomicU32::new(0);
        let number = MAKERS.fetch_add(1, Ordering::Relaxed);
        let (name, value) = ("TINCAN_LAB_MAKER", format!("{} {number}", process::id()));
        let mut command = this_executable(part);
        let mut child = command.env(name, &value).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            panic!("{}", reason(&child.wait_with_output().unwrap().stderr));
        }
        let mut numbers = line.split_whitespace().map(|number| number.parse::<u64>().unwrap());
        let inside = Pid::from_raw(i32::try_from(numbers.next().unwrap()).unwrap()).unwrap();
        Self { child, inside, inodes: numbers.collect(), mark: format!("{name}={value}") }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Each place where a process shows a namespace that it holds, with the number of that: of its threads, and of its
/// descriptors.
fn held_by(process: &Path) -> Vec<(PathBuf, u64)> {
    let places = entries(&process.join("task")).into_iter().flat_map(|thread| {
        let mut places = entries(&thread.join("fd"));
        places.push(thread.join("ns/net"));
        places
    });
    let number = |place: &PathBuf| {
        let link = fs::read_link(place).ok()?;
        link.to_str()?.strip_prefix("net:[")?.strip_suffix(']')?.parse().ok()
    };
    places.filter_map(|place| Some((number(&place)?, place))).map(|(number, place)| (place, number)).collect()
}

/// The namespaces that this process holds, but for the one outside.
fn held_by_this_process() -> BTreeSet<u64> {
    let outside = Namespace::current().unwrap().inode().unwrap();
    let held = held_by(Path::new("/proc/self")).into_iter().map(|(_, number)| number);
    held.filter(|number| *number != outside).collect()
}

/// What holds one of the maker's namespaces: in the maker, and in whatever it started. The number of a namespace that is
/// gone may be that of a new one, made by somebody else.
fn holders(maker: &Maker) -> Vec<PathBuf> {
    let held = processes_of(maker).into_iter().flat_map(|process| held_by(&process));
    held.filter(|(_, number)| maker.inodes.contains(number)).map(|(place, _)| place).collect()
}

/// The maker, and the processes that it started, which have inherited its mark.
fn processes_of(maker: &Maker) -> Vec<PathBuf> {
    let marked = |process: &PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == maker.mark.as_bytes())
    };
    entries(Path::new("/proc")).into_iter().filter(marked).collect()
}

fn nothing_after_drop() {
    let mut maker = Maker::start("drop");
    assert_eq!(maker.inodes.len(), 7, "two peers, two gateways, the core, the server and a line");
    assert_eq!(holders(&maker), Vec::<PathBuf>::new());
    drop(maker.child.stdin.take());
    assert!(maker.child.wait().unwrap().success());
}

fn nothing_after_sigkill() {
    let mut maker = Maker::start("stay");
    let inside = pidfd_open(maker.inside, PidfdFlags::empty()).unwrap();
    maker.child.kill().unwrap();
    maker.child.wait().unwrap();
    poll(&mut [PollFd::new(&inside, PollFlags::IN)], None).unwrap();
    assert_eq!(processes_of(&maker), Vec::<PathBuf>::new());
    assert_eq!(holders(&maker), Vec::<PathBuf>::new());
}

/// The look that finds nothing after the end finds something before it.
fn the_living_are_seen() {
    let mut maker = Maker::start("stay");
    let found = holders(&maker);
    let process = format!("/proc/{}/task/{0}/ns/net", maker.inside.as_raw_nonzero());
    assert!(found.contains(&PathBuf::from(process)), "{found:?}");
    assert_eq!(processes_of(&maker).len(), 2, "the maker, and what runs inside");
    drop(maker.child.stdin.take());
    assert!(maker.child.wait().unwrap().success());
}
