//! The harness's end of a warden: starts one, hears what its driver says, and ends it.

use std::{
    collections::VecDeque,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::Pid;
use tincan_harness::HarnessError;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    runtime::Handle,
    sync::mpsc,
    task::spawn_blocking,
    time::timeout,
};

use super::{own_time::within_own_time, words};
use crate::{network_host::NetworkHost, warden};

/// How long a driver may take to say its port, or a browser where it listens. Measured: 11 to 44 ms, and 0.4 to 1.1 s. What they
/// waited for a processor on a busy machine does not count.
const PORT_DEADLINE: Duration = Duration::from_secs(10);
/// How long a warden may take to end a driver and all that it started. Measured: 60 to 120 ms.
const END_DEADLINE: Duration = Duration::from_secs(5);

/// What a warden starts.
#[derive(Debug)]
pub(super) struct Program<'p> {
    /// What is run.
    pub(super) file: &'p Path,
    /// Its arguments.
    pub(super) arguments: Vec<OsString>,
    /// The files that it finds in the warden's folder: their names there, and their text.
    pub(super) files: Vec<(&'static str, String)>,
    /// What it finds in its environment besides.
    pub(super) environment: Vec<(&'static str, OsString)>,
}

/// The process that watches over one driver, or one browser without a driver; see [`warden`].
#[derive(Debug)]
pub(super) struct Warden {
    process: Child,
    /// Closed when this is dropped, in whatever way: the sign for the warden to end everything.
    leash: Option<ChildStdin>,
    lines: mpsc::UnboundedReceiver<String>,
    said: LastLines,
    /// The browser's own folder, which the warden makes and removes.
    pub(super) folder: PathBuf,
}

impl Warden {
    /// Starts a warden with `program` below it, all of them on `host`. It makes `folder`.
    pub(super) fn start(
        folder: PathBuf,
        program: &Program<'_>,
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        let trouble = |error| HarnessError::new("start a warden", error);
        let mut command = Command::from(warden::own_executable());
        command.arg(warden::WARDEN).arg(&folder);
        for (name, text) in &program.files {
            command.args([warden::WITH_FILE, name, text]);
        }
        command.arg(program.file).args(&program.arguments);
        command.envs(program.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let runtime = Handle::current();
        let spawned = host.run(|| {
            // Who waits for the process and reads its pipes is the runtime, wherever the process is.
            let _entered = runtime.enter();
            command.spawn()
        });
        let mut process = spawned.and_then(|process| process).map_err(trouble)?;
        let output =
            process.stdout.take().ok_or_else(|| HarnessError::new("start a warden", "it has no output"))?;
        let ((say, lines), said) = (mpsc::unbounded_channel(), LastLines::default());
        tokio::spawn(listen(output, say, said.clone()));
        Ok(Self { leash: process.stdin.take(), process, lines, said, folder })
    }

    /// The process below which the driver and its browser are; none when it has ended.
    pub(super) fn pid(&self) -> Option<Pid> {
        self.process.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?))
    }

    /// Waits until the folder is there.
    pub(super) async fn folder_ready(&mut self) -> Result<(), HarnessError> {
        let is_ready = |line: &str| (line == warden::FOLDER_READY).then_some(());
        let hint = "name a folder that can be written with TMPDIR";
        let ready = self.line(is_ready, "make the browser's folder", hint).await;
        ready.map_err(|trouble| trouble.hint(hint))
    }

    /// Waits for a line in which `find` finds something; `hint` is for a programme that ends before it.
    pub(super) async fn line<T>(
        &mut self,
        find: impl Fn(&str) -> Option<T>,
        step: &str,
        hint: &str,
    ) -> Result<T, HarnessError> {
        let below = self.pid();
        let reading = async {
            while let Some(line) = self.next_line().await {
                if let Some(found) = find(&line) {
                    return Some(found);
                }
            }
            None
        };
        match within_own_time(below, PORT_DEADLINE, reading).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => {
                let message = format!("it ended; it said {}", self.last_words());
                Err(HarnessError::new(step, message).hint(hint))
            }
            Err(late) => {
                let (limit, said) = (late.limit.as_secs(), self.last_words());
                let message = format!("not ready within {limit} s; it said {said}");
                let hint = late.hint().unwrap_or("`tincan doctor` shows what is installed");
                Err(HarnessError::new(step, message).hint(hint))
            }
        }
    }

    /// The next line that driver or browser print; none when both have ended.
    pub(super) async fn next_line(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// What driver and browser printed last.
    pub(super) fn last_words(&self) -> String {
        self.said.quote()
    }

    /// How many lines driver and browser have printed so far.
    pub(super) fn lines_printed(&self) -> usize {
        self.said.count()
    }

    /// What driver and browser printed after their first `before` lines, as far as it is kept.
    pub(super) fn printed_after(&self, before: usize) -> Vec<String> {
        self.said.after(before)
    }

    /// Ends the driver and all that it started, and returns when nothing of it is left.
    pub(super) async fn end(mut self) {
        drop(self.leash.take());
        // A warden that does not end in time has said so on its standard error; it still ends when it can.
        let ended = timeout(END_DEADLINE, self.process.wait()).await;
        if matches!(ended, Ok(Ok(status)) if status.code().is_none()) {
            // It was killed, and has swept up nothing.
            let folder = self.folder;
            let _ = spawn_blocking(move || warden::remove_leftover(&folder)).await;
        }
    }
}

/// The last lines that were printed.
#[derive(Debug, Clone, Default)]
struct LastLines(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    kept: VecDeque<String>,
    /// How many were printed before those that are kept.
    forgotten: usize,
}

impl LastLines {
    /// Enough for the death of a driver with its stack, and little enough to be kept of every browser.
    const KEPT: usize = 200;
    /// As many as a message to people bears.
    const QUOTED: usize = 5;

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &str) {
        let mut lines = self.lines();
        if lines.kept.len() == Self::KEPT {
            lines.kept.pop_front();
            lines.forgotten += 1;
        }
        lines.kept.push_back(line.to_owned());
    }

    /// How many lines were printed so far.
    fn count(&self) -> usize {
        let lines = self.lines();
        lines.forgotten + lines.kept.len()
    }

    /// The lines after the first `before`, as far as they are kept.
    fn after(&self, before: usize) -> Vec<String> {
        let lines = self.lines();
        lines.kept.iter().skip(before.saturating_sub(lines.forgotten)).cloned().collect()
    }

    /// The last lines, without what Chromium itself calls less than an error.
    fn quote(&self) -> String {
        let lines: Vec<_> = self.after(0).into_iter().filter(|line| !words::is_chatter(line)).collect();
        let lines = lines[lines.len().saturating_sub(Self::QUOTED)..].join(" / ");
        if lines.is_empty() { "nothing".to_owned() } else { format!("{lines:?}") }
    }
}

/// Reads the output to its end, whoever still listens: a pipe that nobody reads would stop the driver.
async fn listen(output: ChildStdout, lines: mpsc::UnboundedSender<String>, said: LastLines) {
    let mut output = BufReader::new(output).lines();
    while let Ok(Some(line)) = output.next_line().await {
        if line != warden::FOLDER_READY {
            said.add(&line);
        }
        let _ = lines.send(line);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;

    use super::*;

    /// Two that count on one processor: each waits for it half of the time, and one that sleeps does not.
    #[test]
    fn who_waits_for_a_processor_is_told_from_who_sleeps() {
        let shell = |script: &str| {
            let mut command = std::process::Command::new("sh");
            command.args(["-c", script]).stdout(Stdio::piped()).process_group(0);
            let mut child = command.spawn().unwrap();
            let output = child.stdout.take().unwrap();
            (child, std::io::BufReader::new(output))
        };
        let count = "taskset -p -c 0 $$ > /dev/null; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; exec sleep 60";
        let (mut counting, mut sleeping) = ([shell(count), shell(count)], shell("echo done; sleep 60"));
        for (_, output) in counting.iter_mut().chain([&mut sleeping]) {
            std::io::BufRead::read_line(output, &mut String::new()).unwrap();
        }
        let waited = |child: &std::process::Child| warden::wait_for_processor(Pid::from_child(child));
        let [first, second, sleeper] = [&counting[0].0, &counting[1].0, &sleeping.0].map(waited);
        for (mut child, _) in counting.into_iter().chain([sleeping]) {
            let _ =
                rustix::process::kill_process_group(Pid::from_child(&child), rustix::process::Signal::KILL);
            child.wait().unwrap();
        }
        assert!(first.max(second) > Duration::from_millis(50), "{first:?}, {second:?}");
        assert!(sleeper < first.max(second), "{sleeper:?} against {first:?} and {second:?}");
    }

    #[test]
    fn the_lines_of_a_call_are_those_printed_since_it_began() {
        let said = LastLines::default();
        assert_eq!((said.quote(), said.after(0)), ("nothing".to_owned(), Vec::new()));
        said.add("before");
        let before = said.count();
        said.add("within");
        assert_eq!(said.after(before), ["within"]);
        for line in 0..LastLines::KEPT {
            said.add(&line.to_string());
        }
        assert_eq!(said.after(before).len(), LastLines::KEPT);
        assert_eq!(said.after(said.count()), [""; 0]);
        said.add("[1122/233148.584833:INFO:ipc_socket_factory.cc:575] Setting new p2p socket buffer limit");
        assert_eq!(said.quote(), r#""195 / 196 / 197 / 198 / 199""#);
    }
}
