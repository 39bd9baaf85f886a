//! Which commands make networks of namespaces.

use tincan_harness::NetworkCondition;

use crate::{
    args::{Command, PeersArgs, SnapshotCommand},
    peers::by_name,
};

/// Whether `command` makes them, as far as that is known from what was typed: it is asked before anything is started.
pub fn are_wanted_by(command: &Command) -> bool {
    let inside = |network: &NetworkCondition| network.is_in_namespaces();
    match command {
        Command::Run(args) => is_inside(&args.patterns, &args.peers),
        Command::Snapshot(SnapshotCommand::Record(args)) => is_inside(&args.patterns, &args.peers),
        Command::Compare(args) => args.networks.iter().any(inside),
        Command::Sweep(args) => args.network.parse().is_ok_and(|network| inside(&network)),
        Command::Doctor(_) => true,
        _ => false,
    }
}

fn is_inside(patterns: &[String], peers: &PeersArgs) -> bool {
    by_name(peers)
        .select(patterns)
        .is_ok_and(|chosen| chosen.iter().any(|scenario| scenario.network.is_in_namespaces()))
}
