//! In which direction media go, as one side says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In which direction media go, as one side says it (webrtc-pc, `RTCRtpTransceiverDirection`; RFC 8866, section 6.7).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Direction {
    /// It sends and receives.
    #[default]
    SendRecv,
    /// It sends and receives nothing.
    SendOnly,
    /// It receives and sends nothing.
    RecvOnly,
    /// It neither sends nor receives.
    Inactive,
}

impl Direction {
    /// The direction of a side that sends, or receives, or both.
    #[must_use]
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the side that says it sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn a_direction_is_its_name_in_sdp() {
        for direction in Direction::VARIANTS {
            assert_eq!(direction.to_string().parse(), Ok(*direction));
            assert_eq!(serde_json::to_string(direction).unwrap(), format!("\"{direction}\""));
            assert_eq!(direction.sends(), direction.to_string().starts_with("send"), "{direction}");
        }
        assert!("SENDRECV".parse::<Direction>().is_err());
    }
}
