//! The peer connection: its codec and its sockets.

use std::sync::Arc;

use tincan_harness::{IceConfiguration, IceServer, VideoCodec};
use tincan_vpx::CLOCK_RATE;
use webrtc_0_17::{
    api::{
        APIBuilder, interceptor_registry::register_default_interceptors, media_engine::MediaEngine,
        setting_engine::SettingEngine,
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
    },
    track::track_local::{TrackLocal, track_local_static_rtp::TrackLocalStaticRTP},
};

use super::observing::{Received, observe};
use crate::{interfaces::Interfaces, library::observer::Observer};

/// The payload type in an offer; that of VP8 in libwebrtc's.
const PAYLOAD_TYPE: u8 = 96;

/// A peer connection with a camera on it.
pub struct Connection {
    /// The connection.
    pub peer_connection: RTCPeerConnection,
    /// What sends the camera's pictures.
    pub sender: Arc<RTCRtpSender>,
    /// The camera's track.
    pub track: Arc<TrackLocalStaticRTP>,
    /// What it is encoded in.
    pub codec: VideoCodec,
}

impl Connection {
    /// A fresh connection with a camera in `codec` on it, with sockets of its own, that says what it does to `observer`.
    ///
    /// # Errors
    /// When the library refuses the configuration.
    pub(crate) async fn open(
        ice: &IceConfiguration,
        codec: VideoCodec,
        observer: Observer<Received>,
    ) -> Result<Self> {
        let mut media_engine = MediaEngine::default();
        // Without RTX, as the other line has it: the calls of both are to differ by the library alone.
        let registered = RTCRtpCodecParameters {
            capability: capability(codec),
            payload_type: PAYLOAD_TYPE,
            ..Default::default()
        };
        media_engine.register_codec(registered, RTPCodecType::Video)?;
        let interceptors = register_default_interceptors(Registry::new(), &mut media_engine)?;
        let api = APIBuilder::new()
            .with_media_engine(media_engine)
            .with_interceptor_registry(interceptors)
            .with_setting_engine(settings())
            .build();
        let peer_connection = api.new_peer_connection(configuration(ice)).await?;
        observe(&peer_connection, observer);
        let track =
            Arc::new(TrackLocalStaticRTP::new(capability(codec), "camera".to_owned(), "tincan".to_owned()));
        let sender =
            peer_connection.add_track(Arc::clone(&track) as Arc<dyn TrackLocal + Send + Sync>).await?;
        Ok(Self { peer_connection, sender, track, codec })
    }
}

/// The library's own, but for loopback where nothing else is up: it would gather nothing. Multicast DNS it does without
/// where its group cannot be joined.
fn settings() -> SettingEngine {
    let mut settings = SettingEngine::default();
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
