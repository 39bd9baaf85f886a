//! The process of a program, below a warden.

use std::{
    ffi::OsString,
    os::{fd::OwnedFd, unix::net::UnixStream as StdStream},
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tincan_harness::HarnessError;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    net::{UnixStream, unix::OwnedWriteHalf},
    process::{Child, Command},
    runtime::Handle,
    task::{JoinHandle, spawn_blocking},
    time::timeout,
};

use super::{
    lines::{Input, Output},
    spec::ProgramSpec,
};
use crate::{network_host::NetworkHost, warden};

/// How long a warden may take to end a program and all that it started. Measured: under 100 ms.
const END_DEADLINE: Duration = Duration::from_secs(5);
/// How long it is waited for the exit code of a program that has closed its standard output.
const EXIT_DEADLINE: Duration = Duration::from_secs(1);
/// The longest line of a log; a longer one becomes several.
const LONGEST_OF_LOG: u64 = 16 * 1024;
/// The most lines of a log that are kept.
const LOG_LINES: usize = 1_000;

/// A program that runs.
pub(crate) struct Process {
    warden: Child,
    /// What the warden makes and removes.
    folder: PathBuf,
    /// Closed when this is dropped, in whatever way: the sign for the warden to end everything.
    _leash: OwnedWriteHalf,
    /// Reads the log; it ends with it.
    reading: JoinHandle<()>,
    /// What is said to it.
    pub(crate) input: Input,
    /// What it says.
    pub(crate) output: Output,
    /// What it prints on its standard error.
    pub(crate) log: Log,
}

impl Process {
    /// Starts the program of `spec` on `host`.
    ///
    /// # Errors
    /// When no process can be started; a command that there is not shows by what the shell says.
    pub(super) fn start(spec: &ProgramSpec, host: &NetworkHost) -> Result<Self, HarnessError> {
        let command = ["/bin/sh", "-c", &spec.command].map(OsString::from);
        Self::start_command(&format!("start the program {}", spec.name), &command, host)
    }

    /// Starts `command`, the program first, on `host`; `step` is what is done with that.
    ///
    /// # Errors
    /// When no process can be started; a program that there is not shows by what its warden says.
    pub(crate) fn start_command(
        step: &str,
        command: &[OsString],
        host: &NetworkHost,
    ) -> Result<Self, HarnessError> {
        spawn(command, host).map_err(|error| HarnessError::new(step, error))
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.warden.try_wait(), Ok(None))
    }

    /// How it has ended, in words, once its standard output was closed.
    pub(crate) async fn ending(&mut self) -> String {
        match timeout(EXIT_DEADLINE, self.warden.wait()).await {
            Ok(Ok(status)) => match status.code() {
                Some(127) => {
                    "it ended with 127, by which a shell says that there is no such command".to_owned()
                }
                Some(code @ 129..) => format!("it was ended by signal {}", code - 128),
                Some(code) => format!("it ended with {code}"),
                None => "its warden was killed".to_owned(),
            },
            _ => "it closed its standard output".to_owned(),
        }
    }

    /// What it printed on its standard error since that was last asked, to its end if it has ended.
    pub(crate) async fn printed(&mut self) -> Vec<String> {
        let _ = timeout(EXIT_DEADLINE, &mut self.reading).await;
        self.log.take()
    }

    /// Ends the program and all that it started, and returns when nothing of it is left.
    pub(crate) async fn end(self) {
        let Self { mut warden, _leash: leash, folder, .. } = self;
        drop(leash);
        // A warden that does not end in time still ends when it can.
        let ended = timeout(END_DEADLINE, warden.wait()).await;
        if matches!(ended, Ok(Ok(status)) if status.code().is_none()) {
            // It was killed, and has swept up nothing.
            let _ = spawn_blocking(move || warden::remove_leftover(&folder)).await;
        }
    }
}

fn spawn(program: &[OsString], host: &NetworkHost) -> std::io::Result<Process> {
    let (ours, theirs) = StdStream::pair()?;
    ours.set_nonblocking(true)?;
    let (mut command, folder) = (Command::from(warden::own_executable()), warden::new_folder());
    command.arg(warden::WARDEN).arg(&folder).arg(warden::WITH_STDIO);
    command.args(program);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(OwnedFd::from(theirs));
    let runtime = Handle::current();
    let mut warden = host.run(|| {
        // Who waits for the process and reads its pipes is the runtime, wherever the process is.
        let _entered = runtime.enter();
        command.spawn()
    })??;
    // Its copy of their end has to go, or the log would never end.
    drop(command);
    let (stdin, stdout) = (warden.stdin.take(), warden.stdout.take());
    let missing = || std::io::Error::other("it has no input or output");
    let (read, leash) = UnixStream::from_std(ours)?.into_split();
    let log = Log::default();
    let reading = tokio::spawn(keep(read, log.clone()));
    Ok(Process {
        input: Input::into(stdin.ok_or_else(missing)?),
        output: Output::of(stdout.ok_or_else(missing)?),
        warden,
        folder,
        _leash: leash,
        reading,
        log,
    })
}

/// What a program prints on its standard error; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Answers what was printed since this was last asked, and forgets it.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last line of what was printed; none if nothing was.
    pub(crate) fn last(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }

    fn add(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LOG_LINES {
            lines.remove(0);
        }
        lines.push(line);
    }
}

/// Reads the log to its end, whatever is in it: a stream that nobody reads would stop the program.
async fn keep(stream: impl AsyncRead + Unpin, log: Log) {
    let (mut stream, mut line) = (BufReader::new(stream), Vec::new());
    loop {
        line.clear();
        match (&mut stream).take(LONGEST_OF_LOG).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => log.add(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
    }
}
