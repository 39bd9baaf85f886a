//! What a run is going to do: everything that can be found wrong before anything is started.

use std::{fs, num::NonZeroUsize, thread::available_parallelism, time::Duration};

use tincan_harness::Scenario;
use tincan_peers::{PeerNumbers, RosterOptions};

use super::queue::Round;
use crate::{
    args::{RunArgs, deadlines},
    choice::Choice,
    page::page_map,
    peers,
};

/// What a pair of browsers and its driver may need.
const MEMORY_PER_JOB_KIB: u64 = 1024 * 1024;
/// A call keeps about two processors busy: one a browser.
const PROCESSORS_PER_JOB: usize = 2;

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
        let Choice { scenarios, left_out } = Choice::of(&args.patterns, &registry, &browser)?;
        let rounds = rounds(&scenarios, args.repeat);
        let page_map = page_map(&args.driven)?;
        let roster = RosterOptions {
            run_number: rand::random::<u32>() & 0xFF_FFFF,
            peer_numbers: PeerNumbers::default(),
            registry,
            page: args.driven.page.folder,
            page_map,
            browser,
            deadlines: deadlines(&args.deadlines),
            keep_pictures: args.keep_evidence,
            signaling_delay: Duration::ZERO,
        };
        // More workers than rounds would have nothing to do.
        let jobs = args.jobs.map_or_else(|| bearable(&Machine::this()), NonZeroUsize::get).min(rounds.len());
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

/// What bounds the calls that can be made at a time.
struct Machine {
    processors: usize,
    /// None where the system does not say.
    available_kib: Option<u64>,
}

impl Machine {
    fn this() -> Self {
        let memory = fs::read_to_string("/proc/meminfo").ok();
        Self {
            processors: available_parallelism().map_or(1, NonZeroUsize::get),
            available_kib: memory.as_deref().and_then(available_kib),
        }
    }
}

/// `MemAvailable:   12345 kB` (proc(5)).
fn available_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn bearable(machine: &Machine) -> usize {
    let by_memory = machine.available_kib.map_or(usize::MAX, |kib| (kib / MEMORY_PER_JOB_KIB) as usize);
    (machine.processors / PROCESSORS_PER_JOB).min(by_memory).max(1)
}

#[cfg(test)]
mod tests {
    use tincan_harness::testing;

    use super::*;

    #[test]
    fn the_machine_bears_half_its_processors_and_a_job_a_gibibyte_but_one_always() {
        let jobs = |processors, available_kib| bearable(&Machine { processors, available_kib });
        assert_eq!(jobs(8, None), 4);
        assert_eq!(jobs(8, Some(2_500_000)), 2);
        assert_eq!((jobs(1, None), jobs(8, Some(10))), (1, 1));
        assert_eq!(available_kib("MemTotal: 9 kB\nMemAvailable:    123 kB\n"), Some(123));
    }

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
