//! Hears what a tab says during a call, and posts it.

use std::sync::Arc;

use tincan_harness::{Event, HarnessError, Mailbox, Note, Role};
use tokio::sync::mpsc;
use url::Url;

use super::{
    context::{Context, ContextError, Dialog, Said},
    page_of_calls::PageOfCalls,
};
use crate::{
    clock::SharedClock,
    page_map::Dialogs,
    wire::{Message, What},
};

/// The page has loaded.
pub(super) struct Arrival;

/// Hears a tab to the end of a call.
pub(super) struct Listener {
    said: mpsc::UnboundedReceiver<Said>,
    tab: Context,
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
        tab: &Context,
        role: Role,
        page: Arc<PageOfCalls>,
        clock: SharedClock,
        mailbox: Mailbox,
        arrive: mpsc::UnboundedSender<Arrival>,
    ) -> Self {
        Self { said: tab.listen(), tab: Arc::clone(tab), role, page, clock, mailbox, arrive, document: None }
    }

    /// Posts what the tab says until its page has said the last, or can say no more.
    pub(super) async fn listen(mut self) {
        while let Some(said) = self.said.recv().await {
            let heard = match said {
                Said::Pushed(text) => self.message(&text),
                Said::Dialog(dialog) => self.dialog(&dialog).await,
                Said::Crashed => Err(HarnessError::new("hear from the page", ContextError::Crashed)),
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

    /// A page stands still while it shows a dialog, and so does whoever acts on it.
    async fn dialog(&self, dialog: &Dialog) -> Result<Heard, HarnessError> {
        const STEP: &str = "answer the page's dialog";
        let Dialog { kind, message } = dialog;
        self.post(Event::Noted(Note::Dialog { dialog: kind.clone(), text: message.clone() }));
        let (accept, text) = dialog.answer(&self.page.map.dialogs);
        let answered = self.tab.answer_dialog(accept.unwrap_or(false), text).await;
        answered.map_err(|error| HarnessError::new(STEP, &error))?;
        if accept.is_none() {
            let trouble = HarnessError::new(
                STEP,
                format!("{kind}({message:?}), and the page map does not say what to answer"),
            );
            return Err(trouble.hint(format!("add [dialogs] with `{kind} = …` to the page map")));
        }
        Ok(Heard::More)
    }
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
