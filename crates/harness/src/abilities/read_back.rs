//! What an implementation can tell of a call.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be told of a call, from statistics and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// What came to its `setRemoteDescription`.
    GivenDescription,
    /// The candidates that it gathered.
    GatheredCandidates,
    /// The selected candidate pair.
    SelectedPair,
    /// Over what it speaks to its relay (webrtc-stats, `relayProtocol`).
    RelayProtocol,
    /// The codec that it received.
    ReceivedCodec,
    /// The codec that it sent.
    SentCodec,
    /// The direction that was negotiated (webrtc-pc, `currentDirection`).
    Direction,
    /// Its role in ICE (RFC 8445, section 2.3).
    IceRole,
    /// Whether ICE has completed, and is not only connected (webrtc-pc, `RTCIceConnectionState`), the same in each call.
    IceCompletion,
    /// Its role in DTLS (RFC 8842, section 5).
    DtlsRole,
    /// The version of DTLS.
    DtlsVersion,
    /// The cipher suite of DTLS.
    DtlsCipher,
    /// The protection profile of SRTP.
    SrtpProfile,
    /// How many pictures it decoded.
    DecodedFrames,
    /// The round trip of its connectivity checks.
    RoundTrip,
    /// The packets that passed its sockets.
    Packets,
}

impl Detail {
    /// All that there is.
    pub const ALL: [Self; 16] = [
        Self::GivenDescription,
        Self::GatheredCandidates,
        Self::SelectedPair,
        Self::RelayProtocol,
        Self::ReceivedCodec,
        Self::SentCodec,
        Self::Direction,
        Self::IceRole,
        Self::IceCompletion,
        Self::DtlsRole,
        Self::DtlsVersion,
        Self::DtlsCipher,
        Self::SrtpProfile,
        Self::DecodedFrames,
        Self::RoundTrip,
        Self::Packets,
    ];
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::GivenDescription => "what was given to setRemoteDescription",
            Self::GatheredCandidates => "the list of gathered candidates",
            Self::SelectedPair => "the selected candidate pair",
            Self::RelayProtocol => "the protocol to the relay",
            Self::ReceivedCodec => "the codec that was received",
            Self::SentCodec => "the codec that was sent",
            Self::Direction => "the direction that was negotiated",
            Self::IceRole => "the ICE role",
            Self::IceCompletion => "that ICE has completed",
            Self::DtlsRole => "the DTLS role",
            Self::DtlsVersion => "the DTLS version",
            Self::DtlsCipher => "the DTLS cipher suite",
            Self::SrtpProfile => "the protection profile of SRTP",
            Self::DecodedFrames => "the number of decoded pictures",
            Self::RoundTrip => "the round trip of connectivity checks",
            Self::Packets => "the packets at its sockets",
        })
    }
}

/// What an implementation can tell of a call. What is not in it is *not told* if it is missing, and that counts against
/// nobody; what is in it and missing could not be read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadBack(BTreeSet<Detail>);

impl ReadBack {
    /// All that there is.
    #[must_use]
    pub fn everything() -> Self {
        Self(Detail::ALL.into())
    }

    /// The same without `details`.
    #[must_use]
    pub fn without(mut self, details: &[Detail]) -> Self {
        self.0.retain(|detail| !details.contains(detail));
        self
    }

    /// Whether it can tell `detail`.
    #[must_use]
    pub fn tells(&self, detail: Detail) -> bool {
        self.0.contains(&detail)
    }
}

/// Everything: of whom nothing is known, what is missing is not excused.
impl Default for ReadBack {
    fn default() -> Self {
        Self::everything()
    }
}
