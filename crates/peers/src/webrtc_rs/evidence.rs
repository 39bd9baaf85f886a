//! What the connection knows about a call, from its statistics and parameters.

use std::sync::Arc;

use rtc::{
    peer_connection::transport::RTCIceCandidate,
    rtp_transceiver::rtp_sender::{RTCRtpParameters, RtpCodecKind},
};
use tincan_harness::{
    Direction, Evidence,
    peer::{CandidatePair, Codec, PairEnd},
};

use webrtc::{
    peer_connection::transport::DtlsTransport,
    rtp_transceiver::{RtpSender, RtpTransceiver},
};

use super::connection::Connection;

/// Reads back what was negotiated on `connection`, and what passed its sockets; what its statistics say is for [`super::stats`].
pub async fn collect(connection: &Connection) -> Evidence {
    let Connection { camera, microphone, .. } = connection;
    Evidence {
        pair: selected_pair(connection).await,
        received_codec: received_codec(connection, RtpCodecKind::Video).await,
        sent_codec: sent_codec(camera.get().map(|camera| &camera.sender)).await,
        received_audio_codec: received_codec(connection, RtpCodecKind::Audio).await,
        sent_audio_codec: sent_codec(microphone.get().map(|microphone| &microphone.sender)).await,
        video_direction: direction(connection, RtpCodecKind::Video).await,
        audio_direction: direction(connection, RtpCodecKind::Audio).await,
        packets: Some(connection.tap.counts()),
        pcapng: Some(connection.tap.pcapng()),
        ..Evidence::default()
    }
}

/// The pair, from the transport: the pairs of webrtc-rs's statistics name candidates by ids that no candidate has.
async fn selected_pair(connection: &Connection) -> Option<CandidatePair> {
    let transport = transport(connection).await?;
    let pair = transport.ice_transport().get_selected_candidate_pair().await.ok()??;
    Some(CandidatePair { local: pair_end(pair.local()), remote: pair_end(pair.remote()) })
}

/// That of whatever there is; a sender whose track was removed has none.
async fn transport(connection: &Connection) -> Option<Arc<dyn DtlsTransport>> {
    let Connection { camera, microphone, peer_connection, .. } = connection;
    let senders = [camera.get().map(|one| &one.sender), microphone.get().map(|one| &one.sender)];
    for sender in senders.into_iter().flatten() {
        if let Ok(Some(transport)) = sender.transport().await {
            return Some(transport);
        }
    }
    for receiver in peer_connection.get_receivers().await {
        if let Ok(Some(transport)) = receiver.transport().await {
            return Some(transport);
        }
    }
    Some(peer_connection.sctp().await?.transport())
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

async fn sent_codec(sender: Option<&Arc<dyn RtpSender>>) -> Option<Codec> {
    codec(&sender?.get_parameters().await.ok()?.rtp_parameters)
}

async fn received_codec(connection: &Connection, kind: RtpCodecKind) -> Option<Codec> {
    for receiver in connection.peer_connection.get_receivers().await {
        if receiver.track().kind().await == kind {
            return codec(&receiver.get_parameters().await.ok()?.rtp_parameters);
        }
    }
    None
}

/// The direction that was negotiated for what is of `kind`; none before that.
async fn direction(connection: &Connection, kind: RtpCodecKind) -> Option<Direction> {
    for transceiver in connection.peer_connection.get_transceivers().await {
        if kind_of(&*transceiver).await == Some(kind) {
            return transceiver.current_direction().await.ok()?.to_string().parse().ok();
        }
    }
    None
}

/// A transceiver does not say it itself: what it receives does, or what it sends.
async fn kind_of(transceiver: &dyn RtpTransceiver) -> Option<RtpCodecKind> {
    if let Ok(Some(receiver)) = transceiver.receiver().await {
        return Some(receiver.track().kind().await);
    }
    Some(transceiver.sender().await.ok()??.track().kind().await)
}

/// The codec that was negotiated first, which is the one in use.
fn codec(parameters: &RTCRtpParameters) -> Option<Codec> {
    let found = parameters.codecs.first()?;
    let format = &found.rtp_codec.sdp_fmtp_line;
    Some(Codec {
        mime_type: found.rtp_codec.mime_type.clone(),
        payload_type: Some(found.payload_type),
        format: (!format.is_empty()).then(|| format.clone()),
    })
}
