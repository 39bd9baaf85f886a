//! The processes of one run, told from all others by the folder for temporary files that it was given.

use std::{fs, path::Path, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};

/// A process of the run.
#[derive(Debug, Clone)]
pub struct Process {
    pub pid: Pid,
    pub command: String,
}

/// All processes in whose environment or command line `temporary` stands.
pub fn of_run(temporary: &Path) -> Vec<Process> {
    let mark = temporary.to_str().expect("temporary folders have plain names");
    let entries = fs::read_dir("/proc").expect("/proc is there").flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            let read = |name| {
                fs::read(entry.path().join(name)).ok().map(|b| String::from_utf8_lossy(&b).replace('\0', " "))
            };
            let command = read("cmdline")?;
            let marked = command.contains(mark)
                || read("environ").is_some_and(|environment| environment.contains(mark));
            (marked && !command.is_empty()).then_some(Process { pid, command })
        })
        .collect();
    found.sort_by_key(|process| process.pid.as_raw_nonzero());
    found
}

/// The first process of the run that is `wanted` by its command line.
pub fn find(temporary: &Path, wanted: impl Fn(&str) -> bool) -> Result<Pid, String> {
    let all = of_run(temporary);
    let found = all.iter().find(|process| wanted(&process.command));
    found.map(|process| process.pid).ok_or_else(|| format!("no such process among {all:?}"))
}

/// Waits, at most `limit` each, until these processes have ended; then nothing of the run may be left.
pub fn all_end(processes: &[Process], temporary: &Path, limit: Duration) -> Result<(), String> {
    for process in processes {
        // One that cannot be opened has ended already.
        let Ok(handle) = pidfd_open(process.pid, PidfdFlags::empty()) else { continue };
        let timeout = Timespec::try_from(limit).map_err(|error| error.to_string())?;
        let ended =
            poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&timeout)).map_err(|e| e.to_string())?;
        if ended == 0 {
            return Err(format!("still there after {limit:?}: {process:?}"));
        }
    }
    let left = of_run(temporary);
    if !left.is_empty() {
        return Err(format!("started meanwhile and left: {left:?}"));
    }
    let folders: Vec<_> = fs::read_dir(temporary).map_err(|error| error.to_string())?.flatten().collect();
    if folders.is_empty() { Ok(()) } else { Err(format!("folders are left: {folders:?}")) }
}
