//! A program as a peer, which stays from one call to the next if it can.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use tincan_harness::{
    Assignment, Event, Evidence, Flow, HarnessError, Mailbox, Peer, Pictures, ReadBack, Signal,
    frames::FrameSource, procedure::Act, scenario::PeerId,
};
use tokio::{
    sync::{
        mpsc::{self, UnboundedSender},
        oneshot,
    },
    task::JoinHandle,
};

use super::{
    abilities::reads_back,
    call::{Closed, Command, ProgramCall},
    process::Process,
    protocol::{Hello, Video},
};
use crate::kind::{LivePeer, Software};

/// A program that was started, and has said hello.
pub(super) struct ProgramPeer {
    name: PeerId,
    hello: Arc<Hello>,
    source: FrameSource,
    state: State,
    closed_in_time: bool,
}

enum State {
    Idle(Box<Process>),
    InCall(Call),
    /// No call can be made with it any more.
    Gone,
}

struct Call {
    commands: UnboundedSender<Command>,
    task: JoinHandle<Closed>,
}

impl ProgramPeer {
    /// The program `name`, which runs as `process`; the pictures of its calls carry `source`.
    pub(super) fn new(name: PeerId, hello: Arc<Hello>, source: FrameSource, process: Process) -> Self {
        Self { name, hello, source, state: State::Idle(Box::new(process)), closed_in_time: true }
    }

    /// Whether its last call ended when it was asked to.
    pub(super) const fn closed_in_time(&self) -> bool {
        self.closed_in_time
    }

    fn command(&self, command: Command) {
        if let State::InCall(call) = &self.state {
            // A call that has ended by itself has posted why.
            let _ = call.commands.send(command);
        }
    }

    /// Asks the call for something, which it answers in bounded time, whatever the program does; none if there is no call.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.command(question(answer));
        answered.await.ok()
    }
}

impl fmt::Debug for ProgramPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramPeer").field("name", &self.name).finish_non_exhaustive()
    }
}

#[async_trait]
impl Peer for ProgramPeer {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        reads_back(&self.hello.abilities)
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        let State::Idle(process) = std::mem::replace(&mut self.state, State::Gone) else {
            let gone = HarnessError::new(format!("start a call of {}", self.name), "it has ended");
            return mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(gone));
        };
        let Some(codec) = assignment.media.video else {
            let trouble =
                HarnessError::new(format!("start a call of {}", self.name), "the protocol asks for video");
            return mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble));
        };
        let video = Video { codec: Flow::Video(codec), peer: self.source.peer, run: self.source.run };
        let call =
            ProgramCall::new(self.name, Arc::clone(&self.hello), assignment.clone(), mailbox, *process);
        let (commands, asked) = mpsc::unbounded_channel();
        let task = tokio::spawn(call.run(video, asked));
        self.state = State::InCall(Call { commands, task });
    }

    fn act(&mut self, act: Act) {
        self.command(Command::Act(act));
    }

    fn deliver(&mut self, signal: Signal) {
        self.command(Command::Deliver(signal));
    }

    async fn examine(&mut self) -> Evidence {
        let gone = || Some(format!("the program {} has ended", self.name));
        let examined = self.ask(Command::Examine).await;
        examined.unwrap_or_else(|| Evidence { silent: gone(), ..Evidence::default() })
    }

    async fn pictures(&mut self) -> Pictures {
        self.ask(Command::Pictures).await.unwrap_or_default()
    }

    async fn close(&mut self) {
        let State::InCall(Call { commands, task }) = std::mem::replace(&mut self.state, State::Gone) else {
            return;
        };
        // The call ends when nobody can ask anything of it any more.
        drop(commands);
        // One that has panicked has taken the process with it.
        let Ok(Closed { process, in_time }) = task.await else { return };
        self.closed_in_time = in_time;
        if in_time && self.hello.reusable {
            self.state = State::Idle(Box::new(process));
        } else {
            process.end().await;
        }
    }

    fn is_usable(&self) -> bool {
        !matches!(self.state, State::Gone)
    }
}

#[async_trait]
impl LivePeer for ProgramPeer {
    fn software(&self) -> Software {
        Software { name: self.hello.library.name.clone(), version: self.hello.library.version.clone() }
    }

    async fn end(mut self: Box<Self>) {
        self.close().await;
        if let State::Idle(process) = self.state {
            process.end().await;
        }
    }
}
