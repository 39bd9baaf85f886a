//! Where the reports and the evidence of runs are kept: folders that one process at a time writes into, files that are written at
//! once, lines of JSON that grow. It knows no peer, and prints nothing.

mod error;
pub mod evidence;
pub mod file;
pub mod folder;
pub mod lines;
pub mod report;
pub mod run;

pub use self::{
    error::{Error, Result},
    evidence::Evidence,
    folder::Folder,
    lines::Lines,
    run::Output,
};
