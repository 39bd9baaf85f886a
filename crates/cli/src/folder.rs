//! A folder that one process at a time writes into.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::file;

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
    pub fn take(path: &Path) -> anyhow::Result<Option<Self>> {
        let cure = || format!("{} cannot be used; give another folder with --out", path.display());
        fs::create_dir_all(path).with_context(cure)?;
        let lock = File::open(path).with_context(cure)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(cure),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts `content` into the file `name` in it, in place of what was there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, name: &str, content: &str) -> anyhow::Result<()> {
        file::put(&self.path.join(name), content)
    }
}
