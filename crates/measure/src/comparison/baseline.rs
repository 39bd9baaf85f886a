//! Did this browser release get slower? Times that were kept, against times that were measured now.
//!
//! The two share no blocks, so they are compared as two samples that are not paired. Another version of a browser is the
//! very question, and stands among the differences; what makes times not comparable at all is an error.

mod compared;
mod environment;
mod error;
mod kept;
mod text;

pub use self::{
    compared::{ArmContrast, BaselineComparison, ConditionContrast},
    environment::{Difference, differences},
    error::{BaselineError, SCHEMA_VERSION},
    kept::{Baseline, LONGEST_MS},
};

#[cfg(test)]
mod tests;
