//! A browser that is given descriptions: each on a connection of its own, on a blank page.

use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use rustix::process::{Signal, kill_process};
use serde::Deserialize;
use serde_json::{Value, json};
use tincan_harness::{
    HarnessError,
    sdp::{question::Question, reaction::Reaction},
};
use tokio::{sync::mpsc::UnboundedReceiver, time::timeout};
use url::Url;

use super::{
    context::{ContextError, Said},
    running::Running,
};
use crate::{
    network_host::NetworkHost,
    page_server::{BLANK, PageServer, PageSource},
    parser::{ANSWER_DEADLINE, Parser, fault::Fault},
    warden,
};

/// As many connections are made on one page. Chromium makes no more than 500 in a process before it has collected some, and those of a
/// page that was left are gone.
const QUESTIONS_OF_A_PAGE: u32 = 100;
/// What is being done when it cannot be asked.
const STEP: &str = "give the browser a description";

/// What starts a browser.
type Start = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Running, HarnessError>> + Send>> + Send>;

/// A browser, which is started anew when it has crashed or hangs.
pub(super) struct BrowserParser {
    start: Start,
    opened: Option<Opened>,
    software: String,
}

/// A browser that runs, on its page.
struct Opened {
    running: Running,
    said: UnboundedReceiver<Said>,
    server: PageServer,
    /// How many questions it has had on this page.
    questions: u32,
}

/// What the page says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    refused: Option<String>,
    line: Option<usize>,
    no_answer: Option<String>,
    unsupported: Option<String>,
}

impl BrowserParser {
    /// One that `start` starts, when it is asked for the first time.
    pub(super) fn new<F>(start: impl Fn() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<Running, HarnessError>> + Send + 'static,
    {
        Self { start: Box::new(move || Box::pin(start())), opened: None, software: String::new() }
    }

    async fn open(&mut self) -> Result<Opened, HarnessError> {
        let server = PageServer::start(&PageSource::BuiltIn, 0).await;
        let server = server.map_err(|error| HarnessError::new("serve a blank page", error))?;
        let running = (self.start)().await?;
        // It leaves the browser on the blank page.
        let running = running.on_a_machine_that_works(&server.url(), &NetworkHost::default()).await?;
        let browser = running.browser();
        self.software = format!("{} {}", browser.name, browser.version);
        Ok(Opened { said: running.tab().listen(), running, server, questions: 0 })
    }
}

#[async_trait]
impl Parser for BrowserParser {
    async fn ask(&mut self, question: &Question) -> Result<Reaction, HarnessError> {
        let mut opened = match self.opened.take() {
            Some(opened) => opened,
            None => self.open().await?,
        };
        let reaction = match timeout(ANSWER_DEADLINE, opened.ask(question)).await {
            Ok(Ok(told)) => {
                self.opened = Some(opened);
                return Ok(told.reaction(&question.sdp));
            }
            Ok(Err(error @ (ContextError::Socket(_) | ContextError::Crashed))) => Ok(opened.crash(&error)),
            Ok(Err(error)) => Err(HarnessError::new(STEP, error)),
            Err(_) => Ok(Reaction::Hangs { after_s: ANSWER_DEADLINE.as_secs() }),
        };
        opened.end().await;
        reaction
    }

    async fn late(&mut self) -> Option<Reaction> {
        let crash = self.opened.as_mut()?.has_crashed()?;
        self.opened.take()?.end().await;
        Some(crash)
    }

    fn software(&self) -> String {
        self.software.clone()
    }

    async fn end(self: Box<Self>) {
        if let Some(opened) = self.opened {
            opened.end().await;
        }
    }
}

impl Opened {
    async fn ask(&mut self, question: &Question) -> Result<Told, ContextError> {
        if self.questions == QUESTIONS_OF_A_PAGE {
            self.turn_the_page().await?;
        }
        self.questions += 1;
        let Question { kind, sdp } = question;
        let asked = json!({ "kind": kind, "sdp": sdp, "sections": question.sections() });
        let give = match Fault::at(sdp) {
            None => format!("(function () {{ {} }})({asked})", include_str!("parser.js")),
            Some(fault) => self.commit(fault),
        };
        let answer = tokio::select! {
            answer = self.running.tab().evaluate(&give) => answer?,
            () = crashed(&mut self.said) => return Err(ContextError::Crashed),
        };
        read(answer)
    }

    /// Has the tab end, or has an expression for it that never comes to an end.
    fn commit(&self, fault: Fault) -> String {
        let below = self.running.warden().map(warden::commands_below).unwrap_or_default();
        let is_tab = |command: &str| command.contains("--type=renderer") || command.contains("-isForBrowser");
        let tabs = below.into_iter().filter(|(_, command)| fault == Fault::Panic && is_tab(command));
        for (tab, _) in tabs {
            let _ = kill_process(tab, Signal::KILL);
        }
        "(function () { for (;;); })()".to_owned()
    }

    async fn turn_the_page(&mut self) -> Result<(), ContextError> {
        let page = Url::parse(&self.server.url()).and_then(|page| page.join(BLANK));
        let page = page.map_err(|error| ContextError::Unreachable(error.to_string()))?;
        self.questions = 0;
        self.running.tab().fetch(page.as_str()).await
    }

    /// That it has crashed since it was asked last.
    fn has_crashed(&mut self) -> Option<Reaction> {
        while let Ok(said) = self.said.try_recv() {
            if matches!(said, Said::Crashed) {
                return Some(self.crash(&ContextError::Crashed));
            }
        }
        self.said.is_closed().then(|| self.crash(&ContextError::Crashed))
    }

    fn crash(&self, error: &ContextError) -> Reaction {
        Reaction::crash(&format!("{error}; it said {}", self.running.last_words()))
    }

    async fn end(self) {
        self.running.end().await;
        self.server.close().await;
    }
}

/// Returns when the tab says that it has crashed, or its browser is gone.
async fn crashed(said: &mut UnboundedReceiver<Said>) {
    while let Some(said) = said.recv().await {
        if matches!(said, Said::Crashed) {
            return;
        }
    }
}

fn read(answer: Value) -> Result<Told, ContextError> {
    Told::deserialize(&answer).map_err(|source| ContextError::Form { method: "evaluate", source, answer })
}

impl Told {
    fn reaction(self, sdp: &str) -> Reaction {
        match (self.unsupported, self.refused) {
            (Some(why), _) => {
                Reaction::Unsupported { reason: format!("it makes no offer with these m-sections: {why}") }
            }
            (None, Some(words)) => Reaction::refusal(&words, self.line, sdp),
            (None, None) => Reaction::acceptance(self.no_answer.as_deref()),
        }
    }
}
