//! Lists the files of `static/`, so that the page server has whatever is there and nothing else.

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
    Ok(())
}

/// `("NAME", include_bytes!("PATH")),`
fn entry(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    (file.is_file() && !name.starts_with('.')).then(|| format!("    ({name:?}, include_bytes!({file:?})),\n"))
}
