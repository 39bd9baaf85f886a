//! `tincan report`, and reports for other programmes.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::ValueParser};
use tincan_harness::scenario::PeerIdError;
use tincan_report::sdp::LeftOut;

use super::{driven::BrowserArgs, peers::PeersArgs};

/// Far more than any report has.
const MOST_MEGABYTES: u64 = 1_000_000;

/// `tincan report`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ReportArgs {
    #[command(subcommand)]
    pub command: Option<ReportCommand>,
    /// The folder that a run has written, or the report.json or attempts.jsonl in it; of several, with --out
    #[arg(value_name = "DIR|FILE", required = true)]
    pub paths: Vec<PathBuf>,
    /// Write one report of all of them into this folder, with their evidence
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Keep the folder of --out below so many megabytes: of attempts that came out alike one is told, and evidence is left out
    #[arg(long, value_name = "MB", requires = "out", value_parser = clap::value_parser!(u64).range(1..=MOST_MEGABYTES))]
    pub max_size: Option<u64>,
    /// Say in the report of --out that this peer was to take part and does not, and why; may be given several times
    #[arg(long = "left-out", value_name = "NAME=REASON", requires = "out", value_parser = ValueParser::new(left_out))]
    pub left_out: Vec<LeftOut>,
    /// Say what has changed since this earlier report
    #[arg(long, value_name = "DIR|FILE")]
    pub since: Option<PathBuf>,
    #[command(flatten)]
    pub formats: FormatArgs,
}

/// What else is made of a report.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Print what is wrong with a scenario that fails, as Markdown for the bug tracker of one of its sides
    Bug(Box<BugArgs>),
}

/// `tincan report bug`
#[derive(Debug, Args)]
pub struct BugArgs {
    /// The scenario: its whole name, or a part that no other one has
    pub scenario: String,
    /// The folder that a run has written, or the report.json or attempts.jsonl in it
    #[arg(value_name = "DIR|FILE", default_value = "target/tincan")]
    pub path: PathBuf,
    /// Where a description was refused, give it to the peers of this machine again, and leave out the lines that do not matter
    #[arg(long)]
    pub minimize: bool,
    #[command(flatten)]
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `NAME=REASON`
fn left_out(text: &str) -> Result<LeftOut, String> {
    let (name, reason) = text.split_once('=').ok_or("it is not NAME=REASON")?;
    let name = name.parse().map_err(|error: PeerIdError| error.to_string())?;
    Ok(LeftOut { name, reason: reason.to_owned() })
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
    /// Write a badge for each implementation into this folder, as SVG
    #[arg(long, value_name = "DIR")]
    pub badges: Option<PathBuf>,
}
