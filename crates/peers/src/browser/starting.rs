//! A browser that is being started: its death is an event, and is told in its own words.
//!
//! A driver notices the end of the process that it has started. That may be a start script which lives on: then the driver
//! waits for a browser that has died.

use std::{future, io, thread, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, PidfdFlags, pidfd_open},
};
use tincan_harness::HarnessError;
use tokio::{pin, sync::oneshot, time::timeout};

use super::{process::Warden, words};
use crate::warden;

/// What is being done.
pub(super) const START: &str = "start the browser";
/// How long a browser may take to start. Measured: 170 ms to 1.3 s.
pub(super) const SESSION_DEADLINE: Duration = Duration::from_secs(10);
/// How long a driver may take to say why, when its browser has ended. It looks every 50 ms.
const DRIVERS_WORD: Duration = Duration::from_secs(1);

impl Warden {
    /// Waits for `starting`; but if the browser dies meanwhile, or says that it cannot be driven, not any longer.
    ///
    /// # Errors
    /// Those of `starting`, and that the browser has died: with what it printed, what was fatal first.
    pub(super) async fn while_it_lives<T>(
        &mut self,
        starting: impl Future<Output = Result<T, HarnessError>>,
    ) -> Result<T, HarnessError> {
        pin!(starting);
        let ended = tokio::select! {
            biased;
            started = &mut starting => return started.map_err(|trouble| self.in_its_own_words(trouble)),
            ended = self.browser_ends() => ended,
        };
        // Perhaps the driver has ended it, and says why.
        let started = timeout(DRIVERS_WORD, starting).await;
        started
            .unwrap_or_else(|_| Err(HarnessError::new(START, ended)))
            .map_err(|trouble| self.in_its_own_words(trouble))
    }

    /// The trouble with what browser and driver printed, and with what to do about that.
    fn in_its_own_words(&self, trouble: HarnessError) -> HarnessError {
        let runs = self.browser().map_or("no process of it is left", |_| "its process runs");
        let message = format!("{}; {runs}", trouble.message);
        words::add(HarnessError { message, ..trouble }, &self.printed_after(0))
    }

    /// Returns when the browser has ended, or has said that it cannot be driven; says which.
    async fn browser_ends(&mut self) -> &'static str {
        let mut watched = None;
        loop {
            let line = tokio::select! {
                ended = end_of(watched.as_mut()) => {
                    if ended {
                        return "it has ended";
                    }
                    watched = None;
                    continue;
                }
                line = self.next_line() => line,
            };
            let Some(line) = line else { return "its driver has ended" };
            if words::is_refusal(&line) {
                return "it cannot be driven";
            }
            // Only a browser prints such lines: if none runs now, one has run.
            if watched.is_none() && words::is_of_browser(&line) {
                match self.browser().map(watch) {
                    Some(Ok(browser)) => watched = Some(browser),
                    // It cannot be watched: then the driver is believed.
                    Some(Err(error)) if Errno::from_io_error(&error) != Some(Errno::SRCH) => {}
                    _ => return "it has ended",
                }
            }
        }
    }

    /// The process of the browser, if it runs.
    fn browser(&self) -> Option<Pid> {
        let profile = self.folder.join("profile").display().to_string();
        let mut below = warden::commands_below(self.pid()?).into_iter().map(|(pid, _)| pid);
        below.find(|pid| is_browser(&warden::arguments(*pid), &profile))
    }
}

/// Whether these are the arguments of a browser with this profile: not those of one of its helpers, which are of a type,
/// nor of a start script, whose interpreter is given the script before the flags.
fn is_browser(arguments: &[String], profile: &str) -> bool {
    let flags = arguments.get(1..).unwrap_or_default();
    flags.first().is_some_and(|first| first.starts_with("--"))
        && flags.iter().any(|flag| flag.strip_prefix("--user-data-dir=").unwrap_or(flag) == profile)
        && !flags.iter().any(|flag| flag.starts_with("--type="))
}

/// The end of a process, as it comes; `ESRCH` if it has ended. A thread waits for it, no longer than a browser may take to start:
/// to have the runtime wait for a descriptor that it did not make itself is unsafe.
fn watch(pid: Pid) -> io::Result<oneshot::Receiver<()>> {
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    let limit = Timespec::try_from(SESSION_DEADLINE).map_err(io::Error::other)?;
    let (say, ended) = oneshot::channel();
    thread::Builder::new().name("tincan-browser-watch".to_owned()).spawn(move || {
        // Readable once it has ended (pidfd_open(2)).
        if poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)) == Ok(1) {
            // Nobody listens any more if the browser has started.
            let _ = say.send(());
        }
    })?;
    Ok(ended)
}

/// Whether the process has ended, or is not waited for any longer, once that is known; never if none is watched.
async fn end_of(process: Option<&mut oneshot::Receiver<()>>) -> bool {
    match process {
        Some(process) => process.await.is_ok(),
        None => future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_from_its_helpers_and_its_start_script() {
        let profile = "/tmp/x/profile";
        let is = |line: &str| {
            let arguments: Vec<_> = line.split(' ').map(str::to_owned).collect();
            is_browser(&arguments, profile)
        };
        assert!(is("/usr/lib/chromium/chromium --headless --user-data-dir=/tmp/x/profile data:,"));
        assert!(is("firefox-esr --no-remote --profile /tmp/x/profile --headless"));
        for other in [
            "/bin/sh /usr/bin/chromium --headless --user-data-dir=/tmp/x/profile data:,",
            "/bin/sh -e /usr/bin/shell --headless --user-data-dir=/tmp/x/profile data:,",
            "/usr/lib/chromium/chromium --type=zygote --user-data-dir=/tmp/x/profile",
            "/usr/lib/chromium/chromium --headless --user-data-dir=/tmp/y/profile",
            "chromium",
            "",
        ] {
            assert!(!is(other), "{other}");
        }
    }
}
