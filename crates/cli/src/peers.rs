//! Who takes part: the peers of tincan, and the programs that were given on the command line or in `tincan.toml`.

use std::{collections::BTreeMap, fs, io, path::Path};

use anyhow::{Context, ensure};
use serde::Deserialize;
use tincan_harness::{Abilities, Catalogue, Profile, scenario::PeerId};
use tincan_peers::{ProgramSpec, Registry, registry};
use tokio::runtime;

use crate::args::PeersArgs;

/// The file in the folder where tincan runs.
const FILE: &str = "tincan.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    peers: BTreeMap<PeerId, Program>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    command: String,
}

/// Those who take part, each program of which was started once and asked what it can do.
///
/// # Errors
/// When `tincan.toml` cannot be read, a program cannot be asked, or there is no peer of a name that was given.
pub fn registry(args: &PeersArgs) -> anyhow::Result<Registry> {
    // Who is not to take part is not even started.
    let (mut builds, mut programs) = (args.builds.clone(), programs(args, Path::new(FILE))?);
    builds.retain(|build| is_wanted(build.name, args));
    programs.retain(|program| is_wanted(program.name, args));
    let built_in = Registry::built_in();
    let registry = match builds.is_empty() && programs.is_empty() {
        true => built_in,
        false => {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .context("failed to start")?
                .block_on(async { built_in.with_builds(builds).await?.with_programs(programs).await })?
        }
    };
    let catalogue = registry.catalogue();
    for name in &args.only {
        let known: Vec<_> = catalogue.profiles().iter().map(|profile| profile.id.to_string()).collect();
        ensure!(
            catalogue.profile(*name).is_some(),
            "there is no peer {:?}; the peers are {}",
            name.as_str(),
            known.join(", ")
        );
    }
    Ok(if args.only.is_empty() { registry } else { registry.only(&args.only) })
}

/// What could be called as far as names go, before anybody was asked.
pub fn by_name(args: &PeersArgs) -> Catalogue {
    let mut profiles = registry::catalogue().profiles().to_vec();
    // What is wrong with the file is said by whoever needs what is in it.
    let programs = programs(args, Path::new(FILE)).unwrap_or_default();
    let names = args.builds.iter().map(|build| build.name).chain(programs.iter().map(|program| program.name));
    profiles.extend(names.map(|name| Profile::new(name, Abilities::full())));
    profiles.retain(|profile| is_wanted(profile.id, args));
    Catalogue::new(profiles)
}

fn is_wanted(name: PeerId, args: &PeersArgs) -> bool {
    args.only.is_empty() || args.only.contains(&name)
}

/// The programs of `file`, if there is one, and of the command line, which come first where both have a name.
fn programs(args: &PeersArgs, file: &Path) -> anyhow::Result<Vec<ProgramSpec>> {
    let settings = match fs::read_to_string(file) {
        Ok(text) => {
            toml::from_str::<Settings>(&text).with_context(|| format!("{} cannot be used", file.display()))?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", file.display())),
    };
    let given = |name: &PeerId| args.programs.iter().any(|program| program.name == *name);
    let in_file = settings.peers.into_iter().filter(|(name, _)| !given(name));
    let in_file = in_file.map(|(name, Program { command })| ProgramSpec { name, command });
    Ok(args.programs.iter().cloned().chain(in_file).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, given: &[&str]) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join(FILE);
        fs::write(&file, text)?;
        let programs: Result<_, _> = given.iter().map(|spec| spec.parse()).collect();
        let args = PeersArgs { programs: programs?, ..PeersArgs::default() };
        Ok(super::programs(&args, &file)?
            .iter()
            .map(|spec| format!("{}={}", spec.name, spec.command))
            .collect())
    }

    #[test]
    fn the_command_line_comes_before_the_file() {
        let text = "[peers.a]\ncommand = \"./a\"\n[peers.b]\ncommand = \"./b\"\n";
        assert_eq!(read(text, &[]).unwrap(), ["a=./a", "b=./b"]);
        assert_eq!(read(text, &["b=./mine", "c=./c"]).unwrap(), ["b=./mine", "c=./c", "a=./a"]);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_which_line_is_wrong() {
        for (text, wrong) in [
            ("[peers.A]\ncommand = \"x\"", "is no name of a peer"),
            ("[peers.a]\ncomand = \"x\"", "unknown field `comand`"),
            ("[peers.a]", "missing field `command`"),
            ("[peer.a]", "unknown field `peer`"),
            ("peers", "line 1"),
        ] {
            let error = format!("{:#}", read(text, &[]).unwrap_err());
            assert!(error.contains(wrong) && error.contains(FILE), "{text}: {error}");
        }
    }

    #[test]
    fn without_a_file_there_are_those_of_the_command_line() {
        let none = programs(&PeersArgs::default(), Path::new("no such file"));
        assert_eq!(none.unwrap(), []);
    }
}
