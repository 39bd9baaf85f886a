//! A folder that one process at a time writes into.

use std::{
    fs::{self, File, TryLockError},
    io::Read,
    path::{Path, PathBuf},
};

use crate::{
    error::{Context, Result, ensure},
    file,
};

/// How much of a file is looked at to see whether it is tincan's, in bytes.
const NEAR: u64 = 1024;

/// A folder that this process, and no other one, writes into.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Held for as long as this lives; the kernel gives it back however the process ends.
    _lock: File,
}

impl Folder {
    /// The folder, made if it is not there, unless another process has it.
    ///
    /// # Errors
    /// When it cannot be made or opened.
    pub fn take(path: &Path) -> Result<Option<Self>> {
        let hint = || format!("{} cannot be used; give another folder with --out", path.display());
        fs::create_dir_all(path).context(hint)?;
        let lock = File::open(path).context(hint)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context(hint),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file `name` of an older run, so that it is not mistaken for one of this run. What tincan writes into such a
    /// file has `mark` near its beginning.
    ///
    /// # Errors
    /// When it was not written by tincan, or cannot be removed.
    pub fn remove_old(&self, name: &str, mark: &str) -> Result<()> {
        let path = self.path.join(name);
        let Ok(found) = path.symlink_metadata() else { return Ok(()) };
        let mut begin = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(NEAR).read_to_end(&mut begin));
        let is_ours = found.is_file() && read.is_ok() && String::from_utf8_lossy(&begin).contains(mark);
        ensure(is_ours, || {
            format!(
                "{} was not written by tincan, which writes a file of that name; move it away",
                path.display()
            )
        })?;
        fs::remove_file(&path).context(|| format!("failed to remove {}", path.display()))
    }

    /// Puts `content` into the file `name` in it, in place of what was there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, name: &str, content: &str) -> Result<()> {
        file::put(&self.path.join(name), content)
    }
}
