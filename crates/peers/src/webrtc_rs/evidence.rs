//! What the connection knows about a call, from its statistics and parameters.

use std::time::Duration;

use rtc::{peer_connection::transport::RTCIceCandidate, rtp_transceiver::rtp_sender::RTCRtpParameters};
use tincan_harness::{
    Evidence,
    peer::{CandidatePair, PairEnd},
    timeline::ClockAlignment,
};

use super::connection::Connection;

/// What is known before anything was done. Events are stamped with the clock of the call itself, so that clock needs no
/// aligning.
pub fn nothing() -> Evidence {
    let clock = ClockAlignment { zero: Duration::ZERO, error: Duration::ZERO };
    Evidence { clock: Some(clock), ..Evidence::default() }
}

/// What is known of a call that left this line and nothing else.
pub fn only(line: String) -> Evidence {
    Evidence { console: vec![line], ..nothing() }
}

/// Reads back what was negotiated on `connection`, which has `gathered` these candidates.
pub async fn collect(connection: &Connection, gathered: Vec<String>) -> Evidence {
    let sent = connection.sender.get_parameters().await.ok();
    Evidence {
        pair: selected_pair(connection).await,
        received_codec: received_codec(connection).await,
        sent_codec: sent.and_then(|parameters| mime_type(&parameters.rtp_parameters)),
        gathered,
        ..nothing()
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
    }
}

async fn received_codec(connection: &Connection) -> Option<String> {
    let receiver = connection.peer_connection.get_receivers().await.into_iter().next()?;
    mime_type(&receiver.get_parameters().await.ok()?.rtp_parameters)
}

/// The codec that was negotiated first, which is the one in use.
fn mime_type(parameters: &RTCRtpParameters) -> Option<String> {
    parameters.codecs.first().map(|codec| codec.rtp_codec.mime_type.clone())
}
