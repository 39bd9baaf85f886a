//! `--max-size`: a folder that is small enough for any static host, however many attempts it tells of.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use tincan_harness::{attempt::Attempt, verdict::Outcome};
use tincan_output::report::is_below;
use tincan_report::{
    Report, badge, evidence,
    html::{self, Attachments},
    json, markdown,
};

/// How large a folder may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Megabytes(pub u64);

/// A disk gives room in blocks of so many bytes, also to the last part of a file and to a folder.
const BLOCK: u64 = 4096;
/// Of what there is, so much may be `report.json`, in hundredths; the rest is for the page, the evidence and all else.
const FOR_JSON: u64 = 30;
/// So much is left free for what is not known before it is written: the page with pictures, what stands in for evidence.
const FREE: u64 = 150_000;
/// The worth of a small text.
const TEXTS: u8 = 0;
/// A text is small up to so many bytes.
const SMALL: u64 = 32_768;
/// And a page has room for so many.
const PAGE: u64 = 1_000_000;

impl Megabytes {
    const fn bytes(self) -> u64 {
        self.0 * 1_000_000
    }
}

/// What a disk gives to so many bytes.
const fn on_disk(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK) * BLOCK
}

/// The same report, with as much of it as there is room for in `report.json`.
///
/// # Errors
/// Never for a report that tincan made.
pub fn shorten(report: Report, most: Megabytes) -> anyhow::Result<Report> {
    let room = usize::try_from(most.bytes() * FOR_JSON / 100).unwrap_or(usize::MAX);
    report.within(room).context("failed to measure the report")
}

/// A file of evidence that may be copied.
#[derive(Debug, Clone)]
struct Candidate {
    /// Of which attempt, by its place in the report.
    attempt: usize,
    /// Where it is.
    from: PathBuf,
    name: String,
    size: u64,
}

impl Candidate {
    /// Before which other files it comes: what tells most in the fewest bytes.
    fn worth(&self) -> u8 {
        let is = |extension: &str| Path::new(&self.name).extension().is_some_and(|found| found == extension);
        match () {
            // It stands in report.json.
            () if self.name == "attempt.json" => 4,
            () if (is("txt") || is("sdp")) && self.size <= SMALL => TEXTS,
            () if is("png") => 1,
            () if is("json") || is("txt") || is("sdp") => 2,
            () => 3,
        }
    }
}

/// The places of those for which there is room. An attempt has all of its small texts or nothing: a part of them misleads.
fn choose(candidates: &[Candidate], mut room: u64) -> BTreeSet<usize> {
    let mut texts: Vec<(usize, Vec<usize>, u64)> = Vec::new();
    for (place, file) in candidates.iter().enumerate().filter(|(_, file)| file.worth() == TEXTS) {
        match texts.last_mut().filter(|(attempt, ..)| *attempt == file.attempt) {
            Some((_, places, size)) => {
                places.push(place);
                *size += on_disk(file.size);
            }
            // A folder takes a block, and so does the text that says what is left out of it.
            None => texts.push((file.attempt, vec![place], on_disk(file.size) + 2 * BLOCK)),
        }
    }
    let (mut taken, mut opened) = (BTreeSet::new(), BTreeSet::new());
    for (attempt, places, size) in texts {
        if size <= room {
            room -= size;
            opened.insert(attempt);
            taken.extend(places);
        }
    }
    for (place, file) in candidates.iter().enumerate().filter(|(_, file)| file.worth() != TEXTS) {
        let size = on_disk(file.size);
        if size <= room && opened.contains(&file.attempt) {
            room -= size;
            taken.insert(place);
        }
    }
    taken
}

/// Copies into `to` as much of the evidence of `report` as there is room for, and says in each folder what was left out; `source` says in
/// which folder that of an attempt lies. What tells most in the fewest bytes comes first: texts, then pictures, then statistics, then packets,
/// of one attempt of each scenario before the next. Attempts of which nothing is copied have no evidence any more.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy_evidence(
    report: &mut Report,
    source: impl Fn(&Attempt) -> Option<PathBuf>,
    to: &Path,
    most: Megabytes,
) -> anyhow::Result<()> {
    let mut candidates = candidates(report, source)?;
    let rank = ranks(report);
    candidates.sort_by_key(|file| (file.worth(), rank[file.attempt], file.attempt));
    let taken = choose(&candidates, room_for_evidence(report, most)?);
    let folders: BTreeSet<_> = taken.iter().map(|place| candidates[*place].attempt).collect();
    let left_out = (0..candidates.len()).filter(|place| !taken.contains(place));
    let left_out: Vec<_> = left_out.map(|place| &candidates[place]).collect();
    for place in &taken {
        let Candidate { attempt, from, name, .. } = &candidates[*place];
        let folder = to.join(report.attempts[*attempt].evidence.as_deref().unwrap_or_default());
        let copied = fs::create_dir_all(&folder).and_then(|()| fs::copy(from, folder.join(name)));
        copied.with_context(|| format!("failed to copy {} to {}", from.display(), folder.display()))?;
    }
    for (place, attempt) in report.attempts.iter_mut().enumerate() {
        let Some(folder) = attempt.evidence.as_ref() else { continue };
        if !folders.contains(&place) {
            attempt.evidence = None;
            continue;
        }
        let missing = left_out.iter().filter(|file| file.attempt == place);
        let missing: Vec<_> = missing.map(|file| format!("{} ({} bytes)\n", file.name, file.size)).collect();
        if !missing.is_empty() {
            let text = format!(
                "Left out, since the report was to be smaller than {} MB; the run that it is from has them:\n\n{}",
                most.0,
                missing.concat()
            );
            let file = to.join(folder).join(evidence::LEFT_OUT_FILE);
            fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
        }
    }
    Ok(())
}

/// What the rest of the folder leaves for evidence.
fn room_for_evidence(report: &Report, most: Megabytes) -> anyhow::Result<u64> {
    let badges: u64 = badge::badges(report).iter().map(|badge| on_disk(badge.svg.len() as u64)).sum();
    let page = html::render(report, &Attachments::default()).len() as u64;
    let texts = [
        json::compact_size(report)? as u64,
        page.max(PAGE),
        markdown::render(report).len() as u64,
        json::schema()?.len() as u64,
    ];
    let taken = texts.map(on_disk).iter().sum::<u64>() + badges + FREE;
    Ok(most.bytes().saturating_sub(taken))
}

/// Which attempt of its scenario each is among those that are told, failures before all others.
fn ranks(report: &Report) -> Vec<(bool, usize)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut ranks = Vec::new();
    for Attempt { scenario, verdict, .. } in &report.attempts {
        let again = seen.entry(scenario).or_default();
        *again += 1;
        ranks.push((*verdict != Outcome::Failed, *again));
    }
    ranks
}

fn candidates(
    report: &Report,
    source: impl Fn(&Attempt) -> Option<PathBuf>,
) -> anyhow::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for (place, attempt) in report.attempts.iter().enumerate() {
        let Some((folder, evidence)) = source(attempt).zip(attempt.evidence.as_deref()) else { continue };
        ensure!(is_below(evidence), "the evidence {evidence} of {} is not in its folder", folder.display());
        let folder = folder.join(evidence);
        let files = files(&folder).with_context(|| format!("failed to read {}", folder.display()))?;
        found.extend(files.into_iter().map(|(name, size)| Candidate {
            attempt: place,
            from: folder.join(&name),
            name,
            size,
        }));
    }
    Ok(found)
}

/// The files in a folder, by name, with their sizes; none if it is gone, since evidence may be deleted to save room.
fn files(folder: &Path) -> io::Result<Vec<(String, u64)>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        if found.is_file() {
            files.push((entry.file_name().to_string_lossy().into_owned(), found.len()));
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a folder is as small as it was to be, with all that has been put into it.
///
/// # Errors
/// When it is not, or cannot be read.
pub fn check(folder: &Path, most: Megabytes) -> anyhow::Result<()> {
    let size = size(folder).with_context(|| format!("failed to measure {}", folder.display()))?;
    ensure!(
        size <= most.bytes(),
        "{} takes {:.1} MB, more than the {} MB of --max-size: what it tells of every scenario cannot be left out",
        folder.display(),
        size as f64 / 1e6,
        most.0
    );
    Ok(())
}

fn size(path: &Path) -> io::Result<u64> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Ok(on_disk(found.len()));
    }
    let entries = fs::read_dir(path)?.map(|entry| size(&entry?.path()));
    entries.sum::<io::Result<u64>>().map(|sum| sum + BLOCK)
}
