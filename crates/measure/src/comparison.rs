//! Vanilla against trickle: what the difference is, how sure that is, and whether it can be said at all.
//!
//! Calls are made in blocks: each holds one call of either mode, and one more of the first mode, in random order on the
//! same warm pair. The differences within blocks are compared, so that drift hits both modes alike; the second call of
//! the first mode is the control: it must not differ from the first (an A/A comparison).

pub mod baseline;
mod bootstrap;
mod contrast;
mod counts;
pub mod json;
pub mod lines;
mod paired;
mod sample;
mod unpaired;
mod written;

pub use self::{
    baseline::{Baseline, BaselineComparison, BaselineError},
    bootstrap::{Estimate, bca, bca_of_two, expanded_percentile},
    contrast::{Contrast, FEWEST_BLOCKS, Finding, Pair, RESAMPLES},
    counts::{CountChange, Counts, PacketRanges, Range, SeenBy},
    paired::{hodges_lehmann, median, quantile, signed_rank},
    sample::{Arm, Phases, Sample, WORST_CLOCK_ERROR_MS},
    unpaired::{Change, UnpairedContrast, mann_whitney, shift},
    written::{Block, Comparison, Comparisons, SCHEMA_VERSION},
};

#[cfg(test)]
pub(crate) mod tests;
