//! Lines between tincan and a program.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::StreamExt;
use serde::Serialize;
use tokio::{
    io::{AsyncRead, AsyncWriteExt},
    process::ChildStdin,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

/// More than the statistics of a long call, or a key frame.
pub(super) const LONGEST: usize = 1024 * 1024;
/// Lines that wait to be taken: who says more is held up.
const WAITING: usize = 1024;
/// Letters of a line that is quoted.
const QUOTED: usize = 200;

/// What comes on a program's standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A line, without its end.
    Line(String),
    /// A line that nobody can take: too long, or no text.
    Unfit(String),
}

/// What a program says, line by line, until its standard output closes.
pub(crate) struct Output {
    lines: mpsc::Receiver<Heard>,
    last: Last,
}

/// The last line that a program has said; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Last(Arc<Mutex<String>>);

impl Last {
    fn keep(&self, line: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = beginning(line);
    }

    /// The line in quotation marks, or that there was none.
    pub(super) fn quote(&self) -> String {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_empty() { "nothing".to_owned() } else { format!("{last:?}") }
    }
}

/// As much of a line as a message to people bears.
pub(super) fn beginning(line: &str) -> String {
    match line.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}… ({} bytes)", &line[..end], line.len()),
        None => line.to_owned(),
    }
}

impl Output {
    /// Reads `stream` from now on, as fast as its lines are taken.
    pub(super) fn of(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (say, lines) = mpsc::channel(WAITING);
        let last = Last::default();
        tokio::spawn(read(stream, say, last.clone()));
        Self { lines, last }
    }

    /// The next line; none when the program has closed its standard output.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        self.lines.recv().await
    }

    /// A line that has come already; none if there is none, or never will be.
    pub(super) fn at_once(&mut self) -> Option<Heard> {
        self.lines.try_recv().ok()
    }

    /// What was said last.
    pub(super) const fn last(&self) -> &Last {
        &self.last
    }
}

async fn read(stream: impl AsyncRead + Unpin, say: mpsc::Sender<Heard>, last: Last) {
    let mut lines = FramedRead::new(stream, LinesCodec::new_with_max_length(LONGEST));
    while let Some(line) = lines.next().await {
        let heard = match line {
            Ok(line) => {
                last.keep(&line);
                Heard::Line(line)
            }
            Err(LinesCodecError::MaxLineLengthExceeded) => {
                Heard::Unfit(format!("a line of more than {} KiB", LONGEST / 1024))
            }
            Err(LinesCodecError::Io(error)) => Heard::Unfit(format!("a line that is no text: {error}")),
        };
        let ends = matches!(heard, Heard::Unfit(_));
        if say.send(heard).await.is_err() || ends {
            return;
        }
    }
}

/// Says lines to a program, in order; it never waits for the program to read.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    lines: UnboundedSender<String>,
    /// Bytes that the program has not taken yet.
    waiting: Arc<AtomicUsize>,
}

impl Input {
    /// Writes into `stdin` until nobody says anything more, or nobody reads.
    pub(super) fn into(stdin: ChildStdin) -> Self {
        let (lines, said) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        tokio::spawn(write(stdin, said, Arc::clone(&waiting)));
        Self { lines, waiting }
    }

    /// One that is not read by a process, and what it says.
    #[cfg(test)]
    pub(super) fn heard() -> (Self, UnboundedReceiver<String>) {
        let (lines, said) = mpsc::unbounded_channel();
        (Self { lines, waiting: Arc::default() }, said)
    }

    /// Says `message`. Whether it is read shows by what follows.
    pub(crate) fn say(&self, message: &impl Serialize) {
        // What is said here are types of ours, all of which are JSON.
        let Ok(mut line) = serde_json::to_string(message) else { return };
        line.push('\n');
        self.waiting.fetch_add(line.len(), Ordering::Relaxed);
        let _ = self.lines.send(line);
    }

    /// Bytes that the program has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

async fn write(mut stdin: ChildStdin, mut said: UnboundedReceiver<String>, waiting: Arc<AtomicUsize>) {
    while let Some(line) = said.recv().await {
        if stdin.write_all(line.as_bytes()).await.is_err() {
            return;
        }
        waiting.fetch_sub(line.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(bytes: Vec<u8>) -> Vec<Heard> {
        let mut output = Output::of(std::io::Cursor::new(bytes));
        let mut heard = Vec::new();
        while let Some(line) = output.next().await {
            heard.push(line);
        }
        heard
    }

    #[tokio::test]
    async fn lines_come_whole_and_the_last_one_without_its_end() {
        let lines = heard(b"{}\r\n[1]\nhalf".to_vec()).await;
        assert_eq!(lines, ["{}", "[1]", "half"].map(|line| Heard::Line(line.to_owned())));
    }

    #[tokio::test]
    async fn what_is_too_long_or_no_text_is_said_to_be_and_nothing_after_it_is_taken() {
        let mut long = vec![b'x'; LONGEST + 1];
        long.extend(b"\n{}\n");
        let lines = heard(long).await;
        assert!(matches!(&lines[..], [Heard::Unfit(why)] if why.contains("1024 KiB")), "{lines:?}");
        let lines = heard(b"{}\n\xff\xfe\n{}\n".to_vec()).await;
        assert!(matches!(&lines[..], [Heard::Line(_), Heard::Unfit(_)]), "{lines:?}");
    }

    #[test]
    fn a_quotation_is_short_wherever_it_is_cut() {
        assert_eq!(beginning("short"), "short");
        let cut = beginning(&"ä".repeat(1000));
        assert!(cut.starts_with(&"ä".repeat(QUOTED)) && cut.ends_with("… (2000 bytes)"), "{cut}");
    }
}
