//! How a run is told: the report, its lines while the run goes on, the files of evidence, and what is made of them for people
//! and for other tools.
//!
//! This crate is pure, as `tincan-harness` is: it makes text, and others write it.

mod again;
pub mod alike;
pub mod badge;
pub mod bounded;
pub mod bug;
pub mod evidence;
pub mod grid;
pub mod group;
mod held_against;
pub mod history;
pub mod html;
pub mod implementation;
pub mod json;
pub mod junit;
pub mod lines;
pub mod markdown;
pub mod merged;
pub mod redact;
pub mod report;
pub mod sdp;
pub mod since;

pub use redact::Redaction;
pub use report::{Report, Run, SCHEMA_VERSION};
