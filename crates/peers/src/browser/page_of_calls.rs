//! The page on which calls are made.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
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
    /// Whether the call has begun: on a page that signals for itself that concerns both sides.
    begun: watch::Sender<bool>,
    /// By what the rooms of its calls are told from those of others on the same server.
    run: u32,
    /// The number of the call.
    call: AtomicU32,
}

/// What stands in a page map for the [word](PageOfCalls::word) of the call.
pub(super) const CALL: &str = "{call}";

impl PageOfCalls {
    /// The page `page` of `map`, which is served at `base` unless it is elsewhere.
    pub(crate) fn new(base: String, page: Page, map: PageMap) -> Self {
        let (clipboard, begun) = (Mutex::default(), watch::Sender::new(false));
        Self { base, page, map, clipboard, begun, run: rand::random(), call: AtomicU32::new(0) }
    }

    /// Makes it ready for another call. Both sides are started before either of them does anything on it, the offerer first.
    pub(super) fn begin(&self, role: Role) {
        *self.clipboard() = Clipboard::default();
        self.begun.send_replace(false);
        if role == Role::Offerer {
            self.call.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The call begins, as the offerer was asked to have it.
    pub(super) fn call_begins(&self) {
        self.begun.send_replace(true);
    }

    /// Waits until the call begins, on the side that is not asked for it; for ever on a page that does not signal for itself.
    pub(super) async fn answerer_begins(&self, role: Role) {
        let mut begun = self.begun.subscribe();
        if !self.map.signals_itself || role == Role::Offerer || begun.wait_for(|begun| *begun).await.is_err()
        {
            std::future::pending().await
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
