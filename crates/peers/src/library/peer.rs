//! The peer, as a call asks it.

use std::{fmt, marker::PhantomData, time::Duration};

use async_trait::async_trait;
use tincan_harness::{
    Assignment, Event, Evidence, HarnessError, Mailbox, Peer, Pictures, ReadBack, Signal,
    frames::FrameSource, procedure::Act, timeline::ClockAlignment,
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
    connection::Connection,
    negotiation::{Command, Negotiation},
    observer::Observer,
};
use crate::{
    interfaces::{Interfaces, explain},
    network_host::NetworkHost,
};

/// How long a call may take to give its evidence, or to end; it takes a few milliseconds.
const ANSWER_BOUND: Duration = Duration::from_secs(2);

/// Events are stamped with the clock of the call itself.
const ALIGNED: ClockAlignment = ClockAlignment { zero: Duration::ZERO, error: Duration::ZERO };

/// A peer on the library whose connection is `C`. It sends pictures of 320 × 240 that carry the frame code, and decodes
/// every picture that it receives.
pub struct LibraryPeer<C> {
    source: FrameSource,
    host: NetworkHost,
    call: Option<Call>,
    connection: PhantomData<fn() -> C>,
}

/// The handles on a call that is running: it ends when they are dropped.
#[derive(Debug)]
struct Call {
    commands: UnboundedSender<Command>,
    task: JoinHandle<()>,
}

impl<C> LibraryPeer<C> {
    /// A peer whose pictures carry `source`; nothing runs before it is started, which takes a tokio runtime.
    #[must_use]
    pub fn new(source: FrameSource) -> Self {
        Self::in_place(source, NetworkHost::default())
    }

    /// One whose sockets are on `host`.
    pub(crate) const fn in_place(source: FrameSource, host: NetworkHost) -> Self {
        Self { source, host, call: None, connection: PhantomData }
    }

    fn command(&self, command: Command) {
        if let Some(call) = &self.call {
            // A call that could not be set up has said so, and takes no commands.
            let _ = call.commands.send(command);
        }
    }
}

impl<C> fmt::Debug for LibraryPeer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, host, call, connection: _ } = self;
        f.debug_struct("LibraryPeer").field("source", source).field("host", host).field("call", call).finish()
    }
}

#[async_trait]
impl<C: Connection> Peer for LibraryPeer<C> {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        C::reads_back()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        let (commands, asked) = mpsc::unbounded_channel();
        let call = make_call::<C>(assignment.clone(), self.source, mailbox.clone(), asked);
        let begun = self.host.spawn(&format!("tincan-{}", C::LIBRARY), call);
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
        let known = match self.ask(Command::Examine).await {
            Some(evidence) => evidence,
            None => Evidence { silent: Some(self.why_silent(C::LIBRARY).await), ..Evidence::default() },
        };
        Evidence { clock: Some(ALIGNED), ..known }
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

impl<C> LibraryPeer<C> {
    /// Asks the call for something; none if it does not answer in time.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.command(question(answer));
        timeout(ANSWER_BOUND, answered).await.ok()?.ok()
    }

    async fn why_silent(&mut self, library: &str) -> String {
        let late = || format!("{library} did not answer within {} s", ANSWER_BOUND.as_secs());
        // Taken: a task that was waited for once cannot be waited for again when the call is closed.
        let Some(call) = self.call.take_if(|call| call.task.is_finished()) else { return late() };
        match call.task.await {
            Err(panicked) => panicked.to_string(),
            Ok(()) => "its connection could not be opened".to_owned(),
        }
    }
}

/// Why no call can be made from where this runs: nothing is up, not even loopback. A library would send into the void.
async fn nowhere_to_call() -> Option<HarnessError> {
    if Interfaces::any_is_up() {
        return None;
    }
    let trouble = HarnessError::new("gather a candidate", "no interface has an address and is up");
    Some(explain(trouble, &NetworkHost::default()).await)
}

/// Makes one call, from its sockets to its end. It ends when the other end of `commands` is dropped.
async fn make_call<C: Connection>(
    assignment: Assignment,
    source: FrameSource,
    mailbox: Mailbox,
    mut commands: UnboundedReceiver<Command>,
) {
    if let Some(trouble) = nowhere_to_call().await {
        return mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble));
    }
    let (occur, mut occurrences) = mpsc::unbounded_channel();
    let connection = match C::open(&assignment, Observer::new(mailbox.clone(), occur)).await {
        Ok(connection) => connection,
        Err(error) => {
            let trouble = HarnessError::new(format!("open a {} connection", C::LIBRARY), error);
            let trouble = explain(trouble, &NetworkHost::default()).await;
            mailbox.post(mailbox.zero().elapsed(), Event::HarnessError(trouble));
            return;
        }
    };
    let mut negotiation = Negotiation::new(&assignment, source, mailbox, connection);
    negotiation.run(&mut commands, &mut occurrences).await;
    negotiation.end().await;
}
