//! How long each step of a call may take. Every wait has a name, under which it is configured and reported.

use std::{str::FromStr, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::timeline::Milestone;

/// What a call is waiting for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum Wait {
    /// A peer to be ready: its page loaded, its connection made, its camera running.
    Ready,
    /// A description: from the click to the SDP being there, gathering apart.
    Description,
    /// Gathering to be complete, where the description waits for it.
    Gathering,
    /// A description that was carried across to be accepted.
    Accepted,
    /// ICE to connect.
    Ice,
    /// The DTLS handshake.
    Dtls,
    /// Enough of what the other peer sends: pictures, tones, messages; or that it has stopped, where it was to.
    Media,
    /// The other side to hear that the call has ended.
    Closed,
}

impl Wait {
    /// All waits, in the order of a call.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Description,
        Self::Gathering,
        Self::Accepted,
        Self::Ice,
        Self::Dtls,
        Self::Media,
        Self::Closed,
    ];

    /// The wait that a milestone ends.
    #[must_use]
    pub const fn on(milestone: Milestone) -> Self {
        match milestone {
            Milestone::Ready => Self::Ready,
            Milestone::OfferRequested
            | Milestone::LocalDescriptionSet
            | Milestone::DescriptionSent
            | Milestone::TrackReplaced
            | Milestone::RolledBack => Self::Description,
            Milestone::GatheringComplete => Self::Gathering,
            Milestone::RemoteDescriptionSet => Self::Accepted,
            Milestone::IceConnected => Self::Ice,
            Milestone::DtlsConnected => Self::Dtls,
            Milestone::TrackReceived
            | Milestone::FirstPacket
            | Milestone::FirstFrame
            | Milestone::FramesProven
            | Milestone::FirstSound
            | Milestone::SoundProven
            | Milestone::ChannelOpen
            | Milestone::FirstMessage
            | Milestone::MessagesProven
            | Milestone::Muted
            | Milestone::ChannelsClosed => Self::Media,
            Milestone::Closed | Milestone::CloseHeard => Self::Closed,
        }
    }
}

/// The deadline of each [`Wait`], counted from the end of the wait before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines([Duration; Wait::ALL.len()]);

impl Default for Deadlines {
    fn default() -> Self {
        Self(Wait::ALL.map(|wait| {
            Duration::from_secs(match wait {
                Wait::Ready | Wait::Media => 20,
                Wait::Description | Wait::Accepted | Wait::Dtls => 10,
                // libwebrtc gives a STUN server that never answers 39.75 s (STUN_TOTAL_TIMEOUT), so 30 would be wrong.
                Wait::Gathering => 45,
                Wait::Ice => 20,
                // A side that hears nothing of it notices by its connectivity checks alone (RFC 7675: 30 s).
                Wait::Closed => 40,
            })
        }))
    }
}

impl Deadlines {
    /// How long `wait` may take.
    #[must_use]
    pub const fn of(&self, wait: Wait) -> Duration {
        self.0[wait as usize]
    }

    /// The same deadlines with another one for `wait`.
    #[must_use]
    pub const fn with(mut self, wait: Wait, deadline: Duration) -> Self {
        self.0[wait as usize] = deadline;
        self
    }
}

/// How long was waited, as people read it. Timers end a millisecond late: more digits only where the deadline is that short.
pub(crate) fn in_seconds(waited: Duration) -> String {
    let digits = if waited < Duration::from_millis(100) { 3 } else { 1 };
    format!("{:.digits$} s", waited.as_secs_f64())
}

/// One deadline as it is written on a command line: `ice=5` or `media=0.5`, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting(pub Wait, pub Duration);

/// Why the text of a deadline was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// There is no `=` in it.
    #[error("write a deadline as NAME=SECONDS, for example ice=5")]
    Form,
    /// There is no wait of that name.
    #[error(
        "no deadline is named {0:?}; there are ready, description, gathering, accepted, ice, dtls, media, closed"
    )]
    Name(String),
    /// What stands behind the `=` is no length of time.
    #[error("{0:?} is not a number of seconds above 0 and at most 86400")]
    Seconds(String),
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, seconds) = text.split_once('=').ok_or(SettingError::Form)?;
        let wait = Wait::ALL.into_iter().find(|wait| <&str>::from(wait) == name);
        let wait = wait.ok_or_else(|| SettingError::Name(name.to_owned()))?;
        let length = seconds.parse().ok().filter(|s: &f64| *s > 0.0 && *s <= 86_400.0);
        let length = length.ok_or_else(|| SettingError::Seconds(seconds.to_owned()))?;
        Ok(Self(wait, Duration::from_secs_f64(length)))
    }
}
