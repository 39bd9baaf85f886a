//! Comparisons as JSON, and the schema of that.

use serde_json::{Error, to_string_pretty};

use super::written::Comparisons;

/// The comparisons as JSON, with a line feed at the end.
///
/// # Errors
/// Never for what tincan measures: all of it can be written as JSON.
pub fn render(comparisons: &Comparisons) -> Result<String, Error> {
    Ok(to_string_pretty(comparisons)? + "\n")
}

/// The JSON Schema (draft 2020-12) of [`render`]'s output.
///
/// # Errors
/// Never: it is made from the types alone.
pub fn schema() -> Result<String, Error> {
    Ok(to_string_pretty(&schemars::schema_for!(Comparisons))? + "\n")
}
