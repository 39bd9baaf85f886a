//! Reads files of lines, with a note on what is left out.

use std::path::Path;

use serde::de::DeserializeOwned;
use tincan_output::lines::{Found, read};

use crate::print;

/// The lines of the file `path`, whose form has the version `version`, after a note on each that is left out.
///
/// # Errors
/// When the file cannot be read, or does not begin as the lines of that version do.
pub fn read_noting<L: DeserializeOwned>(path: &Path, version: u32) -> anyhow::Result<Vec<L>> {
    let Found { lines, left_out } = read(path, version)?;
    for left_out in left_out {
        print::to_stderr(&format!("note: {}: {left_out}", path.display()));
    }
    Ok(lines)
}
