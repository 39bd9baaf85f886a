//! Which scenarios a command is about, on this machine.

use tincan_harness::{HarnessError, Scenario, catalogue::SelectError, scenario::PeerId};
use tincan_peers::{BrowserOptions, Registry};

/// The scenarios that a command is about.
#[derive(Debug)]
pub struct Choice {
    /// They, in the order of the catalogue.
    pub scenarios: Vec<Scenario>,
    /// What is left out because a peer is not on this machine: a line for people each.
    pub left_out: Vec<String>,
}

impl Choice {
    /// Those that match `patterns`.
    ///
    /// # Errors
    /// When a pattern is no glob, or matches nothing.
    pub fn of(
        patterns: &[String],
        registry: &Registry,
        options: &BrowserOptions,
    ) -> Result<Self, SelectError> {
        let missing = registry.missing(options);
        let all = registry.catalogue().select(patterns)?;
        let absent = missing.iter().map(|(id, _)| *id).collect();
        let scenarios = registry.catalogue().without(absent).select(patterns)?;
        let of = |id| {
            all.iter().filter(|scenario| takes_part(id, scenario) && !scenarios.contains(scenario)).count()
        };
        let left_out =
            missing.iter().filter_map(|(id, trouble)| left_out_in_words(*id, of(*id), trouble)).collect();
        Ok(Self { scenarios, left_out })
    }
}

fn takes_part(id: PeerId, scenario: &Scenario) -> bool {
    [scenario.offerer, scenario.answerer].contains(&id)
}

fn left_out_in_words(id: PeerId, count: usize, trouble: &HarnessError) -> Option<String> {
    let hint = trouble.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    (count > 0).then(|| format!("left out: {count} scenarios with {id}, since {}{hint}", trouble.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said_with_what_to_install() {
        let trouble = HarnessError::new("find Firefox", "none is on the PATH").hint("install one");
        let id = PeerId::literal("firefox");
        let said = left_out_in_words(id, 7, &trouble);
        let expected = "left out: 7 scenarios with firefox, since none is on the PATH; install one";
        assert_eq!((said.as_deref(), left_out_in_words(id, 0, &trouble)), (Some(expected), None));
    }
}
