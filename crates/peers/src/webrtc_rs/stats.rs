//! What getStats says.

use std::time::Instant;

use serde_json::Value;
use tincan_harness::{Detail, ReadBack};
use webrtc::peer_connection::{PeerConnection, RTCStatsReportEntry, StatsSelector};

/// Encoding and decoding are its users' business, it measures no round trip, and does not say over what it speaks to a relay. Of a
/// transceiver that is inactive it tells no direction; where it tells one, that is looked at.
pub(super) fn reads_back() -> ReadBack {
    ReadBack::everything().without(&[
        Detail::RelayProtocol,
        Detail::DecodedFrames,
        Detail::RoundTrip,
        Detail::Direction,
    ])
}

/// What has a place in webrtc-rs's statistics and is never counted there: encoding and decoding are its users' business,
/// and it measures no round trip. A 0 that nobody counted would be believed.
const NEVER_COUNTED: [&str; 8] = [
    "framesDecoded",
    "keyFramesDecoded",
    "framesRendered",
    "framesDropped",
    "framesEncoded",
    "keyFramesEncoded",
    "currentRoundTripTime",
    "totalRoundTripTime",
];

/// The entries of a report.
pub(super) async fn entries(connection: &dyn PeerConnection) -> Vec<Value> {
    let report = connection.get_stats(Instant::now(), StatsSelector::None).await;
    report.iter().filter_map(entry).collect()
}

/// An entry as an object with `id` and `type` (webrtc-stats), with all that webrtc-rs counts.
fn entry(entry: &RTCStatsReportEntry) -> Option<Value> {
    use RTCStatsReportEntry as E;
    let entry = match entry {
        E::PeerConnection(stats) => serde_json::to_value(stats),
        E::Transport(stats) => serde_json::to_value(stats),
        E::IceCandidatePair(stats) => serde_json::to_value(stats),
        E::LocalCandidate(stats) | E::RemoteCandidate(stats) => serde_json::to_value(stats),
        E::Certificate(stats) => serde_json::to_value(stats),
        E::Codec(stats) => serde_json::to_value(stats),
        E::DataChannel(stats) => serde_json::to_value(stats),
        E::InboundRtp(stats) => serde_json::to_value(stats),
        E::OutboundRtp(stats) => serde_json::to_value(stats),
        E::RemoteInboundRtp(stats) => serde_json::to_value(stats),
        E::RemoteOutboundRtp(stats) => serde_json::to_value(stats),
        E::AudioSource(stats) => serde_json::to_value(stats),
        E::VideoSource(stats) => serde_json::to_value(stats),
        E::AudioPlayout(stats) => serde_json::to_value(stats),
        // The enum may grow.
        _ => return None,
    };
    let mut entry = entry.ok()?;
    entry.as_object_mut()?.retain(|field, _| !NEVER_COUNTED.contains(&field.as_str()));
    Some(entry)
}
