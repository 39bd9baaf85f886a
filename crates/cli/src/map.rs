//! `tincan map`: tries the map of a page, or makes one of a call that a person makes by hand.

mod check;
mod record;

use crate::{args::MapCommand, exit::Exit};

/// Does what `command` says.
pub fn map(command: MapCommand) -> anyhow::Result<Exit> {
    let outcome = match command {
        MapCommand::Check(args) => check::check(args),
        MapCommand::Record(args) => record::record(args),
    };
    Ok(Exit::of_run([outcome?].into_iter()))
}
