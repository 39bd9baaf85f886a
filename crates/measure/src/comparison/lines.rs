//! `blocks.jsonl`: what a comparison appends to while it goes on, a line of JSON a block. The comparison is made of these
//! lines, also if it was killed between two of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{environment::Browser, network::NetworkCondition};

use super::written::{Block, Comparisons};
use crate::lines::LinesError;

/// The name of the file in the folder of a comparison.
pub const FILE: &str = "blocks.jsonl";

/// A line of `blocks.jsonl`: an object with one field, whose name says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "a line of tincan's blocks.jsonl")]
pub enum Line {
    /// The first line, and no other one: what is compared, without blocks.
    Comparison(Box<Comparisons>),
    /// The browsers that take part from here on; they stand for all of the comparison.
    Browsers(Vec<Browser>),
    /// A block that was made.
    Block(BlockOf),
}

/// A block, and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlockOf {
    /// What lay between.
    pub network: NetworkCondition,
    /// The calls.
    pub calls: Block,
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

impl Comparisons {
    /// Takes down what a line holds. The first line, and a block of a condition that is not compared, change nothing.
    pub fn take(&mut self, line: Line) {
        match line {
            Line::Comparison(_) => {}
            Line::Browsers(browsers) => self.environment.browsers = browsers,
            Line::Block(BlockOf { network, calls }) => {
                let same = self.comparisons.iter_mut().filter(|comparison| comparison.network == network);
                same.for_each(|comparison| comparison.blocks.push(calls.clone()));
            }
        }
    }

    /// The comparisons that have appended these lines, compared as far as they go.
    ///
    /// # Errors
    /// When the lines are not those of one command.
    pub fn of_lines(lines: impl IntoIterator<Item = Line>) -> Result<Self, LinesError> {
        let mut lines = lines.into_iter();
        let Some(Line::Comparison(mut comparisons)) = lines.next() else { return Err(LinesError::NoFirst) };
        for line in lines {
            if matches!(line, Line::Comparison(_)) {
                return Err(LinesError::SecondFirst);
            }
            comparisons.take(line);
        }
        comparisons.compare();
        Ok(*comparisons)
    }
}
