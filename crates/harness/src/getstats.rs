//! What the entries of getStats say about a call, whoever gave them: by the names of webrtc-stats.

use serde_json::Value;

use crate::peer::{CandidatePair, Codec, PairEnd, Transport};

/// What one report says about the call. What it does not tell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    /// The selected candidate pair.
    pub pair: Option<CandidatePair>,
    /// The codec of the video that is received.
    pub received_codec: Option<Codec>,
    /// The codec of the video that is sent.
    pub sent_codec: Option<Codec>,
    /// The codec of the sound that is received.
    pub received_audio_codec: Option<Codec>,
    /// The codec of the sound that is sent.
    pub sent_audio_codec: Option<Codec>,
    /// The transport in use.
    pub transport: Transport,
}

/// Reads the entries of an `RTCStatsReport`.
#[must_use]
pub fn digest(entries: &[Value]) -> Digest {
    let report = Report(entries);
    let transport = report.transport();
    Digest {
        pair: report.pair(transport),
        received_codec: report.codec("inbound-rtp", "video"),
        sent_codec: report.codec("outbound-rtp", "video"),
        received_audio_codec: report.codec("inbound-rtp", "audio"),
        sent_audio_codec: report.codec("outbound-rtp", "audio"),
        transport: transport.map(transport_of).unwrap_or_default(),
    }
}

/// The sum of `field` over the streams of a kind (`video` or `audio`) that are of type `stream`. Who sends no sound need not say what
/// its packets are.
#[must_use]
pub(crate) fn rtp_packets(entries: &[Value], stream: &'static str, kind: &str, field: &str) -> u64 {
    let is_of = |entry: &&Value| entry["kind"].as_str().map_or(kind == "video", |found| found == kind);
    Report(entries).of_type(stream).filter(is_of).filter_map(|entry| entry[field].as_u64()).sum()
}

struct Report<'a>(&'a [Value]);

impl<'a> Report<'a> {
    fn of_type(&self, kind: &'static str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |entry| entry["type"] == kind)
    }

    /// The entry that `entry` names by its id in `field`.
    fn linked(&self, entry: &Value, field: &str) -> Option<&'a Value> {
        let id = entry[field].as_str()?;
        self.0.iter().find(|other| other["id"] == id)
    }

    /// The transport on which a pair is selected, else the first.
    fn transport(&self) -> Option<&'a Value> {
        let in_use = |entry: &&Value| text(entry, "selectedCandidatePairId").is_some();
        self.of_type("transport").find(in_use).or_else(|| self.of_type("transport").next())
    }

    /// The pair that the transport names; else the one that says so itself, as Firefox's did before it named it.
    fn pair(&self, transport: Option<&Value>) -> Option<CandidatePair> {
        let named = transport.and_then(|transport| self.linked(transport, "selectedCandidatePairId"));
        let selected = |pair: &&Value| pair["selected"] == true && pair["nominated"] == true;
        let pair = named.or_else(|| self.of_type("candidate-pair").find(selected))?;
        let end = |field| self.linked(pair, field).and_then(pair_end);
        Some(CandidatePair { local: end("localCandidateId")?, remote: end("remoteCandidateId")? })
    }

    fn codec(&self, stream: &'static str, kind: &str) -> Option<Codec> {
        let stream = self.of_type(stream).find(|entry| entry["kind"] == kind)?;
        let codec = self.linked(stream, "codecId")?;
        Some(Codec {
            mime_type: text(codec, "mimeType")?,
            payload_type: codec["payloadType"].as_u64().and_then(|number| number.try_into().ok()),
            format: text(codec, "sdpFmtpLine"),
        })
    }
}

fn pair_end(candidate: &Value) -> Option<PairEnd> {
    Some(PairEnd {
        candidate_type: text(candidate, "candidateType")?,
        protocol: text(candidate, "protocol")?,
        address: text(candidate, "address"),
        port: candidate["port"].as_u64().and_then(|port| port.try_into().ok()),
        relay_protocol: text(candidate, "relayProtocol"),
        username_fragment: text(candidate, "usernameFragment"),
    })
}

fn transport_of(entry: &Value) -> Transport {
    Transport {
        ice_role: text(entry, "iceRole"),
        dtls_role: text(entry, "dtlsRole"),
        dtls_version: text(entry, "tlsVersion").map(dtls_version),
        dtls_cipher: text(entry, "dtlsCipher"),
        srtp_cipher: text(entry, "srtpCipher"),
    }
}

/// What is settled: not every implementation leaves out what is not.
fn text(entry: &Value, field: &str) -> Option<String> {
    entry[field].as_str().filter(|text| !["", "unknown", "unspecified"].contains(text)).map(str::to_owned)
}

/// The version of DTLS, which `tlsVersion` gives as it is on the wire, in hexadecimal (RFC 6347 and RFC 9147, section 5.3).
fn dtls_version(wire: String) -> String {
    match wire.to_uppercase().as_str() {
        "FEFF" => "DTLS 1.0".to_owned(),
        "FEFD" => "DTLS 1.2".to_owned(),
        "FEFC" => "DTLS 1.3".to_owned(),
        _ => wire,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report() -> Vec<Value> {
        vec![
            json!({ "id": "T0", "type": "transport", "iceRole": "unknown", "dtlsRole": "unknown" }),
            json!({ "id": "T1", "type": "transport", "selectedCandidatePairId": "P", "iceRole": "controlling",
                "dtlsRole": "server", "tlsVersion": "FEFC", "dtlsCipher": "TLS_AES_128_GCM_SHA256",
                "srtpCipher": "SRTP_AEAD_AES_128_GCM" }),
            json!({ "id": "P0", "type": "candidate-pair", "nominated": true, "selected": true,
                "localCandidateId": "R", "remoteCandidateId": "L" }),
            json!({ "id": "P", "type": "candidate-pair", "localCandidateId": "L", "remoteCandidateId": "R" }),
            json!({ "id": "L", "type": "local-candidate", "candidateType": "relay", "protocol": "udp",
                "address": "192.0.2.1", "port": 5000, "relayProtocol": "tcp" }),
            json!({ "id": "R", "type": "remote-candidate", "candidateType": "host", "protocol": "udp" }),
            json!({ "id": "A", "type": "inbound-rtp", "kind": "audio", "codecId": "C1" }),
            json!({ "id": "V", "type": "inbound-rtp", "kind": "video", "codecId": "C2" }),
            json!({ "id": "C1", "type": "codec", "mimeType": "audio/opus", "payloadType": 111 }),
            json!({ "id": "C2", "type": "codec", "mimeType": "video/VP9", "payloadType": 98, "sdpFmtpLine": "profile-id=0" }),
        ]
    }

    #[test]
    fn what_is_in_use_is_read_and_not_what_stands_first() {
        let digest = digest(&report());
        let pair = digest.pair.unwrap();
        assert_eq!((pair.local.candidate_type.as_str(), pair.local.port), ("relay", Some(5000)));
        assert_eq!((pair.local.relay_protocol.as_deref(), pair.remote.address), (Some("tcp"), None));
        let codec = digest.received_codec.unwrap();
        assert_eq!((codec.mime_type.as_str(), codec.payload_type), ("video/VP9", Some(98)));
        assert_eq!((codec.format.as_deref(), digest.sent_codec), (Some("profile-id=0"), None));
        assert_eq!(digest.received_audio_codec.unwrap().mime_type, "audio/opus");
        assert_eq!(digest.transport.dtls_version.as_deref(), Some("DTLS 1.3"));
        assert_eq!(digest.transport.ice_role.as_deref(), Some("controlling"));
    }

    #[test]
    fn without_a_named_pair_the_one_that_says_that_it_is_selected_is_it() {
        let mut report = report();
        report.retain(|entry| entry["id"] != "T1");
        let digest = digest(&report);
        assert_eq!(digest.pair.unwrap().local.candidate_type, "host");
        assert_eq!(digest.transport, Transport::default());
    }

    #[test]
    fn any_values_are_taken() {
        for entries in [
            json!([]),
            json!([1, null, {}]),
            json!([{ "type": "transport", "iceRole": 7, "selectedCandidatePairId": "x" }]),
        ] {
            assert_eq!(digest(entries.as_array().unwrap()), Digest::default());
        }
    }
}
