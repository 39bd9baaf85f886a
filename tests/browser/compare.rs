//! Modes compared between browsers. What was measured is looked at, never how long it took.

use libtest_mimic::Trial;
use tincan_measure::{
    comparison::{Arm, Comparisons},
    sweep::Sweep,
};
use tincan_tests::{command, sweeps::wait_as_they_should};

use crate::{check, report::opens, trial};

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");

pub fn trials() -> Vec<Trial> {
    vec![
        trial("compare/chromium-to-chromium", browsers_are_compared),
        trial("sweep/chromium-to-chromium", delays_are_swept),
    ]
}

async fn browsers_are_compared() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut command = command(TINCAN, folder.path());
    command.args(["compare", "--blocks", "6", "--half-trickle", "--out", "out"]);
    let output = command.output().map_err(|error| error.to_string())?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let text =
        std::fs::read_to_string(folder.path().join("out/comparison.json")).map_err(|e| e.to_string())?;
    let comparisons: Comparisons = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let comparison = &comparisons.comparisons[0];
    check(comparison.blocks.len() == 6 && comparison.left_out().is_empty(), || format!("{stdout}{stderr}"))?;
    let code = if comparison.tells() { 0 } else { 2 };
    check(output.status.code() == Some(code), || format!("it ended with {}: {stdout}", output.status))?;
    check(!comparisons.environment.browsers.is_empty(), || "it does not say which browsers ran".to_owned())?;
    let gathering = |arm| comparison.phases(arm).map_or(f64::NAN, |phases| phases[0]);
    // In trickle no description waits for gathering: not for the 100 ms that gathering takes at the least. The answer of
    // vanilla hardly does here: a browser ends its gathering once a pair works, and the offer has named one.
    let [vanilla, half, trickle] = [Arm::Vanilla, Arm::HalfTrickle, Arm::Trickle].map(gathering);
    check(vanilla.min(half) > trickle, || {
        format!(
            "descriptions waited {vanilla} ms in vanilla, {half} ms in half-trickle, {trickle} ms in trickle"
        )
    })?;
    opens(&folder.path().join("out/comparison.html"), 2).await?;
    let packets = comparison.blocks.iter().flat_map(|block| &block.0).filter_map(|sample| sample.phases);
    check(packets.clone().any(|phases| phases.first_packet_ms > 0.0), || {
        "no first packet was stamped".to_owned()
    })
}

/// The delays are above what a host takes to gather, so that the law may be asked for.
async fn delays_are_swept() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut command = command(TINCAN, folder.path());
    command.args(["sweep", "--stun-delay", "200,500", "--blocks", "6", "--out", "out"]);
    let output = command.output().map_err(|error| error.to_string())?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    check(output.status.code() == Some(0), || said.clone())?;
    let text = std::fs::read_to_string(folder.path().join("out/sweep.json")).map_err(|e| e.to_string())?;
    let sweep: Sweep = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    wait_as_they_should(&sweep).map_err(|found| format!("{found}: {said}"))?;
    let slope =
        |arm| sweep.fits.iter().find(|fits| fits.arm == arm)?.above.as_ref().map(|fit| fit.slope.value);
    let slopes = slope(Arm::Vanilla).zip(slope(Arm::Trickle));
    check(slopes.is_some_and(|(vanilla, trickle)| vanilla > trickle), || format!("{slopes:?}: {said}"))?;
    opens(&folder.path().join("out/sweep.html"), 1).await
}
