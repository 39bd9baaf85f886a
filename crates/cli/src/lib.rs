//! The command line `tincan`: what is typed, what is printed, and the exit code.
//!
//! It is a library so that the tests can build the same programme into an executable of their own.

mod args;
mod bisect;
mod builds;
mod choice;
mod compare;
mod doctor;
mod exit;
mod history;
mod lines;
mod list;
mod map;
mod measure;
mod namespaces;
mod page;
mod peer;
mod peers;
mod print;
mod report;
mod run;
mod sabotage;
mod sdp;
mod serve;
mod snapshot;
mod stop;
mod sweep;

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use crate::args::{Arguments, Command};

/// The whole programme: reads the command line, does what it says, and answers with the exit code.
#[must_use]
pub fn main() -> ExitCode {
    // First of all: a process that was started to be a warden never returns from here.
    tincan_peers::warden::enter();
    // And one that was started to give a library descriptions.
    tincan_peers::parser_process::enter();
    let command = Arguments::parse().command;
    if namespaces::are_wanted_by(&command) {
        tincan_peers::allow_networks();
    }
    let exit = exit::of(|| match command {
        Command::Run(args) => run::run(*args),
        Command::Report(args) => report::render(args),
        Command::Compare(args) => compare::compare(*args),
        Command::Sweep(args) => sweep::sweep(*args),
        Command::History(args) => history::history(*args),
        Command::Bisect(args) => bisect::bisect(*args),
        Command::List(args) => list::list(&args),
        Command::Sabotage(args) => sabotage::sabotage(args),
        Command::Serve(args) => serve::serve(args),
        Command::Snapshot(command) => snapshot::snapshot(command),
        Command::Peer(command) => peer::peer(command),
        Command::Sdp(command) => sdp::sdp(command),
        Command::Map(command) => map::map(command),
        Command::Doctor(args) => doctor::doctor(args),
    });
    exit.into()
}

/// Reads a command line without the name of the programme as [`main`] does, and carries nothing out.
///
/// # Errors
/// With what is said of one that is not understood.
pub fn read(words: &[String]) -> Result<(), String> {
    let name = std::iter::once("tincan");
    match Arguments::try_parse_from(name.chain(words.iter().map(String::as_str))) {
        Err(error) if error.kind() != ErrorKind::DisplayHelp => Err(error.to_string()),
        _ => Ok(()),
    }
}
