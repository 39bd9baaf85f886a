//! What the connection knows about a call, from its statistics and parameters.

use rtc::{peer_connection::transport::RTCIceCandidate, rtp_transceiver::rtp_sender::RTCRtpParameters};
use tincan_harness::{
    Evidence,
    peer::{CandidatePair, Codec, PairEnd},
};

use super::connection::Connection;

/// Reads back what was negotiated on `connection`, and what passed its sockets; what its statistics say is for [`super::stats`].
pub async fn collect(connection: &Connection) -> Evidence {
    let sent = connection.sender.get_parameters().await.ok();
    Evidence {
        pair: selected_pair(connection).await,
        received_codec: received_codec(connection).await,
        sent_codec: sent.and_then(|parameters| codec(&parameters.rtp_parameters)),
        packets: Some(connection.tap.counts()),
        pcapng: Some(connection.tap.pcapng()),
        ..Evidence::default()
    }
}

/// The pair, from the transport: the pairs of webrtc-rs's statistics name candidates by ids that no candidate has.
async fn selected_pair(connection: &Connection) -> Option<CandidatePair> {
    let transport = connection.sender.transport().await.ok()??;
    let pair = transport.ice_transport().get_selected_candidate_pair().await.ok()??;
    Some(CandidatePair { local: pair_end(pair.local()), remote: pair_end(pair.remote()) })
}

fn pair_end(candidate: &RTCIceCandidate) -> PairEnd {
    PairEnd {
        candidate_type: candidate.typ.to_string(),
        protocol: candidate.protocol.to_string(),
        address: Some(candidate.address.clone()),
        port: Some(candidate.port),
        relay_protocol: None,
    }
}

async fn received_codec(connection: &Connection) -> Option<Codec> {
    let receiver = connection.peer_connection.get_receivers().await.into_iter().next()?;
    codec(&receiver.get_parameters().await.ok()?.rtp_parameters)
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
