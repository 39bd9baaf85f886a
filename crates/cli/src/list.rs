//! `tincan list`: the names of the scenarios.

use tincan_peers::registry::catalogue;

use crate::{args::ListArgs, exit::Exit, print};

/// Prints the names of those that match, one a line, in the order in which they are run; without a pattern also of those
/// that are run by name only.
pub fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let catalogue = catalogue();
    let all = args.patterns.is_empty();
    let scenarios = if all { catalogue.scenarios() } else { catalogue.select(&args.patterns)? };
    let names: String = scenarios.iter().map(|scenario| format!("{scenario}\n")).collect();
    print::to_stdout(&names)?;
    Ok(Exit::Well)
}
