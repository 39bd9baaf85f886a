//! `tincan history` and `tincan bisect`

use std::path::PathBuf;

use clap::{
    ArgGroup, Args,
    builder::{PossibleValuesParser, ValueParser},
};
use tincan_harness::PeerId;
use tincan_peers::BuildSpec;

use super::{driven::BrowserArgs, measuring::margin};

/// Beyond this nobody waits for the end.
const MOST_REPETITIONS: i64 = 100;

pub(super) const HISTORY_EXIT_CODES: &str = "\
Exit codes:
  0  all calls have been made
  2  a build could not be tried, no two of them could, interrupted, or tincan was misused";

pub(super) const BISECT_EXIT_CODES: &str = "\
Exit codes:
  0  it is found between which two builds it changed, or between which two that can be tried
  1  the good and the bad build do not differ
  2  it cannot be said: an end is not sure or cannot be tried, interrupted, or tincan was misused";

/// Which builds.
#[derive(Debug, Clone, Default, Args)]
pub struct BuildsArgs {
    /// Take this browser, with this driver, which may be of another major version; may be given several times, in order
    /// [default: what ci/releases has fetched and the installed Chromium, by version]
    #[arg(long = "browser", value_name = "NAME=PATH[,DRIVER]", value_parser = ValueParser::new(str::parse::<BuildSpec>))]
    pub given: Vec<BuildSpec>,
    /// Only these builds
    #[arg(long = "builds", value_name = "NAME,...", value_delimiter = ',')]
    pub only: Vec<PeerId>,
}

/// `tincan history`
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Only the scenarios that match, in which chromium stands for each build: a glob over the whole name, or a plain part of it
    /// [default: Chromium with itself, vanilla and trickle with vp8, vanilla with vp8+opus]
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
    /// Make N calls of each scenario with each build
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(2..=MOST_REPETITIONS))]
    pub repetitions: u32,
    /// Call differences of times within this many milliseconds none
    #[arg(long, value_name = "MS", default_value_t = 10.0, value_parser = ValueParser::new(margin))]
    pub margin: f64,
    /// Draw the order of builds and the intervals from this seed [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Write history.html, history.md, history.json, history.jsonl and their schemas into this folder; what is there of the same
    /// question goes on
    #[arg(long, value_name = "DIR", default_value = "target/tincan-history")]
    pub out: PathBuf,
    #[command(flatten)]
    pub builds: BuildsArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan bisect`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("question").args(["change", "phase", "command"]))]
pub struct BisectArgs {
    /// The build that is good: its name, or the beginning of its version
    #[arg(long, value_name = "BUILD")]
    pub good: String,
    /// The build that is bad
    #[arg(long, value_name = "BUILD")]
    pub bad: String,
    /// The scenario, in which chromium stands for each build: a glob over the whole name, or a plain part of it. Without another
    /// question it is asked whether it passes [default: chromium-to-chromium/vanilla/vp8/direct]
    #[arg(value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// Ask whether a fact of the call holds this text, in the words of tincan history
    #[arg(long, value_name = "TEXT")]
    pub change: Option<String>,
    /// Ask whether this takes as long as with the good build
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(["set-up", "gathering", "signalling", "ice", "dtls", "first-packet", "first-frame"]))]
    pub phase: Option<String>,
    /// Call differences of times within this many milliseconds none
    #[arg(long, value_name = "MS", default_value_t = 10.0, value_parser = ValueParser::new(margin))]
    pub margin: f64,
    /// Write bisect.jsonl, the log of what was tried and decided, into this folder
    #[arg(long, value_name = "DIR", default_value = "target/tincan-bisect")]
    pub out: PathBuf,
    #[command(flatten)]
    pub builds: BuildsArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
    /// Run this for each build, with TINCAN_CHROMIUM and TINCAN_CHROMEDRIVER in its environment: 0 is good, 125 cannot be said, and all
    /// else is bad
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "pattern")]
    pub command: Vec<String>,
}
