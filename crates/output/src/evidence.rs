//! The folders of evidence beside the report: one for each attempt that did not pass, or for each if that was asked for.

use std::{
    fs::{self, File, Permissions},
    io::{self, ErrorKind, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tincan_harness::{Attempt, Environment, Exchange, verdict::Outcome};
use tincan_report::{Redaction, evidence};

use crate::error::{Context, Error, Result};

/// What a folder is called while it is being filled.
const UNFINISHED: &str = ".tincan-";

/// Where evidence is kept, and how.
#[derive(Debug)]
pub struct Evidence {
    folder: PathBuf,
    keep_all: bool,
    /// With `--redact`.
    redaction: Option<Redaction>,
}

impl Evidence {
    /// The evidence of a run that writes into `output`: of each attempt that did not pass, or with `keep_all` of each; masked with
    /// `redact`.
    #[must_use]
    pub fn new(output: &Path, keep_all: bool, redact: bool) -> Self {
        Self { folder: output.join(evidence::FOLDER), keep_all, redaction: redact.then(Redaction::default) }
    }

    /// Keeps the evidence of an attempt if it is to be kept, and gives the attempt as it stands in the report: with the
    /// name of its folder, and redacted if that was asked for.
    ///
    /// # Errors
    /// With the attempt, when its evidence could not be written.
    pub fn keep(
        &mut self,
        mut attempt: Attempt,
        exchange: Option<&Exchange>,
        environment: &Environment,
    ) -> (Attempt, Result<()>) {
        if let (Some(redaction), Some(exchange)) = (&mut self.redaction, exchange) {
            redaction.learn(exchange);
        }
        let kept = match self.keep_all || attempt.verdict != Outcome::Passed {
            true => self.put(&mut attempt, exchange, environment),
            false => Ok(()),
        };
        let kept = kept.context(|| format!("failed to keep the evidence of {}", attempt.scenario));
        match self.redacted(&attempt) {
            Ok(attempt) => (attempt, kept),
            Err(error) => (bare(attempt), kept.and(Err(error))),
        }
    }

    /// Removes the evidence that this run kept last, so that its room can be used. Answers whose it was; none if there is none
    /// left that can be removed.
    pub fn give_up_last(&self, attempts: &mut [Attempt]) -> Option<String> {
        let last = attempts.iter_mut().rfind(|attempt| attempt.evidence.is_some())?;
        fs::remove_dir_all(self.folder.join(evidence::folder_name(last))).ok()?;
        last.evidence.take()
    }

    fn redacted(&mut self, attempt: &Attempt) -> Result<Attempt> {
        match &mut self.redaction {
            Some(redaction) => redaction.value(attempt).context(|| {
                format!("failed to redact {}: all but its verdict is left out", attempt.scenario)
            }),
            None => Ok(attempt.clone()),
        }
    }

    /// Fills a folder under another name, and gives it its own when all is there.
    fn put(
        &mut self,
        attempt: &mut Attempt,
        exchange: Option<&Exchange>,
        environment: &Environment,
    ) -> Result<()> {
        let name = evidence::folder_name(attempt);
        attempt.evidence = Some(format!("{}/{name}", evidence::FOLDER));
        let files = evidence::files(attempt, exchange, environment, self.redaction.as_mut());
        let written = write(&self.folder, &name, &files);
        if written.is_err() {
            attempt.evidence = None;
        }
        written
    }
}

/// What can be said of an attempt without any word that came from its peers.
fn bare(attempt: Attempt) -> Attempt {
    Attempt {
        reason: None,
        diagnosis: None,
        evidence: None,
        selected_pair: Default::default(),
        codec: Default::default(),
        transport: Default::default(),
        sdp: Default::default(),
        signals: Vec::new(),
        notes: Vec::new(),
        console: Default::default(),
        ..attempt
    }
}

fn write(folder: &Path, name: &str, files: &[evidence::File]) -> Result<()> {
    fs::create_dir_all(folder).context(|| format!("failed to make {}", folder.display()))?;
    let unfinished = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(folder)
        .context(|| format!("failed to make a folder in {}", folder.display()))?;
    for file in files {
        let path = unfinished.path().join(&file.name);
        let bytes = file.content.bytes()?;
        let written = File::create_new(&path).and_then(|mut to| to.write_all(&bytes));
        written.context(|| format!("failed to write {}", path.display()))?;
    }
    let finished = folder.join(name);
    fs::rename(unfinished.path(), &finished)
        .context(|| format!("failed to give {} its name", finished.display()))?;
    // It has another name now, and stays.
    let _ = unfinished.keep();
    Ok(())
}

/// Removes the evidence that an older run has left in `output`. All of it is looked at first: if there is something that
/// tincan did not write, nothing is removed.
///
/// # Errors
/// Then, and when it cannot be removed.
pub fn remove_old(output: &Path) -> Result<()> {
    let folder = &output.join(evidence::FOLDER);
    if fs::symlink_metadata(folder).is_ok_and(|found| !found.is_dir()) {
        return Err(Error::new(foreign(folder)));
    }
    let Some(attempts) = entries(folder)? else { return Ok(()) };
    let mut old = Vec::new();
    for attempt in attempts {
        let named = file_name(&attempt);
        let ours = evidence::is_folder_name(&named) || named.starts_with(UNFINISHED);
        let files = if ours { entries(&attempt)? } else { None };
        let Some(files) = files else { return Err(Error::new(foreign(&attempt))) };
        if let Some(file) = files.iter().find(|file| !is_ours(file)) {
            return Err(Error::new(foreign(file)));
        }
        old.push((attempt, files));
    }
    // One by one, and never a folder with what is in it: what has come in between is not lost either.
    for (attempt, files) in old {
        for file in files {
            fs::remove_file(&file).context(|| format!("failed to remove {}", file.display()))?;
        }
        fs::remove_dir(&attempt).context(|| format!("failed to remove {}", attempt.display()))?;
    }
    fs::remove_dir(folder).context(|| format!("failed to remove {}", folder.display()))
}

fn foreign(path: &Path) -> String {
    format!(
        "{} was not written by tincan, which removes its old evidence when a run begins; move it away",
        path.display()
    )
}

fn is_ours(file: &Path) -> bool {
    evidence::is_file_name(&file_name(file)) && fs::symlink_metadata(file).is_ok_and(|found| found.is_file())
}

/// What is in a folder; none if it is not there, or is no folder.
fn entries(folder: &Path) -> Result<Option<Vec<PathBuf>>> {
    let failed = || format!("failed to read {}", folder.display());
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context(failed),
        Ok(found) if !found.is_dir() => return Ok(None),
        Ok(_) => {}
    }
    let entries = fs::read_dir(folder).context(failed)?;
    let paths: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    Ok(Some(paths.context(failed)?))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use tincan_harness::{HarnessError, Scenario, Verdict, scenario::PeerId};
    use tincan_peers::registry::catalogue;

    use super::*;

    #[test]
    fn a_folder_that_cannot_be_written_does_not_cost_the_verdict() {
        let output = tempfile::tempdir().unwrap();
        fs::write(output.path().join(evidence::FOLDER), "in the way").unwrap();
        let verdict = Verdict::Errored(None, HarnessError::new("start", "no"));
        let attempt = Attempt::without_exchange(&catalogue().scenarios()[0], 1, &verdict);
        let mut evidence = Evidence::new(output.path(), false, true);
        let (kept, outcome) = evidence.keep(attempt.clone(), None, &Environment::default());
        assert_eq!(kept, attempt);
        let error = format!("{:#}", outcome.unwrap_err());
        assert!(
            error.starts_with(&format!("failed to keep the evidence of {}", attempt.scenario)),
            "{error}"
        );
    }

    #[test]
    fn a_folder_has_its_name_only_when_all_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let content = evidence::Content::Text("v=0".to_owned());
            evidence::File { name: name.to_owned(), content }
        };
        assert!(write(folder.path(), "a", &[file("offer.sdp"), file("no such folder/offer.sdp")]).is_err());
        assert_eq!(entries(folder.path()).unwrap(), Some(vec![]), "something is left of it");
        write(folder.path(), "a", &[file("offer.sdp")]).unwrap();
        assert!(write(folder.path(), "a", &[file("offer.sdp")]).is_err(), "it was written over");
        assert_eq!(entries(folder.path()).unwrap(), Some(vec![folder.path().join("a")]));
    }

    #[test]
    fn evidence_makes_way_for_the_report() {
        let output = tempfile::tempdir().unwrap();
        let mut evidence = Evidence::new(output.path(), true, false);
        let kept = [1, 2].map(|repetition| {
            let attempt =
                Attempt::without_exchange(&catalogue().scenarios()[0], repetition, &Verdict::Passed);
            evidence.keep(attempt, None, &Environment::default())
        });
        let mut attempts = kept.map(|(attempt, outcome)| outcome.map(|()| attempt).unwrap());
        let folders = attempts.clone().map(|attempt| output.path().join(attempt.evidence.unwrap()));
        let gone = attempts[1].evidence.clone();
        assert_eq!(evidence.give_up_last(&mut attempts), gone);
        assert_eq!(folders.map(|folder| folder.exists()), [true, false]);
        assert_eq!(attempts.map(|attempt| attempt.evidence.is_some()), [true, false]);
    }

    #[test]
    fn the_names_of_all_scenarios_are_known_again() {
        let (mut scenarios, dotted) = (catalogue().scenarios(), PeerId::literal("a-1.2"));
        scenarios.extend([
            Scenario { offerer: dotted, ..scenarios[0] },
            Scenario { answerer: dotted, ..scenarios[0] },
            Scenario { offerer: dotted, answerer: dotted, ..scenarios[0] },
        ]);
        for scenario in scenarios {
            for repetition in [1, 10_000] {
                let attempt = Attempt::without_exchange(&scenario, repetition, &Verdict::Passed);
                let name = evidence::folder_name(&attempt);
                assert!(evidence::is_folder_name(&name) && !name.contains('/'), "{name}");
            }
        }
    }
}
