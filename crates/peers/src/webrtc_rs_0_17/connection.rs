//! The peer connection: its codec and its sockets.

use std::sync::{Arc, OnceLock};

use tincan_harness::{
    Assignment, AudioCodec, Direction, Flow, IceConfiguration, IceServer, Media, Role, VideoCodec,
    media::messages::LARGEST,
};
use tincan_vpx::CLOCK_RATE;
use webrtc_0_17::{
    api::{
        APIBuilder,
        interceptor_registry::register_default_interceptors,
        media_engine::MediaEngine,
        setting_engine::{SctpMaxMessageSize, SettingEngine},
    },
    error::Result,
    ice_transport::ice_server::RTCIceServer,
    interceptor::registry::Registry,
    peer_connection::{
        RTCPeerConnection, configuration::RTCConfiguration,
        policy::ice_transport_policy::RTCIceTransportPolicy,
    },
    rtp_transceiver::{
        RTCPFeedback,
        rtp_codec::{RTCRtpCodecCapability, RTCRtpCodecParameters, RTPCodecType},
        rtp_sender::RTCRtpSender,
        rtp_transceiver_direction::RTCRtpTransceiverDirection,
    },
    track::track_local::{TrackLocal, track_local_static_rtp::TrackLocalStaticRTP},
};

use super::observing::{Received, observe};
use crate::{audio, interfaces::Interfaces, library::observer::Observer};

/// The payload type in an offer; that of VP8 in libwebrtc's.
const PAYLOAD_TYPE: u8 = 96;

/// A peer connection, with a camera on it if it is to send video, and a microphone if it is to send sound.
pub struct Connection {
    /// The connection.
    pub peer_connection: RTCPeerConnection,
    /// The camera; it may come later.
    pub camera: OnceLock<Camera>,
    /// The microphone; it may come later.
    pub microphone: OnceLock<Microphone>,
    /// What video it receives at some time.
    pub video: Option<VideoCodec>,
}

/// What sends video.
pub struct Camera {
    /// What sends its pictures.
    pub sender: Arc<RTCRtpSender>,
    /// Its track.
    pub track: Arc<TrackLocalStaticRTP>,
    /// What it is encoded in.
    pub codec: VideoCodec,
}

/// What sends sound.
pub struct Microphone {
    /// What sends it.
    pub sender: Arc<RTCRtpSender>,
    /// Its track.
    pub track: Arc<TrackLocalStaticRTP>,
}

impl Connection {
    /// A fresh connection, with what it needs in the call of `assignment`, with sockets of its own, that says what it does to
    /// `observer`. What flows at the end of the call can be added.
    ///
    /// # Errors
    /// When the library refuses the configuration.
    pub(crate) async fn open(assignment: &Assignment, observer: Observer<Received>) -> Result<Self> {
        let Assignment { ice, flowing, .. } = assignment;
        let mut media_engine = media_engine(*flowing)?;
        let interceptors = register_default_interceptors(Registry::new(), &mut media_engine)?;
        let api = APIBuilder::new()
            .with_media_engine(media_engine)
            .with_interceptor_registry(interceptors)
            .with_setting_engine(settings())
            .build();
        let peer_connection = api.new_peer_connection(configuration(ice)).await?;
        observe(&peer_connection, observer);
        let (camera, microphone) = (OnceLock::new(), OnceLock::new());
        let connection = Self { peer_connection, camera, microphone, video: flowing.video };
        connection.equip(assignment).await?;
        Ok(connection)
    }

    /// Adds the tracks that are sent when the call begins. Who offers describes also what it does not send; who answers has that from
    /// the offer.
    async fn equip(&self, assignment: &Assignment) -> Result<()> {
        let Assignment { role, media, direction, .. } = *assignment;
        for flow in media.flows().filter(|_| direction.sends()) {
            self.equip_for(flow).await?;
        }
        if role == Role::Answerer || direction == Direction::SendRecv {
            return Ok(());
        }
        for kind in media.flows().filter(|_| !direction.sends()).filter_map(kind) {
            self.peer_connection.add_transceiver_from_kind(kind, None).await?;
        }
        for transceiver in self.peer_connection.get_transceivers().await {
            transceiver.set_direction(direction_of(direction)).await;
        }
        Ok(())
    }

    /// Adds the track of `flow`.
    ///
    /// # Errors
    /// When the library refuses it.
    pub(super) async fn equip_for(&self, flow: Flow) -> Result<()> {
        match flow {
            Flow::Video(codec) => {
                let (sender, track) = self.add("camera", capability(codec)).await?;
                self.camera.get_or_init(|| Camera { sender, track, codec });
            }
            Flow::Audio(_) => {
                let (sender, track) = self.add("microphone", opus()).await?;
                self.microphone.get_or_init(|| Microphone { sender, track });
            }
            Flow::Data => {}
        }
        Ok(())
    }

    async fn add(
        &self,
        id: &str,
        codec: RTCRtpCodecCapability,
    ) -> Result<(Arc<RTCRtpSender>, Arc<TrackLocalStaticRTP>)> {
        let track = Arc::new(TrackLocalStaticRTP::new(codec, id.to_owned(), "tincan".to_owned()));
        let added = Arc::clone(&track) as Arc<dyn TrackLocal + Send + Sync>;
        Ok((self.peer_connection.add_track(added).await?, track))
    }
}

/// What is described in a section of media.
const fn kind(flow: Flow) -> Option<RTPCodecType> {
    match flow {
        Flow::Video(_) => Some(RTPCodecType::Video),
        Flow::Audio(_) => Some(RTPCodecType::Audio),
        Flow::Data => None,
    }
}

const fn direction_of(direction: Direction) -> RTCRtpTransceiverDirection {
    match direction {
        Direction::SendRecv => RTCRtpTransceiverDirection::Sendrecv,
        Direction::SendOnly => RTCRtpTransceiverDirection::Sendonly,
        Direction::RecvOnly => RTCRtpTransceiverDirection::Recvonly,
        Direction::Inactive => RTCRtpTransceiverDirection::Inactive,
    }
}

/// The codecs of `media`, and no others.
fn media_engine(media: Media) -> Result<MediaEngine> {
    let mut media_engine = MediaEngine::default();
    // Without RTX, as the other line has it: the calls of both are to differ by the library alone.
    let registered =
        |capability, payload_type| RTCRtpCodecParameters { capability, payload_type, ..Default::default() };
    if let Some(codec) = media.video {
        media_engine.register_codec(registered(capability(codec), PAYLOAD_TYPE), RTPCodecType::Video)?;
    }
    if media.audio.is_some() {
        media_engine.register_codec(registered(opus(), audio::PAYLOAD_TYPE), RTPCodecType::Audio)?;
    }
    Ok(media_engine)
}

fn opus() -> RTCRtpCodecCapability {
    RTCRtpCodecCapability {
        mime_type: AudioCodec::Opus.mime_type().to_owned(),
        sdp_fmtp_line: audio::FORMAT.to_owned(),
        clock_rate: tincan_opus::RATE,
        channels: audio::CHANNELS,
        ..Default::default()
    }
}

/// The library's own, but for messages, which are to be as long as the other side takes them, and for loopback where nothing else
/// is up: it would gather nothing. Multicast DNS it does without
/// where its group cannot be joined.
fn settings() -> SettingEngine {
    let mut settings = SettingEngine::default();
    settings.set_sctp_max_message_size_can_send(SctpMaxMessageSize::Bounded(LARGEST));
    settings.set_include_loopback_candidate(!Interfaces::any_beyond_loopback());
    settings
}

fn configuration(ice: &IceConfiguration) -> RTCConfiguration {
    let server = |server: &IceServer| RTCIceServer {
        urls: vec![server.urls.clone()],
        username: server.username.clone().unwrap_or_default(),
        credential: server.credential.clone().unwrap_or_default(),
    };
    let policy = if ice.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
    RTCConfiguration {
        ice_servers: ice.servers.iter().map(server).collect(),
        ice_transport_policy: policy,
        ..Default::default()
    }
}

/// With the feedback that `register_default_interceptors` does not add: it adds `nack`, `nack pli`, `transport-cc`.
fn capability(codec: VideoCodec) -> RTCRtpCodecCapability {
    let feedback =
        |kind: &str, parameter: &str| RTCPFeedback { typ: kind.to_owned(), parameter: parameter.to_owned() };
    RTCRtpCodecCapability {
        mime_type: codec.mime_type(),
        sdp_fmtp_line: codec.format().to_owned(),
        clock_rate: CLOCK_RATE,
        rtcp_feedback: vec![feedback("ccm", "fir"), feedback("goog-remb", "")],
        ..Default::default()
    }
}
