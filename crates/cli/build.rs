//! Takes the versions of the crates that take part in calls from `Cargo.lock`, for the report.

use std::{env, error::Error, fs, path::Path};

const CRATES: [(&str, &str); 2] = [("webrtc", "TINCAN_WEBRTC"), ("fantoccini", "TINCAN_FANTOCCINI")];

fn main() -> Result<(), Box<dyn Error>> {
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let lock = fs::read_to_string(lock)?;
    for (name, variable) in CRATES {
        let version = version_of(name, &lock).ok_or_else(|| format!("Cargo.lock has no {name}"))?;
        println!("cargo::rustc-env={variable}={version}");
    }
    Ok(())
}

/// A package begins with `name = "…"`, and the next line is `version = "…"`.
fn version_of<'l>(name: &str, lock: &'l str) -> Option<&'l str> {
    let (_, behind) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    behind.split_once('"').map(|(version, _)| version)
}
