//! What the tests of both targets share.

use std::{env, path::PathBuf};

/// The binary `tincan` of the same build as the running test.
///
/// # Panics
/// If it was not built; `cargo build -p tincan` does that.
#[must_use]
pub fn tincan() -> PathBuf {
    let test = env::current_exe().expect("a running test has a file");
    let folder = test.parent().and_then(std::path::Path::parent).expect("it lies in target/PROFILE/deps");
    let binary = folder.join("tincan");
    assert!(binary.exists(), "{} is not there: run `cargo build -p tincan` first", binary.display());
    binary
}
