//! What is copied and pasted between the two sides of a call, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sdp;

/// One side of a call (RFC 8829, section 3.2).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// The side that creates the offer.
    Offerer,
    /// The side that answers it.
    Answerer,
}

impl Role {
    /// Both roles, offerer first.
    pub const BOTH: [Self; 2] = [Self::Offerer, Self::Answerer];

    /// The other side of the same call.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Offerer => Self::Answerer,
            Self::Answerer => Self::Offerer,
        }
    }
}

/// When a description leaves relative to the gathering of candidates (RFC 8838, section 3).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum SignalingMode {
    /// Both descriptions wait until gathering is complete and hold every candidate.
    Vanilla,
    /// The offer waits for gathering, the answer trickles (RFC 8838, section 16).
    HalfTrickle,
    /// Both descriptions leave at once; candidates follow on their own.
    Trickle,
}

impl SignalingMode {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::Vanilla, Self::HalfTrickle, Self::Trickle];

    /// Whether the description of `role` waits until its gathering is complete.
    #[must_use]
    pub const fn gathers_first(self, role: Role) -> bool {
        match self {
            Self::Vanilla => true,
            Self::HalfTrickle => matches!(role, Role::Offerer),
            Self::Trickle => false,
        }
    }
}

/// A candidate as `RTCIceCandidate.toJSON()` gives it (webrtc-pc, `RTCIceCandidateInit`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// The `candidate-attribute` of RFC 8839, without `a=`; empty for end-of-candidates.
    pub candidate: String,
    /// The media stream identification tag of the m-section that it belongs to.
    pub sdp_mid: Option<String>,
    /// The index, from 0, of that m-section.
    pub sdp_m_line_index: Option<u16>,
    /// The ICE user name fragment of the generation that it belongs to.
    pub username_fragment: Option<String>,
}

/// What is copied and pasted. Descriptions are bare SDP, unchanged in every byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "content", rename_all = "kebab-case")]
pub enum Signal {
    /// The offer, as SDP.
    Offer(String),
    /// The answer, as SDP.
    Answer(String),
    /// One candidate that travels on its own.
    Candidate(IceCandidate),
    /// No more candidates will come from this side (RFC 8838, section 8.2).
    EndOfCandidates(IceCandidate),
}

impl Signal {
    /// The description of `role`: an offer from the offerer, an answer from the answerer.
    #[must_use]
    pub const fn description(role: Role, sdp: String) -> Self {
        match role {
            Role::Offerer => Self::Offer(sdp),
            Role::Answerer => Self::Answer(sdp),
        }
    }

    /// A candidate, or end-of-candidates when its text is empty.
    #[must_use]
    pub fn candidate(candidate: IceCandidate) -> Self {
        if candidate.candidate.is_empty() {
            Self::EndOfCandidates(candidate)
        } else {
            Self::Candidate(candidate)
        }
    }

    /// The SDP, if this is a description.
    #[must_use]
    pub fn sdp(&self) -> Option<&str> {
        match self {
            Self::Offer(sdp) | Self::Answer(sdp) => Some(sdp),
            Self::Candidate(_) | Self::EndOfCandidates(_) => None,
        }
    }

    /// The candidates in it, each as its `candidate-attribute`, without `a=`.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        let alone = match self {
            Self::Candidate(candidate) => Some(&*candidate.candidate),
            Self::Offer(_) | Self::Answer(_) | Self::EndOfCandidates(_) => None,
        };
        self.sdp().into_iter().flat_map(sdp::candidates).chain(alone)
    }

    /// The word for it in messages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Offer(_) => "offer",
            Self::Answer(_) => "answer",
            Self::Candidate(_) => "candidate",
            Self::EndOfCandidates(_) => "end-of-candidates",
        }
    }
}
