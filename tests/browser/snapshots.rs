//! What the peers of each scenario decide, held against what was recorded of an earlier release.

use std::{env, fs, path::Path};

use libtest_mimic::Trial;
use similar::TextDiff;
use tincan_harness::{Judged, NetworkCondition, Role, Scenario, Verdict};
use tincan_measure::recording::{Recording, difference};
use tincan_peers::{Roster, registry::catalogue};
use tincan_tests::root;

use crate::{
    calls::{lacks_a_plugin, options},
    check, trial,
};

const ACCEPT: &str =
    "To accept it: INSTA_UPDATE=always cargo nextest run --workspace -E 'test(snapshots)', or cargo-insta";

pub fn trials() -> Vec<Trial> {
    let (map, catalogue) = (options().page_map, catalogue());
    let page = map.abilities();
    let is_recorded = |scenario: &Scenario| {
        // Servers add candidates and change nothing else that a peer decides. What a peer says of another medium, it says to
        // its like as well, in one mode as well, and of two flows what it says of each.
        let is_plain = scenario.media.is_plain()
            || (!catalogue.is_by_name_only(scenario)
                && scenario.offerer == scenario.answerer
                && scenario.media.flows().count() == 1);
        is_plain
            // What changes a call is not recorded.
            && scenario.procedure.is_plain()
            && scenario.network == NetworkCondition::Direct
            && catalogue.unsupported(scenario, (&map.name, &page)).is_none()
            && !lacks_a_plugin(scenario)
    };
    let trials = catalogue.scenarios().into_iter().filter(is_recorded);
    trials.map(|scenario| trial(format!("snapshots/{scenario}"), move || is_as_recorded(scenario))).collect()
}

async fn is_as_recorded(scenario: Scenario) -> Result<(), String> {
    let recording = record(scenario).await?;
    let name = scenario.to_string().replace('/', "_");
    let file = root().join("tests/browser/snapshots").join(format!("{name}.snap"));
    if env::var_os("INSTA_UPDATE").is_some_and(|update| update != "no") {
        accept(&name, &recording);
        return Ok(());
    }
    let recorded = read(&file)?;
    compare(&recorded, &recording)
}

async fn record(scenario: Scenario) -> Result<Recording, String> {
    let mut roster = Roster::new(options()).await.map_err(|trouble| trouble.to_string())?;
    let judged = roster.call(&scenario).await;
    let who = roster.who(&scenario);
    roster.close().await;
    let Judged { exchange, verdict } = judged.map_err(|verdict| verdict.reason().unwrap_or_default())?;
    check(verdict == Verdict::Passed, || verdict.reason().unwrap_or_default())?;
    Ok(Recording::of(&scenario, &exchange, who))
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
