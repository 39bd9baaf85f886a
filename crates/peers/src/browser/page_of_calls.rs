//! The page on which calls are made.

use std::{
    future::pending,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use tincan_harness::Role;
use tokio::sync::watch;
use url::Url;

use super::clipboard::Clipboard;
use crate::{page::Page, page_map::PageMap};

/// The page on which calls are made.
#[derive(Debug)]
pub(crate) struct PageOfCalls {
    /// The address of the page server.
    base: String,
    /// Which it is.
    page: Page,
    /// How it is used.
    pub(crate) map: PageMap,
    /// What both sides have copied in the call that is made on it.
    clipboard: Mutex<Clipboard>,
    /// How far the call has begun: on a page that signals for itself that concerns both sides.
    beginning: watch::Sender<Beginning>,
    /// By what the rooms of its calls are told from those of others on the same server.
    run: u32,
    /// The number of the call.
    call: AtomicU32,
}

/// How a call begins on a page that signals for itself: a page may call as soon as the other one does, so both are told that they may
/// before either of them is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beginning {
    /// A page that calls now calls too early.
    NotYet,
    /// The offerer's page may be called, and the answerer's has to be told so.
    Allowed,
    /// Both may be called.
    AllowedOnBothSides,
    /// It has begun.
    Begun,
}

/// What stands in a page map for the [word](PageOfCalls::word) of the call.
pub(super) const CALL: &str = "{call}";

impl PageOfCalls {
    /// The page `page` of `map`, which is served at `base` unless it is elsewhere.
    pub(crate) fn new(base: String, page: Page, map: PageMap) -> Self {
        let (clipboard, beginning) = (Mutex::default(), watch::Sender::new(Beginning::NotYet));
        Self { base, page, map, clipboard, beginning, run: rand::random(), call: AtomicU32::new(0) }
    }

    /// Makes it ready for another call. Both sides are started before either of them does anything on it, the offerer first.
    pub(super) fn begin(&self, role: Role) {
        *self.clipboard() = Clipboard::default();
        self.is(Beginning::NotYet);
        if role == Role::Offerer {
            self.call.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The call has begun so far.
    pub(super) fn is(&self, beginning: Beginning) {
        self.beginning.send_replace(beginning);
    }

    /// Waits until `role` has to act upon how far the call has begun, which it knew as `known`; for ever on a page that does not signal
    /// for itself.
    pub(super) async fn turn_of(&self, role: Role, known: Beginning) -> Beginning {
        let mut beginning = self.beginning.subscribe();
        let is_its_turn = |now: &Beginning| match role {
            Role::Offerer => *now == Beginning::AllowedOnBothSides,
            Role::Answerer => matches!(now, Beginning::Allowed | Beginning::Begun),
        };
        let now = beginning.wait_for(|now| *now > known && is_its_turn(now)).await.map(|now| *now);
        match now {
            Ok(now) if self.map.signals_itself => now,
            _ => pending().await,
        }
    }

    /// A word that is another one in each call, and the same on both sides.
    pub(super) fn word(&self) -> String {
        format!("{:x}-{}", self.run, self.call.load(Ordering::Relaxed))
    }

    fn with_word(&self, text: &str) -> String {
        text.replace(CALL, &self.word())
    }

    /// Whether another server than tincan's has it.
    pub(super) const fn is_elsewhere(&self) -> bool {
        self.page.elsewhere().is_some()
    }

    /// What `role` opens.
    pub(super) fn url(&self, role: Role) -> String {
        match self.page.elsewhere() {
            Some(url) => url.opened(self.map.open_of(role).map(|open| self.with_word(open)).as_deref()),
            None => format!("{}{}", self.base, self.with_word(self.map.entry_of(role))),
        }
    }

    /// The address of the server.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Whether `url` is where `role` is on the page, whatever its fragment.
    pub(super) fn is_at(&self, role: Role, url: &Url) -> bool {
        let plain = |mut url: Url| {
            url.set_fragment(None);
            url
        };
        Url::parse(&self.url(role)).is_ok_and(|own| plain(own) == plain(url.clone()))
    }

    /// What both sides have copied.
    pub(super) fn clipboard(&self) -> MutexGuard<'_, Clipboard> {
        // Whoever panicked had it for one insertion.
        self.clipboard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
