//! Which page is driven.

use std::fs;

use anyhow::{Context, bail, ensure};
use tincan_harness::Role;
use tincan_peers::{PageMap, page_server::PageSource};

use crate::{args::DrivenPageArgs, print};

/// The page map that was named; else that of the page's folder, if it has one; else that of the built-in page.
///
/// # Errors
/// When the page or its map cannot be used.
pub fn page_map(args: &DrivenPageArgs) -> anyhow::Result<PageMap> {
    let folder = args.page.folder.as_deref();
    if let Some(folder) = folder {
        let found =
            fs::metadata(folder).with_context(|| format!("failed to open the page {}", folder.display()))?;
        ensure!(found.is_dir(), "the page {} is no folder; name the folder that it is in", folder.display());
    }
    let in_folder = folder.map(|folder| folder.join("page.toml")).filter(|file| file.is_file());
    let named = args.map.as_deref().or(in_folder.as_deref());
    let map = named.map_or_else(PageMap::built_in, PageMap::read)?;
    let page = folder.map_or(PageSource::BuiltIn, |folder| PageSource::Folder(folder.to_owned()));
    let missing = Role::BOTH.into_iter().map(|role| map.entry_of(role)).find(|entry| {
        let file = entry.split(['?', '#']).next().unwrap_or_default();
        !page.has(file)
    });
    if let Some(entry) = missing {
        let place =
            folder.map_or_else(|| "the built-in page".to_owned(), |folder| folder.display().to_string());
        bail!("{place} has no {entry:?}, which the page map {:?} opens", map.name);
    }
    if let (None, Some(folder)) = (named, folder) {
        print::to_stderr(&format!(
            "note: {} has no page.toml and no --page-map was given: its controls are looked for where the built-in page has them",
            folder.display()
        ));
    }
    Ok(map)
}
