//! What a history is going to do: everything that can be found wrong before anything is started.

use anyhow::ensure;
use tincan_harness::{Scenario, SignalingMode};
use tincan_measure::history::{HistoryQuestion, SCHEMA_VERSION};
use tincan_peers::{Registry, RosterOptions, environment};
use tokio::runtime::Runtime;

use crate::{
    args::HistoryArgs,
    builds::{Builds, CHROMIUM},
};

/// What is called unless something else is asked for: few calls in which much is decided.
const DEFAULT: [&str; 3] = [
    "chromium-to-chromium/vanilla/vp8/direct",
    "chromium-to-chromium/trickle/vp8/direct",
    "chromium-to-chromium/vanilla/vp8+opus/direct",
];

/// A history that can be begun.
pub struct Plan {
    /// What is asked.
    pub question: HistoryQuestion,
    /// The builds.
    pub builds: Builds,
    /// The scenarios, in which `chromium` stands for each build.
    pub scenarios: Vec<Scenario>,
    /// What the peers are made of.
    pub roster: RosterOptions,
}

impl Plan {
    /// The plan that `args` asks for.
    ///
    /// # Errors
    /// When no scenario matches, or there are not two builds.
    pub fn new(runtime: &Runtime, args: HistoryArgs) -> anyhow::Result<Self> {
        let scenarios = scenarios(&args.patterns)?;
        let browser = args.browser.options(false, false);
        let builds = runtime.block_on(Builds::of(&args.builds, &browser))?;
        let roster = RosterOptions::on_built_in_page(rand::random::<u32>() & 0xFF_FFFF, browser)?;
        let roster = RosterOptions { registry: builds.registry.clone(), ..roster };
        let question = HistoryQuestion {
            schema_version: SCHEMA_VERSION,
            builds: builds.builds.clone(),
            scenarios: scenarios.iter().map(ToString::to_string).collect(),
            repetitions: args.repetitions,
            margin_ms: args.margin,
            seed: args.seed.unwrap_or_else(rand::random).into(),
            environment: environment(&roster, 1),
        };
        Ok(Self { question, builds, scenarios, roster })
    }
}

/// The scenarios of tincan's own peers that match, in which Chromium takes part.
///
/// # Errors
/// When a pattern matches none.
pub fn scenarios(patterns: &[String]) -> anyhow::Result<Vec<Scenario>> {
    let usual = DEFAULT.map(str::to_owned);
    let patterns = if patterns.is_empty() { &usual[..] } else { patterns };
    let mut scenarios = Registry::built_in().catalogue().select(patterns)?;
    scenarios.retain(|scenario| [scenario.offerer, scenario.answerer].contains(&CHROMIUM));
    ensure!(
        !scenarios.is_empty(),
        "chromium, which stands for each build, takes part in no scenario that matches"
    );
    // Who reads it looks for vanilla first.
    scenarios.sort_by_key(|scenario| scenario.mode != SignalingMode::Vanilla);
    Ok(scenarios)
}
