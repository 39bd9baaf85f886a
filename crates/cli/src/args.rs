//! What can be typed.

mod driven;
mod history;
mod map;
mod measuring;
mod partition;
mod peers;
mod report;
mod sdp;

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, builder::ValueParser};
use tincan_harness::{Deadlines, PeerId, deadlines::Setting};

pub use self::{
    driven::{BrowserArgs, DrivenPageArgs, PageArgs},
    history::{BisectArgs, BuildsArgs, HistoryArgs},
    map::{MapCheckArgs, MapCommand, MapRecordArgs},
    measuring::{CompareArgs, SweepArgs},
    partition::Partition,
    peers::PeersArgs,
    report::{BugArgs, FormatArgs, ReportArgs, ReportCommand},
    sdp::{SdpCheckArgs, SdpCommand},
};
use self::{
    history::{BISECT_EXIT_CODES, HISTORY_EXIT_CODES},
    measuring::{COMPARE_EXIT_CODES, SWEEP_EXIT_CODES},
};

/// Beyond this a report would be too large to be read.
const MOST_REPETITIONS: i64 = 10_000;

const EXIT_CODES: &str = "\
Exit codes:
  0  some calls passed, and none failed or was errored; of other commands: all is well
  1  some call failed, and none was errored; a saboteur survived, or too many diagnoses
     are wrong; what was compared differs, or got slower
  2  a question could not be asked (no browser, nothing supported, interrupted), nothing
     can be said, the doctor found trouble, or tincan was misused";

const SNAPSHOT_EXIT_CODES: &str = "\
Exit codes:
  0  both have the same structure
  1  they differ
  2  a file cannot be read as what it should be, or they are not of the same kind";

const PEER_CHECK_EXIT_CODES: &str = "\
Exit codes:
  0  all of it holds, but for what the program says that it cannot do
  1  some of it does not
  2  the program cannot be asked, or does not keep to the protocol in a call";

const RUN_EXAMPLES: &str = "\
Examples:
  tincan run                              every scenario once
  tincan run vanilla                      those with \"vanilla\" in their name
  tincan run 'chromium-to-*/trickle/*'    those that a glob matches
  tincan run --repeat 20 --jobs 1         20 times each, one call at a time: for timings
  tincan run --page ../my-page            on a page of your own, as its page.toml describes it
  tincan run --page http://localhost:5173/room --page-map room.toml
                                          on the page of a server that runs already
  tincan run --deadline ice=5             give ICE 5 seconds

Deadlines, in seconds, each from the end of the one before:
  ready 20, description 10, gathering 45, accepted 10, ice 20, dtls 10, media 20, closed 40";

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
    /// Render report.html again from the report.json of a run, and other formats if asked to; after a kill make both
    Report(ReportArgs),
    /// Measure how much sooner video comes in trickle than in vanilla, and how sure that is
    #[command(after_help = COMPARE_EXIT_CODES)]
    Compare(Box<CompareArgs>),
    /// Measure how set-up time grows with the round trip to the STUN server, in vanilla and in trickle
    #[command(after_help = SWEEP_EXIT_CODES)]
    Sweep(Box<SweepArgs>),
    /// Make the same calls with many builds of a browser, and say what each release changed
    #[command(after_help = HISTORY_EXIT_CODES)]
    History(Box<HistoryArgs>),
    /// Find between which two builds something broke, was mended, appeared or got slower
    #[command(after_help = BISECT_EXIT_CODES)]
    Bisect(Box<BisectArgs>),
    /// Print the names of the scenarios, one a line
    List(ListArgs),
    /// Break calls on purpose, and check that each comes out red with the right reason
    Sabotage(SabotageArgs),
    /// Serve the page to people, on this machine only, until Ctrl-C
    Serve(ServeArgs),
    /// Record what the peers of a call decide, and say what changed between two recordings
    #[command(subcommand)]
    Snapshot(SnapshotCommand),
    /// Try a program that takes part in calls, or take a peer into your own hands
    #[command(subcommand)]
    Peer(PeerCommand),
    /// Ask peers what they make of a description by itself
    #[command(subcommand)]
    Sdp(SdpCommand),
    /// Try the map of a page, or make one
    #[command(subcommand)]
    Map(MapCommand),
    /// Say what is installed, whether calls can be made with it, and what to do about what is wrong
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
    /// Make only the Kth of N parts of the calls, for as many machines
    #[arg(long, value_name = "K/N")]
    pub partition: Option<Partition>,
    /// Make N calls at a time [default: what the machine bears]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Write report.html, report.json, attempts.jsonl, their schemas and the evidence into this folder [default:
    /// target/tincan, or target/tincan-2 and so on while another run writes there]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub formats: FormatArgs,
    #[command(flatten)]
    pub driven: DrivenPageArgs,
    /// Show the browsers' windows
    #[arg(long)]
    pub headed: bool,
    /// Keep the evidence also of calls that pass; that of the others is kept anyway
    #[arg(long)]
    pub keep_evidence: bool,
    /// Mask addresses, ufrags, passwords and fingerprints in all that is written; keep neither screenshots nor packets
    #[arg(long)]
    pub redact: bool,
    /// Leave the browsers open at the end, until Enter or Ctrl-C
    #[arg(long)]
    pub keep_open: bool,
    /// Give a step of the call another deadline, such as ice=5 (see below)
    #[arg(long = "deadline", value_name = "NAME=SECONDS", value_parser = ValueParser::new(str::parse::<Setting>))]
    pub deadlines: Vec<Setting>,
    #[command(flatten)]
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// The deadlines of calls, some of which were given.
pub fn deadlines(settings: &[Setting]) -> Deadlines {
    settings
        .iter()
        .fold(Deadlines::default(), |deadlines, Setting(wait, length)| deadlines.with(*wait, *length))
}

/// `tincan list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only the scenarios that match: a glob over the whole name, or a plain part of it
    #[arg(value_name = "PATTERN")]
    pub patterns: Vec<String>,
    #[command(flatten)]
    pub peers: PeersArgs,
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
    /// Break calls between two of this browser: chromium or firefox
    #[arg(long, value_name = "NAME", default_value = "chromium")]
    pub on: PeerId,
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
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan peer`
#[derive(Debug, Subcommand)]
pub enum PeerCommand {
    /// Try a program step by step, and say what holds and what does not
    #[command(after_help = PEER_CHECK_EXIT_CODES)]
    Check(PeerCheckArgs),
    /// Make an offer in the terminal, and see what comes of it: a counterpart for a page or an app
    Offer(ByHandArgs),
    /// Answer an offer in the terminal
    Answer(ByHandArgs),
}

/// `tincan peer offer` and `tincan peer answer`
#[derive(Debug, Args)]
pub struct ByHandArgs {
    /// Wait until all candidates are in the description
    #[arg(long, conflicts_with = "trickle")]
    pub vanilla: bool,
    /// Hand over the description at once, and each candidate on its own; the default
    #[arg(long)]
    pub trickle: bool,
    /// Which library it is, or which program that was given with --peer
    #[arg(long = "as", value_name = "NAME", default_value = "webrtc-rs")]
    pub library: PeerId,
    #[command(flatten)]
    pub peers: PeersArgs,
}

/// `tincan peer check`
#[derive(Debug, Args)]
pub struct PeerCheckArgs {
    /// The command line by which it is started, as one argument
    #[arg(value_name = "COMMAND")]
    pub command: String,
    /// Give a step of a call another deadline, such as ice=5; `tincan run --help` names them
    #[arg(long = "deadline", value_name = "NAME=SECONDS", value_parser = ValueParser::new(str::parse::<Setting>))]
    pub deadlines: Vec<Setting>,
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use tincan_harness::Wait;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_deadline_as_it_is() {
        let defaults = Deadlines::default();
        let named = Wait::ALL.map(|wait| format!("{wait} {}", defaults.of(wait).as_secs())).join(", ");
        assert!(RUN_EXAMPLES.ends_with(&named), "the help should end with: {named}");
    }
}
