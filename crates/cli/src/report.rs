//! The report for people and for CI systems, beside the one for machines; and `tincan report`, which renders it again, and
//! makes all of it of what a run that did not end has left.

mod bug;
mod merge;
mod small;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;
use tincan_measure::{
    comparison::{Comparisons, lines::FILE as BLOCKS},
    sweep::{Sweep, lines::FILE as POINTS},
};
use tincan_output::{
    file::{self, Writable},
    folder::Folder,
    lines,
    report::{PAGE, REPORT, write_json, write_page},
};
use tincan_report::{Report, SCHEMA_VERSION, badge::badges, junit, lines::FILE as ATTEMPTS, markdown};

use self::{merge::Wanted, small::Megabytes};
use crate::{
    args::{FormatArgs, ReportArgs, ReportCommand},
    exit::Exit,
    lines::read_noting,
    measure::write_of_lines,
    print,
};

/// The files besides the folder that a report is written to.
#[derive(Debug)]
pub struct Formats {
    junit: Option<Writable>,
    markdown: Option<Writable>,
    badges: Option<PathBuf>,
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
            badges: args.badges.map(made).transpose()?,
        })
    }

    /// Whether there are any.
    const fn any(&self) -> bool {
        self.junit.is_some() || self.markdown.is_some() || self.badges.is_some()
    }

    /// Writes them.
    ///
    /// # Errors
    /// When one of them cannot be written any more; the others are written all the same.
    pub fn write(&self, report: &Report) -> anyhow::Result<()> {
        let junit = || -> anyhow::Result<()> {
            let Some(file) = &self.junit else { return Ok(()) };
            Ok(file.put(&junit::render(report)?)?)
        };
        let markdown = || self.markdown.as_ref().map_or(Ok(()), |file| file.put(&markdown::render(report)));
        let badges = || -> anyhow::Result<()> {
            let Some(folder) = &self.badges else { return Ok(()) };
            badges(report).iter().try_for_each(|badge| Ok(file::put(&folder.join(&badge.file), &badge.svg)?))
        };
        [junit(), markdown().map_err(Into::into), badges()].into_iter().collect()
    }
}

/// The folder of badges, which is there before anything is called.
fn made(folder: PathBuf) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {} (--badges)", folder.display()))?;
    Ok(folder)
}

/// Renders the page of a folder, and whatever else is asked for, from its `report.json`. What a command that did not end has
/// left there is made into what it would have written.
///
/// # Errors
/// When there is nothing that can be read, a command still writes to the folder, or something cannot be written.
pub fn render(args: ReportArgs) -> anyhow::Result<Exit> {
    if let Some(ReportCommand::Bug(args)) = args.command {
        let (_, report) = read_either(args.path.clone())?;
        return bug::tell(&report, *args);
    }
    let since = args.since.map(read_either).transpose()?.map(|(_, report)| report);
    if let Some(out) = args.out {
        let wanted = Wanted { out, most: args.max_size.map(Megabytes), left_out: args.left_out };
        let page = render_merged(args.paths, wanted, since.as_ref(), args.formats)?;
        print::to_stdout(&format!("{}\n", page.display()))?;
        return Ok(Exit::Well);
    }
    let mut paths = args.paths.into_iter();
    let (folder, source) = source(paths.next().unwrap_or_default());
    ensure!(paths.next().is_none(), "name the folder for the common report of several runs with --out");
    let page = if source.extension().is_some_and(|extension| extension == "jsonl") {
        ensure!(since.is_none(), "{} is what a command has left: make its report first", source.display());
        render_lines(&folder, &source, args.formats)?
    } else {
        let report = read(&source)?.held_against(since.as_ref());
        let formats = Formats::new(args.formats)?;
        if since.is_some() {
            write_json(&folder, &report)?;
        }
        render_in(&folder, &report, &formats)?
    };
    print::to_stdout(&format!("{}\n", page.display()))?;
    Ok(Exit::Well)
}

/// The folder that is written to, and the file that is read: the one that was named, else the report of the folder that was
/// named, else the lines in it.
fn source(named: PathBuf) -> (PathBuf, PathBuf) {
    if named.is_file() {
        let folder = named.parent().filter(|folder| !folder.as_os_str().is_empty());
        return (folder.unwrap_or(Path::new(".")).to_owned(), named);
    }
    let report = named.join(REPORT);
    let lines = [ATTEMPTS, BLOCKS, POINTS].map(|name| named.join(name));
    let there = lines.into_iter().find(|lines| !report.exists() && lines.exists());
    (named, there.unwrap_or(report))
}

/// One report of all that is named.
fn render_merged(
    named: Vec<PathBuf>,
    wanted: Wanted,
    since: Option<&Report>,
    formats: FormatArgs,
) -> anyhow::Result<PathBuf> {
    let most = wanted.most;
    let formats = Formats::new(formats)?;
    let sources = named.into_iter().map(read_either).collect::<anyhow::Result<_>>()?;
    let (folder, whole) = merge::merge(sources, since, wanted)?;
    let page = render_in(&folder, &whole, &formats)?;
    if let Some(most) = most {
        small::check(&folder, most)?;
    }
    Ok(page)
}

/// The report that is named, or that of the attempts that are, with its folder.
fn read_either(named: PathBuf) -> anyhow::Result<(PathBuf, Report)> {
    let (folder, source) = source(named);
    let is_lines = source.extension().is_some_and(|extension| extension == "jsonl");
    let report = if is_lines { read_attempts(&source)? } else { read(&source)? };
    Ok((folder, report))
}

fn render_lines(folder: &Path, file: &Path, formats: FormatArgs) -> anyhow::Result<PathBuf> {
    let taken = || {
        anyhow!("{} is still written to by a command, which makes its report when it ends", folder.display())
    };
    let _taken = Folder::take(folder)?.ok_or_else(taken)?;
    let formats = Formats::new(formats)?;
    let kind = lines::kind(file)?;
    match kind.as_str() {
        "run" => {
            let report = read_attempts(file)?;
            write_json(folder, &report)?;
            render_in(folder, &report, &formats)
        }
        _ if formats.any() => {
            bail!("only the report of a run has other formats, and {} is none", file.display())
        }
        "comparison" => write_of_lines::<Comparisons>(file, folder),
        "sweep" => write_of_lines::<Sweep>(file, folder),
        _ => bail!("{} is none that tincan can use: it begins with {kind:?}", file.display()),
    }
}

fn render_in(folder: &Path, report: &Report, formats: &Formats) -> anyhow::Result<PathBuf> {
    write_page(folder, report)?;
    formats.write(report)?;
    Ok(folder.join(PAGE))
}

fn read_attempts(file: &Path) -> anyhow::Result<Report> {
    let name = file.display();
    let lines = read_noting(file, SCHEMA_VERSION)?;
    let report = Report::of_lines(lines).with_context(|| format!("{name} is none that tincan can use"))?;
    print::to_stderr(&format!(
        "{name} holds {} of {} planned attempts",
        report.attempts.len(),
        report.planned
    ));
    Ok(report)
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
        Err(error) if error.is_eof() => bail!("{name} is truncated: {error}{}", instead(file)),
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

/// What else may be read.
fn instead(report: &Path) -> String {
    let attempts = report.with_file_name(ATTEMPTS);
    match attempts.exists() {
        true => format!("; `tincan report {0}` makes it anew of the attempts in {0}", attempts.display()),
        false => String::new(),
    }
}
