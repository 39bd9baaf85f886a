//! `tincan map check`: makes one call on a page, and says of each step of its map what it found.

use std::{fs, path::Path};

use anyhow::{Context, ensure};
use tincan_harness::{Attempt, Note, Role, Scenario, SignalingMode, verdict::Outcome};
use tincan_peers::{Roster, RosterOptions};
use tokio::runtime;

use crate::{args::MapCheckArgs, page, print, stop::Stop};

/// Where pictures go if nobody says where.
pub const DEFAULT: &str = "target/tincan-map";

/// Tries the map that `args` name, and answers what became of the call.
pub fn check(args: MapCheckArgs) -> anyhow::Result<Outcome> {
    let folder = args.out.unwrap_or_else(|| DEFAULT.into());
    let options = page::roster_options(args.driven, args.browser.options(args.headed, false))?;
    try_map(options, args.scenario, &folder)
}

/// Makes one call, that which is `named`, and says of each step of the map what it found, with pictures in `folder`.
pub fn try_map(mut options: RosterOptions, named: Option<String>, folder: &Path) -> anyhow::Result<Outcome> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make the folder {}", folder.display()))?;
    remove_old(folder)?;
    options.browser.step_pictures = Some(folder.to_owned());
    let scenario = choose(named, &options)?;
    print::to_stdout(&format!("{scenario} on the page {}\n", options.page_map.name))?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let attempt = runtime.block_on(call(options, &scenario))?;
    for role in Role::BOTH {
        print::to_stdout(&side(role, &attempt, folder))?;
    }
    print::to_stdout(&format!("\n{}\npictures: {}\n", outcome(&attempt), folder.display()))?;
    Ok(attempt.verdict)
}

/// The call that is named; else one between two of the first browser, in trickle if the page does it.
fn choose(named: Option<String>, options: &RosterOptions) -> anyhow::Result<Scenario> {
    let mode = match options.page_map.modes.contains(&SignalingMode::Trickle) {
        true => SignalingMode::Trickle,
        false => SignalingMode::Vanilla,
    };
    let pattern = named.unwrap_or_else(|| format!("chromium-to-chromium/{mode}/vp8/direct"));
    let chosen = options.registry.catalogue().select(std::slice::from_ref(&pattern))?;
    ensure!(chosen.len() == 1, "{pattern:?} means {} scenarios; name one (see `tincan list`)", chosen.len());
    Ok(chosen[0])
}

async fn call(options: RosterOptions, scenario: &Scenario) -> anyhow::Result<Attempt> {
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let mut roster = Roster::new(options).await?;
    let outcome = tokio::select! {
        biased;
        () = stop.ordered() => Err(anyhow::anyhow!("interrupted")),
        attempt = roster.attempt(scenario, 1) => Ok(attempt),
    };
    roster.close().await;
    outcome
}

/// Pictures of another try are none of this one.
fn remove_old(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let name = name.to_string_lossy();
        let is_ours =
            Role::BOTH.iter().any(|role| name.starts_with(&format!("{role}-"))) && name.ends_with(".png");
        if is_ours {
            fs::remove_file(&path).with_context(|| format!("failed to remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// A step of one side, as it was told last.
struct Told<'a> {
    number: u32,
    of: u32,
    what: &'a str,
    found: Option<&'a str>,
    at_ms: f64,
}

/// What became of the steps of `role`, a line each.
fn side(role: Role, attempt: &Attempt, folder: &Path) -> String {
    let mut steps: Vec<Told<'_>> = Vec::new();
    for note in attempt.notes.iter().filter(|note| note.peer == role) {
        if let Some(Note::Step { number, of, what, found }) = &note.note {
            steps.retain(|step| step.number != *number);
            steps.push(Told { number: *number, of: *of, what, found: found.as_deref(), at_ms: note.at_ms });
        }
    }
    let mut text = format!("\n{role}\n");
    let Some(last) = steps.last().map(|step| (step.number, step.of)) else {
        return text + "  no step was taken\n";
    };
    text.extend(steps.iter().map(|step| line(role, step, folder)));
    if last.0 < last.1 {
        text += &format!("  {}  {} more, not begun\n", print::sign(Outcome::Unsupported), last.1 - last.0);
    }
    text
}

fn line(role: Role, step: &Told<'_>, folder: &Path) -> String {
    let Told { number, of, what, found, at_ms } = step;
    let sign = print::sign(if found.is_some() { Outcome::Passed } else { Outcome::Failed });
    let picture = format!("{role}-{number}.png");
    let picture = if folder.join(&picture).exists() { format!(", {picture}") } else { String::new() };
    let found =
        found.map_or_else(|| "not taken".to_owned(), |found| format!("{found}, at {at_ms:.0} ms{picture}"));
    format!("  {sign}  {number} of {of}: {what}\n       {found}\n")
}

fn outcome(attempt: &Attempt) -> String {
    let reason = attempt.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", attempt.verdict)
}
