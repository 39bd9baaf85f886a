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
    let mut trials = vec![trial("pages/tutorial", on_tutorial)];
    let changed = || [BROKEN, WORKING, UNASKED, STEPS].into_iter().flatten();
    trials.extend(apart(changed()));
    for (what, pages) in [("broken", BROKEN), ("working", WORKING), ("unasked", UNASKED)] {
        let together: Vec<_> = pages.iter().filter(|page| page.is_like_the_tutorial()).collect();
        let groups = together.chunks(OF_ONE_TRIAL).map(<[_]>::to_vec).enumerate();
        trials.extend(
            groups.map(|(n, pages)| trial(format!("pages/{what}/{}", n + 1), move || come_to(pages))),
        );
    }
    trials.extend(KINDS.iter().map(|(page, scenarios)| {
        let usual = scenarios.iter().filter(|name| is_full() || !name.contains("firefox")).copied();
        let usual: Vec<_> = usual.collect();
        trial(format!("pages/{page}"), move || kind(page, usual))
    }));
    let on_firefox = changed().filter(|page| is_full() || USUAL_ON_FIREFOX.contains(&page.name));
    trials.extend(on_firefox.map(|page| {
        let scenario = page.scenario.replace("chromium", "firefox");
        trial(format!("pages/firefox/{}", page.name), move || comes_to_alone(page, scenario))
    }));
    trials.extend(by_page::trials());
    trials.extend(check::trials());
    trials.extend(record::trials());
    trials
}

/// Those of which each needs browsers of its own, since its map is another one.
fn apart(changed: impl Iterator<Item = &'static Changed>) -> impl Iterator<Item = Trial> {
    changed.filter(|page| !page.is_like_the_tutorial()).map(|page| {
        trial(format!("pages/{}", page.name), move || comes_to_alone(page, page.scenario.to_owned()))
    })
}

/// So many pages are opened in the same browsers, one after the other: to start them takes as long as a call.
const OF_ONE_TRIAL: usize = 8;

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

async fn on_tutorial() -> Result<(), String> {
    let mut opened = Opened::folder(&root().join(TUTORIAL)).await?;
    let mut wrong = Vec::new();
    for (name, outcome) in ON_TUTORIAL {
        let Attempt { verdict, reason, .. } = opened.attempt(name).await;
        wrong.extend((verdict != outcome).then(|| format!("{name}: {verdict}: {reason:?}")));
    }
    opened.close(wrong).await
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

async fn kind(page: &str, scenarios: Vec<&str>) -> Result<(), String> {
    let mut opened = Opened::folder(&root().join("fixtures/pages").join(page)).await?;
    let mut wrong = Vec::new();
    for name in scenarios {
        let Attempt { verdict, reason, .. } = opened.attempt(name).await;
        wrong.extend((verdict != Outcome::Passed).then(|| format!("{name}: {verdict}: {reason:?}")));
    }
    opened.close(wrong).await
}

/// Pages that differ from the tutorial in what they do alone, one after the other in the same browsers.
async fn come_to(pages: Vec<&Changed>) -> Result<(), String> {
    let folder = copy(TUTORIAL)?;
    let mut opened = Opened::folder(folder.path()).await?;
    let mut wrong = Vec::new();
    for page in pages {
        page.write(folder.path())?;
        let attempt = opened.attempt(page.scenario).await;
        wrong.extend(page.misses(&attempt).map(|why| format!("{}: {why}", page.name)));
    }
    opened.close(wrong).await
}

async fn comes_to_alone(page: &Changed, scenario: String) -> Result<(), String> {
    let folder = copy(page.page)?;
    page.write(folder.path())?;
    let mut opened = Opened::folder(folder.path()).await?;
    let attempt = opened.attempt(&scenario).await;
    opened.close(page.misses(&attempt).into_iter().collect()).await
}

/// A page that is opened in call after call, with deadlines that a broken page does not take long to miss.
struct Opened(Roster);

impl Opened {
    async fn folder(folder: &Path) -> Result<Self, String> {
        let map = folder.join("page.toml");
        let page_map = if map.exists() { PageMap::read(&map) } else { PageMap::built_in() };
        Self::page(Page::Folder(folder.to_owned()), page_map.map_err(|error| error.to_string())?).await
    }

    async fn page(page: Page, page_map: PageMap) -> Result<Self, String> {
        let deadlines = Deadlines::default()
            .with(Wait::Ready, Duration::from_secs(5))
            .with(Wait::Description, Duration::from_secs(3))
            .with(Wait::Media, Duration::from_secs(4));
        let options = RosterOptions { page, page_map, deadlines, ..options() };
        Ok(Self(Roster::new(options).await.map_err(|trouble| trouble.to_string())?))
    }

    async fn attempt(&mut self, name: &str) -> Attempt {
        self.0.attempt(&scenario(name), 1).await
    }

    /// Ends the browsers, and says all that was wrong.
    async fn close(self, wrong: Vec<String>) -> Result<(), String> {
        self.0.close().await;
        check(wrong.is_empty(), || wrong.join("\n"))
    }
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
