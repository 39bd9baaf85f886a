//! What a look at one side of a complete call may find.

use crate::stage::Stage;

/// What is not as it was asked for, or could not be told.
pub(super) enum Found {
    /// It happened in another way: the stage in which it did, and what was asked and what happened.
    Otherwise(Stage, String),
    /// What can be told, and was not.
    Unknown(String),
}

/// What a check ends with that finds something else than what was asked for.
pub(super) fn otherwise(stage: Stage, what: impl Into<String>) -> Result<(), Found> {
    Err(Found::Otherwise(stage, what.into()))
}
