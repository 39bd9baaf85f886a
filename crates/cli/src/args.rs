//! What can be typed.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, builder::ValueParser};
use tincan_harness::{NetworkCondition, comparison::FEWEST_BLOCKS, deadlines::Setting};
use tincan_peers::BrowserOptions;

/// Beyond this a report would be too large to be read.
const MOST_REPETITIONS: i64 = 10_000;

/// Beyond this the intervals would take longer than the calls.
const MOST_BLOCKS: i64 = 1_000;
/// Half of the shortest deadline that a signal has to keep.
const MOST_DELAY: Duration = Duration::from_secs(5);

const EXIT_CODES: &str = "\
Exit codes:
  0  all calls passed, but for those that the page does not support
  1  some call failed
  2  a question could not be asked (no browser, nothing supported, interrupted), the
     doctor found trouble, or tincan was misused";

const SNAPSHOT_EXIT_CODES: &str = "\
Exit codes:
  0  both have the same structure
  1  they differ
  2  a file cannot be read as what it should be, or they are not of the same kind";

const COMPARE_EXIT_CODES: &str = "\
Each block is one vanilla, one trickle and one more vanilla call in random order, on the same
browsers. If the two vanilla calls differ, the machine has changed, and nothing is said.

Exit codes:
  0  it can be said that the modes differ, or that they do not
  2  it cannot be said: inconclusive, the control differs, interrupted, or tincan was misused";

const RUN_EXAMPLES: &str = "\
Examples:
  tincan run                              every scenario once
  tincan run vanilla                      those with \"vanilla\" in their name
  tincan run 'chromium-to-*/trickle/*'    those that a glob matches
  tincan run --repeat 20 --jobs 1         20 times each, one call at a time: for timings
  tincan run --page ../my-page            on a page of your own, as its page.toml describes it
  tincan run --deadline ice=5             give ICE 5 seconds

Deadlines, in seconds, each from the end of the one before:
  ready 20, description 10, gathering 45, accepted 10, ice 20, dtls 10, media 20";

/// An automated interop test harness for WebRTC.
///
/// Two peers call each other over a manual copy-paste signalling page, as a person with two browser windows would do
/// it, and the video that arrives is proven to be the other peer's.
#[derive(Debug, Parser)]
#[command(name = "tincan", bin_name = "tincan", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make calls, print a table of what became of them, and write a report
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Render report.html again from the report.json of a run, and other formats if asked to
    Report(ReportArgs),
    /// Measure how much sooner video comes in trickle than in vanilla, and how sure that is
    #[command(after_help = COMPARE_EXIT_CODES)]
    Compare(Box<CompareArgs>),
    /// Print the names of the scenarios, one a line
    List(ListArgs),
    /// Break calls on purpose, and check that each comes out red with the right reason
    Sabotage(SabotageArgs),
    /// Serve the page to people, on this machine only, until Ctrl-C
    Serve(ServeArgs),
    /// Record what the peers of a call decide, and say what changed between two recordings
    #[command(subcommand)]
    Snapshot(SnapshotCommand),
    /// Say what is installed, whether calls can be made with it, and how to cure what is wrong
    Doctor(DoctorArgs),
}

/// `tincan run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Only the scenarios that match: a glob over the whole name, or a plain part of it
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
    /// Make each call N times; the modes of a pair take turns
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MOST_REPETITIONS))]
    pub repeat: u32,
    /// Make N calls at a time [default: what the machine bears]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Write report.html, report.json and its schema into this folder [default: target/tincan]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub formats: FormatArgs,
    #[command(flatten)]
    pub page: PageArgs,
    /// Where the page's controls are [default: page.toml of --page, else that of the built-in page]
    #[arg(long, value_name = "FILE")]
    pub page_map: Option<PathBuf>,
    /// Show the browsers' windows
    #[arg(long)]
    pub headed: bool,
    /// Keep the evidence also of calls that pass; that of the others is kept anyway
    #[arg(long)]
    pub keep_evidence: bool,
    /// Mask addresses, ufrags, passwords and fingerprints in all that is written; keep no screenshots
    #[arg(long)]
    pub redact: bool,
    /// Leave the browsers open at the end, until Enter or Ctrl-C
    #[arg(long)]
    pub keep_open: bool,
    /// Give a step of the call another deadline, such as ice=5 (see below)
    #[arg(long = "deadline", value_name = "NAME=SECONDS", value_parser = ValueParser::new(str::parse::<Setting>))]
    pub deadlines: Vec<Setting>,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder with the report.json
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub formats: FormatArgs,
}

/// Reports for other programmes.
#[derive(Debug, Default, Args)]
pub struct FormatArgs {
    /// Write the results as JUnit XML into this file
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write a summary in Markdown into this file, for the summary of a CI step
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
}

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
    /// Draw the order of calls and the intervals from this seed [default: a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// Write comparison.json and its schema into this folder
    #[arg(long, value_name = "DIR", default_value = "target/tincan-compare")]
    pub out: PathBuf,
    #[command(flatten)]
    pub page: PageArgs,
    /// Where the page's controls are [default: page.toml of --page, else that of the built-in page]
    #[arg(long, value_name = "FILE")]
    pub page_map: Option<PathBuf>,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// Milliseconds, of which there can be none but not less.
fn margin(text: &str) -> Result<f64, &'static str> {
    let ms = text.parse().ok().filter(|ms: &f64| ms.is_finite() && *ms >= 0.0);
    ms.ok_or("a margin is a number of milliseconds, 0 or more")
}

/// A whole number of milliseconds or seconds, such as `100ms` or `2s`.
fn delay(text: &str) -> Result<Duration, String> {
    let wrong = || format!("a delay is written 100ms or 2s, and is {} s at the most", MOST_DELAY.as_secs());
    let of_unit =
        |unit, one: Duration| text.strip_suffix(unit)?.parse().ok().and_then(|n| one.checked_mul(n));
    let delay = of_unit("ms", Duration::from_millis(1)).or_else(|| of_unit("s", Duration::from_secs(1)));
    delay.filter(|delay| *delay <= MOST_DELAY).ok_or_else(wrong)
}

/// `tincan list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only the scenarios that match: a glob over the whole name, or a plain part of it
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
}

/// `tincan sabotage`
#[derive(Debug, Args)]
pub struct SabotageArgs {
    /// Only the saboteurs that match: a glob over the whole name, or a plain part of it
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
    /// Print their names and what they do, and break nothing
    #[arg(long)]
    pub list: bool,
    /// Write sabotage.json into this folder
    #[arg(long, value_name = "DIR", default_value = "target/tincan-sabotage")]
    pub out: PathBuf,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port on 127.0.0.1; 0 is any free one
    #[arg(long, value_name = "N", default_value_t = 8080)]
    pub port: u16,
    #[command(flatten)]
    pub page: PageArgs,
}

/// `tincan snapshot`
#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Say in words what changed between two recordings, or two files of SDP, and show the lines
    #[command(after_help = SNAPSHOT_EXIT_CODES)]
    Diff(SnapshotDiffArgs),
    /// Make calls, and write a recording of each that passes
    Record(SnapshotRecordArgs),
}

/// `tincan snapshot diff`
#[derive(Debug, Args)]
pub struct SnapshotDiffArgs {
    /// What was recorded before
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// What is compared with it
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
}

/// `tincan snapshot record`
#[derive(Debug, Args)]
pub struct SnapshotRecordArgs {
    /// Only the scenarios that match: a glob over the whole name, or a plain part of it
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
    /// Write the recordings into this folder, a file for each scenario
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// Which page.
#[derive(Debug, Args)]
pub struct PageArgs {
    /// Use the page in this folder instead of the built-in one
    #[arg(long = "page", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Which browser.
#[derive(Debug, Args)]
pub struct BrowserArgs {
    /// The Chromium to use [default: $TINCAN_CHROMIUM, else the first on the PATH]
    #[arg(long, value_name = "PATH")]
    pub chromium: Option<PathBuf>,
    /// The ChromeDriver to use [default: $TINCAN_CHROMEDRIVER, else the one on the PATH]
    #[arg(long, value_name = "PATH")]
    pub chromedriver: Option<PathBuf>,
    /// Take only a browser of this version, such as 156 or 156.0.8078: another one is an error
    #[arg(long, value_name = "VERSION", value_parser = ValueParser::new(version))]
    pub browser_version: Option<String>,
}

/// Numbers, with dots between them.
fn version(text: &str) -> Result<String, &'static str> {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if text.split('.').all(number) {
        Ok(text.to_owned())
    } else {
        Err("a version is numbers, with dots between them")
    }
}

impl BrowserArgs {
    /// The browsers to start.
    pub fn options(self, headed: bool, keep_page: bool) -> BrowserOptions {
        let Self { chromium, chromedriver, browser_version: version } = self;
        BrowserOptions { chromium, chromedriver, version, headed, keep_page }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use tincan_harness::{Deadlines, Wait};

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_version_is_numbers_with_dots_between_them() {
        assert_eq!(version("156.0.8078"), Ok("156.0.8078".to_owned()));
        for wrong in ["", "156.", "v156", "156 "] {
            assert!(version(wrong).is_err(), "{wrong:?} was taken");
        }
    }

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

    #[test]
    fn the_help_names_every_deadline_as_it_is() {
        let defaults = Deadlines::default();
        let named = Wait::ALL.map(|wait| format!("{wait} {}", defaults.of(wait).as_secs())).join(", ");
        assert!(RUN_EXAMPLES.ends_with(&named), "the help should end with: {named}");
    }
}
