//! `tincan list`: the names of the scenarios.

use tincan_peers::{BrowserOptions, registry::catalogue};

use crate::{args::ListArgs, choice::Choice, exit::Exit, print};

/// Prints the names of those that match, one a line, in the order in which they are run; without a pattern also of those
/// that are run by name only.
pub fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let Choice { scenarios, left_out } = Choice::of(&args.patterns, &BrowserOptions::default())?;
    left_out.iter().for_each(|line| print::to_stderr(line));
    let scenarios = if args.patterns.is_empty() { catalogue().scenarios() } else { scenarios };
    let names: String = scenarios.iter().map(|scenario| format!("{scenario}\n")).collect();
    print::to_stdout(&names)?;
    Ok(Exit::Well)
}
