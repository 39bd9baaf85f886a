//! `points.jsonl`: what a sweep appends to while it goes on, a line of JSON a call. The sweep is made of these lines, also if
//! it was killed between two of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::environment::Browser;

use super::{Point, Sweep};
use crate::{comparison::Sample, lines::LinesError};

/// The name of the file in the folder of a sweep.
pub const FILE: &str = "points.jsonl";

/// A line of `points.jsonl`: an object with one field, whose name says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "a line of tincan's points.jsonl")]
pub enum Line {
    /// The first line, and no other one: what is swept, without calls.
    Sweep(Box<Sweep>),
    /// The browsers that take part.
    Browsers(Vec<Browser>),
    /// A call that was made.
    Point(Box<Point>),
    /// A call with a server that never answers.
    Dead(Box<Sample>),
}

impl Line {
    /// The JSON Schema (draft 2020-12) of a line, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }
}

impl Sweep {
    /// Takes down what a line holds. The first line changes nothing.
    pub fn take(&mut self, line: Line) {
        match line {
            Line::Sweep(_) => {}
            Line::Browsers(browsers) => self.environment.browsers = browsers,
            Line::Point(point) => self.points.push(*point),
            Line::Dead(sample) => self.dead.push(*sample),
        }
    }

    /// The sweep that has appended these lines, with its lines laid as far as it goes.
    ///
    /// # Errors
    /// When the lines are not those of one command.
    pub fn of_lines(lines: impl IntoIterator<Item = Line>) -> Result<Self, LinesError> {
        let mut lines = lines.into_iter();
        let Some(Line::Sweep(mut sweep)) = lines.next() else { return Err(LinesError::NoFirst) };
        for line in lines {
            if matches!(line, Line::Sweep(_)) {
                return Err(LinesError::SecondFirst);
            }
            sweep.take(line);
        }
        sweep.fit();
        Ok(*sweep)
    }
}
