//! What lies between the peers.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A network condition, by its preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkCondition {
    /// No servers, nothing between the peers: host candidates on this machine's interfaces.
    Direct,
}

impl fmt::Display for NetworkCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Direct => "direct",
        })
    }
}
