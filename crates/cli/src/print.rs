//! What is printed, and where: results to standard output, everything else to standard error.
//!
//! Colours are for terminals only (`anstream` looks, and honours `NO_COLOR`).

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use anyhow::Context;
use tincan_harness::verdict::Outcome;

/// Prints a result. A reader that has read enough (`tincan list | head -1`) is no trouble.
pub fn to_stdout(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("failed to print the result"),
    }
}

/// Prints a line that is not a result. If nobody can read it, so be it.
pub fn to_stderr(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// The word for an outcome, in its colour, padded to `width`.
pub fn outcome(outcome: Outcome, width: usize) -> String {
    styled(style(outcome), &format!("{outcome:width$}"))
}

/// The sign for an outcome, in its colour.
pub fn sign(outcome: Outcome) -> String {
    let sign = match outcome {
        Outcome::Passed => "✓",
        Outcome::Failed => "✗",
        Outcome::Unsupported => "–",
        Outcome::Errored => "!",
    };
    styled(style(outcome), sign)
}

const fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Passed => AnsiColor::Green.on_default(),
        Outcome::Failed => AnsiColor::Red.on_default().bold(),
        Outcome::Unsupported => Style::new().dimmed(),
        Outcome::Errored => AnsiColor::Magenta.on_default().bold(),
    }
}

/// A text in a style.
fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A word that says that something is well.
pub fn good(text: &str) -> String {
    styled(AnsiColor::Green.on_default(), text)
}

/// A word that says that something is not well.
pub fn bad(text: &str) -> String {
    styled(AnsiColor::Red.on_default().bold(), text)
}

/// A heading.
pub fn strong(text: &str) -> String {
    styled(Style::new().bold(), text)
}
