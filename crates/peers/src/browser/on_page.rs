//! One call on a page: the probe is injected, the page is opened, clicked, pasted into and listened to.

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::Value;
use tincan_harness::{
    Direction, Event, Evidence, HarnessError, IceConfiguration, Mailbox, Media, Note, Role, SignalingMode,
    frames::FrameSource,
};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, timeout},
};
use url::Url;

use super::{
    command::Command,
    context::{Context, ContextError},
    fetched,
    listener::{Arrival, Listener},
    page_of_calls::{Beginning, PageOfCalls},
    page_steps::{ALLOW, OFFER, PastedBefore, Step, steps},
    pictures,
    probe::{self, Part, Probe},
};
use crate::{clock::SharedClock, page_map::PageMap, page_url::answers};

/// A reading takes 0.3 ms at the best and often twice that: of so many, one is near the best.
const CLOCK_READINGS: usize = 8;

/// How long it may take to say where a page is; a browser that lives takes a few milliseconds.
const LOOK_DEADLINE: Duration = Duration::from_secs(1);

/// One call on a fresh page.
#[derive(Clone)]
pub(super) struct CallOnPage {
    pub(super) role: Role,
    pub(super) mode: SignalingMode,
    pub(super) media: Media,
    pub(super) direction: Direction,
    pub(super) rejects_rest: bool,
    pub(super) flowing: Media,
    pub(super) source: FrameSource,
    pub(super) ice: IceConfiguration,
    pub(super) page: Arc<PageOfCalls>,
    pub(super) keep_page: bool,
    pub(super) step_pictures: Option<PathBuf>,
    pub(super) hides_addresses: bool,
    pub(super) preload: Option<&'static str>,
    pub(super) tab: Context,
    pub(super) clock: SharedClock,
    pub(super) mailbox: Mailbox,
}

impl CallOnPage {
    /// Plays the call until it is closed. Whatever the browser refuses ends up in the mailbox as trouble.
    pub(super) async fn run(self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let (arrive, mut arrivals) = mpsc::unbounded_channel();
        let (mut listening, mut alive) = (JoinSet::new(), true);
        let ears = Listener::new(
            &self.tab,
            self.role,
            Arc::clone(&self.page),
            self.clock.clone(),
            self.mailbox.clone(),
            arrive,
            self.step_pictures.clone(),
        );
        listening.spawn(ears.listen());
        let probe = match self.open().await {
            Ok(probe) => Some(probe),
            Err(trouble) => {
                alive = self.fail(trouble);
                None
            }
        };
        let (mut commands, mut pasted) = (Vec::new(), PastedBefore::default());
        let mut known = Beginning::NotYet;
        loop {
            tokio::select! {
                now = self.page.turn_of(self.role, known) => {
                    known = now;
                    alive = self.go_on(now, alive).await;
                }
                Some(Arrival) = arrivals.recv(), if alive => {
                    if let Err(trouble) = self.prepare().await {
                        alive = self.fail(trouble);
                    }
                }
                count = inbox.recv_many(&mut commands, usize::MAX) => {
                    if count == 0 {
                        return;
                    }
                }
            }
            for step in steps(commands.drain(..), &self.page, &mut pasted) {
                match step {
                    Step::Act(name, argument) if alive => {
                        alive = match name {
                            OFFER if self.page.map.signals_itself => self.begin_on_both_sides().await,
                            _ => self.step(name, &argument).await,
                        };
                    }
                    Step::Act(..) => {}
                    // Whoever asked and waits no longer has taken the browser for dead.
                    Step::Examine(answer) => {
                        drop(answer.send(self.examine(alive, &mut listening).await));
                    }
                    Step::Pictures(answer) => drop(answer.send(pictures::take(&self.tab).await)),
                    Step::Close => return self.leave(probe).await,
                }
            }
        }
    }

    async fn open(&self) -> Result<Probe, HarnessError> {
        let part = Part {
            map: &self.page.map,
            tells_steps: self.step_pictures.is_some(),
            word: &self.page.word(),
            role: self.role,
            mode: self.mode,
            media: self.media,
            direction: self.direction,
            rejects_rest: self.rejects_rest,
            flowing: self.flowing,
            source: self.source,
            ice: &self.ice,
            hides_addresses: self.hides_addresses,
        };
        let probe = Probe::install(&self.tab, part, self.preload).await;
        let probe = probe.map_err(|error| HarnessError::new("inject the probe", error))?;
        let url = self.page.url(self.role);
        let step = || format!("open the page {url}");
        if !self.page.is_elsewhere() {
            let opened = self.tab.open(&url).await;
            return opened.map(|()| probe).map_err(|error| HarnessError::new(step(), error));
        }
        // Whether the server of others answers is not known before.
        self.tab.fetch(&url).await.map_err(|error| HarnessError::new(step(), error))?;
        match fetched::status(&self.tab).await {
            Some(status) if status >= 400 => Err(HarnessError::new(step(), answers(status))),
            _ => Ok(probe),
        }
    }

    /// Notes what a page of another server has fetched.
    async fn note_fetched(&self) {
        if self.page.is_elsewhere() {
            let now = self.clock.with(self.mailbox.zero(), |clock| clock.now());
            let fetched = fetched::resources(&self.tab).await;
            fetched.into_iter().for_each(|text| self.mailbox.post(now, Event::Noted(Note::Other { text })));
        }
    }

    /// Makes the page that has arrived ready for the call.
    async fn prepare(&self) -> Result<(), HarnessError> {
        self.align().await;
        self.begin("prepare", &Value::Null).await
    }

    /// Reads the page's clock some times over, by the shortest way there is: before the call and after it.
    async fn align(&self) {
        for _ in 0..CLOCK_READINGS {
            let asked = Instant::now();
            // What is known without it stays; whoever cannot answer says so at the next step.
            let Ok(now) = probe::clock(&self.tab).await else { return };
            self.clock.with(self.mailbox.zero(), |clock| clock.observe(asked, now));
        }
    }

    /// A call begins on a page that signals for itself: both pages are told that they may be called before either is asked to. Nothing
    /// is waited for here, since a page that hangs is not to hold up the other side.
    async fn begin_on_both_sides(&self) -> bool {
        let is_there = self.step(ALLOW, &Value::Null).await;
        self.page.is(Beginning::Allowed);
        is_there
    }

    /// Goes on with the beginning of a call, if the page is there; answers whether it is there then. The other side goes on in any case.
    async fn go_on(&self, beginning: Beginning, mut is_there: bool) -> bool {
        match beginning {
            Beginning::Allowed => {
                is_there = is_there && self.step(ALLOW, &Value::Null).await;
                self.page.is(Beginning::AllowedOnBothSides);
                is_there
            }
            _ => {
                if self.role == Role::Offerer {
                    self.page.is(Beginning::Begun);
                }
                is_there && self.step(OFFER, &Value::Null).await
            }
        }
    }

    /// Has the probe begin a step, and answers whether the page is there.
    async fn step(&self, name: &str, argument: &Value) -> bool {
        let begun = self.begin(name, argument).await;
        begun.map_or_else(|trouble| self.fail(trouble), |()| true)
    }

    async fn begin(&self, step: &str, argument: &Value) -> Result<(), HarnessError> {
        let asked = Instant::now();
        let now = match probe::begin(&self.tab, step, argument).await {
            Ok(now) => now,
            Err(error) => return Err(self.lost(&format!("act on the page ({step})"), &error).await),
        };
        self.clock.with(self.mailbox.zero(), |clock| clock.observe(asked, now));
        Ok(())
    }

    /// Ends the log and asks for what the page knows. Answers also whether the browser lives.
    async fn examine(&self, alive: bool, listening: &mut JoinSet<()>) -> (Evidence, bool) {
        if !alive {
            // It may live and have only lost its page. But one that dies answers now and then while it does: after a
            // command that failed, the next call has another browser.
            return (Evidence::default(), false);
        }
        self.note_fetched().await;
        let stopped = self.begin("stop", &Value::Null).await;
        if stopped.is_ok() {
            listening.join_next().await;
        }
        self.align().await;
        let evidence = probe::collect(&self.tab).await.unwrap_or_default();
        let clock = self.clock.with(self.mailbox.zero(), |clock| clock.alignment());
        let console = self.tab.console().await;
        let PageMap { rewrites_descriptions: rewrites, signals_itself, .. } = self.page.map;
        (Evidence { clock, console, rewrites, signals_itself, ..evidence }, stopped.is_ok())
    }

    /// Leaves the page, and with it the connection and the camera, unless pages are kept.
    async fn leave(&self, probe: Option<Probe>) {
        // A browser that cannot is dead, and says so when the next call opens its page.
        if let Some(probe) = probe {
            let _ = probe.remove(&self.tab).await;
        }
        if !self.keep_page {
            let _ = self.tab.leave(self.page.base()).await;
        }
    }

    /// Why a step on the page was refused: perhaps the page is not there any more.
    async fn lost(&self, step: &str, error: &ContextError) -> HarnessError {
        let trouble = HarnessError::new(step, error);
        let address = timeout(LOOK_DEADLINE, self.tab.evaluate("location.href")).await;
        let url = address.ok().and_then(Result::ok).and_then(|url| Url::parse(url.as_str()?).ok());
        match url {
            Some(url) if !self.page.is_at(self.role, &url) => {
                HarnessError::new(step, format!("it was left for {url} ({})", trouble.message))
            }
            // It is there, or nobody answers.
            _ => trouble,
        }
    }

    fn fail(&self, trouble: HarnessError) -> bool {
        let now = self.clock.with(self.mailbox.zero(), |clock| clock.now());
        self.mailbox.post(now, Event::HarnessError(trouble));
        false
    }
}
