//! Where the controls of a page are: a TOML file of CSS selectors.

mod acts;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

pub use self::acts::ActControls;
use serde::{Deserialize, Serialize};

use tincan_harness::{
    Abilities, AudioCodec, Flow, Media, SignalingMode, VideoCodec,
    abilities::{Servers, Signalling},
};

/// The page map of the built-in page.
const BUILT_IN: &str = include_str!("../../../fixtures/pages/tincan.toml");

/// Where the controls of a page are, and which modes it can do. Selectors are CSS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageMap {
    /// What the page is called in reports.
    pub name: String,
    /// The file to open, within the page's folder.
    #[serde(default = "index")]
    pub entry: String,
    /// The modes that the page can do.
    pub modes: Vec<SignalingMode>,
    /// Whether the page changes on purpose what is pasted, before it gives it to `setRemoteDescription`. Otherwise a
    /// description that comes across changed makes a call fail.
    #[serde(default)]
    pub rewrites_descriptions: bool,
    /// What to click to choose a mode, where there is a choice.
    #[serde(default)]
    pub mode: ModeControls,
    /// What to choose or to click for each thing that is sent, before the connection is made. Without a control the page sends
    /// VP8 by itself, or as its browser prefers.
    #[serde(default)]
    pub media: MediaControls,
    /// What to click to change a call that is up; a page without them is called once.
    #[serde(default)]
    pub acts: ActControls,
    /// The buttons of the offerer.
    pub offerer: OffererControls,
    /// The buttons of the answerer.
    pub answerer: AnswererControls,
    /// The text areas of descriptions.
    pub sdp: TextAreas,
    /// The text areas of candidates and the button that adds them; a page without them does vanilla only.
    pub candidates: Option<CandidateControls>,
    /// Where ICE servers are given; a page without them calls without servers only.
    pub ice: Option<IceControls>,
    /// The videos.
    pub video: Videos,
    /// What is answered to the page's dialogs.
    #[serde(default)]
    pub dialogs: Dialogs,
}

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

    /// What has to be clicked for a call of `media`, by the names in the map.
    pub(crate) fn clicks(&self, media: Media) -> Vec<(String, &str)> {
        let click = |flow| Some((format!("media.{flow}"), self.control(flow)?));
        let no_video = self.no_video.as_deref().filter(|_| media.video.is_none());
        let no_video = no_video.map(|control| ("media.no_video".to_owned(), control));
        no_video.into_iter().chain(media.flows().filter_map(click)).collect()
    }

    /// What can be sent on the page.
    fn flows(&self) -> BTreeSet<Flow> {
        let plain = Flow::Video(VideoCodec::Vp8);
        Flow::all().into_iter().filter(|flow| *flow == plain || self.control(*flow).is_some()).collect()
    }
}

/// The buttons of the offerer, in the order in which they are clicked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffererControls {
    /// Makes the connection, where that is a step of its own.
    pub create_connection: Option<String>,
    /// Starts the camera, where that is a step of its own.
    pub start_video: Option<String>,
    /// Creates the offer.
    pub create_offer: String,
    /// Takes the answer that was pasted.
    pub receive_answer: String,
}

/// The buttons of the answerer, in the order in which they are clicked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswererControls {
    /// Makes the connection, where that is a step of its own.
    pub create_connection: Option<String>,
    /// Starts the camera, where that is a step of its own.
    pub start_video: Option<String>,
    /// Takes the offer that was pasted.
    pub receive_offer: String,
    /// Creates the answer, where that is a step of its own.
    pub create_answer: Option<String>,
}

/// The text areas of descriptions, which hold bare SDP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextAreas {
    /// Where the page puts what is to be copied.
    pub send: String,
    /// Where what was copied is pasted.
    pub received: String,
}

/// The text areas of candidates: one JSON object a line, as `RTCIceCandidate.toJSON()` gives it.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Videos {
    /// The own picture.
    pub local: String,
    /// The other's picture: this is the one that is judged.
    pub remote: String,
}

fn index() -> String {
    "index.html".to_owned()
}

/// Why a page map cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageMapError {
    /// The file cannot be read.
    #[error("failed to read the page map {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no page map.
    #[error("failed to understand the page map {path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// The map contradicts itself.
    #[error("the page map {path} cannot be used: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl PageMap {
    /// The map of the built-in page.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub fn built_in() -> Result<Self, PageMapError> {
        Self::parse(BUILT_IN, Path::new("(built in)"))
    }

    /// Reads a map from a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no page map.
    pub fn read(path: &Path) -> Result<Self, PageMapError> {
        let text = fs::read_to_string(path)
            .map_err(|source| PageMapError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, PageMapError> {
        let map: Self = toml::from_str(text)
            .map_err(|source| PageMapError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        let reason = match () {
            () if map.modes.is_empty() => "`modes` is empty",
            () if map.modes.contains(&SignalingMode::HalfTrickle) => {
                "`modes` names what each side can do: \"vanilla\" and \"trickle\"; half-trickle is one of each"
            }
            () if map.modes.contains(&SignalingMode::Trickle) && map.candidates.is_none() => {
                "`modes` has trickle, but there is no [candidates]"
            }
            () if (map.media.opus.is_some() || map.media.data.is_some()) && map.media.no_video.is_none() => {
                "[media] has something beside video, but no `no_video`"
            }
            () => return Ok(map),
        };
        Err(PageMapError::Invalid { path: path.to_owned(), reason: reason.to_owned() })
    }

    /// What can be done on the page, in either role: what a browser lacks on it. A page without text areas for candidates
    /// neither sends them nor takes any, and one that is not told of servers uses none.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        let signalling = Signalling {
            gathers_first: self.modes.contains(&SignalingMode::Vanilla),
            trickles: self.modes.contains(&SignalingMode::Trickle),
            takes_candidates: self.candidates.is_some(),
        };
        let servers =
            self.ice.as_ref().map(|ice| Servers { relay_only: ice.relay_only.is_some(), ..Servers::every() });
        Abilities {
            page: true,
            offers: Some(signalling),
            answers: Some(signalling),
            acts: self.acts.acts(),
            renegotiates: self.acts != ActControls::default(),
            sends: self.media.flows(),
            receives: self.media.flows(),
            servers: servers.unwrap_or_default(),
            ..Abilities::full()
        }
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::Role;

    use super::*;
    use crate::registry::catalogue;

    fn tutorial() -> PageMap {
        let tutorial = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pages/tutorial/page.toml");
        PageMap::read(&tutorial).unwrap()
    }

    fn cannot(page: &PageMap, scenario: &str) -> Option<String> {
        let scenario = catalogue().select(&[scenario.to_owned()]).unwrap()[0];
        catalogue().unsupported(&scenario, (&page.name, &page.abilities()))
    }

    #[test]
    fn a_page_has_to_send_and_take_what_a_mode_carries() {
        let (tutorial, own) = (tutorial(), PageMap::built_in().unwrap());
        for role in Role::BOTH {
            let scenario = |mode: &str| match role {
                Role::Offerer => format!("chromium-to-webrtc-rs/{mode}/vp8/direct"),
                Role::Answerer => format!("webrtc-rs-to-chromium/{mode}/vp8/direct"),
            };
            assert_eq!(cannot(&tutorial, &scenario("vanilla")), None);
            for mode in ["half-trickle", "trickle"] {
                let reason = cannot(&tutorial, &scenario(mode)).unwrap_or_else(|| panic!("it can do {mode}"));
                assert!(reason.starts_with("the page \"tutorial\" "), "{reason}");
                assert_eq!(cannot(&own, &scenario(mode)), None);
            }
        }
        assert_eq!(
            cannot(&tutorial, "chromium-to-chromium/half-trickle/vp8/direct").unwrap(),
            "the page \"tutorial\" takes no candidates, which its answerer sends in half-trickle"
        );
        assert_eq!(
            cannot(&tutorial, "chromium-to-chromium/trickle/vp8/direct").unwrap(),
            "the page \"tutorial\" does not do trickle, only vanilla"
        );
    }

    #[test]
    fn who_sends_something_beside_video_can_be_told_to_send_none() {
        let own = PageMap::built_in().unwrap();
        let clicks =
            |media: Media| own.media.clicks(media).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(clicks(Media::DATA), ["media.no_video", "media.data"]);
        assert_eq!(clicks("vp8+data".parse().unwrap()), ["media.data"]);
        let without = BUILT_IN.replace("no_video =", "vp8 =");
        let refused = PageMap::parse(&without, Path::new("mine")).unwrap_err().to_string();
        assert!(refused.contains("no `no_video`"), "{refused}");
    }

    #[test]
    fn a_page_has_to_be_told_of_the_servers_that_a_network_needs() {
        let own = PageMap::built_in().unwrap();
        let without = PageMap { ice: None, name: "mine".to_owned(), ..own.clone() };
        let mut no_policy = without.clone();
        no_policy.ice = own.ice.clone().map(|ice| IceControls { relay_only: None, ..ice });
        let over = |page: &PageMap, network: &str| {
            cannot(page, &format!("chromium-to-chromium/vanilla/vp8/{network}"))
        };
        assert_eq!(
            (over(&own, "relay-tcp"), over(&without, "direct"), over(&no_policy, "stun")),
            (None, None, None)
        );
        assert_eq!(
            over(&without, "stun").unwrap(),
            "the page \"mine\" has no control for ICE servers, which stun needs"
        );
        assert_eq!(
            over(&no_policy, "relay-udp").unwrap(),
            "the page \"mine\" has no control for iceTransportPolicy, which relay-udp needs"
        );
    }
}
