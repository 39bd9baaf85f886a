//! What is asked of each build.

use std::fmt;

use anyhow::ensure;
use tincan_harness::Scenario;
use tincan_measure::{comparison::Phases, history::SET_UP};

use crate::{args::BisectArgs, history::scenarios};

/// What is called unless a pattern names another one.
const DEFAULT: &str = "chromium-to-chromium/vanilla/vp8/direct";

/// What is answered with yes or no.
#[derive(Debug, Clone)]
pub enum Question {
    /// Whether the scenario passes.
    Passes(Scenario),
    /// Whether a fact of its call holds a text.
    Holds(Scenario, String),
    /// Whether a command ends with 0.
    Command(Vec<String>),
}

/// Whether something takes as long as with the good build.
#[derive(Debug, Clone)]
pub struct PhaseQuestion {
    /// The scenario.
    pub scenario: Scenario,
    /// What takes so long, by its name in a history.
    pub quantity: &'static str,
    /// Differences within this are none, in milliseconds.
    pub margin_ms: f64,
}

/// What is asked of each build, by how it is answered.
#[derive(Debug, Clone)]
pub enum BisectQuestion {
    /// With yes or no.
    Asked(Question),
    /// With times.
    Timed(PhaseQuestion),
}

impl BisectQuestion {
    /// The one that `args` ask.
    ///
    /// # Errors
    /// When no scenario matches, or more than one.
    pub fn of(args: &BisectArgs) -> anyhow::Result<Self> {
        if !args.command.is_empty() {
            return Ok(Self::Asked(Question::Command(args.command.clone())));
        }
        let pattern = args.pattern.clone().unwrap_or_else(|| DEFAULT.to_owned());
        let found = scenarios(std::slice::from_ref(&pattern))?;
        let names: Vec<_> = found.iter().map(ToString::to_string).collect();
        ensure!(
            found.len() == 1,
            "{} scenarios match {pattern:?}, and bisect takes one: {}{}",
            found.len(),
            names[..names.len().min(5)].join(", "),
            if names.len() > 5 { ", …" } else { "" }
        );
        let scenario = found[0];
        Ok(match (&args.change, &args.phase) {
            (Some(text), _) => Self::Asked(Question::Holds(scenario, text.clone())),
            (None, Some(name)) => {
                Self::Timed(PhaseQuestion { scenario, quantity: quantity(name), margin_ms: args.margin })
            }
            (None, None) => Self::Asked(Question::Passes(scenario)),
        })
    }
}

/// The quantity that is called so on the command line.
fn quantity(name: &str) -> &'static str {
    let typed = |quantity: &str| quantity.to_lowercase().replace(' ', "-");
    Phases::NAMES.into_iter().find(|quantity| typed(quantity) == name).unwrap_or(SET_UP)
}

impl fmt::Display for BisectQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(question) => question.fmt(f),
            Self::Timed(question) => question.fmt(f),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passes(scenario) => write!(f, "whether {scenario} passes"),
            Self::Holds(scenario, text) => write!(f, "whether a fact of {scenario} holds {text:?}"),
            Self::Command(words) => write!(f, "whether `{}` ends with 0", words.join(" ")),
        }
    }
}

impl fmt::Display for PhaseQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, quantity, margin_ms } = self;
        write!(f, "how long {quantity} of {scenario} takes, but for {margin_ms} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_has_its_name_on_the_command_line() {
        let typed = ["gathering", "signalling", "ice", "dtls", "first-packet", "first-frame"];
        assert_eq!(typed.map(quantity), Phases::NAMES);
        assert_eq!(quantity("set-up"), SET_UP);
    }
}
