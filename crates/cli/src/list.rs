//! `tincan list`: the names of the scenarios.

use tincan_harness::Scenario;
use tincan_peers::BrowserOptions;

use crate::{args::ListArgs, choice::Choice, exit::Exit, peers, print};

/// Prints the names of those that match, one a line, in the order in which they are run; without a pattern also of those
/// that are run by name only, which is said behind a tab.
pub fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let registry = peers::registry(&args.peers)?;
    let Choice { scenarios, left_out } = Choice::of(&args.patterns, &registry, &BrowserOptions::default())?;
    left_out.iter().for_each(|line| print::to_stderr(line));
    let scenarios = if args.patterns.is_empty() { registry.catalogue().scenarios() } else { scenarios };
    let catalogue = registry.catalogue();
    let line = |scenario: &Scenario| match catalogue.is_by_name_only(scenario) {
        true => format!("{scenario}\tby name only\n"),
        false => format!("{scenario}\n"),
    };
    print::to_stdout(&scenarios.iter().map(line).collect::<String>())?;
    Ok(Exit::Well)
}
