//! One network namespace, and what runs in it.

use std::{
    fmt,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    panic,
    process::{Child, Command},
    thread::{self, JoinHandle},
};

use nix::sched::{CloneFlags, setns, unshare};

use super::{error::LabError, privilege};

/// The namespace that the calling thread is in. `/proc/self` would be that of the first thread.
const OF_THIS_THREAD: &str = "/proc/thread-self/ns/net";

/// A network namespace: interfaces, routes, rules and ports of its own. It lives as long as a value of this type, a socket
/// made in it, or a thread or process in it.
///
/// A thread enters a namespace, not a process, and what a thread makes stays there: sockets, threads and processes. So all
/// work is done by threads that are made for it and entered for life; no thread ever comes back.
pub struct Namespace {
    handle: File,
}

impl Namespace {
    /// The namespace of the calling thread: what is outside of every network that [`Lab::make`](super::lab::Lab::make) made,
    /// unless the caller runs in one of these.
    ///
    /// # Errors
    /// [`LabError::System`] if /proc is not there.
    pub fn current() -> Result<Self, LabError> {
        let handle =
            File::open(OF_THIS_THREAD).map_err(LabError::system(format!("open {OF_THIS_THREAD}")))?;
        Ok(Self { handle })
    }

    /// A new one, with a loopback interface that is down.
    pub(super) fn make() -> Result<Self, LabError> {
        on_a_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| LabError::Forbidden {
                what: "network namespace",
                remedy: privilege::remedy(),
                source: errno.into(),
            })?;
            Self::current()
        })
    }

    /// Does `work` on a thread in this namespace, and waits until it is done. Sockets that it makes can be used anywhere.
    ///
    /// # Errors
    /// If the namespace cannot be entered.
    ///
    /// # Panics
    /// If `work` does.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        on_a_thread(|| {
            self.enter()?;
            Ok(work())
        })
    }

    /// Starts a thread in this namespace, and returns when it is in it. The threads and processes that it starts are in it
    /// too; a multi-threaded runtime from outside would do its work outside.
    ///
    /// # Errors
    /// If the thread cannot be started, or the namespace cannot be entered.
    pub fn thread<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        // A thread starts where the one that starts it is.
        self.run(|| thread::Builder::new().name(name.to_owned()).spawn(work))?
    }

    /// Starts a process in this namespace. Like any other, it is the caller's to end; the namespace lives as long as it does.
    ///
    /// The thread that starts it ends at once, so a parent-death signal (prctl(2)) must not be set on `command`.
    ///
    /// # Errors
    /// If the namespace cannot be entered, or the process cannot be started.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        self.run(|| command.spawn())?
    }

    /// The number of this namespace: the inode of every `/proc/PID/ns/net` in it (namespaces(7)).
    ///
    /// # Errors
    /// If the kernel does not tell.
    pub fn inode(&self) -> io::Result<u64> {
        Ok(self.handle.metadata()?.ino())
    }

    /// The open namespace, for a program that takes it as a file.
    pub(super) fn file(&self) -> io::Result<File> {
        self.handle.try_clone()
    }

    fn enter(&self) -> io::Result<()> {
        // An ordinary user has no right to re-enter the namespace outside, and need not: every thread starts there.
        if fs::metadata(OF_THIS_THREAD)?.ino() == self.inode()? {
            return Ok(());
        }
        Ok(setns(&self.handle, CloneFlags::CLONE_NEWNET)?)
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inode = self.inode().ok();
        f.debug_struct("Namespace").field("inode", &inode).finish()
    }
}

/// Does `work` on a thread of its own, whose panic is the caller's.
pub(super) fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|cause| panic::resume_unwind(cause)))
}
