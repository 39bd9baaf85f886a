//! What could not be written or read, and why.

use std::{error, fmt, result};

/// What could not be done. `{:#}` says also why, as far as it is known.
pub struct Error {
    message: String,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

/// What came of something that is written or read.
pub type Result<T> = result::Result<T, Error>;

impl Error {
    /// That which `message` says.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.source {
            Some(source) if f.alternate() => write!(f, ": {source:#}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self { message: "failed to write JSON".to_owned(), source: Some(error.into()) }
    }
}

/// Says of what went wrong what it was wanted for.
pub(crate) trait Context<T> {
    /// The same, of which `message` says what it was wanted for.
    fn context<M: Into<String>>(self, message: impl FnOnce() -> M) -> Result<T>;
}

impl<T, E: Into<Box<dyn error::Error + Send + Sync>>> Context<T> for result::Result<T, E> {
    fn context<M: Into<String>>(self, message: impl FnOnce() -> M) -> Result<T> {
        self.map_err(|error| Error { message: message().into(), source: Some(error.into()) })
    }
}

/// An error unless `holds`.
pub(crate) fn ensure<M: Into<String>>(holds: bool, otherwise: impl FnOnce() -> M) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::new(otherwise())) }
}
