//! What the connection knows about a call, from its transports and parameters.

use std::sync::Arc;

use tincan_harness::{
    Direction, Evidence,
    peer::{CandidatePair, Codec, PairEnd, Transport},
};
use webrtc_0_17::{
    ice_transport::{ice_candidate::RTCIceCandidate, ice_role::RTCIceRole},
    rtp_transceiver::{
        rtp_codec::{RTCRtpCodecParameters, RTPCodecType},
        rtp_sender::RTCRtpSender,
    },
};

use super::connection::Connection;

/// Reads back what was negotiated on `connection`; what its statistics say is for [`super::stats`].
pub async fn collect(connection: &Connection) -> Evidence {
    let Connection { camera, microphone, .. } = connection;
    let dtls = connection.peer_connection.dtls_transport();
    let ice = dtls.ice_transport();
    let pair = ice.get_selected_candidate_pair().await;
    let role = ice.role().await;
    Evidence {
        pair: pair.map(|pair| CandidatePair { local: pair_end(&pair.local), remote: pair_end(&pair.remote) }),
        received_codec: received_codec(connection, RTPCodecType::Video).await,
        sent_codec: sent_codec(camera.get().map(|camera| &camera.sender)).await,
        received_audio_codec: received_codec(connection, RTPCodecType::Audio).await,
        sent_audio_codec: sent_codec(microphone.get().map(|microphone| &microphone.sender)).await,
        video_direction: direction(connection, RTPCodecType::Video).await,
        audio_direction: direction(connection, RTPCodecType::Audio).await,
        transport: Transport {
            ice_role: (role != RTCIceRole::Unspecified).then(|| role.to_string()),
            ..Transport::default()
        },
        ..Evidence::default()
    }
}

fn pair_end(candidate: &RTCIceCandidate) -> PairEnd {
    PairEnd {
        candidate_type: candidate.typ.to_string(),
        protocol: candidate.protocol.to_string(),
        address: Some(candidate.address.clone()),
        port: Some(candidate.port),
        relay_protocol: None,
        username_fragment: None,
    }
}

/// That of the packets that came: a track has none before the first.
async fn received_codec(connection: &Connection, kind: RTPCodecType) -> Option<Codec> {
    let receivers = connection.peer_connection.get_receivers().await;
    let receiver = receivers.into_iter().find(|receiver| receiver.kind() == kind)?;
    let track = receiver.tracks().await.into_iter().next()?;
    Some(track.codec()).filter(|codec| !codec.capability.mime_type.is_empty()).as_ref().map(codec)
}

/// The direction that was negotiated for what is of `kind`; none before that.
async fn direction(connection: &Connection, kind: RTPCodecType) -> Option<Direction> {
    let transceivers = connection.peer_connection.get_transceivers().await;
    let transceiver = transceivers.into_iter().find(|transceiver| transceiver.kind() == kind)?;
    transceiver.current_direction().to_string().parse().ok()
}

async fn sent_codec(sender: Option<&Arc<RTCRtpSender>>) -> Option<Codec> {
    sender?.get_parameters().await.rtp_parameters.codecs.first().map(codec)
}

fn codec(parameters: &RTCRtpCodecParameters) -> Codec {
    let format = &parameters.capability.sdp_fmtp_line;
    Codec {
        mime_type: parameters.capability.mime_type.clone(),
        payload_type: Some(parameters.payload_type),
        format: (!format.is_empty()).then(|| format.clone()),
    }
}
