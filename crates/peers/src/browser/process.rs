//! The harness's end of a warden: starts one, hears what its driver says, and ends it.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::process::Pid;
use tincan_harness::Trouble;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    time::timeout,
};

use super::find;
use crate::warden;

/// How long a driver may take to say its port. Measured: 11 to 44 ms.
const PORT_DEADLINE: Duration = Duration::from_secs(10);
/// How long a warden may take to end a driver and all that it started. Measured: 60 to 120 ms.
const END_DEADLINE: Duration = Duration::from_secs(5);
/// How ChromeDriver says its port.
const PORT_LINE: &str = "was started successfully on port ";

/// The process that watches over one driver; see [`warden`].
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
    /// Starts a warden with `driver` below it.
    pub(super) fn start(driver: &Path) -> Result<Self, Trouble> {
        let folder = new_folder();
        let trouble = |error| Trouble::new("start a warden", error);
        let mut command = Command::from(warden::own_executable());
        command.arg(warden::WARDEN).arg(&folder).arg(driver).arg("--port=0");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(trouble)?;
        let output =
            process.stdout.take().ok_or_else(|| Trouble::new("start a warden", "it has no output"))?;
        let ((say, lines), said) = (mpsc::unbounded_channel(), LastLines::default());
        tokio::spawn(listen(output, say, said.clone()));
        Ok(Self { leash: process.stdin.take(), process, lines, said, folder })
    }

    /// Waits until the folder is there.
    pub(super) async fn folder_ready(&mut self) -> Result<(), Trouble> {
        self.line(|line| (line == warden::FOLDER_READY).then_some(()), "make the browser's folder").await
    }

    /// Waits for the driver's port.
    pub(super) async fn port(&mut self, driver: &Path) -> Result<u16, Trouble> {
        let step = format!("start the driver {}", driver.display());
        self.line(|line| line.split_once(PORT_LINE)?.1.trim_end_matches('.').parse().ok(), &step).await
    }

    /// Waits for a line in which `find` finds something.
    async fn line<T>(&mut self, find: impl Fn(&str) -> Option<T>, step: &str) -> Result<T, Trouble> {
        let reading = async {
            while let Some(line) = self.lines.recv().await {
                if let Some(found) = find(&line) {
                    return Some(found);
                }
            }
            None
        };
        match timeout(PORT_DEADLINE, reading).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => {
                let message = format!("it ended; it said {}", self.last_words());
                Err(Trouble::new(step, message).cure(find::CURE))
            }
            Err(_) => {
                let limit = PORT_DEADLINE.as_secs();
                let message = format!("not ready within {limit} s; it said {}", self.last_words());
                Err(Trouble::new(step, message).cure("`tincan doctor` shows what is installed"))
            }
        }
    }

    /// What driver and browser printed last.
    pub(super) fn last_words(&self) -> String {
        self.said.quote()
    }

    /// The processes below it, each with its command line.
    pub(super) fn processes(&self) -> Vec<(Pid, String)> {
        let own = self.process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        own.map(warden::commands_below).unwrap_or_default()
    }

    /// Ends the driver and all that it started, and returns when nothing of it is left.
    pub(super) async fn end(mut self) {
        drop(self.leash.take());
        // A warden that does not end in time has said so on its standard error; it still ends when it can.
        let _ = timeout(END_DEADLINE, self.process.wait()).await;
    }
}

fn new_folder() -> PathBuf {
    // The process id tells people whose it is; the number keeps apart what a dead process of the same id left.
    let name = format!("{}{}-{:08x}", warden::FOLDER_PREFIX, std::process::id(), rand::random::<u32>());
    std::env::temp_dir().join(name)
}

/// The last lines that were printed.
#[derive(Debug, Clone, Default)]
struct LastLines(Arc<Mutex<VecDeque<String>>>);

impl LastLines {
    const KEPT: usize = 5;

    fn add(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == Self::KEPT {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }

    fn quote(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.iter().map(String::as_str).collect::<Vec<_>>().join(" / ");
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
