//! One call on a page: it is opened, gets the probe, and is clicked, pasted into and listened to.

use std::{sync::Arc, time::Duration};

use fantoccini::{Client, error::CmdError};
use serde_json::{Value, json};
use tincan_harness::{
    Event, Evidence, IceConfiguration, Mailbox, Pictures, Role, Signal, SignalingMode, Trouble,
};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{Command, PageOfCalls, clock::PageClock, console, pictures, probe};

/// A reading takes 1.3 ms at the best and often twice that: of so many, one is near the best.
const CLOCK_READINGS: usize = 8;
/// How long it may take to say where a page is; a browser that lives takes a few milliseconds.
const LOOK_DEADLINE: Duration = Duration::from_secs(1);

/// One call on a fresh page.
#[derive(Clone)]
pub(super) struct CallOnPage {
    pub(super) role: Role,
    pub(super) mode: SignalingMode,
    pub(super) ice: IceConfiguration,
    pub(super) page: Arc<PageOfCalls>,
    pub(super) keep_page: bool,
    pub(super) before_probe: Option<&'static str>,
    pub(super) control: Client,
    pub(super) observer: Client,
    pub(super) clock: Arc<Mutex<PageClock>>,
    pub(super) mailbox: Mailbox,
}

impl CallOnPage {
    /// Plays the call until it is closed. Whatever the driver refuses ends up in the mailbox as trouble.
    pub(super) async fn run(self, mut inbox: mpsc::UnboundedReceiver<Command>) {
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
                match step {
                    Step::Act(name, argument) if alive => {
                        if let Err(trouble) = self.begin(name, argument).await {
                            alive = self.fail(trouble).await;
                        }
                    }
                    Step::Act(..) => {}
                    // Whoever asked and waits no longer has taken the browser for dead.
                    Step::Examine(answer) => {
                        drop(answer.send(self.examine(alive, &mut observing).await));
                    }
                    Step::Pictures(answer) => drop(answer.send(pictures::take(&self.control).await)),
                    Step::Close => return self.leave().await,
                }
            }
        }
    }

    async fn open(&self) -> Result<(), Trouble> {
        let open = format!("open the page {}", self.page.url);
        self.control.goto(&self.page.url).await.map_err(|error| driver_trouble(&open, &error))?;
        let asked = Instant::now();
        let now =
            probe::inject(&self.control, &self.page.map, self.role, self.mode, &self.ice, self.before_probe);
        let now = now.await;
        let now = now.map_err(|error| driver_trouble("put the probe into the page", &error))?;
        self.clock.lock().await.observe(asked, now);
        self.align().await;
        self.begin("prepare", Value::Null).await
    }

    /// Reads the page's clock some times over, by the shortest way there is: before the call and after it.
    async fn align(&self) {
        for _ in 0..CLOCK_READINGS {
            let asked = Instant::now();
            // What is known without it stays; whoever cannot answer says so at the next step.
            let Ok(now) = probe::clock(&self.control).await else { return };
            self.clock.lock().await.observe(asked, now);
        }
    }

    async fn begin(&self, step: &str, argument: Value) -> Result<(), Trouble> {
        let asked = Instant::now();
        let now = match probe::begin(&self.control, step, argument).await {
            Ok(now) => now,
            Err(error) => return Err(self.lost(&format!("act on the page ({step})"), &error).await),
        };
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
                    self.fail(self.lost("hear from the page", &error).await).await;
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
    async fn examine(&self, alive: bool, observing: &mut JoinSet<()>) -> (Evidence, bool) {
        if !alive {
            // It may live and have only lost its page. But one that dies answers now and then while it does: after a
            // command that failed, the next call has another browser.
            return (Evidence::default(), false);
        }
        let stopped = self.begin("stop", Value::Null).await;
        observing.join_next().await;
        self.align().await;
        let evidence = probe::collect(&self.control).await.unwrap_or_default();
        let clock = self.clock.lock().await.alignment();
        let console = console::console(&self.control).await;
        let rewrites = self.page.map.rewrites_descriptions;
        (Evidence { clock, console, rewrites, ..evidence }, stopped.is_ok())
    }

    /// Leaves the page, and with it the connection and the camera, unless pages are kept.
    async fn leave(&self) {
        if !self.keep_page {
            // A browser that cannot is dead, and says so when the next call opens its page.
            let _ = self.control.goto("about:blank").await;
        }
    }

    /// Why a command on the page was refused: perhaps the page is not there any more.
    async fn lost(&self, step: &str, error: &CmdError) -> Trouble {
        let trouble = driver_trouble(step, error);
        match timeout(LOOK_DEADLINE, self.control.current_url()).await {
            Ok(Ok(url)) if !self.page.is_at(&url) => {
                Trouble::new(step, format!("it was left for {url} ({})", trouble.message))
            }
            // It is there, or nobody answers.
            _ => trouble,
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
    Examine(oneshot::Sender<(Evidence, bool)>),
    Pictures(oneshot::Sender<Pictures>),
    Close,
}

/// The steps of some commands. Candidates that are there at the same time are pasted together, a line each.
fn steps(commands: impl Iterator<Item = Command>) -> Vec<Step> {
    const CANDIDATES: &str = "receiveCandidates";
    let mut steps = Vec::new();
    for command in commands {
        let step = match command {
            Command::Call => Step::Act("call", Value::Null),
            Command::Examine(answer) => Step::Examine(answer),
            Command::Pictures(answer) => Step::Pictures(answer),
            Command::Close => Step::Close,
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
                _ => ("another", 0),
            })
            .collect();
        assert_eq!(steps, [("receiveCandidates", 1), ("receiveAnswer", 1), ("receiveCandidates", 2)]);
    }
}
