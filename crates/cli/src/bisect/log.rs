//! The log of a bisection: what was tried, what was decided of each build, and what was found.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tincan_harness::PeerId;
use tincan_measure::bisect::{
    Answer, Asked, Conclusion, Decided, FILE, FoundBetween, Line, SCHEMA_VERSION, Tried,
};
use tincan_output::{Folder, Lines};

use super::question::BisectQuestion;
use crate::builds::Builds;

/// The file, and what is counted of it.
pub struct Log {
    lines: Lines<Line>,
    folder: Folder,
    names: Vec<PeerId>,
    calls: u32,
    /// The calls since the last decision.
    since: u32,
    tried: Vec<usize>,
}

impl Log {
    /// Begins it in the folder `out`.
    ///
    /// # Errors
    /// When another process writes there, or it cannot be written.
    pub fn begin(
        builds: &Builds,
        (good, bad): (usize, usize),
        question: &BisectQuestion,
        out: &Path,
    ) -> anyhow::Result<Self> {
        let taken =
            || format!("another bisection is writing to {}; give this one another --out", out.display());
        let folder = Folder::take(out)?.with_context(taken)?;
        folder.put("bisect.schema.json", &Line::schema()?)?;
        let asked = Asked {
            schema_version: SCHEMA_VERSION,
            builds: builds.builds.clone(),
            good: builds.builds[good].name,
            bad: builds.builds[bad].name,
            question: question.to_string(),
        };
        let lines = Lines::begin(folder.path().join(FILE), &Line::Bisect(Box::new(asked)))?;
        let names = builds.builds.iter().map(|build| build.name).collect();
        Ok(Self { lines, folder, names, calls: 0, since: 0, tried: Vec::new() })
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Takes down a call, or a run of the command.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn tried(
        &mut self,
        at: usize,
        is_so: Option<bool>,
        ms: Option<f64>,
        seen: String,
    ) -> anyhow::Result<()> {
        self.calls += 1;
        self.since += 1;
        if !self.tried.contains(&at) {
            self.tried.push(at);
        }
        Ok(self.lines.append(&Line::Tried(Tried { build: self.names[at], is_so, ms, seen }))?)
    }

    /// Takes down what was decided of a build.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn decide(&mut self, at: usize, answer: &Answer) -> anyhow::Result<()> {
        let decided = Decided { build: self.names[at], answer: answer.clone(), calls: self.since };
        self.since = 0;
        Ok(self.lines.append(&Line::Decided(decided))?)
    }

    /// Takes down what was found.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn conclude(&mut self, found: &FoundBetween) -> anyhow::Result<()> {
        let conclusion = Conclusion {
            good: self.names[found.good],
            bad: self.names[found.bad],
            between: found.between.iter().map(|at| self.names[*at]).collect(),
            calls: self.calls,
            builds: self.tried.len() as u32,
        };
        Ok(self.lines.append(&Line::Found(conclusion))?)
    }

    /// `it took 18 calls with 6 builds`
    pub fn taken(&self) -> String {
        format!("it took {} calls with {} builds", self.calls, self.tried.len())
    }
}
