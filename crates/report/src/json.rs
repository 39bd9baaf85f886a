//! `report.json` and its JSON Schema.

use std::io::{self, Write};

use serde::Serialize;

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
pub fn write(report: &Report, to: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, report)?;
    to.write_all(b"\n")
}

/// Writes the text of [`render`] without its blanks: a third less, for a report that has to be small.
///
/// # Errors
/// As [`write()`].
pub fn write_compact(report: &Report, to: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *to, report)?;
    to.write_all(b"\n")
}

/// How many bytes the compact JSON of `value` has.
///
/// # Errors
/// Never for what this crate made; a number that is not finite has no JSON.
pub fn compact_size(value: &impl Serialize) -> serde_json::Result<usize> {
    let mut count = Count::default();
    serde_json::to_writer(&mut count, value)?;
    Ok(count.0)
}

/// Counts what is written.
#[derive(Debug, Default)]
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The JSON Schema (draft 2020-12) of a report, as text.
///
/// # Errors
/// Never: it is made from the types.
pub fn schema() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schemars::schema_for!(Report)).map(|text| text + "\n")
}
