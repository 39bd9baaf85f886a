//! `report.json` and its JSON Schema.

use std::io::Write;

use crate::report::Report;

/// The report as JSON text.
///
/// # Errors
/// Never for a report that this crate made; a number that is not finite has no JSON.
pub fn render(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// Writes the text of [`render`], without holding all of it.
///
/// # Errors
/// As [`render`], and when `to` cannot be written.
pub fn write(report: &Report, to: &mut impl Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, report)?;
    to.write_all(b"\n")
}

/// The JSON Schema (draft 2020-12) of a report, as text.
///
/// # Errors
/// Never: it is made from the types.
pub fn schema() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schemars::schema_for!(Report)).map(|text| text + "\n")
}
