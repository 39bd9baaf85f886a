//! The names of what can flow.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::timeline::Milestone;

/// The codec of a video.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum VideoCodec {
    /// VP8 (RFC 7741).
    Vp8,
    /// VP9 (RFC 9628).
    Vp9,
    /// H.264 (RFC 6184).
    H264,
    /// AV1 (RTP Payload Format For AV1, AOMedia).
    Av1,
}

impl AudioCodec {
    /// Its MIME type, as getStats gives it.
    #[must_use]
    pub const fn mime_type(self) -> &'static str {
        match self {
            Self::Opus => "audio/opus",
        }
    }
}

impl VideoCodec {
    /// Its MIME type, as getStats gives it.
    #[must_use]
    pub fn mime_type(self) -> String {
        format!("video/{}", self.subtype())
    }

    /// The format parameters (`a=fmtp`) of its commonest profile, as libwebrtc offers them.
    #[must_use]
    pub const fn format(self) -> &'static str {
        match self {
            Self::Vp8 => "",
            Self::Vp9 => "profile-id=0",
            Self::H264 => "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            Self::Av1 => "level-idx=5;profile=0;tier=0",
        }
    }

    const fn subtype(self) -> &'static str {
        match self {
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::H264 => "H264",
            Self::Av1 => "AV1",
        }
    }
}

/// The codec of sound.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum AudioCodec {
    /// Opus (RFC 7587).
    Opus,
}

/// One kind of thing that flows from each side to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Flow {
    /// Video in this codec.
    Video(VideoCodec),
    /// Sound in this codec.
    Audio(AudioCodec),
    /// Messages on data channels (RFC 8831).
    Data,
}

impl Flow {
    /// The kind of m-section in which it is described (RFC 8866, section 5.14).
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Data => "application",
        }
    }

    /// The name of its codec in an `a=rtpmap`; none where it has none.
    pub(crate) const fn encoding(self) -> Option<&'static str> {
        match self {
            Self::Video(codec) => Some(codec.subtype()),
            Self::Audio(AudioCodec::Opus) => Some("opus"),
            Self::Data => None,
        }
    }

    /// All that there are.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let video = VideoCodec::VARIANTS.iter().map(|codec| Self::Video(*codec));
        let audio = AudioCodec::VARIANTS.iter().map(|codec| Self::Audio(*codec));
        video.chain(audio).chain([Self::Data]).collect()
    }

    /// What a side that receives it reaches, in order; the last one is its proof.
    pub(crate) const fn milestones(self) -> &'static [Milestone] {
        match self {
            Self::Video(_) => &[Milestone::TrackReceived, Milestone::FirstFrame, Milestone::FramesProven],
            Self::Audio(_) => &[Milestone::TrackReceived, Milestone::FirstSound, Milestone::SoundProven],
            Self::Data => &[Milestone::ChannelOpen, Milestone::FirstMessage, Milestone::MessagesProven],
        }
    }

    /// What proves that it arrives.
    pub(crate) fn proof(self) -> Option<Milestone> {
        self.milestones().last().copied()
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video(codec) => codec.fmt(f),
            Self::Audio(codec) => codec.fmt(f),
            Self::Data => f.write_str("data"),
        }
    }
}

/// Why a text names nothing that flows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// There is no such flow.
    #[error("{name:?} is nothing that tincan can send: there are {}", list(&Flow::all()))]
    Unknown {
        /// What was given.
        name: String,
    },
    /// The same kind twice.
    #[error("{name:?} names a kind twice: a call has one video, one sound and data at the most")]
    Twice {
        /// What was given.
        name: String,
    },
}

fn list(flows: &[Flow]) -> String {
    flows.iter().map(Flow::to_string).collect::<Vec<_>>().join(", ")
}

impl FromStr for Flow {
    type Err = MediaError;

    fn from_str(name: &str) -> Result<Self, MediaError> {
        let found = Self::all().into_iter().find(|flow| flow.to_string() == name);
        found.ok_or_else(|| MediaError::Unknown { name: name.to_owned() })
    }
}

/// What is sent in a call: in both directions, unless its procedure says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Media {
    /// Video, and in which codec.
    pub video: Option<VideoCodec>,
    /// Sound, and in which codec.
    pub audio: Option<AudioCodec>,
    /// Messages on data channels.
    pub data: bool,
}

impl Media {
    /// Video in VP8: what every call has that says nothing else.
    pub const VP8: Self = Self::video(VideoCodec::Vp8);

    /// Those that the catalogue has, the plain one first.
    pub const ALL: [Self; 8] = [
        Self::VP8,
        Self::video(VideoCodec::Vp9),
        Self::video(VideoCodec::H264),
        Self::video(VideoCodec::Av1),
        Self::OPUS,
        Self::VP8_AND_OPUS,
        Self::DATA,
        Self { data: true, ..Self::VP8 },
    ];

    /// Nothing at all: there is no m-section to be described. It is not among [`Self::ALL`].
    pub const NOTHING: Self = Self { video: None, audio: None, data: false };

    /// Video in VP8, and sound.
    pub const VP8_AND_OPUS: Self = Self { audio: Some(AudioCodec::Opus), ..Self::VP8 };

    /// Sound alone.
    pub const OPUS: Self = Self { video: None, audio: Some(AudioCodec::Opus), data: false };

    /// Messages on data channels alone.
    pub const DATA: Self = Self { video: None, audio: None, data: true };

    /// Video alone.
    #[must_use]
    pub const fn video(codec: VideoCodec) -> Self {
        Self { video: Some(codec), audio: None, data: false }
    }

    /// Whether it is what every call has that says nothing else.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::VP8
    }

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    /// Whether packets of RTP are sent: what is not data.
    #[must_use]
    pub const fn has_rtp(self) -> bool {
        self.video.is_some() || self.audio.is_some()
    }

    /// All that is in this or in `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            video: self.video.or(other.video),
            audio: self.audio.or(other.audio),
            data: self.data || other.data,
        }
    }

    /// What flows, in the order of its name.
    pub fn flows(self) -> impl Iterator<Item = Flow> {
        let audio = self.audio.map(Flow::Audio);
        self.video.map(Flow::Video).into_iter().chain(audio).chain(self.data.then_some(Flow::Data))
    }

    /// What a side that receives all of it reaches after DTLS is connected, in order.
    #[must_use]
    pub fn milestones(self) -> Vec<Milestone> {
        let mut milestones = Vec::new();
        for milestone in self.flows().flat_map(Flow::milestones) {
            if !milestones.contains(milestone) {
                milestones.push(*milestone);
            }
        }
        milestones
    }
}

/// What stands for no flow in a name.
const NOTHING: &str = "nothing";

/// The flows, with `+` between them: `vp8+opus`; or `nothing`.
impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return f.pad(NOTHING);
        }
        let flows: Vec<_> = self.flows().map(|flow| flow.to_string()).collect();
        f.pad(&flows.join("+"))
    }
}

impl FromStr for Media {
    type Err = MediaError;

    fn from_str(name: &str) -> Result<Self, MediaError> {
        let mut media = Self::NOTHING;
        if name == NOTHING {
            return Ok(media);
        }
        for flow in name.split('+') {
            let earlier = match flow.parse()? {
                Flow::Video(codec) => media.video.replace(codec).is_some(),
                Flow::Audio(codec) => media.audio.replace(codec).is_some(),
                Flow::Data => std::mem::replace(&mut media.data, true),
            };
            if earlier {
                return Err(MediaError::Twice { name: name.to_owned() });
            }
        }
        Ok(media)
    }
}

macro_rules! as_text {
    ($name:ident, $description:literal, $pattern:literal) => {
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = MediaError;

            fn try_from(name: String) -> Result<Self, MediaError> {
                name.parse()
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    };
}

as_text!(Flow, "One kind of thing that flows from each side to the other.", "^(vp8|vp9|h264|av1|opus|data)$");
as_text!(
    Media,
    "What is sent in a call: the flows, with + between them, or nothing.",
    "^(nothing|(vp8|vp9|h264|av1|opus|data)([+](opus|data))*)$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flows_is_a_name_and_a_name_is_what_flows() {
        for media in Media::ALL.into_iter().chain([Media::NOTHING]) {
            assert_eq!(media.to_string().parse(), Ok(media));
            let json = serde_json::to_string(&media).unwrap();
            assert_eq!(json, format!("\"{media}\""));
            assert_eq!(serde_json::from_str::<Media>(&json).unwrap(), media);
        }
        assert_eq!("data+vp8".parse::<Media>().unwrap().to_string(), "vp8+data");
        for wrong in ["", "vp7", "VP8", "vp8+", "vp8+vp9", "vp8+vp8", "data+data", "+", "vp8+nothing"] {
            assert!(wrong.parse::<Media>().is_err(), "{wrong:?} was taken");
        }
        let unknown = "vp7".parse::<Media>().unwrap_err().to_string();
        assert!(
            unknown.contains("\"vp7\"") && unknown.contains("vp8, vp9, h264, av1, opus, data"),
            "{unknown}"
        );
    }
}
