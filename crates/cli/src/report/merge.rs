//! `tincan report DIR... --out DIR`: one report of several runs, with their evidence.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use tincan_harness::attempt::Attempt;
use tincan_output::{Output, report::is_below};
use tincan_report::{Report, Run, lines::Line, sdp::LeftOut};

use super::small::{self, Megabytes};

/// What the common report is to be.
#[derive(Debug)]
pub struct Wanted {
    /// Its folder.
    pub out: PathBuf,
    /// How large that may be; as large as it gets if nothing is said.
    pub most: Option<Megabytes>,
    /// Who was to take part and does not.
    pub left_out: Vec<LeftOut>,
}

/// Writes one report of the runs in `sources`, which says what has changed since `since`.
///
/// # Errors
/// When they do not go together, or something cannot be read or written.
pub fn merge(
    sources: Vec<(PathBuf, Report)>,
    since: Option<&Report>,
    wanted: Wanted,
) -> anyhow::Result<(PathBuf, Report)> {
    let Wanted { out, most, mut left_out } = wanted;
    let is_source = |(folder, _): &(PathBuf, Report)| {
        fs::canonicalize(folder).is_ok_and(|folder| fs::canonicalize(&out).is_ok_and(|out| out == folder))
    };
    ensure!(
        !sources.iter().any(is_source),
        "{} is one of the runs; give the common report another folder with --out",
        out.display()
    );
    let named = |(folder, report): &(PathBuf, Report)| (folder.display().to_string(), report.clone());
    let mut whole = Report::merged(sources.iter().map(named).collect())?.held_against(since);
    whole.left_out.append(&mut left_out);
    match most {
        Some(most) => write_small(&sources, whole, out, most),
        None => write_whole(&sources, whole, out),
    }
}

/// All of it, and all evidence.
fn write_whole(
    sources: &[(PathBuf, Report)],
    whole: Report,
    out: PathBuf,
) -> anyhow::Result<(PathBuf, Report)> {
    let mut output = begin(out, &whole)?;
    for (folder, report) in sources {
        for evidence in report.attempts.iter().filter_map(|attempt| attempt.evidence.as_deref()) {
            ensure!(
                is_below(evidence),
                "the evidence {evidence} of {} is not in its folder",
                folder.display()
            );
            copy(&folder.join(evidence), &output.folder().join(evidence))?;
        }
    }
    whole
        .environment
        .browsers
        .iter()
        .try_for_each(|browser| output.append(&Line::Browser(browser.clone())))?;
    whole.attempts.iter().try_for_each(|attempt| output.append(&Line::Attempt(Box::new(attempt.clone()))))?;
    output.write(&whole)?;
    Ok((output.folder().to_owned(), whole))
}

/// As much of it, and of the evidence, as there is room for.
fn write_small(
    sources: &[(PathBuf, Report)],
    whole: Report,
    out: PathBuf,
    most: Megabytes,
) -> anyhow::Result<(PathBuf, Report)> {
    let mut small = small::shorten(whole, most)?;
    let output = begin(out, &small)?;
    let folder = output.folder().to_owned();
    let folders = sources.iter().flat_map(|(folder, report)| {
        report.attempts.iter().map(move |attempt| ((attempt.scenario.as_str(), attempt.repetition), folder))
    });
    let folders: HashMap<_, _> = folders.collect();
    let source = |attempt: &Attempt| {
        folders.get(&(attempt.scenario.as_str(), attempt.repetition)).map(|folder| folder.to_path_buf())
    };
    small::copy_evidence(&mut small, source, &folder, most)?;
    output.write_small(&small)?;
    Ok((folder, small))
}

fn begin(out: PathBuf, whole: &Report) -> anyhow::Result<Output> {
    let mut environment = whole.environment.clone();
    environment.browsers.clear();
    let (schema_version, planned, redacted) = (whole.schema_version, whole.planned, whole.redacted.clone());
    Ok(Output::open(Some(out), &Run { schema_version, environment, planned, redacted })?)
}

/// Copies a folder of evidence. Where it is gone, there is nothing to copy: it may be deleted to save room.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    let copying = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    copying().with_context(|| format!("failed to copy {} to {}", from.display(), to.display()))
}
