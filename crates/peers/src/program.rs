//! A program in any language as a peer: it is started, and spoken to in lines of JSON on its standard input and output.

mod abilities;
mod call;
pub mod check;
mod clock;
mod entry;
mod greeting;
mod heard;
pub(crate) mod lines;
mod media;
mod parser;
mod peer;
pub(crate) mod process;
pub mod protocol;
mod spec;
mod transcript;

pub(crate) use self::entry::ask;
pub use self::spec::{ProgramSpec, ProgramSpecError};
