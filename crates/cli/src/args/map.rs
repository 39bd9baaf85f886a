//! What is said of the map of a page.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::ValueParser};
use tincan_peers::Page;

use super::driven::{BrowserArgs, DrivenPageArgs};

/// `tincan map`
#[derive(Debug, Subcommand)]
pub enum MapCommand {
    /// Make one call, step by step: say what each step found, with a picture of the page after it
    Check(MapCheckArgs),
    /// Make a call by hand in two windows: write the page map of it, and try it at once
    Record(MapRecordArgs),
}

/// `tincan map record`
#[derive(Debug, Args)]
pub struct MapRecordArgs {
    /// The page: its folder, or its address
    #[arg(value_name = "DIR|URL", value_parser = ValueParser::new(str::parse::<Page>))]
    pub page: Page,
    /// Open this of the page; given twice, the second is for the second window [default: its index.html, or its address]
    #[arg(long, value_name = "FILE")]
    pub open: Vec<String>,
    /// Put the map and the pictures of its trial into this folder [default: target/tincan-map]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show no windows, for who drives the browsers by a programme
    #[arg(long)]
    pub headless: bool,
    /// Let a page at an https address have any certificate, such as one that its server made itself
    #[arg(long)]
    pub accept_certificate: bool,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// `tincan map check`
#[derive(Debug, Args)]
pub struct MapCheckArgs {
    /// The call to make [default: between two Chromium, in trickle if the page does it, else in vanilla]
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// Put the pictures into this folder [default: target/tincan-map]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show the browsers' windows
    #[arg(long)]
    pub headed: bool,
    #[command(flatten)]
    pub driven: DrivenPageArgs,
    #[command(flatten)]
    pub browser: BrowserArgs,
}
