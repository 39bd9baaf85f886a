//! The page on which calls are made.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tincan_harness::Role;
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
}

impl PageOfCalls {
    /// The page `page` of `map`, which is served at `base` unless it is elsewhere.
    pub(crate) fn new(base: String, page: Page, map: PageMap) -> Self {
        Self { base, page, map, clipboard: Mutex::default() }
    }

    /// Whether another server than tincan's has it.
    pub(super) const fn is_elsewhere(&self) -> bool {
        self.page.elsewhere().is_some()
    }

    /// What `role` opens.
    pub(super) fn url(&self, role: Role) -> String {
        match self.page.elsewhere() {
            Some(url) => url.opened(self.map.open_of(role)),
            None => format!("{}{}", self.base, self.map.entry_of(role)),
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
