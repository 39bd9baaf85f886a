//! A browser as a peer: on the page, through WebDriver.
//!
//! Two tasks run during a call. One acts: it opens the page, puts the probe into it, and clicks, copies and pastes as
//! it is told. The other one waits for the page's log and posts what it says.

mod chromium;
mod clock;
mod console;
mod driver;
pub mod find;
mod probe;
mod process;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use fantoccini::{Client, error::CmdError};
use serde_json::{Value, json};
use tincan_harness::{
    Event, Evidence, Mailbox, Peer, Role, Signal, SignalingMode, Trouble, frames::FrameSource, report,
};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::{JoinHandle, JoinSet},
    time::{Instant, timeout},
};

use self::{chromium::Chromium, clock::PageClock, driver::Driver};
use crate::page_map::PageMap;

/// How long a browser may take to end a call and to give its evidence. Measured: 20 to 60 ms.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);

/// Which browsers are started, and how.
#[derive(Debug, Clone, Default)]
pub struct BrowserOptions {
    /// The Chromium to use, instead of the first one found.
    pub chromium: Option<PathBuf>,
    /// The ChromeDriver to use, instead of the first one found.
    pub chromedriver: Option<PathBuf>,
    /// Whether windows are shown.
    pub headed: bool,
    /// Whether a page stays when its call has ended, to be looked at; the next call takes its place.
    pub keep_page: bool,
}

async fn launch(options: &BrowserOptions, source: FrameSource) -> Result<Driver, Trouble> {
    let binary = find::browser(options.chromium.as_deref(), options.headed)?;
    let driver = find::driver(options.chromedriver.as_deref())?;
    let chromium = Chromium { binary, headed: options.headed };
    Driver::launch(&driver, &chromium, source).await
}

/// A browser without a call: for a measurement, or a look at a page. It ends with its process, like every browser here.
#[derive(Debug)]
pub struct Tab {
    driver: Driver,
}

impl Tab {
    /// Starts a browser whose camera plays pictures of `source`.
    ///
    /// # Errors
    /// When there is no browser or driver, or they do not start.
    pub async fn launch(options: &BrowserOptions, source: FrameSource) -> Result<Self, Trouble> {
        Ok(Self { driver: launch(options, source).await? })
    }

    /// The WebDriver client of the tab.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.driver.control
    }

    /// The browser as it said itself.
    #[must_use]
    pub const fn browser(&self) -> &report::Browser {
        &self.driver.browser
    }

    /// Ends the browser, and returns when nothing of it is left.
    pub async fn end(self) {
        self.driver.end().await;
    }
}

/// A browser that stays warm from one call to the next.
#[derive(Debug)]
pub(crate) struct BrowserPeer {
    source: FrameSource,
    driver: Driver,
    page: Arc<PageOfCalls>,
    keep_page: bool,
    call: Option<RunningCall>,
    /// The last call, which still leaves its page: the next one waits for that, the end of the browser need not.
    leaving: Option<JoinHandle<()>>,
    usable: bool,
}

/// The page on which calls are made.
#[derive(Debug)]
pub(crate) struct PageOfCalls {
    /// Its address.
    pub(crate) url: String,
    /// Where its controls are.
    pub(crate) map: PageMap,
}

#[derive(Debug)]
struct RunningCall {
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
enum Command {
    Call,
    Deliver(Signal),
    Close(oneshot::Sender<(Evidence, bool)>),
}

impl BrowserPeer {
    /// Starts a browser whose pictures are those of `source`.
    pub(crate) async fn launch(
        options: &BrowserOptions,
        source: FrameSource,
        page: Arc<PageOfCalls>,
    ) -> Result<Self, Trouble> {
        let driver = launch(options, source).await?;
        Ok(Self {
            source,
            driver,
            page,
            keep_page: options.keep_page,
            call: None,
            leaving: None,
            usable: true,
        })
    }

    /// The browser as it said itself.
    pub(crate) const fn browser(&self) -> &report::Browser {
        &self.driver.browser
    }

    /// Ends the browser, and returns when nothing of it is left.
    pub(crate) async fn end(self) {
        if let Some(call) = self.call {
            call.task.abort();
        }
        self.driver.end().await;
    }
}

#[async_trait]
impl Peer for BrowserPeer {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn start(&mut self, role: Role, mode: SignalingMode, mailbox: Mailbox) {
        let (commands, inbox) = mpsc::unbounded_channel();
        let call = CallOnPage {
            role,
            mode,
            page: Arc::clone(&self.page),
            keep_page: self.keep_page,
            control: self.driver.control.clone(),
            observer: self.driver.observer.clone(),
            clock: Arc::new(Mutex::new(PageClock::new(mailbox.zero()))),
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
        self.call = Some(RunningCall { commands, task });
    }

    fn call(&mut self) {
        self.command(Command::Call);
    }

    fn deliver(&mut self, signal: Signal) {
        self.command(Command::Deliver(signal));
    }

    async fn close(&mut self) -> Evidence {
        let Some(call) = self.call.take() else { return Evidence::default() };
        let (answer, evidence) = oneshot::channel();
        let _ = call.commands.send(Command::Close(answer));
        let closed = timeout(CLOSE_DEADLINE, evidence).await;
        if let Ok(Ok((evidence, true))) = closed {
            self.leaving = Some(call.task);
            return evidence;
        }
        call.task.abort();
        self.usable = false;
        let console =
            vec![format!("the browser does not answer any more; last said: {}", self.driver.last_words())];
        let evidence = closed.ok().and_then(Result::ok).map(|(evidence, _)| evidence).unwrap_or_default();
        Evidence { console, ..evidence }
    }

    fn is_usable(&self) -> bool {
        self.usable
    }
}

impl BrowserPeer {
    fn command(&self, command: Command) {
        // A call that has ended by itself has posted why.
        let _ = self.call.as_ref().map(|call| call.commands.send(command));
    }
}

/// One call on a fresh page.
#[derive(Clone)]
struct CallOnPage {
    role: Role,
    mode: SignalingMode,
    page: Arc<PageOfCalls>,
    keep_page: bool,
    control: Client,
    observer: Client,
    clock: Arc<Mutex<PageClock>>,
    mailbox: Mailbox,
}

impl CallOnPage {
    /// Plays the call until it is closed. Whatever the driver refuses ends up in the mailbox as trouble.
    async fn run(self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let mut observing = JoinSet::new();
        let mut alive = match self.open().await {
            Ok(()) => {
                observing.spawn(self.clone().observe());
                true
            }
            Err(trouble) => self.fail(trouble).await,
        };
        let mut commands = Vec::new();
        while inbox.recv_many(&mut commands, usize::MAX).await > 0 {
            for step in steps(commands.drain(..)) {
                let outcome = match step {
                    Step::Close(answer) => {
                        let _ = answer.send(self.close(alive, observing).await);
                        self.leave().await;
                        return;
                    }
                    _ if !alive => continue,
                    Step::Act(name, argument) => self.begin(name, argument).await,
                };
                if let Err(trouble) = outcome {
                    alive = self.fail(trouble).await;
                }
            }
        }
    }

    async fn open(&self) -> Result<(), Trouble> {
        let open = format!("open the page {}", self.page.url);
        self.control.goto(&self.page.url).await.map_err(|error| driver_trouble(&open, &error))?;
        let asked = Instant::now();
        let now = probe::inject(&self.control, &self.page.map, self.role, self.mode).await;
        let now = now.map_err(|error| driver_trouble("put the probe into the page", &error))?;
        self.clock.lock().await.observe(asked, now);
        self.begin("prepare", Value::Null).await
    }

    async fn begin(&self, step: &str, argument: Value) -> Result<(), Trouble> {
        let asked = Instant::now();
        let now = probe::begin(&self.control, step, argument).await;
        let now = now.map_err(|error| driver_trouble(&format!("act on the page ({step})"), &error))?;
        self.clock.lock().await.observe(asked, now);
        Ok(())
    }

    /// Reads the page's log from one end to the other and posts what it says.
    async fn observe(self) {
        let mut cursor = 0;
        loop {
            let page = match probe::read(&self.observer, cursor).await {
                Ok(page) => page,
                Err(error) => {
                    self.fail(driver_trouble("hear from the page", &error)).await;
                    return;
                }
            };
            cursor += page.entries.len();
            self.clock.lock().await.observe(self.mailbox.zero(), page.now);
            for entry in page.entries {
                self.mailbox.post(entry.at(), entry.into_event(self.role));
            }
            if page.stopped {
                return;
            }
        }
    }

    /// Ends the log and asks for what the page knows. Answers also whether the browser lives.
    async fn close(&self, alive: bool, mut observing: JoinSet<()>) -> (Evidence, bool) {
        if !alive {
            // Also where pages are kept: whether the browser lives is seen only by asking it.
            return (Evidence::default(), self.control.goto("about:blank").await.is_ok());
        }
        let stopped = self.begin("stop", Value::Null).await;
        observing.join_next().await;
        let evidence = probe::collect(&self.control).await.unwrap_or_default();
        let clock = self.clock.lock().await.alignment();
        let console = console::console(&self.control).await;
        (Evidence { clock, console, ..evidence }, stopped.is_ok())
    }

    /// Leaves the page, and with it the connection and the camera, unless pages are kept.
    async fn leave(&self) {
        if !self.keep_page {
            // A browser that cannot is dead, and says so when the next call opens its page.
            let _ = self.control.goto("about:blank").await;
        }
    }

    async fn fail(&self, trouble: Trouble) -> bool {
        self.mailbox.post(self.clock.lock().await.now(), Event::Trouble(trouble));
        false
    }
}

/// What is done on the page.
#[derive(Debug)]
enum Step {
    /// A step of the probe, with what is pasted.
    Act(&'static str, Value),
    Close(oneshot::Sender<(Evidence, bool)>),
}

/// The steps of some commands. Candidates that are there at the same time are pasted together, a line each.
fn steps(commands: impl Iterator<Item = Command>) -> Vec<Step> {
    const CANDIDATES: &str = "receiveCandidates";
    let mut steps = Vec::new();
    for command in commands {
        let step = match command {
            Command::Call => Step::Act("call", Value::Null),
            Command::Close(answer) => Step::Close(answer),
            Command::Deliver(Signal::Offer(sdp)) => Step::Act("receiveOffer", sdp.into()),
            Command::Deliver(Signal::Answer(sdp)) => Step::Act("receiveAnswer", sdp.into()),
            Command::Deliver(Signal::Candidate(candidate) | Signal::EndOfCandidates(candidate)) => {
                let line = json!(candidate).to_string();
                if let Some(Step::Act(CANDIDATES, Value::String(lines))) = steps.last_mut() {
                    lines.push('\n');
                    lines.push_str(&line);
                    continue;
                }
                Step::Act(CANDIDATES, line.into())
            }
        };
        steps.push(step);
    }
    steps
}

fn driver_trouble(step: &str, error: &CmdError) -> Trouble {
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default().trim().to_owned();
    Trouble::new(step, message)
}

#[cfg(test)]
mod tests {
    use tincan_harness::IceCandidate;

    use super::*;

    #[test]
    fn candidates_are_pasted_together_but_never_before_the_description_they_follow() {
        let candidate = |text: &str| {
            let candidate = IceCandidate { candidate: text.to_owned(), ..IceCandidate::default() };
            Command::Deliver(Signal::candidate(candidate))
        };
        let commands =
            [candidate("a"), Command::Deliver(Signal::Answer("v=0".into())), candidate("b"), candidate("")];
        let steps: Vec<_> = steps(commands.into_iter())
            .into_iter()
            .map(|step| match step {
                Step::Act(name, argument) => (name, argument.as_str().unwrap_or_default().lines().count()),
                Step::Close(_) => ("close", 0),
            })
            .collect();
        assert_eq!(steps, [("receiveCandidates", 1), ("receiveAnswer", 1), ("receiveCandidates", 2)]);
    }
}
