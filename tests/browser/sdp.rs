//! What every peer makes of tincan's own set of descriptions, held against what was recorded; and a tab that dies or stands still.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;
use tincan_tests::reactions::reactions;

use crate::{calls::is_full, check, endings::TINCAN, trial};

pub fn trials() -> Vec<Trial> {
    let fault = |name: &'static str, browser, fault, way| {
        trial(format!("sdp/{browser}/{name}"), move || a_fault(browser, fault, way))
    };
    let mut trials = vec![
        trial("sdp/the-set", the_set),
        fault("a-tab-that-crashes", "chromium", "panic", "crashes"),
        fault("a-tab-that-stands-still", "chromium", "loop", "hangs"),
    ];
    if is_full() {
        // Firefox 153.8 does not always say that the process of a tab was killed: then the tab is told as one that does not answer.
        trials.push(fault("a-tab-that-crashes", "firefox", "panic", "crashes or hangs"));
        trials.push(fault("a-tab-that-stands-still", "firefox", "loop", "hangs"));
    }
    trials
}

fn tincan(folder: &Path, args: &[&str]) -> Result<Output, String> {
    let mut command = Command::new(TINCAN);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command.output().map_err(|error| error.to_string())
}

fn folder() -> Result<TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

/// A tab that dies or stands still over a description is a finding, and the next one has another tab.
async fn a_fault(browser: &str, fault: &str, way: &str) -> Result<(), String> {
    let folder = folder()?;
    for (name, sdp) in [("fault.sdp", "v=0\r\ns=here\r\n"), ("other.sdp", "v=0\r\ns=there\r\n")] {
        fs::write(folder.path().join(name), sdp).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(TINCAN);
    command.args(["sdp", "check", "fault.sdp", "other.sdp", "--peers", browser, "--json"]);
    command.env("TINCAN_PARSER_FAULT", format!("{fault} s=here"));
    let ended = command.current_dir(folder.path()).stdin(Stdio::null()).output();
    let ended = ended.map_err(|error| error.to_string())?;
    let report: Value =
        serde_json::from_slice(&ended.stdout).map_err(|error| format!("{error}: {ended:?}"))?;
    let reaction = |file: usize| &report["files"][file]["reactions"][browser];
    let is = |reaction: &Value| way.split(" or ").any(|way| reaction["reaction"] == way);
    check(ended.status.code() == Some(1) && is(reaction(0)), || format!("{}", reaction(0)))?;
    check(reaction(1)["reaction"] == "refuses", || format!("the next one: {}", reaction(1)))
}

async fn the_set() -> Result<(), String> {
    let folder = folder()?;
    tincan(folder.path(), &["sdp", "set", "--out", "set"])?;
    let ended = tincan(folder.path(), &["sdp", "check", "set", "--json"])?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    check(ended.status.code() == Some(1), || format!("it ended with {:?}: {said}", ended.status.code()))?;
    let report: Value = serde_json::from_slice(&ended.stdout).map_err(|error| error.to_string())?;
    let peers = report["peers"].as_array().ok_or("there are no peers")?;
    check(peers.len() == 5, || format!("some were left out: {said}"))?;
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = reactions(&report);
    settings.bind(|| insta::assert_snapshot!("sdp-set", text));
    Ok(())
}
