//! The peer, as a call asks it.

use std::time::Duration;

use async_trait::async_trait;
use tincan_harness::{
    Assignment, Event, Evidence, HarnessError, Mailbox, Peer, Pictures, ReadBack, Signal,
    frames::FrameSource, procedure::Act,
};
use tokio::{
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot,
    },
    task::JoinHandle,
    time::timeout,
};

use super::{
    connection::{Connection, Observer},
    evidence,
    negotiation::{Command, Negotiation},
    stats,
};
use crate::{
    interfaces::{Interfaces, explain},
    network_host::NetworkHost,
};

/// How long a call may take to give its evidence, or to end; webrtc-rs takes a few milliseconds.
const ANSWER_BOUND: Duration = Duration::from_secs(2);

/// A peer on the crate `webrtc`. It sends VP8 pictures of 320 × 240 that carry the frame code, and decodes every picture
/// that it receives.
///
/// The connection is webrtc-rs as its users get it, with its own timers, and they show on the timeline: connectivity
/// checks leave every 200 ms, and when it is the DTLS client, that is when it answers, its ClientHello waits for the next
/// of them, since webrtc-rs flushes DTLS only with a packet that comes in or a timer that ends.
#[derive(Debug)]
pub struct WebrtcRs {
    source: FrameSource,
    host: NetworkHost,
    call: Option<Call>,
}

/// The handles on a call that is running: it ends when they are dropped.
#[derive(Debug)]
struct Call {
    commands: UnboundedSender<Command>,
    task: JoinHandle<()>,
}

impl WebrtcRs {
    /// A peer whose pictures carry `source`; nothing runs before it is started, which takes a tokio runtime.
    #[must_use]
    pub fn new(source: FrameSource) -> Self {
        Self::in_place(source, NetworkHost::default())
    }

    /// One whose sockets are on `host`.
    pub(crate) const fn in_place(source: FrameSource, host: NetworkHost) -> Self {
        Self { source, host, call: None }
    }

    fn command(&self, command: Command) {
        if let Some(call) = &self.call {
            // A call that could not be set up has said so, and takes no commands.
            let _ = call.commands.send(command);
        }
    }
}

#[async_trait]
impl Peer for WebrtcRs {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        stats::reads_back()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        let (commands, asked) = mpsc::unbounded_channel();
        let call = make_call(assignment.clone(), self.source, mailbox.clone(), asked);
        let begun = self.host.spawn("tincan-webrtc-rs", call);
        self.call = begun
            .map(|task| Call { commands, task })
            .map_err(|trouble| mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble)))
            .ok();
    }

    fn act(&mut self, act: Act) {
        self.command(Command::Act(act));
    }

    fn deliver(&mut self, signal: Signal) {
        self.command(Command::Deliver(signal));
    }

    async fn examine(&mut self) -> Evidence {
        match self.ask(Command::Examine).await {
            Some(evidence) => evidence,
            None => Evidence { silent: Some(self.why_silent().await), ..evidence::nothing() },
        }
    }

    async fn pictures(&mut self) -> Pictures {
        self.ask(Command::Pictures).await.unwrap_or_default()
    }

    async fn close(&mut self) {
        let Some(Call { commands, mut task }) = self.call.take() else { return };
        // The call ends when nobody can ask anything of it any more.
        drop(commands);
        if timeout(ANSWER_BOUND, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl WebrtcRs {
    /// Asks the call for something; none if it does not answer in time.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.command(question(answer));
        timeout(ANSWER_BOUND, answered).await.ok()?.ok()
    }

    async fn why_silent(&mut self) -> String {
        let late = || format!("webrtc-rs did not answer within {} s", ANSWER_BOUND.as_secs());
        // Taken: a task that was waited for once cannot be waited for again when the call is closed.
        let Some(call) = self.call.take_if(|call| call.task.is_finished()) else { return late() };
        match call.task.await {
            Err(panicked) => panicked.to_string(),
            Ok(()) => "its connection could not be opened".to_owned(),
        }
    }
}

/// Why no call can be made from where this runs: nothing is up, not even loopback. webrtc-rs would send into the void.
async fn nowhere_to_call() -> Option<HarnessError> {
    if Interfaces::any_is_up() {
        return None;
    }
    let trouble = HarnessError::new("gather a candidate", "no interface has an address and is up");
    Some(explain(trouble, &NetworkHost::default()).await)
}

/// Makes one call, from its sockets to its end. It ends when the other end of `commands` is dropped.
async fn make_call(
    assignment: Assignment,
    source: FrameSource,
    mailbox: Mailbox,
    mut commands: UnboundedReceiver<Command>,
) {
    if let Some(trouble) = nowhere_to_call().await {
        return mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble));
    }
    let (occur, mut occurrences) = mpsc::unbounded_channel();
    let connection = match Connection::open(&assignment.ice, Observer::new(mailbox.clone(), occur)).await {
        Ok(connection) => connection,
        Err(error) => {
            let trouble = HarnessError::new("open a webrtc-rs connection", error);
            let trouble = explain(trouble, &NetworkHost::default()).await;
            mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble));
            return;
        }
    };
    let mut negotiation = Negotiation::new(assignment.role, assignment.mode, source, mailbox, connection);
    negotiation.run(&mut commands, &mut occurrences).await;
    negotiation.end().await;
}
