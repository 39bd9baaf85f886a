//! What a command appends while it goes on, and why such lines may be refused.

use thiserror::Error;

/// Why lines are not those of one command.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinesError {
    /// The first one is another.
    #[error("the first line does not say what was asked for")]
    NoFirst,
    /// Lines of several commands stand together.
    #[error("a second first line stands in it: those of more than one command were put together")]
    SecondFirst,
}
