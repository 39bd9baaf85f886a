//! The files that are given to peers.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use tincan_harness::sdp::question::{DescriptionKind, LONGEST, Question, ToldBy};
use tincan_report::sdp::UnreadableFile;

/// How standard input is named.
const STDIN: &str = "-";

/// What is given to peers, and what cannot be.
#[derive(Debug, Default)]
pub struct Given {
    /// The descriptions, in their order.
    pub files: Vec<GivenFile>,
    /// The files that hold none.
    pub unreadable: Vec<UnreadableFile>,
}

/// A description, and where it is from.
#[derive(Debug, Clone)]
pub struct GivenFile {
    /// The file, as it was named.
    pub path: PathBuf,
    /// It.
    pub question: Question,
    /// How it is known as what it is given.
    pub told_by: ToldBy,
}

/// Reads `paths`, of which a folder is the descriptions in it. With `kind` all are given as that.
pub fn read(paths: &[PathBuf], kind: Option<DescriptionKind>) -> Given {
    let mut given = Given::default();
    for path in paths {
        match files_of(path) {
            Ok(files) => files.into_iter().for_each(|file| given.take(file, kind)),
            Err(reason) => given.refuse(path, reason),
        }
    }
    given
}

impl Given {
    fn take(&mut self, path: PathBuf, kind: Option<DescriptionKind>) {
        let bytes = bytes_of(&path).map_err(|error| format!("it cannot be read: {error}"));
        let read = bytes.and_then(|bytes| Question::read(&bytes, kind).map_err(|error| error.to_string()));
        match read {
            Ok((question, told_by)) => self.files.push(GivenFile { path, question, told_by }),
            Err(reason) => self.refuse(&path, reason),
        }
    }

    fn refuse(&mut self, path: &Path, reason: String) {
        self.unreadable.push(UnreadableFile { file: path.display().to_string(), reason });
    }
}

/// The file itself, or what is in the folder, in the order of names.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error: io::Error| format!("the folder cannot be read: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|extension| extension == "sdp" || extension == "json")
            && file.is_file()
        {
            files.push(file);
        }
    }
    files.sort();
    match files.is_empty() {
        true => Err("there are no .sdp or .json files in it".to_owned()),
        false => Ok(files),
    }
}

/// What is read of a file: no more than shows that it is too long.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = LONGEST as u64 + 1;
    match path.as_os_str() == STDIN {
        true => io::stdin().lock().take(most).read_to_end(&mut bytes)?,
        false => fs::File::open(path)?.take(most).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

impl GivenFile {
    /// Where what is left of it is written: beside it, or into `folder`.
    pub fn shrunk_path(&self, folder: Option<&Path>) -> PathBuf {
        let is_json = self.told_by == ToldBy::Type;
        let stem = match self.path.as_os_str() == STDIN {
            true => "stdin".into(),
            false => self.path.file_stem().unwrap_or_default().to_string_lossy(),
        };
        let name = format!("{stem}.min.{}", if is_json { "json" } else { "sdp" });
        match folder {
            Some(folder) => folder.join(name),
            None => self.path.with_file_name(name),
        }
    }

    /// What is left of it as it is written: in the form in which it was given.
    pub fn shrunk_text(&self, sdp: &str) -> String {
        match self.told_by {
            ToldBy::Type => serde_json::json!({ "type": self.question.kind, "sdp": sdp }).to_string() + "\n",
            _ => sdp.to_owned(),
        }
    }
}
