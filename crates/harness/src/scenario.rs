//! Who calls whom, how, over what, and what is expected: a value, never a function.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    network::NetworkCondition,
    signaling::{Role, SignalingMode},
};

/// An implementation that can take part in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PeerKind {
    /// Chromium, on the page, through ChromeDriver.
    Chromium,
    /// The crate `webrtc`, in this process.
    WebrtcRs,
}

impl PeerKind {
    /// Whether it is a browser, which takes part through the page.
    #[must_use]
    pub const fn is_browser(self) -> bool {
        matches!(self, Self::Chromium)
    }
}

impl fmt::Display for PeerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Chromium => "chromium",
            Self::WebrtcRs => "webrtc-rs",
        })
    }
}

/// What is sent, in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// Video in VP8 (RFC 7741).
    Vp8,
}

impl Media {
    /// The MIME type of its codec as getStats gives it.
    #[must_use]
    pub const fn mime_type(self) -> &'static str {
        match self {
            Self::Vp8 => "video/VP8",
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Vp8 => "vp8",
        })
    }
}

/// A call to be made. It is expected to pass: both sides see [`FRAMES_TO_PROVE`](crate::frames::FRAMES_TO_PROVE)
/// distinct, rising pictures of the other, in the mode and with the codec that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scenario {
    /// Who creates the offer.
    pub offerer: PeerKind,
    /// Who answers.
    pub answerer: PeerKind,
    /// When descriptions leave.
    pub mode: SignalingMode,
    /// What is sent.
    pub media: Media,
    /// What lies between.
    pub network: NetworkCondition,
}

impl Scenario {
    /// Who plays `role`.
    #[must_use]
    pub const fn peer(&self, role: Role) -> PeerKind {
        match role {
            Role::Offerer => self.offerer,
            Role::Answerer => self.answerer,
        }
    }

    /// `OFFERER-to-ANSWERER`, the part of the name that says who takes part.
    #[must_use]
    pub fn pair(&self) -> String {
        format!("{}-to-{}", self.offerer, self.answerer)
    }
}

/// `OFFERER-to-ANSWERER/MODE/MEDIA/NETWORK`.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}/{}/{}", self.pair(), self.mode, self.media, self.network))
    }
}
