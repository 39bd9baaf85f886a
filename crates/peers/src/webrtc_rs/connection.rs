//! The peer connection: its codec and its sockets.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use rtc::{
    ice::mdns::MulticastDnsMode,
    interceptor::Slot,
    peer_connection::{
        configuration::{
            RTCIceTransportPolicy,
            setting_engine::{SctpMaxMessageSize, SettingEngine, SettingEngineBuilder},
        },
        transport::RTCIceServer,
    },
    rtp_transceiver::{
        RTCRtpTransceiverDirection,
        rtp_sender::{RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind},
    },
    shared::ifaces::ifaces,
};
use tincan_harness::{
    Assignment, AudioCodec, Direction, Flow, IceConfiguration, IceServer, Media, Role, VideoCodec,
    media::messages::LARGEST,
};
use tincan_vpx::CLOCK_RATE;
use webrtc::{
    error::Result,
    media_stream::{
        track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
        track_remote::TrackRemote,
    },
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, RTCConfiguration, RTCConfigurationBuilder,
        Registry, register_default_interceptors,
    },
    rtp_transceiver::RtpSender,
    runtime::default_runtime,
};

use super::{keyframe_requests::DeliverKeyFrameRequests, sending::local_track, tap::tapped};
use crate::{
    audio,
    library::{observer::Observer, tap::Tap},
    multicast,
};

/// Behind every interceptor of webrtc-rs, the last of which stands at 13 000.
const LAST_SLOT: usize = 14_000;
/// The payload type in an offer; that of VP8 in libwebrtc's.
const PAYLOAD_TYPE: u8 = 96;

/// A peer connection, with a camera on it if it is to send video, and a microphone if it is to send sound.
#[derive(Clone)]
pub struct Connection {
    /// The connection.
    pub peer_connection: Arc<dyn PeerConnection>,
    /// The camera; it may come later.
    pub camera: OnceLock<Camera>,
    /// The microphone; it may come later.
    pub microphone: OnceLock<Microphone>,
    /// What video it receives at some time.
    pub video: Option<VideoCodec>,
    /// What passes its sockets.
    pub tap: Tap,
}

/// What sends video.
#[derive(Clone)]
pub struct Camera {
    /// What sends its pictures.
    pub sender: Arc<dyn RtpSender>,
    /// Its track.
    pub track: Arc<TrackLocalStaticRTP>,
    /// The SSRC of the track's stream.
    pub ssrc: u32,
    /// What it is encoded in.
    pub codec: VideoCodec,
}

/// What sends sound.
#[derive(Clone)]
pub struct Microphone {
    /// What sends it.
    pub sender: Arc<dyn RtpSender>,
    /// Its track.
    pub track: Arc<TrackLocalStaticRTP>,
    /// The SSRC of the track's stream.
    pub ssrc: u32,
}

impl Connection {
    /// A fresh connection, with what it needs in the call of `assignment`, with sockets of its own, that says what it does to
    /// `observer`. What flows at the end of the call can be added.
    ///
    /// # Errors
    /// When no socket can be bound, or webrtc-rs refuses the configuration.
    pub(crate) async fn open(
        assignment: &Assignment,
        observer: Observer<Arc<dyn TrackRemote>>,
    ) -> Result<Self> {
        let Assignment { ice, flowing, .. } = assignment;
        let mut media_engine = media_engine(*flowing)?;
        let interceptors = register_default_interceptors(Registry::new(), &mut media_engine)?
            .with(Slot::from(LAST_SLOT), DeliverKeyFrameRequests::default());
        let addresses = local_addresses();
        let tap = Tap::new();
        let runtime =
            default_runtime().ok_or_else(|| io::Error::other("webrtc-rs was built without a runtime"))?;
        let peer_connection = PeerConnectionBuilder::new()
            .with_setting_engine(settings())
            .with_configuration(configuration(ice))
            .with_media_engine(media_engine)
            .with_interceptor_registry(interceptors)
            .with_handler(Arc::new(observer))
            .with_runtime(tapped(runtime, tap.clone()))
            .with_udp_addrs(addresses)
            .build()
            .await?;
        let connection = Self {
            peer_connection: Arc::new(peer_connection),
            camera: OnceLock::new(),
            microphone: OnceLock::new(),
            video: flowing.video,
            tap,
        };
        match connection.equip(assignment).await {
            Ok(()) => Ok(connection),
            Err(error) => {
                // A connection that is dropped without being closed keeps its sockets.
                connection.peer_connection.close().await?;
                Err(error)
            }
        }
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
            transceiver.set_direction(direction_of(direction)).await?;
        }
        Ok(())
    }

    /// Adds the track of `flow`.
    ///
    /// # Errors
    /// When webrtc-rs refuses it.
    pub(super) async fn equip_for(&self, flow: Flow) -> Result<()> {
        match flow {
            Flow::Video(codec) => {
                let (track, ssrc) = local_track(RtpCodecKind::Video, rtp_codec(codec));
                let sender = self.add(&track).await?;
                self.camera.get_or_init(|| Camera { sender, track, ssrc, codec });
            }
            Flow::Audio(_) => {
                let (track, ssrc) = local_track(RtpCodecKind::Audio, opus());
                let sender = self.add(&track).await?;
                self.microphone.get_or_init(|| Microphone { sender, track, ssrc });
            }
            Flow::Data => {}
        }
        Ok(())
    }

    async fn add(&self, track: &Arc<TrackLocalStaticRTP>) -> Result<Arc<dyn RtpSender>> {
        self.peer_connection.add_track(Arc::clone(track) as Arc<dyn TrackLocal>).await
    }
}

/// What is described in a section of media.
const fn kind(flow: Flow) -> Option<RtpCodecKind> {
    match flow {
        Flow::Video(_) => Some(RtpCodecKind::Video),
        Flow::Audio(_) => Some(RtpCodecKind::Audio),
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
    if let Some(codec) = media.video {
        // Without RTX: webrtc-rs hands Chromium's probes on it to the track as packets that come twice, out of order.
        let registered = RTCRtpCodecParameters { rtp_codec: rtp_codec(codec), payload_type: PAYLOAD_TYPE };
        media_engine.register_codec(registered, RtpCodecKind::Video)?;
    }
    if media.audio.is_some() {
        let registered = RTCRtpCodecParameters { rtp_codec: opus(), payload_type: audio::PAYLOAD_TYPE };
        media_engine.register_codec(registered, RtpCodecKind::Audio)?;
    }
    Ok(media_engine)
}

/// The library's own, but for messages, which are to be as long as browsers take them, and for mDNS where its group cannot be
/// joined: it would not open at all.
fn settings() -> SettingEngine {
    let settings =
        SettingEngineBuilder::new().with_sctp_max_message_size(SctpMaxMessageSize::Bounded(LARGEST));
    match multicast::join().is_ok() {
        true => settings.build(),
        false => settings.with_multicast_dns_mode(MulticastDnsMode::Disabled).build(),
    }
}

fn configuration(ice: &IceConfiguration) -> RTCConfiguration {
    let server = |server: &IceServer| RTCIceServer {
        urls: vec![server.urls.clone()],
        username: server.username.clone().unwrap_or_default(),
        credential: server.credential.clone().unwrap_or_default(),
    };
    let policy = if ice.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
    RTCConfigurationBuilder::new()
        .with_ice_servers(ice.servers.iter().map(server).collect())
        .with_ice_transport_policy(policy)
        .build()
}

/// With the feedback that `register_default_interceptors` does not add: it adds `nack`, `nack pli`, `transport-cc`.
fn rtp_codec(codec: VideoCodec) -> RTCRtpCodec {
    let feedback =
        |kind: &str, parameter: &str| RTCPFeedback { typ: kind.into(), parameter: parameter.into() };
    RTCRtpCodec {
        mime_type: codec.mime_type(),
        clock_rate: CLOCK_RATE,
        channels: 0,
        sdp_fmtp_line: codec.format().to_owned(),
        rtcp_feedback: vec![feedback("ccm", "fir"), feedback("goog-remb", "")],
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: AudioCodec::Opus.mime_type().to_owned(),
        clock_rate: tincan_opus::RATE,
        channels: audio::CHANNELS,
        sdp_fmtp_line: audio::FORMAT.to_owned(),
        rtcp_feedback: Vec::new(),
    }
}

/// The addresses of the interfaces that another host could reach, or IPv4's loopback where there is none.
///
/// webrtc-rs finds the same ones for `0.0.0.0` and `::`, but where there are none of a family it binds the wildcard and
/// offers that as a candidate.
fn local_addresses() -> Vec<SocketAddr> {
    let reachable = |address: &SocketAddr| match address {
        SocketAddr::V4(v4) => !v4.ip().is_loopback() && !v4.ip().is_link_local(),
        SocketAddr::V6(v6) => !v6.ip().is_loopback() && !v6.ip().is_unicast_link_local(),
    };
    let interfaces = ifaces().unwrap_or_default().into_iter().filter_map(|interface| interface.addr);
    let mut addresses: Vec<_> =
        interfaces.filter(reachable).map(|address| SocketAddr::new(address.ip(), 0)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        addresses.push(SocketAddr::from(([127, 0, 0, 1], 0)));
    }
    addresses
}
