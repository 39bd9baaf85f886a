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
    /// Bytes that were received on the transport; where it counts none, those of the RTP streams, with their headers.
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
        // Not those of the pairs: one that is given up takes what it has carried with it.
        let streams = |kind: &str, fields: [&str; 2]| {
            let of_streams = entries.iter().filter(|entry| entry["type"] == kind);
            let counted = of_streams.flat_map(|stream| fields.map(|field| stream[field].as_u64()));
            counted.flatten().reduce(|one, other| one + other)
        };
        let received = || streams("inbound-rtp", ["bytesReceived", "headerBytesReceived"]);
        let sent = || streams("outbound-rtp", ["bytesSent", "headerBytesSent"]);
        let round_trip = pair.and_then(|pair| pair["currentRoundTripTime"].as_f64());
        Self {
            at_ms,
            bytes_received: count("transport", "bytesReceived").or_else(received),
            bytes_sent: count("transport", "bytesSent").or_else(sent),
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
    fn where_the_transport_counts_no_bytes_those_of_the_streams_are_told() {
        let stream =
            json!({ "type": "inbound-rtp", "kind": "video", "bytesReceived": 7, "headerBytesReceived": 2 });
        let pair = json!({ "id": "P", "type": "candidate-pair", "bytesReceived": 5, "bytesSent": 5 });
        let mut transport = json!({ "id": "T", "type": "transport", "selectedCandidatePairId": "P" });
        let received = |transport: &Value| {
            StatsPoint::of(0.0, &[pair.clone(), stream.clone(), transport.clone()]).bytes_received
        };
        assert_eq!(received(&transport), Some(9));
        transport["bytesReceived"] = 11.into();
        assert_eq!(received(&transport), Some(11));
        assert_eq!(StatsPoint::of(0.0, &[transport, pair]).bytes_sent, None);
    }
}
