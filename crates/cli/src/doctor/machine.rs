//! The machine: an interface to call over, the networks that it can make, room for the camera's clips, the sandbox, the video codec.

use std::{env, path::Path};

use nix::{
    ifaddrs::{InterfaceAddress, getifaddrs},
    net::if_::InterfaceFlags,
};
use rustix::{fs::statvfs, process::geteuid};
use tincan_harness::NetworkCondition;
use tincan_peers::impossible;

use super::Finding;

/// Two browsers, each with a clip of 30 MB and a profile of a few, and some to spare.
const ROOM: u64 = 100_000_000;

/// Is there an interface other than loopback? Browsers gather no candidates on loopback.
pub fn interface() -> Finding {
    let name = "interface";
    let cure = "bring up a network interface; in a container, do not take --network none";
    let usable: Vec<_> = match getifaddrs() {
        Ok(all) => all.filter(is_usable).filter_map(described).collect(),
        Err(error) => {
            return Finding::trouble(name, format!("the interfaces cannot be listed: {error}"), cure);
        }
    };
    if usable.is_empty() {
        return Finding::trouble(name, "none is up but loopback", cure);
    }
    Finding::well(name, usable.join(", "))
}

fn is_usable(interface: &InterfaceAddress) -> bool {
    interface.flags.contains(InterfaceFlags::IFF_UP)
        && !interface.flags.contains(InterfaceFlags::IFF_LOOPBACK)
}

/// Its name and address. Link-local addresses are no use: candidates have no zone.
fn described(interface: InterfaceAddress) -> Option<String> {
    let address = interface.address?;
    let v4 = address.as_sockaddr_in().map(|v4| v4.ip().to_string());
    let v6 = address.as_sockaddr_in6().map(nix::sys::socket::SockaddrIn6::ip);
    let v6 = v6.filter(|ip| !ip.is_unicast_link_local()).map(|ip| ip.to_string());
    v4.or(v6).map(|ip| format!("{} {ip}", interface.interface_name))
}

/// Which network conditions can be made? One that cannot is no trouble: calls over it are unsupported.
pub fn networks() -> Finding {
    let all = NetworkCondition::ALL.map(|network| (network, impossible(network)));
    let names = |made: bool| {
        let found = all.iter().filter(|(_, reason)| reason.is_none() == made);
        found.map(|(network, _)| network.to_string()).collect::<Vec<_>>().join(", ")
    };
    let found = match all.iter().find_map(|(_, reason)| reason.as_ref()) {
        None => names(true),
        Some(reason) => format!("{}; not {}: {reason}", names(true), names(false)),
    };
    Finding::well("networks", found)
}

/// May the camera be used? It plays a clip from the temporary folder.
pub fn camera() -> Finding {
    let (name, folder) = ("camera", env::temp_dir());
    match room_in(&folder) {
        Ok(room) if room < ROOM => {
            let found =
                format!("{} has {} MB left, its clips take {}", folder.display(), room >> 20, ROOM >> 20);
            Finding::trouble(name, found, "make room there, or name another folder with TMPDIR")
        }
        Ok(room) => Finding::well(name, format!("{} MB for its clips in {}", room >> 20, folder.display())),
        Err(error) => {
            let found = format!("{} cannot be written: {error}", folder.display());
            Finding::trouble(name, found, "name a folder that can be written with TMPDIR")
        }
    }
}

/// The bytes that this user may still write to a folder.
fn room_in(folder: &Path) -> std::io::Result<u64> {
    tempfile::tempfile_in(folder)?;
    let file_system = statvfs(folder)?;
    Ok(file_system.f_bavail.saturating_mul(file_system.f_frsize))
}

/// As root a browser does not start with its sandbox, so it is started without.
pub fn sandbox() -> Finding {
    let refused = env::var_os("TINCAN_NO_SANDBOX").is_some_and(|value| value == "1");
    Finding::well(
        "sandbox",
        match (geteuid().is_root(), refused) {
            (true, _) => "off, since this is root; another user would have it",
            (false, true) => "off, since TINCAN_NO_SANDBOX is 1",
            (false, false) => "on",
        },
    )
}

/// The library is loaded with this programme, which would not have started without it.
pub fn libvpx() -> Finding {
    Finding::well("libvpx", tincan_peers::libvpx_version())
}
