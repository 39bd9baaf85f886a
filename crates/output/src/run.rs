//! The folder that a run writes into.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tincan_report::{
    Report, Run, json,
    lines::{FILE as ATTEMPTS, Line},
};

use crate::{
    error::{Context, Error, Result},
    evidence, file,
    folder::Folder,
    lines::Lines,
    report::{PAGE, REPORT, write_json, write_page},
};

/// Where reports go if nobody says where.
const DEFAULT: &str = "target/tincan";
const SCHEMA_OF_LINES: &str = "attempts.schema.json";
/// Side by side in one folder, that many runs without `--out` find a place.
const MOST_DEFAULTS: u32 = 16;

/// The folder that this run, and no other one, writes into.
#[derive(Debug)]
pub struct Output {
    folder: Folder,
    lines: Lines<Line>,
}

impl Output {
    /// Makes the folder, removes what an older run has left in it, and writes the schemas and the first line of the attempts.
    ///
    /// # Errors
    /// When the folder cannot be written, another run is writing to it, or something is in it that tincan did not write.
    pub fn open(folder: Option<PathBuf>, run: &Run) -> Result<Self> {
        let folder = match folder {
            Some(folder) => {
                let taken = || {
                    let folder = folder.display();
                    Error::new(format!("another run is writing to {folder}; give this one another --out"))
                };
                Folder::take(&folder)?.ok_or_else(taken)?
            }
            None => take_default()?,
        };
        let hint = || format!("{} cannot be used; give another folder with --out", folder.path().display());
        let lines = Self::begin(&folder, run).context(hint)?;
        Ok(Self { folder, lines })
    }

    /// The report goes before the attempts that it was made of: at no time is an older one beside those of this run.
    fn begin(folder: &Folder, run: &Run) -> Result<Lines<Line>> {
        evidence::remove_old(folder.path())?;
        folder.remove_old(PAGE, "tincan report</title>")?;
        folder.remove_old(REPORT, "\"schema_version\"")?;
        folder.put("report.schema.json", &json::schema()?)?;
        folder.put(SCHEMA_OF_LINES, &Line::schema()?)?;
        Lines::begin(folder.path().join(ATTEMPTS), &Line::Run(run.clone()))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Appends a line to the attempts.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, line: &Line) -> Result<()> {
        self.lines.append(line)
    }

    /// The report's file.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.folder().join(REPORT)
    }

    /// Writes the report.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, report: &Report) -> Result<()> {
        write_json(self.folder(), report)
    }

    /// Writes a report that has to be small: without blanks, and without the lines, which are as much again.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_small(self, report: &Report) -> Result<()> {
        let Self { folder, lines } = self;
        drop(lines);
        for name in [ATTEMPTS, SCHEMA_OF_LINES] {
            let path = folder.path().join(name);
            fs::remove_file(&path).context(|| format!("failed to remove {}", path.display()))?;
        }
        file::put_by(&folder.path().join(REPORT), |file| json::write_compact(report, file))
    }

    /// The file of the report for people.
    #[must_use]
    pub fn page(&self) -> PathBuf {
        self.folder().join(PAGE)
    }

    /// Writes the report for people.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_page(&self, report: &Report) -> Result<()> {
        write_page(self.folder(), report)
    }
}

fn take_default() -> Result<Folder> {
    let numbered = (2..=MOST_DEFAULTS).map(|number| format!("{DEFAULT}-{number}"));
    for folder in std::iter::once(DEFAULT.to_owned()).chain(numbered) {
        if let Some(folder) = Folder::take(Path::new(&folder))? {
            return Ok(folder);
        }
    }
    let taken =
        format!("{MOST_DEFAULTS} other runs are writing below {DEFAULT}; give this one a folder with --out");
    Err(Error::new(taken))
}
