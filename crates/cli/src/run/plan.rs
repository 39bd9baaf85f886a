//! What a run is going to do: everything that can be found wrong before anything is started.

use std::num::NonZeroUsize;

use tincan_harness::Scenario;
use tincan_peers::{RosterOptions, bearable_calls};

use super::queue::Round;
use crate::{
    args::{RunArgs, deadlines},
    choice::Choice,
    page, peers,
};

/// A run that can be begun.
#[derive(Debug)]
pub struct Plan {
    /// The calls, in the order in which one worker alone would make them.
    pub rounds: Vec<Round>,
    /// What is left out, to be said.
    pub left_out: Vec<String>,
    /// How many calls are made at a time.
    pub jobs: usize,
    /// What the peers are made of.
    pub roster: RosterOptions,
    /// Whether the browsers stay open at the end.
    pub keep_open: bool,
}

impl Plan {
    /// The plan that `args` asks for.
    ///
    /// # Errors
    /// When nothing matches, or the page or its map cannot be used.
    pub fn new(args: RunArgs) -> anyhow::Result<Self> {
        let browser = args.browser.options(args.headed, args.keep_open);
        let registry = peers::registry(&args.peers)?;
        let Choice { mut scenarios, left_out } = Choice::of(&args.patterns, &registry, &browser)?;
        if let Some(partition) = args.partition {
            scenarios = partition.of(&scenarios)?;
        }
        let rounds = rounds(&scenarios, args.repeat);
        let roster = RosterOptions {
            registry,
            deadlines: deadlines(&args.deadlines),
            keep_pictures: args.keep_evidence,
            ..page::roster_options(args.driven, browser)?
        };
        // More workers than rounds would have nothing to do.
        let jobs = args.jobs.map_or_else(bearable_calls, NonZeroUsize::get).min(rounds.len());
        Ok(Self { jobs, rounds, left_out, roster, keep_open: args.keep_open })
    }

    /// How many calls it makes.
    pub fn calls(&self) -> u32 {
        self.rounds.iter().map(|round| round.scenarios.len() as u32).sum()
    }
}

/// Pair by pair, so that browsers stay warm; in each pair the modes take turns, so that drift hits both.
fn rounds(scenarios: &[Scenario], repeat: u32) -> Vec<Round> {
    let pairs = scenarios.chunk_by(|a, b| a.pair() == b.pair());
    let round = |pair: &[Scenario], repetition| Round { repetition, scenarios: pair.to_vec() };
    pairs.flat_map(|pair| (1..=repeat).map(move |repetition| round(pair, repetition))).collect()
}

#[cfg(test)]
mod tests {
    use tincan_harness::testing;

    use super::*;

    #[test]
    fn pairs_stay_together_and_modes_take_turns() {
        let modes = ["vanilla", "trickle"].map(|mode| format!("webrtc-rs-to-*/{mode}/vp8/direct"));
        let rounds = rounds(&testing::catalogue().select(&modes).unwrap(), 2);
        let named =
            |round: &Round| round.scenarios.iter().map(|s| format!("{s} {}", round.repetition)).collect();
        let order: Vec<Vec<String>> = rounds.iter().map(named).collect();
        let order = order.concat().join("\n").replace("/vp8/direct", "");
        assert_eq!(
            order,
            "webrtc-rs-to-chromium/vanilla 1\nwebrtc-rs-to-chromium/trickle 1\n\
             webrtc-rs-to-chromium/vanilla 2\nwebrtc-rs-to-chromium/trickle 2\n\
             webrtc-rs-to-webrtc-rs/vanilla 1\nwebrtc-rs-to-webrtc-rs/trickle 1\n\
             webrtc-rs-to-webrtc-rs/vanilla 2\nwebrtc-rs-to-webrtc-rs/trickle 2"
        );
    }
}
