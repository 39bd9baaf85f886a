//! The programme that the tests start: the same library as the binary `tincan`, built with the tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    tincan_cli::main()
}
