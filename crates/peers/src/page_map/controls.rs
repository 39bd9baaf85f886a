//! The controls of a page: the short form of a map, and what both forms have.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::VariantArray;
use tincan_harness::{AudioCodec, Direction, Flow, Media, VideoCodec, abilities::both_ways};

use super::{steps::Step, target::Target};

/// What is answered to the dialogs of a page. An `alert` and a `beforeunload` are accepted; the others make a call errored if
/// the map does not say what to answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialogs {
    /// To `confirm`: true for OK, false for Cancel.
    pub confirm: Option<bool>,
    /// To `prompt`: the text that is typed before OK.
    pub prompt: Option<String>,
}

/// What to click to choose a mode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeControls {
    /// For vanilla.
    pub vanilla: Option<String>,
    /// For trickle.
    pub trickle: Option<String>,
}

/// What to choose or to click for each thing that is sent: an option of a list, or any control that is clicked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaControls {
    /// For video in VP8, where that is not what the page sends by itself.
    pub vp8: Option<String>,
    /// For video in VP9.
    pub vp9: Option<String>,
    /// For video in H.264.
    pub h264: Option<String>,
    /// For video in AV1.
    pub av1: Option<String>,
    /// For no video, where something else can be sent.
    pub no_video: Option<String>,
    /// For sound in Opus, from the microphone.
    pub opus: Option<String>,
    /// For messages on data channels.
    pub data: Option<String>,
    /// To reject, when answering, what is offered and not chosen.
    pub reject_rest: Option<String>,
    /// To send what is chosen, and to receive nothing.
    pub sendonly: Option<String>,
    /// To receive what is chosen, and to send nothing.
    pub recvonly: Option<String>,
    /// To do neither, and to describe it all the same.
    pub inactive: Option<String>,
}

impl MediaControls {
    /// The control for `flow`; none where there is none.
    fn control(&self, flow: Flow) -> Option<&str> {
        let control = match flow {
            Flow::Video(VideoCodec::Vp8) => &self.vp8,
            Flow::Video(VideoCodec::Vp9) => &self.vp9,
            Flow::Video(VideoCodec::H264) => &self.h264,
            Flow::Video(VideoCodec::Av1) => &self.av1,
            Flow::Audio(AudioCodec::Opus) => &self.opus,
            Flow::Data => &self.data,
        };
        control.as_deref()
    }

    /// The control for `direction`; none where there is none. Both ways a page goes by itself.
    fn direction(&self, direction: Direction) -> Option<&str> {
        let control = match direction {
            Direction::SendRecv => return None,
            Direction::SendOnly => &self.sendonly,
            Direction::RecvOnly => &self.recvonly,
            Direction::Inactive => &self.inactive,
        };
        control.as_deref()
    }

    /// In which directions what is chosen can go.
    pub(super) fn directions(&self) -> BTreeSet<Direction> {
        let has = |direction: &Direction| self.direction(*direction).is_some();
        &both_ways() | &Direction::VARIANTS.iter().copied().filter(has).collect()
    }

    /// What has to be clicked for a call of `media` that goes in `direction`, and for `rejects_rest`, by the names in the map.
    pub(crate) fn clicks(
        &self,
        media: Media,
        direction: Direction,
        rejects_rest: bool,
    ) -> Vec<(String, &str)> {
        let click = |flow| Some((format!("media.{flow}"), self.control(flow)?));
        let no_video = self.no_video.as_deref().filter(|_| media.video.is_none());
        let no_video = no_video.map(|control| ("media.no_video".to_owned(), control));
        let rest = self.reject_rest.as_deref().filter(|_| rejects_rest);
        let rest = rest.map(|control| ("media.reject_rest".to_owned(), control));
        let directed = self.direction(direction).map(|control| (format!("media.{direction}"), control));
        no_video.into_iter().chain(media.flows().filter_map(click)).chain(directed).chain(rest).collect()
    }

    /// What can be sent on the page.
    pub(super) fn flows(&self) -> BTreeSet<Flow> {
        let plain = Flow::Video(VideoCodec::Vp8);
        Flow::all().into_iter().filter(|flow| *flow == plain || self.control(*flow).is_some()).collect()
    }
}

/// What the offerer does: in the short form its buttons, in the order in which they are clicked, else its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffererControls {
    /// What is opened instead of the map's entry: a file of the page, with a query and a fragment if need be.
    pub open: Option<String>,
    /// The steps that it takes; then there are no buttons.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Makes the connection, where that is a step of its own.
    pub create_connection: Option<String>,
    /// Starts the camera, where that is a step of its own.
    pub start_video: Option<String>,
    /// Creates the offer, where the page does not make it by itself.
    pub create_offer: Option<String>,
    /// Takes the answer that was pasted.
    pub receive_answer: Option<String>,
}

/// What the answerer does, as [`OffererControls`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswererControls {
    /// What is opened instead of the map's entry.
    pub open: Option<String>,
    /// The steps that it takes; then there are no buttons.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Makes the connection, where that is a step of its own.
    pub create_connection: Option<String>,
    /// Starts the camera, where that is a step of its own.
    pub start_video: Option<String>,
    /// Takes the offer that was pasted.
    pub receive_offer: Option<String>,
    /// Creates the answer, where that is a step of its own.
    pub create_answer: Option<String>,
}

/// The boxes of descriptions, in the short form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextAreas {
    /// Where the page puts what is to be copied.
    pub send: String,
    /// Where what was copied is pasted.
    pub received: String,
}

/// The boxes of candidates: one a line, as `RTCIceCandidate.toJSON()` gives it or as an attribute of SDP, or an array of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateControls {
    /// Where the page puts what is to be copied.
    pub send: String,
    /// Where what was copied is pasted.
    pub received: String,
    /// Adds the pasted ones.
    pub add: String,
}

/// How a page is told of servers, before it makes its connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceControls {
    /// Takes `iceServers` as JSON: an array of `RTCIceServer` (webrtc-pc).
    pub servers: String,
    /// What to click for `iceTransportPolicy: relay`, where that can be chosen.
    pub relay_only: Option<String>,
}

/// The videos.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Videos {
    /// The own picture.
    pub local: Option<Target>,
    /// The other's picture: this is the one that is judged. Without it, it is the first video that plays what a connection
    /// receives.
    pub remote: Option<Target>,
}

impl OffererControls {
    /// Whether there is anything of the short form.
    pub(super) const fn has_buttons(&self) -> bool {
        self.create_connection.is_some()
            || self.start_video.is_some()
            || self.create_offer.is_some()
            || self.receive_answer.is_some()
    }
}

impl AnswererControls {
    /// Whether there is anything of the short form.
    pub(super) const fn has_buttons(&self) -> bool {
        self.create_connection.is_some()
            || self.start_video.is_some()
            || self.receive_offer.is_some()
            || self.create_answer.is_some()
    }
}
