//! What a command that measures writes: each thing that was measured as a line, and at the end all of them as a file for
//! programmes and a page for people.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde::{Serialize, de::DeserializeOwned};
use tincan_harness::environment::Browser;
use tincan_measure::{
    comparison::{self, Comparisons},
    lines::LinesError,
    sweep::{self, Sweep},
};
use tincan_output::{Folder, Lines, file};
use tincan_report::html::{comparison_page, sweep_page};

use crate::{lines::read_noting, print};

/// What is measured: how it grows by lines, and as what it is written.
pub trait Measured: Sized {
    /// What is appended.
    type Line: Serialize + DeserializeOwned;
    /// What it is called; its files are called so, too.
    const NAME: &'static str;
    /// The name of the file of lines.
    const LINES: &'static str;
    /// The version of its form.
    const SCHEMA_VERSION: u32;

    /// The line that says what was asked for.
    fn first(&self) -> Self::Line;
    /// The line of the browsers that take part.
    fn browsers(browsers: &[Browser]) -> Self::Line;
    /// Takes down what a line holds.
    fn take(&mut self, line: Self::Line);
    /// What these lines say together.
    ///
    /// # Errors
    /// When they are not those of one command.
    fn of_lines(lines: Vec<Self::Line>) -> Result<Self, LinesError>;
    /// Works out what is said of all that was measured.
    fn conclude(&mut self);
    /// How much was measured, of how much that was asked for: `3 of 20 planned blocks`.
    fn progress(&self) -> String;
    /// It as JSON.
    ///
    /// # Errors
    /// When a number is not finite.
    fn json(&self) -> serde_json::Result<String>;
    /// It as a page.
    fn page(&self) -> String;
    /// The JSON Schemas, of it and of its lines.
    ///
    /// # Errors
    /// Never: they are made from the types.
    fn schemas() -> serde_json::Result<[String; 2]>;
}

impl Measured for Comparisons {
    type Line = comparison::lines::Line;
    const NAME: &'static str = "comparison";
    const LINES: &'static str = comparison::lines::FILE;
    const SCHEMA_VERSION: u32 = comparison::SCHEMA_VERSION;

    fn first(&self) -> Self::Line {
        Self::Line::Comparison(Box::new(self.clone()))
    }

    fn browsers(browsers: &[Browser]) -> Self::Line {
        Self::Line::Browsers(browsers.to_vec())
    }

    fn take(&mut self, line: Self::Line) {
        Self::take(self, line);
    }

    fn of_lines(lines: Vec<Self::Line>) -> Result<Self, LinesError> {
        Self::of_lines(lines)
    }

    fn conclude(&mut self) {
        self.compare();
    }

    fn progress(&self) -> String {
        let made: usize = self.comparisons.iter().map(|comparison| comparison.blocks.len()).sum();
        format!("{made} of {} planned blocks", self.planned as usize * self.comparisons.len())
    }

    fn json(&self) -> serde_json::Result<String> {
        comparison::json::render(self)
    }

    fn page(&self) -> String {
        comparison_page(self)
    }

    fn schemas() -> serde_json::Result<[String; 2]> {
        Ok([comparison::json::schema()?, Self::Line::schema()?])
    }
}

impl Measured for Sweep {
    type Line = sweep::lines::Line;
    const NAME: &'static str = "sweep";
    const LINES: &'static str = sweep::lines::FILE;
    const SCHEMA_VERSION: u32 = sweep::SCHEMA_VERSION;

    fn first(&self) -> Self::Line {
        Self::Line::Sweep(Box::new(self.clone()))
    }

    fn browsers(browsers: &[Browser]) -> Self::Line {
        Self::Line::Browsers(browsers.to_vec())
    }

    fn take(&mut self, line: Self::Line) {
        Self::take(self, line);
    }

    fn of_lines(lines: Vec<Self::Line>) -> Result<Self, LinesError> {
        Self::of_lines(lines)
    }

    fn conclude(&mut self) {
        self.fit();
    }

    fn progress(&self) -> String {
        let asked = self.planned as usize * self.arms.len() * self.stun_delays_ms.len();
        format!("{} of {asked} planned calls", self.points.len())
    }

    fn json(&self) -> serde_json::Result<String> {
        self.render()
    }

    fn page(&self) -> String {
        sweep_page(self)
    }

    fn schemas() -> serde_json::Result<[String; 2]> {
        Ok([Self::schema()?, Self::Line::schema()?])
    }
}

/// What was measured, and where each part of it is written.
pub struct Record<M: Measured> {
    /// What was measured until now.
    pub measured: M,
    lines: Lines<M::Line>,
    folder: Folder,
}

impl<M: Measured> Record<M> {
    /// Takes the folder `out` for `measured`, before anything is started: what cannot be written is not worth its time.
    ///
    /// # Errors
    /// When another process writes there, or it cannot be written.
    pub fn begin(measured: M, out: &Path) -> anyhow::Result<Self> {
        let name = M::NAME;
        let taken = || anyhow!("another {name} is writing to {}; give this one another --out", out.display());
        let folder = Folder::take(out)?.ok_or_else(taken)?;
        folder.remove_old(&page_file::<M>(), &format!("tincan {name}</title>"))?;
        folder.remove_old(&json_file::<M>(), "\"schema_version\"")?;
        let [whole, line] = M::schemas()?;
        folder.put(&format!("{name}.schema.json"), &whole)?;
        folder.put(&M::LINES.replace(".jsonl", ".schema.json"), &line)?;
        let lines = Lines::begin(folder.path().join(M::LINES), &measured.first())?;
        Ok(Self { measured, lines, folder })
    }

    /// Appends a line, and takes down what it holds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, line: M::Line) -> anyhow::Result<()> {
        self.lines.append(&line)?;
        self.measured.take(line);
        Ok(())
    }

    /// Concludes, and writes the whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> anyhow::Result<Written<M>> {
        self.measured.conclude();
        write(self.folder.path(), &self.measured)?;
        Ok(Written { measured: self.measured, folder: self.folder })
    }
}

/// What was measured, and was written.
pub struct Written<M> {
    /// All that was measured.
    pub measured: M,
    folder: Folder,
}

impl<M: Measured> Written<M> {
    /// Where its files are, for people.
    pub fn places(&self) -> String {
        let path = |name: String| self.folder.path().join(name).display().to_string();
        format!("\npage: {}\n{}: {}\n", path(page_file::<M>()), M::NAME, path(json_file::<M>()))
    }
}

/// The file that holds what was measured.
fn json_file<M: Measured>() -> String {
    format!("{}.json", M::NAME)
}

/// The file that shows it to people.
fn page_file<M: Measured>() -> String {
    format!("{}.html", M::NAME)
}

fn write<M: Measured>(folder: &Path, measured: &M) -> anyhow::Result<()> {
    file::put(&folder.join(json_file::<M>()), &measured.json()?)?;
    Ok(file::put(&folder.join(page_file::<M>()), &measured.page())?)
}

/// Writes what the lines of `file` say, as far as they go, into `folder`, and answers where its page is.
///
/// # Errors
/// When the lines cannot be read, or the folder not be written.
pub fn write_of_lines<M: Measured>(file: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let measured = M::of_lines(read_noting(file, M::SCHEMA_VERSION)?)?;
    print::to_stderr(&format!("{} holds {}", file.display(), measured.progress()));
    write(folder, &measured)?;
    Ok(folder.join(page_file::<M>()))
}
