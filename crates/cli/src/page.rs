//! Which page is driven.

use tincan_peers::{BrowserOptions, Page, RosterOptions, page::FoundMap};

use crate::{args::DrivenPageArgs, print};

/// What the peers of a run on the page that `args` name are made of, with browsers as `browser` says.
///
/// # Errors
/// When the page or its map cannot be used.
pub fn roster_options(args: DrivenPageArgs, browser: BrowserOptions) -> anyhow::Result<RosterOptions> {
    let DrivenPageArgs { page, map, accept_certificate } = args;
    let page = page.unwrap_or_default();
    let FoundMap { map, is_borrowed } = page.map(map.as_deref())?;
    if is_borrowed {
        let lacks = if matches!(page, Page::Folder(_)) { "has no page.toml and " } else { "is used, and " };
        print::to_stderr(&format!(
            "note: {page} {lacks}no --page-map was given: its controls are looked for where the built-in page has them",
        ));
    }
    Ok(RosterOptions::new(page, map, BrowserOptions { accept_certificate, ..browser }))
}
