//! What can be typed to measure.

use std::{path::PathBuf, time::Duration};

use clap::{Args, builder::ValueParser};
use tincan_harness::NetworkCondition;
use tincan_measure::comparison::FEWEST_BLOCKS;

use super::{
    driven::{BrowserArgs, DrivenPageArgs},
    peers::PeersArgs,
};

/// Beyond this the intervals would take longer than the calls.
const MOST_BLOCKS: i64 = 1_000;
/// Beyond this a STUN server is as good as dead.
const MOST_STUN_DELAY_MS: i64 = 5_000;
/// Half of the shortest deadline that a signal has to keep.
const MOST_DELAY: Duration = Duration::from_secs(5);

pub(super) const COMPARE_EXIT_CODES: &str = "\
Each block is one vanilla, one trickle and one more vanilla call in random order, on the same
browsers. If the two vanilla calls differ, the machine has changed, and nothing is said.

Exit codes:
  0  it can be said that the modes differ, or that they do not; with --baseline, that no call
     got slower by more than the margin
  1  with --baseline: some call got slower by more than the margin, or every one takes more
     packets than any did then
  2  it cannot be said: inconclusive, the control differs, interrupted, or tincan was misused";

pub(super) const SWEEP_EXIT_CODES: &str = "\
Set-up time is from the click on create offer to the later of the two first frames. The slope is
how many milliseconds it takes longer for each of the round trip: about 1 for vanilla where a
host pair works (slow-stun, routed-stun), about 2 where none does (home-nat), 0 for trickle.

Exit codes:
  0  the slopes can be told
  2  they cannot: too few blocks, interrupted, or tincan was misused";

/// `tincan compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Who calls whom
    #[arg(long, value_name = "OFFERER-to-ANSWERER", default_value = "chromium-to-chromium")]
    pub pair: String,
    /// What lies between them; may be given several times
    #[arg(long = "network", value_name = "NAME", default_value = "direct", value_parser = ValueParser::new(str::parse::<NetworkCondition>))]
    pub networks: Vec<NetworkCondition>,
    /// Make N blocks in each condition, after three that are not counted
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(FEWEST_BLOCKS as i64..=MOST_BLOCKS))]
    pub blocks: u32,
    /// Add a half-trickle call to each block: the offer waits for gathering, the answer does not
    #[arg(long)]
    pub half_trickle: bool,
    /// Paste each signal so much later than it could be copied, as people and servers would
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = ValueParser::new(delay))]
    pub signaling_delay: Duration,
    /// Call differences within this many milliseconds none
    #[arg(long, value_name = "MS", default_value_t = 10.0, value_parser = ValueParser::new(margin))]
    pub margin: f64,
    /// Keep the times under this name in tincan-baselines/, or in this file if it ends in .json or has a slash
    #[arg(long, value_name = "NAME")]
    pub save_baseline: Option<String>,
    /// Compare with times that were kept: slower by more than the margin ends with 1
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// Draw the order of calls and the intervals from this seed [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Write comparison.json, its schema and comparison.html into this folder
    #[arg(long, value_name = "DIR", default_value = "target/tincan-compare")]
    pub out: PathBuf,
    #[command(flatten)]
    pub driven: DrivenPageArgs,
    #[command(flatten)]
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// Milliseconds, of which there can be none but not less.
pub(super) fn margin(text: &str) -> Result<f64, &'static str> {
    let ms = text.parse().ok().filter(|ms: &f64| ms.is_finite() && *ms >= 0.0);
    ms.ok_or("a margin is a number of milliseconds, 0 or more")
}

/// `tincan sweep`
#[derive(Debug, Args)]
pub struct SweepArgs {
    /// After how many milliseconds the STUN server answers
    #[arg(long, value_name = "MS,...", value_delimiter = ',', default_value = "0,50,100,200,400,800", value_parser = clap::value_parser!(u16).range(0..=MOST_STUN_DELAY_MS))]
    pub stun_delay: Vec<u16>,
    /// What lies between, but for the delay: slow-stun or routed-stun (a host pair works), or home-nat (none does); the
    /// last two take privileges
    #[arg(long, value_name = "NAME", default_value = "slow-stun", value_parser = ["slow-stun", "routed-stun", "home-nat"])]
    pub network: String,
    /// Who calls whom
    #[arg(long, value_name = "OFFERER-to-ANSWERER", default_value = "chromium-to-chromium")]
    pub pair: String,
    /// Make N blocks, each with a call of either mode at every delay
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(FEWEST_BLOCKS as i64..=MOST_BLOCKS))]
    pub blocks: u32,
    /// At the end, make one call of either mode with a server that never answers (vanilla takes 40 seconds)
    #[arg(long)]
    pub dead: bool,
    /// Draw the order of calls and the intervals from this seed [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Write sweep.json, its schema and sweep.html into this folder
    #[arg(long, value_name = "DIR", default_value = "target/tincan-sweep")]
    pub out: PathBuf,
    #[command(flatten)]
    pub driven: DrivenPageArgs,
    #[command(flatten)]
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// A whole number of milliseconds or seconds, such as `100ms` or `2s`.
fn delay(text: &str) -> Result<Duration, String> {
    let wrong = || format!("a delay is written 100ms or 2s, and is {} s at the most", MOST_DELAY.as_secs());
    let of_unit =
        |unit, one: Duration| text.strip_suffix(unit)?.parse().ok().and_then(|n| one.checked_mul(n));
    let delay = of_unit("ms", Duration::from_millis(1)).or_else(|| of_unit("s", Duration::from_secs(1)));
    delay.filter(|delay| *delay <= MOST_DELAY).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_has_its_unit() {
        assert_eq!(delay("100ms"), Ok(Duration::from_millis(100)));
        assert_eq!((delay("2s"), delay("0s")), (Ok(Duration::from_secs(2)), Ok(Duration::ZERO)));
        for wrong in ["", "100", "-1ms", "6s", "1.5s", "1h", "ms"] {
            assert!(delay(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn a_margin_is_not_negative_and_a_number() {
        assert_eq!((margin("0"), margin("12.5")), (Ok(0.0), Ok(12.5)));
        for wrong in ["", "-1", "NaN", "inf", "ten"] {
            assert!(margin(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
