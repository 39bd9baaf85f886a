//! The report for people and for CI systems, beside the one for machines; and `tincan report`, which renders it again.

use std::{
    fs::{self, File},
    io::Read,
    path::{Component, Path},
};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use tincan_harness::{
    Report,
    report::{
        SCHEMA_VERSION,
        html::{self, Attachments},
        junit, markdown,
    },
};

use crate::{
    args::{FormatArgs, ReportArgs},
    exit::Exit,
    file::{self, Writable},
    print,
};

/// The report for people.
pub const PAGE: &str = "report.html";
/// A picture larger than this is not read: there would be no room for it in the page.
const MOST_BYTES: u64 = 1 << 20;

/// The files besides the folder that a report is written to.
#[derive(Debug)]
pub struct Formats {
    junit: Option<Writable>,
    markdown: Option<Writable>,
}

impl Formats {
    /// Those that were asked for.
    ///
    /// # Errors
    /// When one of them cannot be written.
    pub fn new(args: FormatArgs) -> anyhow::Result<Self> {
        Ok(Self {
            junit: args.junit.map(|file| Writable::new(file, "--junit")).transpose()?,
            markdown: args.markdown.map(|file| Writable::new(file, "--markdown")).transpose()?,
        })
    }

    /// Writes them.
    ///
    /// # Errors
    /// When one of them cannot be written any more; the others are written all the same.
    pub fn write(&self, report: &Report) -> anyhow::Result<()> {
        let junit = || self.junit.as_ref().map_or(Ok(()), |file| file.put(&junit::render(report)?));
        let markdown = || self.markdown.as_ref().map_or(Ok(()), |file| file.put(&markdown::render(report)));
        let written = junit();
        written.and(markdown())
    }
}

/// Writes the report for people into `folder`, with the pictures of the evidence there.
///
/// # Errors
/// When it cannot be written.
pub fn write_page(folder: &Path, report: &Report) -> anyhow::Result<()> {
    file::put(&folder.join(PAGE), &html::render(report, &attachments(folder, report)))
}

/// The pictures that can be read. Those that are missing are none: evidence may be deleted to save room.
fn attachments(folder: &Path, report: &Report) -> Attachments {
    let mut attachments = Attachments::default();
    for path in report.attempts.iter().flat_map(Attachments::paths).filter(|path| is_below(path)) {
        let mut picture = Vec::new();
        let read = File::open(folder.join(&path)).and_then(|file| {
            let size = file.metadata()?.len();
            if size <= MOST_BYTES { file.take(MOST_BYTES).read_to_end(&mut picture) } else { Ok(0) }
        });
        if read.is_ok() {
            attachments.attach(path, picture);
        }
    }
    attachments
}

/// Whether `path` leads nowhere else: a report may be anybody's.
fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Renders the page of a folder, and whatever else is asked for, from its `report.json`.
///
/// # Errors
/// When there is no report that can be read, or something cannot be written.
pub fn render(args: ReportArgs) -> anyhow::Result<Exit> {
    let report = read(&args.folder.join("report.json"))?;
    let formats = Formats::new(args.formats)?;
    write_page(&args.folder, &report)?;
    formats.write(&report)?;
    print::to_stdout(&format!("{}\n", args.folder.join(PAGE).display()))?;
    Ok(Exit::Well)
}

/// What is read of a report of any version.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

fn read(file: &Path) -> anyhow::Result<Report> {
    let name = file.display();
    let text = fs::read_to_string(file)
        .with_context(|| format!("failed to read {name}; name the folder that a run has written"))?;
    let version: Version = match serde_json::from_str(&text) {
        Ok(version) => version,
        Err(error) if error.is_eof() => bail!("{name} is truncated: {error}"),
        Err(error) if error.is_syntax() => bail!("{name} is no JSON: {error}"),
        Err(error) => bail!("{name} is no report: {error}"),
    };
    let found = version.schema_version;
    ensure!(
        found == SCHEMA_VERSION,
        "{name} has schema version {found}, and this tincan reads {SCHEMA_VERSION}; use the tincan that wrote it"
    );
    serde_json::from_str(&text).with_context(|| format!("{name} is no report"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_read_below_the_report_only() {
        assert!(is_below("evidence/1/offerer-screenshot.png") && is_below("./evidence/x.png"));
        assert!(!is_below("../x.png") && !is_below("/etc/x.png") && !is_below("evidence/../../x.png"));
    }
}
