//! What a process must be allowed to do before it can make namespaces.

use std::{fs, io, process};

use nix::sched::{CloneFlags, unshare};
use rustix::thread::{CapabilitySet, capabilities, configure_capability_in_ambient_set, set_capabilities};

use super::error::LabError;

/// What making and entering namespaces, setting up interfaces and moving packets takes (capabilities(7)).
const NEEDED: CapabilitySet =
    CapabilitySet::SYS_ADMIN.union(CapabilitySet::NET_ADMIN).union(CapabilitySet::NET_RAW);

/// Where the kernel says how many user namespaces a user may have (namespaces(7)).
const MOST_USER_NAMESPACES: &str = "/proc/sys/user/max_user_namespaces";
/// Where it says how many network namespaces.
const MOST_NETWORK_NAMESPACES: &str = "/proc/sys/user/max_net_namespaces";
/// Debian's switch.
const USER_NAMESPACES_ALLOWED: &str = "/proc/sys/kernel/unprivileged_userns_clone";
/// Ubuntu's switch: where it is 1, a user namespace can be made but has no rights.
const USER_NAMESPACES_RESTRICTED: &str = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

/// Lets an ordinary user's process make network namespaces: it enters a user namespace of its own, in which it has all
/// rights over what it makes there, and none beyond what it had outside. User and group stay what they are. For root
/// this does nothing.
///
/// The kernel lets only a process with a single thread enter a user namespace, so this comes first of all in `main`. From
/// then on supplementary groups are without effect, and set-user-ID programs such as `sudo` do not work below it: call it
/// only if a network is going to be made. Programs that are started do not inherit the rights.
///
/// # Errors
/// [`LabError::Forbidden`] if the machine does not allow it, or threads run already.
pub fn enter() -> Result<(), LabError> {
    if is_allowed() {
        return Ok(());
    }
    let user = rustix::process::getuid().as_raw();
    let group = rustix::process::getgid().as_raw();
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|errno| forbidden(errno.into()))?;
    // A group can be mapped only by a process that has given up setgroups(2) (user_namespaces(7)).
    let maps = [
        ("setgroups", "deny".to_owned()),
        ("uid_map", format!("{user} {user} 1")),
        ("gid_map", format!("{group} {group} 1")),
    ];
    for (map, content) in maps {
        fs::write(format!("/proc/self/{map}"), content).map_err(forbidden)?;
    }
    Ok(())
}

/// Whether this thread may do all that is needed.
pub(super) fn is_allowed() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(NEEDED))
}

fn forbidden(source: io::Error) -> LabError {
    LabError::Forbidden { what: "user namespace", remedy: remedy(), source }
}

/// What the user can do where making namespaces is not permitted.
pub(super) fn remedy() -> String {
    let says = |path, bad| fs::read_to_string(path).is_ok_and(|text| text.trim() == bad);
    let switch = [
        (MOST_USER_NAMESPACES, "0", "a number above 0"),
        (MOST_NETWORK_NAMESPACES, "0", "a number above 0"),
        (USER_NAMESPACES_ALLOWED, "0", "1"),
        (USER_NAMESPACES_RESTRICTED, "1", "0"),
    ];
    let found = switch.iter().find(|(path, bad, _)| says(*path, *bad));
    match found {
        Some((path, bad, good)) => {
            format!("{path} is {bad}: run as root, or have it set to {good}")
        }
        None if process_has_threads() => {
            "a process that runs threads already cannot enter a user namespace: run as root".to_owned()
        }
        None => "run as root, or in a container that may make user namespaces (the seccomp profile, or \
                 CAP_SYS_ADMIN and CAP_NET_ADMIN)"
            .to_owned(),
    }
}

fn process_has_threads() -> bool {
    let tasks = format!("/proc/{}/task", process::id());
    fs::read_dir(tasks).is_ok_and(|tasks| tasks.count() > 1)
}

/// Lets the programs that this thread starts administrate networks. Those of root may anyway; others lose all rights when
/// they are executed, but for the ambient ones (capabilities(7)).
pub(super) fn hand_down_network_rights() -> io::Result<()> {
    let mut sets = capabilities(None)?;
    sets.inheritable |= CapabilitySet::NET_ADMIN;
    set_capabilities(None, sets)?;
    configure_capability_in_ambient_set(CapabilitySet::NET_ADMIN, true)?;
    Ok(())
}
