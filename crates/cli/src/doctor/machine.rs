//! The machine: an interface to call over, the networks that it can make, room for the camera's clips, the video codec.

use std::{env, path::Path};

use rustix::fs::statvfs;
use tincan_harness::NetworkCondition;
use tincan_peers::{impossible, interfaces::Interfaces};

use super::finding::Finding;

/// Two browsers, each with a clip of 30 MB and a profile of a few, and some to spare.
const ROOM: u64 = 100_000_000;

/// Is there an interface other than loopback? Browsers gather no candidates on loopback.
pub fn interface() -> Finding {
    let found = Interfaces::of_this_machine();
    let told = found.to_string();
    let told = told.strip_prefix("interfaces: ").unwrap_or(&told);
    match found.can_call() {
        true => Finding::well("interface", told),
        false => Finding::trouble("interface", told, found.hint().unwrap_or_default()),
    }
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

/// The libraries are loaded with this programme; those that were not there when it was built, it does without.
pub fn codecs() -> Finding {
    let versions = tincan_peers::codec_versions().into_iter().map(|(codec, version)| match version {
        Some(version) => format!("{codec} {version}"),
        None => format!("{codec} not built in"),
    });
    Finding::well("codecs", versions.collect::<Vec<_>>().join(", "))
}

/// So is this one.
pub fn libopus() -> Finding {
    Finding::well("libopus", tincan_peers::libopus_version())
}
