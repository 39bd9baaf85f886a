//! `tincan peer`: one peer by itself, tried or lent to a person.

mod by_hand;
mod check;
mod pasted;

use anyhow::Context;
use tincan_harness::Role;
use tokio::runtime;

use crate::{args::PeerCommand, exit::Exit};

/// Does what `command` says.
pub fn peer(command: PeerCommand) -> anyhow::Result<Exit> {
    match command {
        PeerCommand::Check(args) => {
            let runtime =
                runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
            runtime.block_on(check::check(args))
        }
        PeerCommand::Offer(args) => by_hand::call(Role::Offerer, args),
        PeerCommand::Answer(args) => by_hand::call(Role::Answerer, args),
    }
}
