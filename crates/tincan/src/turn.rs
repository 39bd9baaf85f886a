//! No more calls are made at a time than the machine bears, in all processes that share a folder: under nextest each test is one.
//!
//! A turn is a lock on a file. The kernel gives it back however a process ends.

use std::{
    env,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
};

use tincan_peers::bearable_calls;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// Says how many calls are made at a time.
const JOBS: &str = "TINCAN_JOBS";
/// The folder of the files.
const FOLDER: &str = ".turns";

/// The turn of a call; the next one has it when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _lock: File,
}

impl Turn {
    /// Waits for a turn among the calls that write below `reports`.
    ///
    /// # Errors
    /// When the folder cannot be written, or `TINCAN_JOBS` is no number.
    pub(crate) async fn wait(reports: &Path) -> Result<Self> {
        let jobs = jobs(env::var(JOBS).ok().as_deref())?;
        let folder = reports.join(FOLDER);
        let lock = lock(&folder, jobs).await;
        let failed =
            |error| Error::NotWritten(format!("failed to wait for a turn in {}: {error}", folder.display()));
        Ok(Self { _lock: lock.map_err(failed)? })
    }
}

fn jobs(set: Option<&str>) -> Result<usize> {
    let Some(set) = set else { return Ok(bearable_calls()) };
    let jobs = set.parse().ok().filter(|jobs| *jobs > 0);
    jobs.ok_or_else(|| {
        Error::misused(format!("{JOBS}={set}"), "it is how many calls are made at a time, from 1")
    })
}

/// A lock on one of `jobs` files in `folder`: on one that is free, else on the next to be so of one that is drawn.
async fn lock(folder: &Path, jobs: usize) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let files: io::Result<Vec<_>> = (0..jobs).map(|number| open(folder.join(number.to_string()))).collect();
    let mut files = files?;
    for index in 0..files.len() {
        match files[index].try_lock() {
            Ok(()) => return Ok(files.swap_remove(index)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let drawn = files.swap_remove(std::process::id() as usize % jobs);
    let (got, waited) = oneshot::channel();
    // Whoever waits no longer leaves a thread behind that gives back what it gets.
    thread::Builder::new().name("tincan-turn".to_owned()).spawn(move || {
        let locked = drawn.lock().map(|()| drawn);
        drop(got.send(locked));
    })?;
    waited.await.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

fn open(path: PathBuf) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, task::Poll};

    use super::*;

    #[tokio::test]
    async fn who_comes_when_all_turns_are_taken_waits_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = [lock(folder.path(), 2).await.unwrap(), lock(folder.path(), 2).await.unwrap()];
        let mut third = pin!(lock(folder.path(), 2));
        let is_waiting = poll_fn(|context| Poll::Ready(third.as_mut().poll(context).is_pending())).await;
        assert!(is_waiting);
        drop((first, second));
        third.await.unwrap();
    }

    #[test]
    fn a_number_of_calls_is_one_from_1() {
        assert_eq!((jobs(Some("3")).unwrap(), jobs(None).unwrap()), (3, bearable_calls()));
        for wrong in ["0", "", "many"] {
            assert!(jobs(Some(wrong)).unwrap_err().to_string().contains("from 1"), "{wrong:?}");
        }
    }
}
