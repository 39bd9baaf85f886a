//! Lists the files of `static/`, so that the page server has whatever is there and nothing else; and the versions of crates in
//! `Cargo.lock`, of which the registry takes those that take part in calls.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../static").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let files =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    let mut entries: Vec<_> = files.iter().filter_map(|file| entry(file)).collect();
    entries.sort();
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("static_files.rs"),
        format!("&[\n{}]\n", entries.concat()),
    )?;
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../Cargo.lock").canonicalize()?;
    println!("cargo::rerun-if-changed={}", lock.display());
    let versions = versions(&fs::read_to_string(lock)?);
    fs::write(Path::new(&env::var("OUT_DIR")?).join("versions.rs"), format!("&[\n{versions}]\n"))?;
    Ok(())
}

/// `("NAME", "VERSION"),` for each package: it begins with `name = "…"`, and the next line is `version = "…"`.
fn versions(lock: &str) -> String {
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.strip_prefix(" = ")?.to_owned());
    let pairs = lock.lines().zip(lock.lines().skip(1));
    let named = pairs.filter_map(|(name, version)| Some((value(name, "name")?, value(version, "version")?)));
    named.map(|(name, version)| format!("    ({name}, {version}),\n")).collect()
}

/// `("NAME", include_bytes!("PATH")),`
fn entry(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    (file.is_file() && !name.starts_with('.')).then(|| format!("    ({name:?}, include_bytes!({file:?})),\n"))
}
