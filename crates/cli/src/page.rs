//! Which page is driven.

use tincan_peers::{Page, PageMap, page::FoundMap};

use crate::{args::DrivenPageArgs, print};

/// The page that `args` name, and how it is used.
///
/// # Errors
/// When the page or its map cannot be used.
pub fn driven(args: DrivenPageArgs) -> anyhow::Result<(Page, PageMap)> {
    let page = args.page.folder.map_or(Page::BuiltIn, Page::Folder);
    let FoundMap { map, is_borrowed } = page.map(args.map.as_deref())?;
    if is_borrowed {
        print::to_stderr(&format!(
            "note: {page} has no page.toml and no --page-map was given: its controls are looked for where the built-in page has them",
        ));
    }
    Ok((page, map))
}
