//! The two reports of a folder: for machines, and for people.

use std::{
    fs::File,
    io::Read,
    path::{Component, Path},
};

use tincan_report::{
    Report,
    html::{self, Attachments},
    json,
};

use crate::{error::Result, file};

/// The report for people.
pub const PAGE: &str = "report.html";
/// The report for machines.
pub const REPORT: &str = "report.json";
/// A picture larger than this is not read: there would be no room for it in the page.
const MOST_BYTES: u64 = 1 << 20;

/// Writes the report for machines into `folder`.
///
/// # Errors
/// When it cannot be written.
pub fn write_json(folder: &Path, report: &Report) -> Result<()> {
    file::put_by(&folder.join(REPORT), |file| json::write(report, file))
}

/// Writes the report for people into `folder`, with the pictures of the evidence there.
///
/// # Errors
/// When it cannot be written.
pub fn write_page(folder: &Path, report: &Report) -> Result<()> {
    let attachments =
        Attachments::found_by(|path| is_below(path).then(|| picture(&folder.join(path))).flatten());
    file::put(&folder.join(PAGE), &html::render(report, &attachments))
}

/// The picture in a file. One that cannot be read is none: evidence may be deleted to save room.
fn picture(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut picture = Vec::new();
    if size <= MOST_BYTES {
        file.take(MOST_BYTES).read_to_end(&mut picture).ok()?;
    }
    Some(picture)
}

/// Whether a `path` that a report names is in its folder: a report may be anybody's.
#[must_use]
pub fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
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
