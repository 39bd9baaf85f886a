//! Whether the system calls of pages are filtered, as the kernel says.

use std::fs;

use rustix::process::Pid;

use crate::warden;

/// Whether a process that runs pages, below `root`, has its system calls filtered (`Seccomp: 2`, proc(5)), which is the inner
/// layer of a browser's sandbox; none if there is none. Its command line holds `mark`.
pub(super) fn has_sandbox(root: Pid, mark: &str) -> Option<bool> {
    let filtered = |pid: Pid| {
        let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap_or_default();
        status.lines().any(|line| line.strip_prefix("Seccomp:").is_some_and(|mode| mode.trim() == "2"))
    };
    let below = warden::commands_below(root).into_iter();
    let of_pages = below.filter(|(_, command)| command.contains(mark));
    // Another one, just made for a page to come, is not filtered yet.
    of_pages.map(|(pid, _)| filtered(pid)).reduce(|one, other| one || other)
}
