//! What lies between the peers.

use std::{fmt, str::FromStr};

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

/// There is no condition of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no network condition {0:?}; there is direct")]
pub struct UnknownCondition(String);

impl FromStr for NetworkCondition {
    type Err = UnknownCondition;

    fn from_str(name: &str) -> Result<Self, UnknownCondition> {
        match name {
            "direct" => Ok(Self::Direct),
            _ => Err(UnknownCondition(name.to_owned())),
        }
    }
}
