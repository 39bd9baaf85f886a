//! A browser as a peer, which stays warm from one call to the next.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use rustix::process::Pid;
use tincan_harness::{
    Assignment, Evidence, HarnessError, Mailbox, Peer, Pictures, ReadBack, Signal, environment,
    frames::FrameSource, procedure::Act,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::{command::Command, on_page::CallOnPage, page_of_calls::PageOfCalls, running::Running};
use crate::{
    clock::SharedClock,
    kind::{Launch, LivePeer, Software},
};

/// How long a browser may take to give its evidence or its pictures. Measured: 20 to 60 ms.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// How much longer where it may still resolve a name: the probe waits for that.
const RESOLVING: Duration = Duration::from_secs(4);

/// A browser that stays warm from one call to the next.
#[derive(Debug)]
pub(crate) struct BrowserPeer {
    source: FrameSource,
    reads_back: ReadBack,
    running: Running,
    page: Arc<PageOfCalls>,
    keep_page: bool,
    step_pictures: Option<PathBuf>,
    hides_addresses: bool,
    /// A script that the page of the next call runs before anything else, the probe included.
    pub(crate) preload: Option<&'static str>,
    call: Option<RunningCall>,
    /// The last call, which still leaves its page: the next one waits for that, the end of the browser need not.
    leaving: Option<JoinHandle<()>>,
    usable: bool,
}

#[derive(Debug)]
struct RunningCall {
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
    /// How many lines driver and browser had printed when it began.
    printed_before: usize,
}

impl BrowserPeer {
    /// The browser that `running` is, once it was seen that it can do on this machine what every call needs. It was started
    /// for `launch`, and its statistics tell what is in `reads_back`.
    pub(super) async fn new(
        running: Running,
        launch: Launch<'_>,
        reads_back: ReadBack,
    ) -> Result<Self, HarnessError> {
        let Launch { source, host, page, browser, .. } = launch;
        Ok(Self {
            source,
            reads_back,
            running: running.on_a_machine_that_works(page.base(), &host).await?,
            page,
            keep_page: browser.keep_page,
            step_pictures: browser.step_pictures.clone(),
            hides_addresses: host.hides_addresses(),
            preload: None,
            call: None,
            leaving: None,
            usable: true,
        })
    }

    /// The process from which browser and driver descend.
    pub(crate) fn warden(&self) -> Option<Pid> {
        self.running.warden()
    }
}

#[async_trait]
impl LivePeer for BrowserPeer {
    fn software(&self) -> Software {
        let environment::Browser { name, version, .. } = self.running.browser().clone();
        Software { name, version }
    }

    fn browser(&self) -> Option<&environment::Browser> {
        Some(self.running.browser())
    }

    async fn end(self: Box<Self>) {
        if let Some(call) = self.call {
            call.task.abort();
        }
        self.running.end().await;
    }
}

#[async_trait]
impl Peer for BrowserPeer {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        self.reads_back.clone()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        self.page.begin(assignment.role);
        let (commands, inbox) = mpsc::unbounded_channel();
        let call = CallOnPage {
            role: assignment.role,
            mode: assignment.mode,
            media: assignment.media,
            direction: assignment.direction,
            rejects_rest: assignment.rejects_rest,
            flowing: assignment.flowing,
            source: self.source,
            ice: assignment.ice.clone(),
            page: Arc::clone(&self.page),
            keep_page: self.keep_page,
            step_pictures: self.step_pictures.clone(),
            hides_addresses: self.hides_addresses,
            preload: self.preload.take(),
            tab: Arc::clone(self.running.tab()),
            clock: SharedClock::default(),
            mailbox,
        };
        let leaving = self.leaving.take();
        let task = tokio::spawn(async move {
            if let Some(leaving) = leaving {
                // Only that it is over matters: whether the browser lives is seen by the next step.
                let _ = leaving.await;
            }
            call.run(inbox).await;
        });
        self.call = Some(RunningCall { commands, task, printed_before: self.running.lines_printed() });
    }

    fn act(&mut self, act: Act) {
        self.command(Command::Act(act));
    }

    fn deliver(&mut self, signal: Signal) {
        self.command(Command::Deliver(signal));
    }

    async fn examine(&mut self) -> Evidence {
        let examined = self.ask(Command::Examine).await;
        let silent = match &examined {
            Some((_, true)) => None,
            _ => Some(format!(
                "the browser does not answer any more; last said: {}",
                self.running.last_words()
            )),
        };
        self.usable &= silent.is_none();
        let driver_log = self
            .call
            .as_ref()
            .map(|call| self.running.printed_after(call.printed_before))
            .unwrap_or_default();
        let evidence = examined.map(|(evidence, _)| evidence).unwrap_or_default();
        Evidence { silent, driver_log, ..evidence }
    }

    async fn pictures(&mut self) -> Pictures {
        if self.usable { self.ask(Command::Pictures).await.unwrap_or_default() } else { Pictures::default() }
    }

    async fn close(&mut self) {
        let Some(call) = self.call.take() else { return };
        if self.usable && call.commands.send(Command::Close).is_ok() {
            if self.page.map.signals_itself {
                // To a server of the page, who has not left is still there when others call.
                let _ = call.task.await;
                return;
            }
            self.leaving = Some(call.task);
        } else {
            call.task.abort();
        }
    }

    fn is_usable(&self) -> bool {
        self.usable
    }
}

impl BrowserPeer {
    /// Asks the call for something; none if it does not answer in time, as a dead browser does not.
    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.command(question(answer));
        let limit = if self.hides_addresses { ANSWER_DEADLINE + RESOLVING } else { ANSWER_DEADLINE };
        timeout(limit, answered).await.ok()?.ok()
    }

    fn command(&self, command: Command) {
        // A call that has ended by itself has posted why.
        let _ = self.call.as_ref().map(|call| call.commands.send(command));
    }
}
