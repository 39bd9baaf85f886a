//! The folder that a run writes into.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use tincan_harness::{Report, report::json};

use super::evidence;
use crate::{
    folder::Folder,
    report::{PAGE, write_page},
};

/// Where reports go if nobody says where.
const DEFAULT: &str = "target/tincan";
/// Side by side in one folder, that many runs without `--out` find a place.
const MOST_DEFAULTS: u32 = 16;

/// The folder that this run, and no other one, writes into.
#[derive(Debug)]
pub struct Output(Folder);

impl Output {
    /// Makes the folder, and writes the schema and the report as it stands: afterwards no report of an older run is
    /// mistaken for that of this one.
    ///
    /// # Errors
    /// When the folder cannot be written, or another run is writing to it.
    pub fn open(folder: Option<PathBuf>, report: &Report) -> anyhow::Result<Self> {
        let output = Self(match folder {
            Some(folder) => {
                let taken =
                    || anyhow!("another run is writing to {}; give this one another --out", folder.display());
                Folder::take(&folder)?.ok_or_else(taken)?
            }
            None => take_default()?,
        });
        let cure = || format!("{} cannot be used; give another folder with --out", output.folder().display());
        evidence::remove_old(output.folder()).with_context(cure)?;
        output.0.put("report.schema.json", &json::schema()?).with_context(cure)?;
        output.write(report).with_context(cure)?;
        output.write_page(report).with_context(cure)?;
        Ok(output)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The report's file.
    pub fn report(&self) -> PathBuf {
        self.folder().join("report.json")
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, report: &Report) -> anyhow::Result<()> {
        self.0.put("report.json", &json::render(report)?)
    }

    /// The file of the report for people.
    pub fn page(&self) -> PathBuf {
        self.folder().join(PAGE)
    }

    /// Writes the report for people.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_page(&self, report: &Report) -> anyhow::Result<()> {
        write_page(self.folder(), report)
    }
}

fn take_default() -> anyhow::Result<Folder> {
    let numbered = (2..=MOST_DEFAULTS).map(|number| format!("{DEFAULT}-{number}"));
    for folder in std::iter::once(DEFAULT.to_owned()).chain(numbered) {
        if let Some(folder) = Folder::take(Path::new(&folder))? {
            return Ok(folder);
        }
    }
    bail!("{MOST_DEFAULTS} other runs are writing below {DEFAULT}; give this one a folder with --out")
}
