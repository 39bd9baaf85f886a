//! What getStats counted in a call, for a report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clock::round;

/// What getStats counted up to one time in a call (webrtc-stats). What it did not say is null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatsPoint {
    /// When.
    pub at_ms: f64,
    /// Bytes that were received on the transport, or on all its pairs where the transport counts none.
    pub bytes_received: Option<u64>,
    /// Bytes that were sent, likewise.
    pub bytes_sent: Option<u64>,
    /// RTP packets of the track that were received.
    pub packets_received: Option<u64>,
    /// RTP packets of the track that were lost; duplicates count negative.
    pub packets_lost: Option<i64>,
    /// Pictures that were decoded.
    pub frames_decoded: Option<u64>,
    /// Pictures that were encoded.
    pub frames_encoded: Option<u64>,
    /// The last round trip of a connectivity check on the selected pair.
    pub round_trip_ms: Option<f64>,
}

impl StatsPoint {
    /// What the `entries` of one `RTCStatsReport` count.
    pub(super) fn of(at_ms: f64, entries: &[Value]) -> Self {
        let video = |entry: &&Value| entry["kind"].as_str().is_none_or(|kind| kind == "video");
        let entry = |kind: &str| entries.iter().filter(video).find(|entry| entry["type"] == kind);
        let count = |kind: &str, field: &str| entry(kind).and_then(|entry| entry[field].as_u64());
        let selected = entry("transport").map(|transport| &transport["selectedCandidatePairId"]);
        let pair = entries.iter().find(|entry| selected == Some(&entry["id"]));
        // A pair that is not selected any more has carried bytes too.
        let pairs = |field: &str| {
            let of_pairs = entries.iter().filter(|entry| entry["type"] == "candidate-pair");
            of_pairs.filter_map(|pair| pair[field].as_u64()).reduce(|one, other| one + other)
        };
        let carried = |field: &str| count("transport", field).or_else(|| pairs(field));
        let round_trip = pair.and_then(|pair| pair["currentRoundTripTime"].as_f64());
        Self {
            at_ms,
            bytes_received: carried("bytesReceived"),
            bytes_sent: carried("bytesSent"),
            packets_received: count("inbound-rtp", "packetsReceived"),
            packets_lost: entry("inbound-rtp").and_then(|entry| entry["packetsLost"].as_i64()),
            frames_decoded: count("inbound-rtp", "framesDecoded"),
            frames_encoded: count("outbound-rtp", "framesEncoded"),
            round_trip_ms: round_trip.map(|seconds| round(seconds * 1000.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn where_the_transport_counts_no_bytes_those_of_its_pairs_are_told() {
        let pair =
            |id: &str, bytes: u64| json!({ "id": id, "type": "candidate-pair", "bytesReceived": bytes });
        let mut transport = json!({ "id": "T", "type": "transport", "selectedCandidatePairId": "P" });
        let received = |transport: &Value| {
            let entries = [pair("Q", 1), pair("P", 7), transport.clone()];
            StatsPoint::of(0.0, &entries).bytes_received
        };
        assert_eq!(received(&transport), Some(8));
        transport["bytesReceived"] = 9.into();
        assert_eq!(received(&transport), Some(9));
        assert_eq!(StatsPoint::of(0.0, &[transport]).bytes_sent, None);
    }
}
