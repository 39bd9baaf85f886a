//! A history and a bisection of the installed Chromium under two names, beside a build that does not start.

use std::{fs, path::Path, process::Output};

use libtest_mimic::Trial;
use tincan_measure::history::History;
use tincan_peers::browser::find;
use tincan_tests::command;

use crate::{check, launching::write_script, report::opens, trial};

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
const SCENARIO: &str = "chromium-to-chromium/trickle/vp8/direct";

pub fn trials() -> Vec<Trial> {
    vec![trial("history/two-builds-and-one-that-does-not-start", two_builds_and_one_that_does_not_start)]
}

async fn two_builds_and_one_that_does_not_start() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let chromium = find::browsers(None).map_err(|trouble| trouble.to_string())?.files.swap_remove(0);
    write_script(&folder.path().join("broken"), "echo 'this build does not start' >&2; exit 1")?;
    let one = chromium.display();
    let browsers = [
        format!("--browser=one={one}"),
        "--browser=broken=./broken".to_owned(),
        format!("--browser=two={one}"),
    ];
    let tincan = |arguments: &[&str]| run(folder.path(), arguments, &browsers);
    let made = tincan(&["history", SCENARIO, "--repetitions", "2", "--out", "out"])?;
    let said = String::from_utf8_lossy(&made.stdout) + String::from_utf8_lossy(&made.stderr);
    check(made.status.code() == Some(2), || format!("it ended with {}: {said}", made.status))?;
    let text =
        fs::read_to_string(folder.path().join("out/history.json")).map_err(|error| error.to_string())?;
    let history: History = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let not_tried = history.builds[1].not_tried.clone().unwrap_or_default();
    check(history.is_complete && history.steps.len() == 1, || {
        format!("{} steps: {said}", history.steps.len())
    })?;
    check(history.builds[0].passed.calls == 2 && history.builds[2].passed.of == 2, || said.to_string())?;
    check(not_tried.contains("this build does not start"), || format!("{not_tried:?} are not its words"))?;
    let changes: Vec<_> = history.steps[0].changes.iter().map(|change| &change.text).collect();
    // With two calls of each, what comes and goes may be told as a change of statistics; what is decided is not.
    check(changes.iter().all(|text| text.starts_with("stats of")), || {
        format!("a build differs from itself: {changes:?}")
    })?;
    opens(&folder.path().join("out/history.html"), 1).await?;
    let found = tincan(&["bisect", "--good", "one", "--bad", "two", SCENARIO, "--change", "DTLS version"])?;
    let said = String::from_utf8_lossy(&found.stdout);
    check(found.status.code() == Some(1) && said.contains("one and two do not differ"), || {
        format!("it ended with {}: {said}{}", found.status, String::from_utf8_lossy(&found.stderr))
    })
}

fn run(folder: &Path, arguments: &[&str], browsers: &[String]) -> Result<Output, String> {
    let output = command(TINCAN, folder).args(arguments).args(browsers).output();
    output.map_err(|error| error.to_string())
}
