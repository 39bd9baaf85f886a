//! Why a baseline cannot be used.

use tincan_harness::network::NetworkCondition;

use crate::comparison::contrast::FEWEST_BLOCKS;

/// The version of the form of baselines.
pub const SCHEMA_VERSION: u32 = 2;

/// What is wrong with a baseline, or why it cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// The text ends too early.
    #[error("the baseline is cut short: it ends at line {0} before it is complete; save it anew")]
    CutShort(usize),
    /// The text is something else.
    #[error("this is no baseline: {0}")]
    NoBaseline(String),
    /// The text is of another version of tincan.
    #[error(
        "the baseline's form is version {0}, and this tincan reads version {SCHEMA_VERSION}; save it anew"
    )]
    AnotherSchema(u64),
    /// A key that tincan does not write.
    #[error("the baseline was changed by hand: tincan wrote no {0:?} into it; save it anew")]
    UnknownKey(String),
    /// A time that no call takes.
    #[error("{0}, {1}: no call takes {2} ms, so the baseline was changed by hand; save it anew")]
    AbsurdTime(NetworkCondition, &'static str, f64),
    /// The arms or conditions do not fit together.
    #[error("the baseline was changed by hand: {0}; save it anew")]
    Inconsistent(String),
    /// The content is not that of which the checksum was made.
    #[error(
        "the baseline was changed by hand: its checksum is {written}, its content has {found}; save it anew"
    )]
    Checksum {
        /// The checksum that stands in the text.
        written: String,
        /// That of the content.
        found: String,
    },
    /// Too few times to compare.
    #[error("{0}, {1}: {2} times are too few for a baseline, {FEWEST_BLOCKS} are the fewest")]
    TooFew(NetworkCondition, &'static str, usize),
    /// Nothing to compare.
    #[error("there is no network condition in it")]
    Empty,
    /// Another pair.
    #[error("the baseline is of {then}, this is {now}: another pair cannot be compared")]
    AnotherPair {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// Other arms: their blocks differ in what is called next to what.
    #[error("the baseline has the modes {then}, this has {now}: other modes cannot be compared")]
    OtherArms {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// Another delay of signals, in milliseconds.
    #[error("in the baseline {then} ms were added to each signal, now {now} ms: these cannot be compared")]
    AnotherDelay {
        /// The baseline's.
        then: u64,
        /// Today's.
        now: u64,
    },
    /// Another browser; another version of it is none.
    #[error(
        "the baseline is of {then}, this is {now}: another browser cannot be compared, only another version of it"
    )]
    AnotherBrowser {
        /// The baseline's.
        then: String,
        /// Today's.
        now: String,
    },
    /// A condition that was not measured then.
    #[error("the baseline has nothing of {network}; it has {known}")]
    MissingCondition {
        /// What was measured now.
        network: NetworkCondition,
        /// What was measured then.
        known: String,
    },
}
