//! Files that are written at once: whoever reads one sees the old one or the new one, and so does whoever comes after a
//! crash.

use std::{
    fs::{self, File, Permissions},
    io::{self, BufWriter, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::{Context, Result, ensure};

/// Puts `content` into the file `path`, in place of what was there.
///
/// # Errors
/// When the folder cannot be written.
pub fn put(path: &Path, content: &str) -> Result<()> {
    put_by(path, |file| file.write_all(content.as_bytes()))
}

/// Puts what `write` writes into the file `path`, in place of what was there.
///
/// # Errors
/// When the folder cannot be written.
pub fn put_by(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> Result<()> {
    let failed = || format!("failed to write {}", path.display());
    let write = |file: &File| {
        let mut file = BufWriter::new(file);
        write(&mut file).and_then(|()| file.flush())
    };
    if is_device(path) {
        return File::create(path).and_then(|file| write(&file)).context(failed);
    }
    let file = beside(path).context(failed)?;
    write(file.as_file()).context(failed)?;
    file.persist(path).map_err(|error| error.error).context(failed)?;
    Ok(())
}

/// A file that can be written, as far as that can be seen before it is.
#[derive(Debug)]
pub struct Writable(PathBuf);

impl Writable {
    /// The file `path`, which `option` has named.
    ///
    /// # Errors
    /// When it is a folder, or nothing can be made in its folder.
    pub fn new(path: PathBuf, option: &str) -> Result<Self> {
        let failed = || format!("{} cannot be written; give another file with {option}", path.display());
        ensure(!path.is_dir(), || format!("{}: it is a folder", failed()))?;
        if !is_device(&path) {
            beside(&path).context(failed)?;
        }
        Ok(Self(path))
    }

    /// Puts `content` into it.
    ///
    /// # Errors
    /// When that has become impossible.
    pub fn put(&self, content: &str) -> Result<()> {
        put(&self.0, content)
    }
}

/// A terminal, a pipe, `/dev/null`: written to, never replaced.
fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A file without a lasting name in the folder of `path`.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".tincan-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}
