//! The files of a page's folder: nothing that lies outside of it, nothing hidden, and nothing but files.

use std::{
    ffi::OsStr,
    fs::{File, Metadata, read_link},
    io::{self, ErrorKind},
    os::{fd::AsRawFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
};

use futures_util::future::{BoxFuture, FutureExt};
use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
};
use tower_http::services::{
    ServeDir,
    fs::{Backend, DefaultServeDirFallback, TokioBackend, TokioFile},
};

/// Serves the files of `folder`, which may be a link itself, and may be replaced meanwhile.
pub(super) fn service(folder: &Path) -> ServeDir<DefaultServeDirFallback, Folder> {
    ServeDir::with_backend("", Folder(folder.to_owned()))
}

/// Finds the files of a folder by their paths below it.
///
/// What is at a path is held first and looked at then, so that no link can be put in its place in between.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// What is at `path`, if it may be seen.
    fn find(&self, path: &Path) -> io::Result<File> {
        // Only held, not opened: to open a fifo would wait for its other end, and to open a device may do anything.
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let found = File::from(rustix::fs::open(self.0.join(path), flags, Mode::empty())?);
        let place = read_link(endpoint(&found))?;
        // Links may lead about within the folder; what counts is where they end.
        let inside = place.strip_prefix(self.0.canonicalize()?).is_ok_and(|place| !is_hidden(place));
        let metadata = found.metadata()?;
        let seen = inside && !is_hidden(path) && (metadata.is_file() || metadata.is_dir());
        if seen { Ok(found) } else { Err(ErrorKind::NotFound.into()) }
    }

    /// As [`Self::find`], where it may wait for the disk.
    async fn found(self, path: PathBuf) -> io::Result<File> {
        let found = tokio::task::spawn_blocking(move || self.find(&path)).await;
        found.map_err(io::Error::other)?.map_err(as_told)
    }
}

impl Backend for Folder {
    type File = TokioFile;
    type Metadata = Metadata;
    type OpenFuture = BoxFuture<'static, io::Result<TokioFile>>;
    type MetadataFuture = BoxFuture<'static, io::Result<Metadata>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        let found = self.clone().found(path);
        let open = async move {
            let found = found.await?;
            if !found.metadata()?.is_file() {
                return Err(ErrorKind::NotFound.into());
            }
            TokioBackend.open(endpoint(&found)).await.map_err(as_told)
        };
        open.boxed()
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        let found = self.clone().found(path);
        async move { found.await?.metadata() }.boxed()
    }
}

/// A path that leads to what is held, wherever it is by now; as a link, it says where (proc(5)).
fn endpoint(held: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()))
}

/// Whether any part of a path begins with a dot, as do `.git` and `.env`.
fn is_hidden(path: &Path) -> bool {
    let is_hidden = |part: &OsStr| part.as_bytes().starts_with(b".");
    path.iter().any(|part| part != "." && is_hidden(part))
}

/// Whatever a client asks for and cannot be opened is not there, unless it is this machine that has failed.
fn as_told(error: io::Error) -> io::Error {
    let own = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::IO];
    match Errno::from_io_error(&error) {
        Some(errno) if own.contains(&errno) => error,
        _ => ErrorKind::NotFound.into(),
    }
}
