//! What releases changed: calls of the same scenarios with many builds, and what of them differs from one build to the next.
//!
//! A fact is told apart from chance by repetition alone: it is counted in how many calls of each build it is.

mod call;
mod change;
mod course;
mod description;
mod fact;
mod facts;
mod raw;
mod row;
mod time;
mod together;
mod told;

pub use self::{
    call::{Build, CallRecord, Calls, FILE, HistoryQuestion, Line, NotTried, SCHEMA_VERSION},
    change::{ByChance, ChangeKind, ReleaseChange},
    course::{Count, Stretch, stretches},
    fact::{Area, Fact},
    facts::facts,
    raw::RawDifference,
    row::Row,
    time::{SET_UP, TimeChange, Times, quantities, time_ms},
    told::{BuildTold, History, ReleaseStep},
};

#[cfg(test)]
mod tests;
