//! Pages other than the built-in one: a careless one that works, and others that are made of it.

mod by_page;
mod changed;
mod check;
mod record;
mod steps;
mod unasked;
mod working;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use libtest_mimic::Trial;
use tempfile::TempDir;
use tincan_harness::{Attempt, Deadlines, Wait, verdict::Outcome};
use tincan_peers::{Page, PageMap, Roster, RosterOptions};

pub use self::changed::SHOW_SDP;
use self::{
    changed::{BROKEN, Changed},
    steps::STEPS,
    unasked::UNASKED,
    working::WORKING,
};
use crate::{
    calls::{is_full, options, scenario},
    check, trial,
};

pub const VANILLA: &str = "chromium-to-chromium/vanilla/vp8/direct";
pub const TRICKLE: &str = "chromium-to-chromium/trickle/vp8/direct";

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = ON_TUTORIAL
        .into_iter()
        .map(|(name, outcome)| trial(format!("pages/tutorial/{name}"), move || tutorial(name, outcome)))
        .collect();
    let changed = || [BROKEN, WORKING, UNASKED, STEPS].into_iter().flatten();
    trials.extend(
        changed().map(|page| {
            trial(format!("pages/{}", page.name), move || comes_to(page, page.scenario.to_owned()))
        }),
    );
    let on_firefox = changed().filter(|page| is_full() || USUAL_ON_FIREFOX.contains(&page.name));
    trials.extend(KINDS.iter().flat_map(|(page, scenarios)| {
        let usual = scenarios.iter().filter(|name| is_full() || !name.contains("firefox"));
        usual.map(move |name| trial(format!("pages/{page}/{name}"), move || kind(page, name)))
    }));
    trials.extend(on_firefox.map(|page| {
        let scenario = page.scenario.replace("chromium", "firefox");
        trial(format!("pages/firefox/{}", page.name), move || comes_to(page, scenario))
    }));
    trials.extend(by_page::trials());
    trials.extend(check::trials());
    trials.extend(record::trials());
    trials
}

/// What is done on Firefox without `ci/test --full`: where what is heard and done goes another way than on Chromium.
const USUAL_ON_FIREFOX: [&str; 3] = [
    "a-script-that-throws-at-its-top-level",
    "a-page-that-loads-itself-anew",
    "dialogs-that-the-map-answers",
];

/// The folder of a careless page.
pub const TUTORIAL: &str = "fixtures/pages/tutorial";

/// What the tutorial page can do: vanilla, with every pair that has a browser in it.
const ON_TUTORIAL: [(&str, Outcome); 6] = [
    (VANILLA, Outcome::Passed),
    ("firefox-to-chromium/vanilla/vp8/direct", Outcome::Passed),
    ("chromium-to-firefox/vanilla/vp8/direct", Outcome::Passed),
    ("chromium-to-webrtc-rs/vanilla/vp8/direct", Outcome::Passed),
    ("webrtc-rs-to-chromium/vanilla/vp8/direct", Outcome::Passed),
    (TRICKLE, Outcome::Unsupported),
];

async fn tutorial(name: &str, outcome: Outcome) -> Result<(), String> {
    let attempt = attempt(&root().join(TUTORIAL), name).await?;
    check(attempt.verdict == outcome, || format!("{}: {:?}", attempt.verdict, attempt.reason))
}

/// Pages as people write them, each used step by step, and the calls that pass on it.
const KINDS: &[(&str, &[&str])] = &[
    (
        "host-and-guest",
        &[VANILLA, "chromium-to-webrtc-rs/vanilla/vp8/direct", "webrtc-rs-to-chromium/vanilla/vp8/direct"],
    ),
    (
        "prompts",
        &[VANILLA, "chromium-to-webrtc-rs/vanilla/vp8/direct", "firefox-to-firefox/vanilla/vp8/direct"],
    ),
    (
        "frames",
        &[VANILLA, "chromium-to-webrtc-rs/vanilla/vp8/direct", "firefox-to-firefox/vanilla/vp8/direct"],
    ),
    (
        "shadow",
        &[VANILLA, "webrtc-rs-to-chromium/vanilla/vp8/direct", "firefox-to-firefox/vanilla/vp8/direct"],
    ),
    ("link", &[VANILLA, "chromium-to-webrtc-rs/vanilla/vp8/direct", "firefox-to-firefox/vanilla/vp8/direct"]),
    (
        "candidate-array",
        &[TRICKLE, "chromium-to-webrtc-rs/trickle/vp8/direct", "webrtc-rs-to-chromium/trickle/vp8/direct"],
    ),
];

async fn kind(page: &str, name: &str) -> Result<(), String> {
    let attempt = attempt(&root().join("fixtures/pages").join(page), name).await?;
    check(attempt.verdict == Outcome::Passed, || format!("{}: {:?}", attempt.verdict, attempt.reason))
}

async fn comes_to(page: &Changed, scenario: String) -> Result<(), String> {
    let folder = copy(page.page)?;
    let file = folder.path().join(page.file);
    let mut text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    for (from, to) in page.replace {
        check(text.contains(from), || format!("{} does not hold {from:?} any more", page.file))?;
        text = text.replace(from, to);
    }
    fs::write(&file, text).map_err(|error| error.to_string())?;
    let map = folder.path().join("page.toml");
    let added = fs::read_to_string(&map).unwrap_or_default() + page.map;
    if !page.map.is_empty() {
        fs::write(&map, added).map_err(|error| error.to_string())?;
    }
    let attempt = attempt(folder.path(), &scenario).await?;
    let reason = attempt.reason.unwrap_or_default();
    check(attempt.verdict == page.outcome, || {
        format!("{}, not {}: {reason}", attempt.verdict, page.outcome)
    })?;
    let missing = page.words.iter().find(|words| !reason.contains(**words));
    missing.map_or(Ok(()), |words| Err(format!("the reason does not say {words:?}: {reason}")))
}

/// One attempt on the page in `folder`, with deadlines that a broken page does not take long to miss.
async fn attempt(folder: &Path, name: &str) -> Result<Attempt, String> {
    let map = folder.join("page.toml");
    let page_map = if map.exists() { PageMap::read(&map) } else { PageMap::built_in() };
    attempt_on(Page::Folder(folder.to_owned()), page_map.map_err(|error| error.to_string())?, name).await
}

/// The same on any page.
async fn attempt_on(page: Page, page_map: PageMap, name: &str) -> Result<Attempt, String> {
    let deadlines = Deadlines::default()
        .with(Wait::Ready, Duration::from_secs(5))
        .with(Wait::Description, Duration::from_secs(3))
        .with(Wait::Media, Duration::from_secs(4));
    let options = RosterOptions { page, page_map, deadlines, ..options() };
    let mut roster = Roster::new(options).await.map_err(|trouble| trouble.to_string())?;
    let attempt = roster.attempt(&scenario(name), 1).await;
    roster.close().await;
    Ok(attempt)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A copy of the folder `page`, to be changed.
pub fn copy(page: &str) -> Result<TempDir, String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(text)?;
    for entry in fs::read_dir(root().join(page)).map_err(text)? {
        let entry = entry.map_err(text)?;
        fs::copy(entry.path(), folder.path().join(entry.file_name())).map_err(text)?;
    }
    Ok(folder)
}
