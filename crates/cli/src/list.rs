//! `tincan list`: the names of the scenarios.

use tincan_harness::catalogue::select;

use crate::{args::ListArgs, exit::Exit, print};

/// Prints the names of those that match, one a line, in the order in which they are run.
pub fn list(args: &ListArgs) -> anyhow::Result<Exit> {
    let names: String = select(&args.patterns)?.iter().map(|scenario| format!("{scenario}\n")).collect();
    print::to_stdout(&names)?;
    Ok(Exit::Well)
}
