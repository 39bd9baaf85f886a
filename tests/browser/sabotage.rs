//! The verdict on trial: every saboteur is killed, with the right reason, and nothing of it is left.

use std::{process::Command, time::Duration};

use libtest_mimic::Trial;
use serde_json::Value;

use crate::{check, processes, trial};

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
/// The groups, each a trial of its own: the browsers stay warm within one.
const GROUPS: [&str; 4] = ["media", "signalling", "ice", "world"];

pub fn trials() -> Vec<Trial> {
    GROUPS
        .into_iter()
        .map(|group| trial(format!("sabotage/{group}"), move || all_are_killed(group)))
        .collect()
}

async fn all_are_killed(group: &str) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let (temporary, out) = (tempfile::tempdir().map_err(text)?, tempfile::tempdir().map_err(text)?);
    let output = Command::new(TINCAN)
        .args(["sabotage", &format!("{group}/*"), "--out"])
        .arg(out.path())
        .env("TMPDIR", temporary.path())
        .output()
        .map_err(text)?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    check(output.status.code() == Some(0), || said.clone())?;
    let written = std::fs::read_to_string(out.path().join("sabotage.json")).map_err(text)?;
    let written: Value = serde_json::from_str(&written).map_err(|error| error.to_string())?;
    let planned =
        tincan_peers::saboteurs().iter().filter(|saboteur| saboteur.name.starts_with(group)).count();
    check(written["trials"].as_array().is_some_and(|trials| trials.len() == planned), || {
        format!("{planned} saboteurs were to be tried: {said}")
    })?;
    processes::all_end(&[], temporary.path(), Duration::ZERO)
}
