//! Files that grow by lines of JSON. What was appended costs what it is, however much there is already, and is there for
//! whoever comes after a crash.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, Permissions},
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    marker::PhantomData,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::{Context, Error, Result, ensure};

/// A file of lines of the form `L`, which this process alone appends to.
#[derive(Debug)]
pub struct Lines<L> {
    file: File,
    path: PathBuf,
    /// Where the last whole line ends.
    end: u64,
    /// Whether there is a part of a line behind that.
    torn: bool,
    of: PhantomData<fn(&L)>,
}

impl<L: Serialize> Lines<L> {
    /// Begins the file `path` anew, with a first line that is there as soon as the file is.
    ///
    /// # Errors
    /// When its folder cannot be written, or a file of that name is none of these.
    pub fn begin(path: PathBuf, first: &L) -> Result<Self> {
        let failed = || format!("failed to begin {}", path.display());
        let first = line(first).context(failed)?;
        check_is_ours(&path, &first)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tincan-").permissions(Permissions::from_mode(0o666)).append(true);
        let mut file = builder.tempfile_in(folder).context(failed)?;
        file.write_all(&first).context(failed)?;
        let file = file.persist(&path).map_err(|error| error.error).context(failed)?;
        Ok(Self { file, path, end: first.len() as u64, torn: false, of: PhantomData })
    }

    /// Goes on with the file `path`, which was begun before.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub fn go_on(path: PathBuf) -> Result<Self> {
        let failed = || format!("failed to go on with {}", path.display());
        let mut file = File::options().read(true).append(true).open(&path).context(failed)?;
        let end = file.metadata().context(failed)?.len();
        let mut last = [b'\n'];
        if end > 0 {
            file.seek(SeekFrom::End(-1)).context(failed)?;
            file.read_exact(&mut last).context(failed)?;
        }
        Ok(Self { file, path, end, torn: last != [b'\n'], of: PhantomData })
    }

    /// Appends a line: all of it, in one write, or nothing that a reader would take for one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, added: &L) -> Result<()> {
        let failed = || format!("failed to write {}", self.path.display());
        let mut bytes = line(added).context(failed)?;
        if self.torn {
            // Whoever reads it leaves the part out, and takes what follows.
            bytes.insert(0, b'\n');
        }
        if let Err(error) = self.file.write_all(&bytes) {
            // On a full disk a part of it may have been written.
            self.torn = self.file.set_len(self.end).is_err();
            return Err(error).context(failed);
        }
        self.torn = false;
        self.end += bytes.len() as u64;
        Ok(())
    }
}

fn line(of: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(of)?;
    line.push(b'\n');
    Ok(line)
}

/// Whether what is in the way, if anything, begins as `first` does: with the same field.
fn check_is_ours(path: &Path, first: &[u8]) -> Result<()> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let field = first.iter().position(|byte| *byte == b':').map_or(first, |colon| &first[..colon]);
    let begins = || {
        let mut begin = Vec::new();
        let read = File::open(path).and_then(|file| file.take(field.len() as u64).read_to_end(&mut begin));
        read.is_ok() && begin == field
    };
    ensure(found.is_file() && begins(), || {
        format!(
            "{} was not written by tincan, which begins a file of that name; move it away",
            path.display()
        )
    })
}

/// What a file of lines holds.
#[derive(Debug)]
pub struct Found<L> {
    /// The lines that are whole.
    pub lines: Vec<L>,
    /// Those that are not.
    pub left_out: Vec<LeftOut>,
}

/// A line that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its number, from 1.
    number: usize,
    /// How much there is of it.
    bytes: usize,
    /// Why.
    why: String,
}

/// `line 17 is left out, of which there are 1200 bytes: the file ends within it`
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is left out, of which there are {} bytes: {}", self.number, self.bytes, self.why)
    }
}

/// What is read of a first line of any version.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// The name of the one field of the first line of the file `path`: what kind of lines follow.
///
/// # Errors
/// When the file cannot be read, or does not begin as a file of lines does.
pub fn kind(path: &Path) -> Result<String> {
    let name = path.display();
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).read_until(b'\n', &mut first));
    read.context(|| format!("failed to read {name}"))?;
    let (kind, _) = beginning(&first).context(|| format!("{name} is none that tincan can use"))?;
    Ok(kind)
}

/// Reads the lines of the file `path`, whose form has the version `version`. Those that are not whole, since something
/// ended while they were written, cost nothing but themselves.
///
/// # Errors
/// When the file cannot be read, or does not begin as the lines of that version do.
pub fn read<L: DeserializeOwned>(path: &Path, version: u32) -> Result<Found<L>> {
    let name = path.display();
    let failed = || format!("failed to read {name}");
    let mut file = BufReader::new(File::open(path).context(failed)?);
    let (mut found, mut line) = (Found { lines: Vec::new(), left_out: Vec::new() }, Vec::new());
    for number in 1.. {
        line.clear();
        if file.read_until(b'\n', &mut line).context(failed)? == 0 {
            break;
        }
        if number == 1 {
            check_version(&line, version).context(|| format!("{name} is none that tincan can use"))?;
        }
        let (bytes, is_ended) = (line.len(), line.ends_with(b"\n"));
        match serde_json::from_slice(&line) {
            Ok(line) => found.lines.push(line),
            Err(_) if line == b"\n" => {}
            Err(_) if !is_ended => {
                let why = "the file ends within it".to_owned();
                found.left_out.push(LeftOut { number, bytes, why });
            }
            Err(error) => found.left_out.push(LeftOut { number, bytes, why: error.to_string() }),
        }
    }
    Ok(found)
}

/// A first line is an object with one field, and that holds the version of what follows.
fn beginning(line: &[u8]) -> Result<(String, u32)> {
    let first: serde_json::Result<BTreeMap<String, Version>> = serde_json::from_slice(line);
    let mut first = first.context(|| "its first line does not say of what kind and version it is")?;
    match first.pop_first() {
        Some((kind, Version { schema_version })) if first.is_empty() => Ok((kind, schema_version)),
        _ => Err(Error::new("its first line has to have one field")),
    }
}

fn check_version(line: &[u8], version: u32) -> Result<()> {
    let (_, found) = beginning(line)?;
    ensure(found == version, || {
        format!(
            "it has schema version {found}, and this tincan reads {version}; use the tincan that wrote it"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::{
        error::Error as _,
        fs,
        io::{self, ErrorKind},
    };

    use serde_json::{Value, json};

    use super::*;

    fn begun() -> (tempfile::TempDir, PathBuf, Lines<Value>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let lines = Lines::begin(path.clone(), &json!({ "run": { "schema_version": 7 } })).unwrap();
        (folder, path, lines)
    }

    fn numbers(found: &Found<Value>) -> Vec<u64> {
        found.lines.iter().filter_map(|line| line["n"].as_u64()).collect()
    }

    #[test]
    fn a_file_is_gone_on_with_wherever_it_was_cut() {
        let (_folder, path, mut lines) = begun();
        let first = fs::read(&path).unwrap().len();
        lines.append(&json!({ "n": 10 })).unwrap();
        let all = fs::read(&path).unwrap();
        for cut in first..=all.len() {
            fs::write(&path, &all[..cut]).unwrap();
            let mut lines = Lines::go_on(path.clone()).unwrap();
            lines.append(&json!({ "n": 11 })).unwrap();
            lines.append(&json!({ "n": 12 })).unwrap();
            // But for its line feed a line is whole.
            let before = if cut + 1 >= all.len() { &[10][..] } else { &[] };
            assert_eq!(numbers(&read(&path, 7).unwrap()), [before, &[11, 12]].concat(), "cut at {cut}");
        }
    }

    #[test]
    fn wherever_a_file_is_cut_all_whole_lines_are_found() {
        let (_folder, path, mut lines) = begun();
        let first = fs::read(&path).unwrap().len();
        let mut ends = Vec::new();
        for n in 10..14 {
            lines.append(&json!({ "n": n, "text": "ü\n" })).unwrap();
            ends.push(fs::read(&path).unwrap().len());
        }
        let all = fs::read(&path).unwrap();
        for cut in first..=all.len() {
            fs::write(&path, &all[..cut]).unwrap();
            let found = read(&path, 7).unwrap();
            // But for its line feed a line is whole.
            let whole = ends.iter().filter(|end| **end <= cut + 1).count();
            assert_eq!(numbers(&found).len(), whole, "cut at {cut}");
            let is_cut = cut != first && !ends.iter().any(|end| (cut..=cut + 1).contains(end));
            assert_eq!(found.left_out.len(), usize::from(is_cut), "cut at {cut}: {:?}", found.left_out);
        }
        for cut in 0..first - 1 {
            fs::write(&path, &all[..cut]).unwrap();
            assert!(read::<Value>(&path, 7).is_err() || cut == 0, "nothing is known of a run, cut at {cut}");
        }
    }

    #[test]
    fn a_damaged_line_costs_only_itself() {
        let (_folder, path, mut lines) = begun();
        for n in 1..4 {
            lines.append(&json!({ "n": n })).unwrap();
        }
        let damaged = fs::read_to_string(&path).unwrap().replace("{\"n\":2", "\0\0\0\0");
        fs::write(&path, damaged).unwrap();
        let found = read(&path, 7).unwrap();
        assert_eq!(numbers(&found), [1, 3]);
        let said: Vec<_> = found.left_out.iter().map(ToString::to_string).collect();
        assert!(
            said.len() == 1 && said[0].starts_with("line 3 is left out, of which there are 6 bytes"),
            "{said:?}"
        );
    }

    #[test]
    fn what_a_full_disk_cut_is_taken_back_or_else_left_out() {
        let (folder, path, mut lines) = begun();
        let full = File::options().append(true).open("/dev/full").unwrap();
        let file = std::mem::replace(&mut lines.file, full);
        let error = lines.append(&json!({ "n": 1 })).unwrap_err();
        let kind = error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
        assert_eq!((kind, lines.torn), (Some(ErrorKind::StorageFull), true), "{error:#}");
        // A device cannot be cut back; what a file had by then would stay in it.
        (&file).write_all(b"{\"n\":1").unwrap();
        lines.file = file;
        lines.append(&json!({ "n": 2 })).unwrap();
        lines.append(&json!({ "n": 3 })).unwrap();
        let found = read(&path, 7).unwrap();
        assert_eq!((numbers(&found), found.left_out.len()), (vec![2, 3], 1));
        drop(folder);
    }

    #[test]
    fn only_what_tincan_wrote_makes_way() {
        let (_folder, path, mut lines) = begun();
        lines.append(&json!({ "n": 1 })).unwrap();
        let first = json!({ "run": { "schema_version": 8 } });
        drop(Lines::begin(path.clone(), &first).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{first}\n"));
        fs::write(&path, "{\"mine\": 1}").unwrap();
        let error = Lines::begin(path.clone(), &first).unwrap_err().to_string();
        assert!(error.contains("was not written by tincan"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"mine\": 1}");
    }

    #[test]
    fn another_version_is_refused_by_its_number() {
        let (_folder, path, lines) = begun();
        drop(lines);
        let error = format!("{:#}", read::<Value>(&path, 8).unwrap_err());
        assert!(error.contains("it has schema version 7, and this tincan reads 8"), "{error}");
    }
}
