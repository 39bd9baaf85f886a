//! Who takes part.

use clap::Args;
use tincan_harness::scenario::PeerId;
use tincan_peers::ProgramSpec;

/// Who takes part.
#[derive(Debug, Clone, Default, Args)]
pub struct PeersArgs {
    /// Let this program take part under this name, besides those of tincan.toml; may be given several times
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
    pub programs: Vec<ProgramSpec>,
    /// Only calls between these peers
    #[arg(long = "peers", value_name = "NAME,...", value_delimiter = ',')]
    pub only: Vec<PeerId>,
}
