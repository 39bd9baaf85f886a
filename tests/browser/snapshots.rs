//! What the peers of each scenario decide, held against what was recorded of an earlier release.

use std::{env, fs, path::Path};

use similar::TextDiff;
use tincan_harness::{Exchange, NetworkCondition, Role, Scenario, attempt::BySide};
use tincan_measure::recording::{Recording, difference};
use tincan_peers::registry::catalogue;
use tincan_tests::root;

use crate::{calls::lacks_a_plugin, check};

const ACCEPT: &str =
    "To accept it: INSTA_UPDATE=always cargo nextest run --workspace -E 'test(/^calls/)', or cargo-insta";

/// Whether it is recorded what the peers of `scenario` decide.
pub fn is_recorded(scenario: &Scenario) -> bool {
    // Servers add candidates and change nothing else that a peer decides, and what changes a call is not recorded. What a peer says
    // of another medium, it says to its like as well, in one mode as well, and of two flows what it says of each.
    let is_plain = scenario.media.is_plain()
        || (!catalogue().is_by_name_only(scenario)
            && scenario.offerer == scenario.answerer
            && scenario.media.flows().count() == 1);
    is_plain
        && scenario.procedure.is_plain()
        && scenario.network == NetworkCondition::Direct
        && !lacks_a_plugin(scenario)
}

/// An error that says what changed, unless `exchange`, a call that passed, is as it was recorded.
pub fn is_as_recorded(scenario: &Scenario, exchange: &Exchange, who: BySide<String>) -> Result<(), String> {
    let recording = Recording::of(scenario, exchange, who);
    let name = scenario.to_string().replace('/', "_");
    let file = root().join("tests/browser/snapshots").join(format!("{name}.snap"));
    if env::var_os("INSTA_UPDATE").is_some_and(|update| update != "no") {
        accept(&name, &recording);
        return Ok(());
    }
    compare(&read(&file)?, &recording)
}

/// The recording in a snapshot: behind what insta knows of it.
fn read(file: &Path) -> Result<Recording, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}. {ACCEPT}", file.display()))?;
    let text = text.split_once("\n---\n").map_or(&*text, |(_, text)| text);
    Recording::read(text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The words come first; insta alone would print the lines only.
fn compare(recorded: &Recording, found: &Recording) -> Result<(), String> {
    let words = difference(recorded, found);
    let (old, new) = (recorded.compared(), found.compared());
    let diff = TextDiff::from_lines(&old, &new);
    check(words.is_empty(), || {
        let releases: String =
            Role::BOTH.into_iter().filter_map(|role| release(role, recorded, found)).collect();
        let diff = diff.unified_diff().header("recorded", "found").to_string();
        format!(
            "{}: not what was recorded\n{releases}{}\n\n{diff}\n{ACCEPT}",
            found.scenario,
            words.join("\n")
        )
    })
}

/// Which release was recorded and which ran, where their major versions differ.
fn release(role: Role, recorded: &Recording, found: &Recording) -> Option<String> {
    let (old, new) = (&recorded.side(role).who, &found.side(role).who);
    let major = |who: &str| who.split('.').next().map(str::to_owned);
    (major(old) != major(new)).then(|| format!("{role}: recorded from {old}, ran {new}\n"))
}

/// Lets insta write the snapshot, in the way that INSTA_UPDATE says.
fn accept(name: &str, recording: &Recording) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = recording.to_string();
    settings.bind(|| insta::assert_snapshot!(name, text));
}
