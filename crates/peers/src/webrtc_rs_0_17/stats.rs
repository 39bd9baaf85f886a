//! What getStats says.

use serde_json::{Map, Value};
use tincan_harness::{Detail, ReadBack};
use webrtc_0_17::peer_connection::RTCPeerConnection;

/// Encoding and decoding are its users' business, it counts nothing of its pairs, and it tells nothing of DTLS but that it
/// is connected.
pub(super) fn reads_back() -> ReadBack {
    ReadBack::everything().without(&[
        Detail::RelayProtocol,
        Detail::DtlsRole,
        Detail::DtlsVersion,
        Detail::DtlsCipher,
        Detail::SrtpProfile,
        Detail::DecodedFrames,
        Detail::RoundTrip,
        Detail::Packets,
    ])
}

/// What has a place in the statistics of this line and is never counted or set there. A 0 that nobody counted would be
/// believed.
const NEVER_COUNTED: [(&str, &[&str]); 3] = [
    (
        "candidate-pair",
        &[
            "packetsSent",
            "packetsReceived",
            "bytesSent",
            "bytesReceived",
            "lastPacketSentTimestamp",
            "lastPacketReceivedTimestamp",
            "totalRoundTripTime",
            "currentRoundTripTime",
            "availableOutgoingBitrate",
            "availableIncomingBitrate",
            "requestsReceived",
            "requestsSent",
            "responsesReceived",
            "responsesSent",
            "consentRequestsSent",
            "circuitBreakerTriggerCount",
            "consentExpiredTimestamp",
            "firstRequestTimestamp",
            "lastRequestTimestamp",
            "retransmissionsSent",
        ],
    ),
    ("local-candidate", &["deleted", "url", "relayProtocol"]),
    ("remote-candidate", &["deleted", "url", "relayProtocol"]),
];

/// The entries of a report.
pub(super) async fn entries(connection: &RTCPeerConnection) -> Vec<Value> {
    let report = connection.get_stats().await;
    report.reports.values().filter_map(|entry| counted(serde_json::to_value(entry).ok()?)).collect()
}

/// An entry by the names of webrtc-stats, with all that is counted.
fn counted(mut entry: Value) -> Option<Value> {
    let kind = entry["type"].as_str()?.to_owned();
    let fields = entry.as_object_mut()?;
    let never = NEVER_COUNTED.iter().filter(|(of, _)| *of == kind).flat_map(|(_, fields)| *fields);
    never.for_each(|field| drop(fields.remove(*field)));
    if kind.ends_with("-candidate") {
        name_as_webrtc_stats_does(fields);
    }
    Some(entry)
}

/// A candidate has an `ip` and a `networkType` here, `udp4`, where webrtc-stats has an `address` and a `protocol`.
fn name_as_webrtc_stats_does(candidate: &mut Map<String, Value>) {
    if let Some(ip) = candidate.remove("ip") {
        candidate.insert("address".to_owned(), ip);
    }
    if let Some(Value::String(network)) = candidate.remove("networkType") {
        candidate.insert("protocol".to_owned(), network.trim_end_matches(['4', '6']).into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_are_named_as_in_webrtc_stats_and_hold_what_is_counted() {
        let of_the_library = json!({ "type": "local-candidate", "id": "L", "ip": "192.0.2.1", "networkType": "udp4",
            "relayProtocol": "udp", "url": "", "deleted": false, "port": 7 });
        let expected = json!({ "type": "local-candidate", "id": "L", "address": "192.0.2.1", "protocol": "udp", "port": 7 });
        assert_eq!(counted(of_the_library), Some(expected));
        let pair = json!({ "type": "candidate-pair", "id": "P", "nominated": true, "bytesSent": 0,
            "currentRoundTripTime": 0.0 });
        assert_eq!(counted(pair), Some(json!({ "type": "candidate-pair", "id": "P", "nominated": true })));
        let transport = json!({ "type": "transport", "id": "T", "bytesSent": 5 });
        assert_eq!(counted(transport.clone()), Some(transport));
    }
}
