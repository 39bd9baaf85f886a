//! The page on which calls are made.

use url::Url;

use crate::page_map::PageMap;

/// The page on which calls are made.
#[derive(Debug)]
pub(crate) struct PageOfCalls {
    /// Its address.
    pub(crate) url: String,
    /// Where its controls are.
    pub(crate) map: PageMap,
}

impl PageOfCalls {
    /// Whether `url` is that of the page, wherever on the page it is.
    pub(super) fn is_at(&self, url: &Url) -> bool {
        let mut url = url.clone();
        url.set_fragment(None);
        Url::parse(&self.url).is_ok_and(|own| own == url)
    }
}
