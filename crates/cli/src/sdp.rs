//! `tincan sdp`: what peers make of descriptions by themselves.

mod asking;
mod files;
mod progress;
mod set;
mod shrinking;
mod text;

use anyhow::{Context, ensure};
use tincan_harness::{HarnessError, PeerId, sdp::reaction::Reaction};
use tincan_output::Folder;
use tincan_peers::{BrowserOptions, Registry};
use tincan_report::sdp::{CheckedFile, FILE, LeftOut, SCHEMA_VERSION, SdpReport};
use tokio::runtime;

pub use self::{asking::Asked, shrinking::MOST_TRIED};
use self::{
    asking::ask_all,
    files::{Given, read},
};
use crate::{
    args::{SdpCheckArgs, SdpCommand},
    exit::Exit,
    peers, print,
    stop::Stop,
};

/// The name of the schema in the folder of `--out`.
const SCHEMA: &str = "sdp.schema.json";

/// Does what `command` says.
pub fn sdp(command: SdpCommand) -> anyhow::Result<Exit> {
    match command {
        SdpCommand::Check(args) => check(args),
        SdpCommand::Set(args) => set::write(&args.out),
    }
}

fn check(args: SdpCheckArgs) -> anyhow::Result<Exit> {
    let registry = peers::registry(&args.peers)?;
    let by_name: Vec<_> =
        args.peers.only.iter().copied().chain(args.peers.builds.iter().map(|build| build.name)).collect();
    let (asked, left_out) = who(&registry, &args.browser.options(false, false), &by_name)?;
    let Given { files, unreadable } = read(&args.files, args.kind);
    let folder = args.out.as_deref().map(Folder::take).transpose()?;
    let folder = folder.map(|taken| taken.context("another command writes into the folder of --out"));
    let folder = folder.transpose()?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let (checked, asked, interrupted) = runtime.block_on(async {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let (mut asked, mut checked) = ask_all(asked, &files, &stop).await?;
        if args.minimize && !stop.is_ordered() {
            let to = folder.as_ref().map(Folder::path);
            shrinking::shrink_all(&mut asked, &files, &mut checked, to, &stop).await?;
        }
        let mut peers = Vec::new();
        for asked in asked {
            peers.push(asked.end().await);
        }
        anyhow::Ok((checked, peers, stop.is_ordered()))
    })?;
    let tincan = env!("CARGO_PKG_VERSION").to_owned();
    let report = SdpReport {
        schema_version: SCHEMA_VERSION,
        tincan,
        peers: asked,
        left_out,
        files: checked,
        unreadable,
    };
    if let Some(folder) = &folder {
        folder.put(SCHEMA, &SdpReport::schema()?)?;
        folder.put(FILE, &report.to_json()?)?;
    }
    print::to_stdout(&if args.json { report.to_json()? } else { text::render(&report) })?;
    Ok(if interrupted { Exit::CouldNotAsk } else { exit(&report) })
}

/// Those who are asked, and those who are not on this machine.
///
/// # Errors
/// When one that was named is not, or nobody is.
pub fn who(
    registry: &Registry,
    options: &BrowserOptions,
    by_name: &[PeerId],
) -> Result<(Vec<Asked>, Vec<LeftOut>), anyhow::Error> {
    let (mut asked, mut left_out) = (Vec::new(), Vec::new());
    for name in registry.catalogue().profiles().iter().map(|profile| profile.id) {
        match registry.parser(name, options) {
            Ok(parser) => asked.push(Asked::new(name, parser)),
            Err(missing) if by_name.contains(&name) => return Err(missing.into()),
            Err(missing) => left_out.push(say_left_out(name, &missing)),
        }
    }
    ensure!(!asked.is_empty(), "nobody can be asked");
    Ok((asked, left_out))
}

fn say_left_out(name: PeerId, missing: &HarnessError) -> LeftOut {
    let hint = missing.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    let reason = format!("{}{hint}", missing.message);
    print::to_stderr(&format!("left out: {name}, since {reason}"));
    LeftOut { name, reason }
}

/// What could not be asked comes before what was answered.
fn exit(report: &SdpReport) -> Exit {
    let reactions = || report.files.iter().flat_map(|file| file.reactions.values());
    let is_unasked = |reaction: &Reaction| matches!(reaction, Reaction::Unasked { .. });
    let is_unanswered = |file: &CheckedFile| file.reactions.values().all(|reaction| reaction.way().is_none());
    match () {
        () if !report.unreadable.is_empty() || reactions().any(is_unasked) => Exit::CouldNotAsk,
        () if report.files.iter().any(is_unanswered) => Exit::CouldNotAsk,
        () if report.files.iter().any(|file| !file.agree) => Exit::SomeFailed,
        () => Exit::Well,
    }
}

#[cfg(test)]
mod tests;
