//! What a history writes: each call as it ends, and at the end all that they say. A folder that holds a part of the same question is gone
//! on with.

use std::path::Path;

use anyhow::{Context, bail};
use tincan_measure::history::{Calls, FILE, History, HistoryQuestion, Line, SCHEMA_VERSION};
use tincan_output::{Folder, Lines};
use tincan_report::{history::markdown, html::history_page};

use crate::{lines::read_noting, print};

const JSON: &str = "history.json";
const PAGE: &str = "history.html";
const MARKDOWN: &str = "history.md";

/// The calls of a history, and where they are written.
pub struct Record {
    /// The calls so far.
    pub calls: Calls,
    lines: Lines<Line>,
    folder: Folder,
}

impl Record {
    /// Takes the folder `out` for `question`, with what it holds of it already.
    ///
    /// # Errors
    /// When another process writes there, it holds what came of another question, or cannot be written.
    pub fn begin(question: &HistoryQuestion, out: &Path) -> anyhow::Result<Self> {
        let taken =
            || format!("another history is writing to {}; give this one another --out", out.display());
        let folder = Folder::take(out)?.with_context(taken)?;
        let path = folder.path().join(FILE);
        let there = path.exists();
        let calls = match there {
            true => kept(&path, question)?,
            false => Calls::none(question.clone()),
        };
        folder.put("history.schema.json", &History::schema()?)?;
        folder.put("history-lines.schema.json", &Line::schema()?)?;
        let lines = match there {
            true => Lines::go_on(path)?,
            false => Lines::begin(path, &Line::History(Box::new(question.clone())))?,
        };
        Ok(Self { calls, lines, folder })
    }

    /// Appends a line, and takes down what it holds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, line: Line) -> anyhow::Result<()> {
        self.lines.append(&line)?;
        self.calls.take(line);
        Ok(())
    }

    /// Writes what the calls say.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&self, history: &History) -> anyhow::Result<()> {
        self.folder.put(JSON, &history.to_json()?)?;
        self.folder.put(MARKDOWN, &markdown(history))?;
        Ok(self.folder.put(PAGE, &history_page(history))?)
    }

    /// Where its files are, for people.
    pub fn places(&self) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        format!("\npage: {}\nmarkdown: {}\nhistory: {}\n", path(PAGE), path(MARKDOWN), path(JSON))
    }
}

/// What a folder holds of `question`.
fn kept(path: &Path, question: &HistoryQuestion) -> anyhow::Result<Calls> {
    let calls = Calls::of_lines(read_noting(path, SCHEMA_VERSION)?)?;
    if let Some(what) = differs(&calls.question, question) {
        let folder = path.parent().unwrap_or(path).display();
        bail!(
            "{folder} holds a history of another question: {what} differ; give another --out, or remove it"
        );
    }
    print::to_stderr(&format!("going on with the {} calls of {}", calls.calls.len(), path.display()));
    Ok(calls)
}

/// In what two questions differ, if they do.
fn differs(one: &HistoryQuestion, other: &HistoryQuestion) -> Option<&'static str> {
    let what = [
        (one.builds != other.builds, "the builds"),
        (one.scenarios != other.scenarios, "the scenarios"),
        (one.repetitions != other.repetitions, "the repetitions"),
        (one.margin_ms.to_bits() != other.margin_ms.to_bits(), "the margins"),
        (!one.is_that_of(other), "tincan or the machine"),
    ];
    what.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
}
