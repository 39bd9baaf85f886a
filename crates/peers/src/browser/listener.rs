//! Hears what a tab says during a call, and posts it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tincan_harness::{Event, HarnessError, Mailbox, Note, Role};
use tokio::sync::mpsc;
use url::Url;

use super::{cdp::Cdp, clock::SharedClock, page_of_calls::PageOfCalls, probe};
use crate::{
    page_map::Dialogs,
    wire::{Message, What},
};

/// The page has loaded.
pub(super) struct Arrival;

/// Hears a tab to the end of a call.
pub(super) struct Listener {
    events: mpsc::UnboundedReceiver<Value>,
    tab: Cdp,
    role: Role,
    page: Arc<PageOfCalls>,
    clock: SharedClock,
    mailbox: Mailbox,
    arrive: mpsc::UnboundedSender<Arrival>,
    /// The document that speaks, and whether it has loaded.
    document: Option<(String, bool)>,
}

/// Whether there is more to hear.
#[derive(PartialEq, Eq)]
enum Heard {
    More,
    All,
}

impl Listener {
    /// One of a call in which `tab` plays `role` on `page`, which hears what the tab says from now on, and says through `arrive`
    /// that the page has loaded.
    pub(super) fn new(
        tab: &Cdp,
        role: Role,
        page: Arc<PageOfCalls>,
        clock: SharedClock,
        mailbox: Mailbox,
        arrive: mpsc::UnboundedSender<Arrival>,
    ) -> Self {
        Self { events: tab.listen(), tab: tab.clone(), role, page, clock, mailbox, arrive, document: None }
    }

    /// Posts what the tab says until its page has said the last, or can say no more.
    pub(super) async fn listen(mut self) {
        while let Some(event) = self.events.recv().await {
            let heard = match probe::payload(&event) {
                Some(payload) => self.message(payload),
                None => self.event(&event).await,
            };
            match heard {
                Ok(Heard::More) => {}
                Ok(Heard::All) => return,
                Err(trouble) => return self.post(Event::HarnessError(trouble)),
            }
        }
        let gone = "the browser closed its connection: it has ended, or was killed";
        self.post(Event::HarnessError(HarnessError::new("hear from the page", gone)));
    }

    fn post(&self, event: Event) {
        let now = self.clock.with(self.mailbox.zero(), |clock| clock.now());
        self.mailbox.post(now, event);
    }

    fn message(&mut self, payload: &str) -> Result<Heard, HarnessError> {
        let message: Message = serde_json::from_str(payload).map_err(|error| {
            let beginning: String = payload.chars().take(200).collect();
            HarnessError::new("understand the page's log", format!("{error}: {beginning}"))
        })?;
        for entry in &message.entries {
            if let What::Hello { url } = &entry.what {
                self.hello(&message.document, url)?;
            }
        }
        if self.document.as_ref().is_none_or(|(own, _)| *own != message.document) {
            return Ok(Heard::More);
        }
        self.clock.with(self.mailbox.zero(), |clock| clock.observe(self.mailbox.zero(), message.now));
        for entry in message.entries {
            if matches!(entry.what, What::Loaded) {
                self.loaded();
            }
            for (at, event) in entry.into_events(self.role) {
                self.mailbox.post(at, event);
            }
        }
        Ok(if message.stopped { Heard::All } else { Heard::More })
    }

    /// A document has come into the tab. While the page arrives it may lead on to another one; later it was left.
    fn hello(&mut self, document: &str, url: &str) -> Result<(), HarnessError> {
        if let Some((_, true)) = self.document {
            let own = Url::parse(url).is_ok_and(|url| self.page.is_at(&url));
            let how = if own { "it was loaded anew".to_owned() } else { format!("it was left for {url}") };
            return Err(HarnessError::new("hear from the page", how));
        }
        if !url.starts_with("http") {
            // The browser's own first page may still be on its way.
            return Ok(());
        }
        self.clock.reset();
        self.document = Some((document.to_owned(), false));
        Ok(())
    }

    fn loaded(&mut self) {
        if let Some((_, loaded)) = &mut self.document {
            *loaded = true;
        }
        // Whoever does not wait for it has given up already.
        let _ = self.arrive.send(Arrival);
    }

    async fn event(&self, event: &Value) -> Result<Heard, HarnessError> {
        match event["method"].as_str() {
            Some("Page.javascriptDialogOpening") => self.dialog(&event["params"]).await?,
            Some("Inspector.targetCrashed") => {
                return Err(HarnessError::new("hear from the page", "the tab has crashed, or was killed"));
            }
            _ => {}
        }
        Ok(Heard::More)
    }

    /// A page stands still while it shows a dialog, and so does whoever acts on it.
    async fn dialog(&self, parameters: &Value) -> Result<(), HarnessError> {
        const STEP: &str = "answer the page's dialog";
        let dialog = Dialog::deserialize(parameters).map_err(|error| HarnessError::new(STEP, error))?;
        let (kind, text) = (dialog.kind.clone(), dialog.message.clone());
        self.post(Event::Noted(Note::Dialog { dialog: kind, text }));
        let (accept, text) = dialog.answer(&self.page.map.dialogs);
        let answer = json!({ "accept": accept.unwrap_or(false), "promptText": text });
        let answered = self.tab.execute("Page.handleJavaScriptDialog", answer).await;
        answered.map_err(|error| HarnessError::new(STEP, &error))?;
        if accept.is_none() {
            let Dialog { kind, message, .. } = dialog;
            let trouble = HarnessError::new(
                STEP,
                format!("{kind}({message:?}), and the page map does not say what to answer"),
            );
            return Err(trouble.hint(format!("add [dialogs] with `{kind} = …` to the page map")));
        }
        Ok(())
    }
}

/// `Page.javascriptDialogOpening`
#[derive(Debug, Deserialize)]
struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    #[serde(rename = "type")]
    kind: String,
    message: String,
}

impl Dialog {
    /// Whether it is accepted, and with what text; none if nobody knows. What has one answer alone gets it.
    fn answer<'m>(&self, map: &'m Dialogs) -> (Option<bool>, &'m str) {
        match self.kind.as_str() {
            "confirm" => (map.confirm, ""),
            "prompt" => map.prompt.as_deref().map_or((None, ""), |text| (Some(true), text)),
            _ => (Some(true), ""),
        }
    }
}
