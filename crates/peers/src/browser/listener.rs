//! Hears what a tab says during a call, and posts it.

use std::{collections::VecDeque, path::PathBuf, sync::Arc};

use tincan_harness::{Event, HarnessError, Mailbox, Note, Role, SdpType, timeline::PeerTime};
use tokio::{sync::mpsc, task::JoinSet};
use url::Url;

use super::{
    context::{Context, ContextError, Dialog, Said},
    copied,
    page_of_calls::PageOfCalls,
    probe,
};
use crate::{
    clock::SharedClock,
    page_map::Dialogs,
    wire::{Entry, Message, What},
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
    /// Where a picture of each step goes.
    step_pictures: Option<PathBuf>,
    /// Those that are being taken.
    taking: JoinSet<()>,
    /// The document that speaks, and whether it has loaded.
    document: Option<(String, bool)>,
    /// The answers to dialogs that the page is about to show.
    expected: VecDeque<Expected>,
}

/// The answer to a dialog of a kind.
struct Expected {
    kind: String,
    accept: bool,
    text: String,
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
        step_pictures: Option<PathBuf>,
    ) -> Self {
        let (said, tab, expected) = (tab.listen(), Arc::clone(tab), VecDeque::new());
        let (taking, document) = (JoinSet::new(), None);
        Self { said, tab, role, page, clock, mailbox, arrive, step_pictures, taking, document, expected }
    }

    /// Posts what the tab says until its page has said the last, or can say no more. The pictures of steps are there then: whoever
    /// waits for this leaves the page afterwards.
    pub(super) async fn listen(mut self) {
        self.hear().await;
        while self.taking.join_next().await.is_some() {}
    }

    async fn hear(&mut self) {
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
            match &entry.what {
                What::Loaded => self.loaded(),
                What::Noted(Note::Step { number, found: Some(_), .. }) => self.picture_step(*number),
                _ => {}
            }
            let at = entry.at();
            for (at, event) in self.copied(at, entry) {
                self.mailbox.post(at, event);
            }
        }
        Ok(if message.stopped { Heard::All } else { Heard::More })
    }

    /// Takes a picture of the page after a step, and lets the page go on.
    fn picture_step(&mut self, number: u32) {
        let Some(folder) = &self.step_pictures else { return };
        let (file, tab) = (folder.join(format!("{}-{number}.png", self.role)), Arc::clone(&self.tab));
        self.taking.spawn(async move {
            if let Some(picture) = tab.screenshot().await {
                // Where it cannot be written, the step is told all the same.
                let _ = tokio::fs::write(file, picture).await;
            }
            // A page that has gone meanwhile says so by itself.
            let _ = probe::begin(&tab, "goOn", &number.into()).await;
        });
    }

    /// What an entry says. What was copied is looked at, and the answers to dialogs are kept.
    fn copied(&mut self, at: PeerTime, entry: Entry) -> Vec<(PeerTime, Event)> {
        match entry.what {
            What::Description { shown, from, kind } => {
                // In a call that is changed the answerer may offer.
                let part = match kind {
                    Some(SdpType::Offer) => Role::Offerer,
                    Some(SdpType::Answer) => Role::Answerer,
                    _ => self.role,
                };
                let events = copied::description(part, shown, &from, &mut self.page.clipboard());
                events.into_iter().map(|event| (at, event)).collect()
            }
            What::Candidate { line, array } => {
                vec![(at, copied::candidate_line(line, array, &mut self.page.clipboard()))]
            }
            What::DialogExpected { dialog: kind, accept, answer: text } => {
                self.expected.push_back(Expected { kind, accept, text });
                Vec::new()
            }
            _ => entry.into_events(),
        }
    }

    /// A document has come into the tab. While the page arrives it may lead on to another one; later it was left.
    fn hello(&mut self, document: &str, url: &str) -> Result<(), HarnessError> {
        if let Some((_, true)) = self.document {
            let own = Url::parse(url).is_ok_and(|url| self.page.is_at(self.role, &url));
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
    async fn dialog(&mut self, dialog: &Dialog) -> Result<Heard, HarnessError> {
        const STEP: &str = "answer the page's dialog";
        let Dialog { kind, message } = dialog;
        self.post(Event::Noted(Note::Dialog { dialog: kind.clone(), text: message.clone() }));
        let expected = self.expected.iter().position(|expected| expected.kind == *kind);
        let (accept, text) = match expected.and_then(|place| self.expected.remove(place)) {
            Some(Expected { accept, text, .. }) => (Some(accept), text),
            None => dialog.answer(&self.page.map.dialogs),
        };
        let answered = self.tab.answer_dialog(accept.unwrap_or(false), &text).await;
        answered.map_err(|error| HarnessError::new(STEP, &error))?;
        if accept.is_none() {
            let trouble = HarnessError::new(
                STEP,
                format!("{kind}({message:?}), and the page map does not say what to answer"),
            );
            let hint = format!("say `{kind} = …` in the step that opens it, or under [dialogs]");
            return Err(trouble.hint(hint));
        }
        Ok(Heard::More)
    }
}

impl Dialog {
    /// Whether it is accepted, and with what text; none if nobody knows. What has one answer alone gets it.
    fn answer(&self, map: &Dialogs) -> (Option<bool>, String) {
        match self.kind.as_str() {
            "confirm" => (map.confirm, String::new()),
            "prompt" => (map.prompt.is_some().then_some(true), map.prompt.clone().unwrap_or_default()),
            _ => (Some(true), String::new()),
        }
    }
}
