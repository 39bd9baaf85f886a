//! Which page calls are made on, and where its map is.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use tincan_harness::{HarnessError, Role, Scenario};

use crate::{
    browser::page_command::PageCommand,
    page_map::{PageMap, PageMapError},
    page_server::PageSource,
    page_url::{PageUrl, PageUrlError},
    reach::Origin,
};

/// The map of a page, in its folder.
const MAP: &str = "page.toml";

/// Which page calls are made on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Page {
    /// The page of this repository.
    #[default]
    BuiltIn,
    /// That of a folder.
    Folder(PathBuf),
    /// That of a server which runs already.
    At(PageUrl),
}

/// The map of a page, and whose it is.
#[derive(Debug, Clone)]
pub struct FoundMap {
    /// It.
    pub map: PageMap,
    /// Whether it is that of the built-in page, for want of one of its own.
    pub is_borrowed: bool,
}

/// Why calls cannot be made on a page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// It is not there.
    #[error("failed to open the page {page}")]
    Open {
        /// The folder that was named.
        page: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a file.
    #[error("the page {0} is no folder; name the folder that it is in")]
    NoFolder(PathBuf),
    /// Its map is for another page.
    #[error("{page} has no {entry:?}, which the page map {map:?} opens")]
    NoEntry {
        /// The page.
        page: String,
        /// The file that is opened.
        entry: String,
        /// The name of the map.
        map: String,
    },
    /// Its map cannot be used.
    #[error(transparent)]
    Map(#[from] PageMapError),
}

impl Page {
    /// The map `named`; else that of the page's folder, if it has one; else that of the built-in page.
    ///
    /// # Errors
    /// When the page or its map cannot be used.
    pub fn map(&self, named: Option<&Path>) -> Result<FoundMap, PageError> {
        let in_folder = self.folder()?.map(|folder| folder.join(MAP)).filter(|file| file.is_file());
        let file = named.or(in_folder.as_deref());
        let map = file.map_or_else(PageMap::built_in, PageMap::read)?;
        let source = self.source();
        let is_missing = |entry: &&str| !source.has(entry.split(['?', '#']).next().unwrap_or_default());
        let entries = Role::BOTH.into_iter().map(|role| map.entry_of(role));
        let is_served_by_tincan = self.elsewhere().is_none() && map.serve.is_none();
        if let Some(entry) = entries.filter(|_| is_served_by_tincan).find(is_missing) {
            let (entry, map) = (entry.to_owned(), map.name.clone());
            return Err(PageError::NoEntry { page: self.in_words(), entry, map });
        }
        Ok(FoundMap { map, is_borrowed: file.is_none() && *self != Self::BuiltIn })
    }

    /// What the page server has to serve.
    pub(crate) fn source(&self) -> PageSource {
        match self {
            // Of a page that is elsewhere tincan serves none but its own blank one.
            Self::BuiltIn | Self::At(_) => PageSource::BuiltIn,
            Self::Folder(folder) => PageSource::Folder(folder.clone()),
        }
    }

    /// What it is called, where no map says it: as its folder is.
    pub(crate) fn name(&self) -> String {
        let folder = match self {
            Self::Folder(folder) => folder.canonicalize().ok(),
            Self::BuiltIn | Self::At(_) => None,
        };
        let name = folder.and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
        name.unwrap_or_else(|| self.to_string())
    }

    /// Its address, if it is that of a server which runs already.
    pub(crate) const fn elsewhere(&self) -> Option<&PageUrl> {
        match self {
            Self::At(url) => Some(url),
            Self::BuiltIn | Self::Folder(_) => None,
        }
    }

    /// What it may reach when it is used as `map` says, besides the page server.
    pub(crate) fn origins(&self, map: &PageMap) -> Vec<Origin> {
        self.elsewhere().map(PageUrl::origin).into_iter().chain(&map.origins).cloned().collect()
    }

    /// Why no call like `scenario` can be made on it; none if one can.
    pub(crate) fn unsupported(&self, scenario: &Scenario) -> Option<String> {
        self.elsewhere()?.unsupported(scenario)
    }

    /// Starts the server of a folder whose map has one.
    ///
    /// # Errors
    /// When it does not listen.
    pub(crate) async fn serve(&self, map: &PageMap) -> Result<Option<PageCommand>, HarnessError> {
        match (self, &map.serve) {
            (Self::Folder(folder), Some(command)) => {
                PageCommand::start(command, folder, map.entry.as_deref()).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Looks whether a page that is elsewhere is there.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) async fn look(&self) -> Result<Option<std::net::SocketAddr>, HarnessError> {
        match self.elsewhere() {
            Some(url) => url.look().await.map(Some),
            None => Ok(None),
        }
    }

    /// Its folder, which is one; none of a page that is in none.
    fn folder(&self) -> Result<Option<&Path>, PageError> {
        let Self::Folder(folder) = self else { return Ok(None) };
        let found =
            fs::metadata(folder).map_err(|source| PageError::Open { page: folder.clone(), source })?;
        if found.is_dir() { Ok(Some(folder)) } else { Err(PageError::NoFolder(folder.clone())) }
    }

    fn in_words(&self) -> String {
        if *self == Self::BuiltIn { "the built-in page".to_owned() } else { self.to_string() }
    }
}

/// As it stands in reports: `built-in`, or where it is.
impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.pad("built-in"),
            Self::Folder(folder) => folder.display().fmt(f),
            Self::At(url) => url.fmt(f),
        }
    }
}

/// What begins as `http://` or `https://` does is an address; all else is a folder.
impl FromStr for Page {
    type Err = PageUrlError;

    fn from_str(name: &str) -> Result<Self, PageUrlError> {
        let is_address =
            ["http://", "https://"].iter().any(|begin| name.to_ascii_lowercase().starts_with(begin));
        if is_address { name.parse().map(Self::At) } else { Ok(Self::Folder(name.into())) }
    }
}
