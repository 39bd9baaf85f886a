//! What a side notes in a call, each with what it is about: whoever explains a failure asks for that, and not for words.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that was seen and may explain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Note {
    /// A state machine of the connection has changed.
    State {
        /// Which.
        machine: Machine,
        /// Its new state, by its name in webrtc-pc.
        state: String,
    },
    /// The page has made a connection.
    ConnectionCreated,
    /// Something that is sent was put on the connection.
    TrackAdded {
        /// How: `addTrack`, `addTransceiver` or `addStream`.
        method: String,
    },
    /// `setRemoteDescription` was called.
    RemoteDescriptionGiven,
    /// A signal was pasted into the page.
    Pasted {
        /// Which: `offer`, `answer` or `candidates`.
        what: String,
    },
    /// `addIceCandidate` was rejected.
    CandidateRefused {
        /// The candidate, as in SDP, without `a=`.
        candidate: String,
        /// What was said.
        message: String,
    },
    /// A server did not give a candidate (webrtc-pc, `icecandidateerror`).
    CandidateError {
        /// The code (RFC 8489, section 14.8), the words and the URL, as far as they are known.
        message: String,
    },
    /// The camera runs, or was refused.
    Camera {
        /// Which.
        state: String,
    },
    /// What the page says to its user (WAI-ARIA, `role=alert`).
    PageSays {
        /// Its words.
        text: String,
    },
    /// The page threw and did not catch.
    PageError {
        /// What.
        text: String,
    },
    /// A part of the page did not arrive.
    NotLoaded {
        /// Which, and why.
        text: String,
    },
    /// The page showed a dialog.
    Dialog {
        /// `alert`, `confirm`, `prompt` or `beforeunload`.
        dialog: String,
        /// Its text.
        text: String,
    },
    /// What stands where a description was to be copied.
    ToBeCopied {
        /// The control, its kind, and what it holds.
        text: String,
    },
    /// A step of the page map is about to be taken, or was: noted where a map is tried step by step.
    Step {
        /// Which, from 1.
        number: u32,
        /// Of how many.
        of: u32,
        /// What is done: `click "#call"`.
        what: String,
        /// What it was done with; none as long as it was not.
        found: Option<String>,
    },
    /// Something else.
    Other {
        /// What.
        text: String,
    },
}

/// A state machine of a connection.
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
    strum::IntoStaticStr,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Machine {
    /// `RTCPeerConnection.signalingState`
    SignalingState,
    /// `RTCPeerConnection.iceGatheringState`
    IceGatheringState,
    /// `RTCPeerConnection.iceConnectionState`
    IceConnectionState,
    /// `RTCPeerConnection.connectionState`
    ConnectionState,
    /// `RTCDtlsTransport.state`
    DtlsState,
}

impl Note {
    /// A note that `machine` is in `state` now.
    #[must_use]
    pub fn state(machine: Machine, state: impl fmt::Display) -> Self {
        Self::State { machine, state: state.to_string() }
    }

    /// A note about something that no other kind is about.
    #[must_use]
    pub fn other(text: impl fmt::Display) -> Self {
        Self::Other { text: text.to_string() }
    }

    /// Whether it is about a connection, and not about the page.
    #[must_use]
    pub const fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::State { .. }
                | Self::ConnectionCreated
                | Self::TrackAdded { .. }
                | Self::RemoteDescriptionGiven
                | Self::CandidateRefused { .. }
                | Self::CandidateError { .. }
        )
    }

    /// Whether `later` says anew what this one said, so that this one holds no more.
    #[must_use]
    pub fn is_superseded_by(&self, later: &Self) -> bool {
        match (self, later) {
            (Self::State { machine, .. }, Self::State { machine: other, .. }) => machine == other,
            (Self::Other { .. }, _) | (Self::NotLoaded { .. }, _) | (Self::PageError { .. }, _) => {
                self == later
            }
            _ => std::mem::discriminant(self) == std::mem::discriminant(later),
        }
    }

    /// Whether it tells why a page did not do what was asked: its own words, its errors, what it refused.
    #[must_use]
    pub const fn is_telling(&self) -> bool {
        matches!(
            self,
            Self::PageSays { .. }
                | Self::PageError { .. }
                | Self::CandidateRefused { .. }
                | Self::Dialog { .. }
                | Self::NotLoaded { .. }
                | Self::ToBeCopied { .. }
        )
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State { machine, state } => write!(f, "{machine}: {state}"),
            Self::ConnectionCreated => f.write_str("connection: created"),
            Self::TrackAdded { method } => write!(f, "{method}: done"),
            Self::RemoteDescriptionGiven => f.write_str("setRemoteDescription: called"),
            Self::Pasted { what } => write!(f, "pasted: {what}"),
            Self::CandidateRefused { candidate, message } => {
                write!(f, "addIceCandidate: refused {candidate}: {message}")
            }
            Self::CandidateError { message } => write!(f, "icecandidateerror: {message}"),
            Self::Camera { state } => write!(f, "camera: {state}"),
            Self::PageSays { text } => write!(f, "page says: {text}"),
            Self::PageError { text } => write!(f, "page error: {text}"),
            Self::NotLoaded { text } => write!(f, "not loaded: {text}"),
            Self::Dialog { dialog, text } => write!(f, "dialog: {dialog}({text:?})"),
            Self::ToBeCopied { text } => write!(f, "to be copied: {text}"),
            Self::Step { number, of, what, found } => {
                let found = found.as_deref().unwrap_or("not taken yet");
                write!(f, "step {number} of {of}: {what}: {found}")
            }
            Self::Other { text } => f.write_str(text),
        }
    }
}
