//! A page, as it is named.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A page, as it is named: by its address, or by its folder.
#[derive(Debug, Clone)]
pub struct Page(Name);

#[derive(Debug, Clone)]
enum Name {
    BuiltIn,
    Folder(PathBuf),
    Text(String),
}

/// The page that tincan brings, on which everything can be called that it knows.
#[must_use]
pub const fn built_in() -> Page {
    Page(Name::BuiltIn)
}

impl Page {
    /// The page of that name.
    pub(crate) fn find(self) -> Result<tincan_peers::Page> {
        Ok(match self.0 {
            Name::BuiltIn => tincan_peers::Page::BuiltIn,
            Name::Folder(folder) => tincan_peers::Page::Folder(folder),
            Name::Text(text) => text.parse().map_err(|error| Error::misused("the page", error))?,
        })
    }
}

impl From<&str> for Page {
    fn from(name: &str) -> Self {
        Self(Name::Text(name.to_owned()))
    }
}

impl From<String> for Page {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl From<&Path> for Page {
    fn from(folder: &Path) -> Self {
        Self(Name::Folder(folder.to_owned()))
    }
}

impl From<PathBuf> for Page {
    fn from(folder: PathBuf) -> Self {
        Self(Name::Folder(folder))
    }
}

/// What is wrong with a page or its map.
impl From<tincan_peers::page::PageError> for Error {
    fn from(error: tincan_peers::page::PageError) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let said = error.to_string();
        Self::misused("the page", if said.contains(&cause) { said } else { said + &cause })
    }
}
