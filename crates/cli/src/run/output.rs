//! The folder that a run writes into.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use tincan_harness::{Report, report::json};

use super::evidence;
use crate::{
    file,
    report::{PAGE, write_page},
};

/// Where reports go if nobody says where.
const DEFAULT: &str = "target/tincan";
/// Side by side in one folder, that many runs without `--out` find a place.
const MOST_DEFAULTS: u32 = 16;

/// A folder that this run, and no other one, writes into.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    /// Held for as long as the run lasts; the kernel gives it back however the run ends.
    _lock: File,
}

impl Output {
    /// Makes the folder, and writes the schema and the report as it stands: afterwards no report of an older run is
    /// mistaken for that of this one.
    ///
    /// # Errors
    /// When the folder cannot be written, or another run is writing to it.
    pub fn open(folder: Option<PathBuf>, report: &Report) -> anyhow::Result<Self> {
        let output = match folder {
            Some(folder) => {
                let taken =
                    || anyhow!("another run is writing to {}; give this one another --out", folder.display());
                Self::take(&folder)?.ok_or_else(taken)?
            }
            None => Self::take_default()?,
        };
        let cure = || format!("{} cannot be used; give another folder with --out", output.folder.display());
        evidence::remove_old(&output.folder).with_context(cure)?;
        output.put("report.schema.json", &json::schema()?).with_context(cure)?;
        output.write(report).with_context(cure)?;
        output.write_page(report).with_context(cure)?;
        Ok(output)
    }

    fn take_default() -> anyhow::Result<Self> {
        let numbered = (2..=MOST_DEFAULTS).map(|number| format!("{DEFAULT}-{number}"));
        for folder in std::iter::once(DEFAULT.to_owned()).chain(numbered) {
            if let Some(output) = Self::take(Path::new(&folder))? {
                return Ok(output);
            }
        }
        bail!("{MOST_DEFAULTS} other runs are writing below {DEFAULT}; give this one a folder with --out")
    }

    /// The folder, unless another run has it.
    fn take(folder: &Path) -> anyhow::Result<Option<Self>> {
        let cure = || format!("{} cannot be used; give another folder with --out", folder.display());
        fs::create_dir_all(folder).with_context(cure)?;
        let lock = File::open(folder).with_context(cure)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { folder: folder.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(cure),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The report's file.
    pub fn report(&self) -> PathBuf {
        self.folder.join("report.json")
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, report: &Report) -> anyhow::Result<()> {
        self.put("report.json", &json::render(report)?)
    }

    /// The file of the report for people.
    pub fn page(&self) -> PathBuf {
        self.folder.join(PAGE)
    }

    /// Writes the report for people.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_page(&self, report: &Report) -> anyhow::Result<()> {
        write_page(&self.folder, report)
    }

    fn put(&self, name: &str, content: &str) -> anyhow::Result<()> {
        file::put(&self.folder.join(name), content)
    }
}
