//! The binary `tincan`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tincan_cli::main()
}
