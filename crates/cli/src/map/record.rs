//! `tincan map record`: a person makes one call by hand, and its page map is written down and tried.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use tincan_harness::verdict::Outcome;
use tincan_peers::{RecordedMap, Recording, RosterOptions};
use tokio::runtime;

use super::check::{DEFAULT, try_map};
use crate::{args::MapRecordArgs, print, stop::Stop};

/// What the map is called, and others that are made later.
const FILE: &str = "page";

/// Has a person make a call, writes the map of it, tries that, and answers what became of the call.
pub fn record(args: MapRecordArgs) -> anyhow::Result<Outcome> {
    if args.browser.firefox.is_some() {
        bail!(
            "a call is recorded in Chromium alone; leave out --firefox: the map that comes of it is for every browser"
        );
    }
    if !args.headless && !has_display() {
        bail!(
            "there is no display on which windows could be shown: neither DISPLAY nor WAYLAND_DISPLAY is set\n  \
             hint: run it on a desktop, or on a virtual one (xvfb-run tincan map record ..., and a VNC server to see it); \
             with --headless there are no windows, for who drives the browsers by a programme"
        );
    }
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let recorded = runtime.block_on(call(&args))?;
    drop(runtime);
    let folder = args.out.clone().unwrap_or_else(|| DEFAULT.into());
    let file = write(&recorded, &folder)?;
    let mut browser = args.browser.options(false, false);
    browser.accept_certificate = args.accept_certificate;
    let page = args.page.clone();
    // As whoever uses it later reads it.
    let map = page.map(Some(&file))?.map;
    print::to_stdout("\nThe map is tried now, without windows:\n\n")?;
    let outcome = try_map(RosterOptions::new(page, map, browser), None, &folder)?;
    let holds = if outcome == Outcome::Passed {
        "The map holds"
    } else {
        "The map does not hold: mend the step that is marked"
    };
    let option = format!("--page {} --page-map {}", args.page, file.display());
    print::to_stdout(&format!("\n{holds}. To try it again: tincan map check {option}\n"))?;
    Ok(outcome)
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Opens the windows, waits until the call was made, or whoever makes it has seen enough, and makes the map.
async fn call(args: &MapRecordArgs) -> anyhow::Result<RecordedMap> {
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let mut browser = args.browser.clone().options(!args.headless, false);
    browser.accept_certificate = args.accept_certificate;
    let mut recording = tokio::select! {
        biased;
        () = stop.ordered() => bail!("interrupted"),
        begun = Recording::begin(&args.page, &args.open, browser) => begun?,
    };
    print::to_stdout(&guide(recording.urls(), args.headless))?;
    let called = tokio::select! {
        biased;
        () = stop.ordered_or_entered() => Ok(()),
        called = recording.until_called() => called,
    };
    match called {
        Ok(()) => Ok(recording.finish().await?),
        Err(trouble) => {
            recording.close().await;
            Err(trouble.into())
        }
    }
}

fn guide([first, second]: &[String; 2], headless: bool) -> String {
    let what = if headless { "Two browsers without windows are" } else { "Two windows are" };
    let place = if first == second { first.clone() } else { format!("{first} and at {second}") };
    format!(
        "{what} open, at {place}\n\n\
         Make one call by hand: press what has to be pressed, copy what one window shows and paste it into the\n\
         other, and the answer back. It ends by itself when each window plays the video of the other one; Enter\n\
         or Ctrl-C ends it before that.\n\n"
    )
}

/// Writes the map into `folder`, beside those that are there.
fn write(recorded: &RecordedMap, folder: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make the folder {}", folder.display()))?;
    let names = (1_u32..)
        .map(|number| if number == 1 { format!("{FILE}.toml") } else { format!("{FILE}-{number}.toml") });
    let file = names.map(|name| folder.join(name)).find(|file| !file.exists()).unwrap_or_default();
    fs::write(&file, &recorded.text).with_context(|| format!("failed to write {}", file.display()))?;
    let mut said = format!("{}\nwritten to {}\n", recorded.text, file.display());
    let count = recorded.guesses.len();
    if count > 0 {
        said += &format!(
            "{count} of what stands in it {} guessed, and marked so: review it\n",
            if count == 1 { "is" } else { "are" }
        );
    }
    print::to_stdout(&said)?;
    Ok(file)
}
