//! What a peer is made to do at one description, so that it can be seen what comes of it: for the tests of whoever asks peers.

use std::env;

/// The environment variable that has it so: `panic TEXT`, `overflow TEXT` or `loop TEXT`, at a description in which that text stands.
const VARIABLE: &str = "TINCAN_PARSER_FAULT";

/// What no peer ought to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum Fault {
    /// To end: by a panic of a library, or as the process of a tab that is killed.
    Panic,
    /// To overflow its stack; libraries alone.
    Overflow,
    /// Never to come to an end.
    Loop,
}

impl Fault {
    /// What is to be done at `sdp`; nothing, unless a test has said so.
    pub(crate) fn at(sdp: &str) -> Option<Self> {
        let asked = env::var(VARIABLE).ok()?;
        let (fault, text) = asked.split_once(' ')?;
        sdp.contains(text).then(|| fault.parse().ok()).flatten()
    }

    /// Does it to this process.
    pub(crate) fn commit(self) {
        match self {
            Self::Panic => panic!("{VARIABLE} says so"),
            Self::Overflow => {
                std::hint::black_box(overflow(0));
            }
            Self::Loop => loop {
                std::hint::spin_loop();
            },
        }
    }
}

/// More calls than any stack has room for.
fn overflow(depth: u64) -> u64 {
    match std::hint::black_box(depth) {
        u64::MAX => 0,
        depth => 1 + std::hint::black_box(overflow(depth + 1)),
    }
}
