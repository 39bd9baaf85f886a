//! Who takes part.

use clap::{Args, builder::ValueParser};
use tincan_harness::scenario::PeerId;
use tincan_peers::{BuildSpec, ProgramSpec};

/// Who takes part.
#[derive(Debug, Clone, Default, Args)]
pub struct PeersArgs {
    /// Let this program take part under this name, besides those of tincan.toml; may be given several times
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
    pub programs: Vec<ProgramSpec>,
    /// Let this browser take part under this name, beside the one that is found, with this driver, which may be of another
    /// major version [default: one that fits, else the first found]; may be given several times
    #[arg(long = "browser", value_name = "NAME=PATH[,DRIVER]", value_parser = ValueParser::new(str::parse::<BuildSpec>))]
    pub builds: Vec<BuildSpec>,
    /// Only calls between these peers
    #[arg(long = "peers", value_name = "NAME,...", value_delimiter = ',')]
    pub only: Vec<PeerId>,
}
