//! `tincan sdp`

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use tincan_harness::sdp::question::DescriptionKind;

use super::{driven::BrowserArgs, peers::PeersArgs};

const CHECK_EXIT_CODES: &str = "\
Exit codes:
  0  all who were asked agree on every file
  1  they differ on some, or one crashed or hung over it
  2  a file could not be read, a peer could not be asked, or nobody was";

/// `tincan sdp`
#[derive(Debug, Subcommand)]
pub enum SdpCommand {
    /// Give descriptions to every peer, and say who accepts and who refuses each, in whose words
    #[command(after_help = CHECK_EXIT_CODES)]
    Check(SdpCheckArgs),
    /// Write tincan's own set of descriptions, which are made of recorded ones by rules
    Set(SdpSetArgs),
}

/// `tincan sdp check`
#[derive(Debug, Args)]
pub struct SdpCheckArgs {
    /// The files: SDP, or JSON with `type` and `sdp`; - is standard input, and a folder is the .sdp and .json files in it
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Give all of them as this: offer or answer [default: what a JSON file says, else offer]
    #[arg(long = "as", value_name = "KIND", value_parser = PossibleValuesParser::new(["offer", "answer"]).try_map(|kind| kind.parse::<DescriptionKind>()), hide_possible_values = true)]
    pub kind: Option<DescriptionKind>,
    /// Of each file on which they differ, write the lines that matter into NAME.min.sdp
    #[arg(long)]
    pub minimize: bool,
    /// Write sdp.json, its schema and what --minimize makes into this folder [default: the latter beside its file]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub peers: PeersArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan sdp set`
#[derive(Debug, Args)]
pub struct SdpSetArgs {
    /// Write a file for each description, and README.md with the rule of each, into this folder
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}
