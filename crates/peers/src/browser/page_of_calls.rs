//! The page on which calls are made.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tincan_harness::Role;
use url::Url;

use super::clipboard::Clipboard;
use crate::page_map::PageMap;

/// The page on which calls are made.
#[derive(Debug)]
pub(crate) struct PageOfCalls {
    /// The address of the folder that it is served from.
    base: String,
    /// How it is used.
    pub(crate) map: PageMap,
    /// What both sides have copied in the call that is made on it.
    clipboard: Mutex<Clipboard>,
}

impl PageOfCalls {
    /// The page of `map` that is served at `base`.
    pub(crate) fn new(base: String, map: PageMap) -> Self {
        Self { base, map, clipboard: Mutex::default() }
    }

    /// What `role` opens.
    pub(super) fn url(&self, role: Role) -> String {
        format!("{}{}", self.base, self.map.entry_of(role))
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
