//! A library that is given descriptions in a process of its own: what it does to that, it does to nobody else.
//!
//! The process is this executable once more, below a warden, and is spoken to in lines of JSON: a [`Question`] to it, a [`Reaction`]
//! from it.

use std::ffi::OsString;

use async_trait::async_trait;
use tincan_harness::{
    HarnessError,
    profile::Library,
    scenario::PeerId,
    sdp::{question::Question, reaction::Reaction},
};
use tokio::time::timeout;

use super::{ANSWER_DEADLINE, Parser};
use crate::{
    network_host::NetworkHost,
    program::{lines::Heard, process::Process},
};

/// The first argument of a process that is given descriptions; the name of the library follows.
pub(crate) const PARSER: &str = "tincan-parser";

/// The library `name`, in a process of its own.
pub(crate) struct ChildParser {
    name: PeerId,
    software: String,
    /// None before the first question, and after one over which it ended.
    process: Option<Process>,
}

impl ChildParser {
    /// The library `name`, of which no process runs yet.
    pub(crate) fn new(name: PeerId, library: Option<&Library>) -> Self {
        let software = library.map_or_else(|| name.to_string(), ToString::to_string);
        Self { name, software, process: None }
    }

    fn start(&self) -> Result<Process, HarnessError> {
        let command = ["/proc/self/exe", PARSER, self.name.as_str()].map(OsString::from);
        Process::start_command(
            &format!("start a process for {}", self.name),
            &command,
            &NetworkHost::default(),
        )
    }
}

#[async_trait]
impl Parser for ChildParser {
    async fn ask(&mut self, question: &Question) -> Result<Reaction, HarnessError> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start()?,
        };
        process.input.say(question);
        let Ok(heard) = timeout(ANSWER_DEADLINE, process.output.next()).await else {
            process.end().await;
            return Ok(Reaction::Hangs { after_s: ANSWER_DEADLINE.as_secs() });
        };
        let said = match heard {
            Some(Heard::Line(line)) => match serde_json::from_str(&line) {
                Ok(Reaction::Unasked { reason }) => Err(reason),
                read => read.map_err(|error| format!("{error}: {line}")),
            },
            Some(Heard::Unfit(why)) => Err(why),
            None => {
                let words = last_words(&mut process).await;
                process.end().await;
                return Ok(Reaction::crash(&words));
            }
        };
        match said {
            Ok(reaction) => {
                self.process = Some(process);
                Ok(reaction)
            }
            Err(why) => {
                process.end().await;
                Err(HarnessError::new(format!("hear what {} makes of a description", self.name), why))
            }
        }
    }

    async fn late(&mut self) -> Option<Reaction> {
        if !self.process.as_mut()?.has_ended() {
            return None;
        }
        let mut process = self.process.take()?;
        let words = last_words(&mut process).await;
        process.end().await;
        Some(Reaction::crash(&words))
    }

    fn software(&self) -> String {
        self.software.clone()
    }

    async fn end(self: Box<Self>) {
        if let Some(process) = self.process {
            process.end().await;
        }
    }
}

/// How it ended, with what it printed at its end.
async fn last_words(process: &mut Process) -> String {
    let ending = process.ending().await;
    let printed = process.printed().await;
    let telling = printed.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let telling: Vec<_> =
        telling.filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE")).collect();
    match telling.is_empty() {
        true => ending,
        false => format!("{ending}: {}", telling.join(" / ")),
    }
}
