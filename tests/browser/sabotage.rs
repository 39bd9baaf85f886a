//! The verdict on trial: every saboteur is killed, with the right reason, and nothing of it is left.

use std::{collections::HashSet, process::Command, time::Duration};

use libtest_mimic::Trial;
use serde_json::Value;
use tincan_harness::PeerId;
use tincan_peers::{Registry, Saboteur};

use crate::{calls::is_full, check, processes, trial};

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
/// The groups, each a trial of its own: the browsers stay warm within one.
const GROUPS: [&str; 7] = ["media", "sound", "data", "changes", "signalling", "ice", "world"];

/// Those that are tried on Firefox without `ci/test --full`: one on the page, one on the way, one on the browser.
const USUAL_ON_FIREFOX: [&str; 3] =
    ["media/own-camera-as-remote-video", "ice/candidates-to-a-dead-port", "world/tab-crashed"];

/// Those of changed calls that are tried without `ci/test --full`: one for each change, two for how candidates are handed over, and
/// three for calls in which not both sides send.
const USUAL_CHANGES: [&str; 16] = [
    "changes/ice-restart-by-offerer/restarts-nothing",
    "changes/add-audio-by-answerer/not-offered",
    "changes/add-data-by-offerer/rejected",
    "changes/hold-by-answerer/goes-on",
    "changes/remove-track-by-offerer/removes-nothing",
    "changes/replace-track-by-answerer/rejected",
    "changes/roll-back-by-offerer/takes-nothing-back",
    "changes/glare-by-offerer/does-not-give-way",
    "changes/close-channels-by-answerer/closes-all-but-one",
    "changes/hang-up-by-offerer/closes-nothing",
    "changes/candidates-without-end/waits-for-the-end",
    "changes/candidates-unusable/stops-at-the-first",
    "changes/only-offerer-sends/answered-as-inactive",
    "changes/only-answerer-sends/shows-its-own-camera",
    "nothing/offers-video",
    "changes/share-screen-by-offerer/shares-its-camera",
];

pub fn trials() -> Vec<Trial> {
    let mut all: Vec<_> = GROUPS.iter().map(|group| ("chromium", *group, chosen(group))).collect();
    if is_full() {
        all.extend(GROUPS.iter().map(|group| ("firefox", *group, vec![format!("{group}/*")])));
    } else {
        all.push(("firefox", "usual", USUAL_ON_FIREFOX.map(str::to_owned).into()));
    }
    let name = |browser: &str, group: &str| match browser {
        "chromium" => format!("sabotage/{group}"),
        _ => format!("sabotage/{browser}/{group}"),
    };
    all.into_iter()
        .map(|(browser, group, patterns)| {
            trial(name(browser, group), move || all_are_killed(browser, patterns))
        })
        .collect()
}

/// Which saboteurs of a group are tried on Chromium: without `ci/test --full` one for each stage and side that they break.
fn chosen(group: &str) -> Vec<String> {
    match group {
        "changes" if is_full() => ["changes/*", "nothing/*"].map(str::to_owned).into(),
        _ if is_full() => vec![format!("{group}/*")],
        "changes" => USUAL_CHANGES.map(str::to_owned).into(),
        _ => {
            let mut broken = HashSet::new();
            let saboteurs = tincan_peers::saboteurs_of(&Registry::built_in(), PeerId::literal("chromium"));
            let of_group = saboteurs
                .iter()
                .filter(|saboteur| saboteur.name.split_once('/').is_some_and(|(of, _)| of == group));
            let first = of_group.filter(|Saboteur { expected, .. }| {
                broken.insert((expected.outcome().to_string(), expected.stage(), expected.side()))
            });
            first.map(|saboteur| saboteur.name.to_owned()).collect()
        }
    }
}

async fn all_are_killed(browser: &'static str, patterns: Vec<String>) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let (temporary, out) = (tempfile::tempdir().map_err(text)?, tempfile::tempdir().map_err(text)?);
    let output = Command::new(TINCAN)
        .args(["sabotage", "--on", browser])
        .args(&patterns)
        .arg("--out")
        .arg(out.path())
        .env("TMPDIR", temporary.path())
        .output()
        .map_err(text)?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    check(output.status.code() == Some(0), || said.clone())?;
    let written = std::fs::read_to_string(out.path().join("sabotage.json")).map_err(text)?;
    let written: Value = serde_json::from_str(&written).map_err(|error| error.to_string())?;
    let all = tincan_peers::saboteurs_of(&Registry::built_in(), PeerId::literal(browser));
    let is_planned = |name: &str| {
        let is_meant = |pattern: &String| match pattern.strip_suffix('*') {
            Some(group) => name.starts_with(group),
            // A plain part of a name means each that has it.
            None => name.contains(pattern.as_str()),
        };
        patterns.iter().any(is_meant)
    };
    let planned = all.iter().filter(|saboteur| is_planned(saboteur.name)).count();
    check(planned > 0, || format!("{patterns:?} means none"))?;
    check(written["trials"].as_array().is_some_and(|trials| trials.len() == planned), || {
        format!("{planned} saboteurs were to be tried: {said}")
    })?;
    processes::all_end(&[], temporary.path(), Duration::ZERO)
}
