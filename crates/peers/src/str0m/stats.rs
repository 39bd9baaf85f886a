//! What str0m counts, by the names of webrtc-stats, and nothing that it does not count.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use str0m::{
    Candidate, CandidateKind,
    crypto::dtls::ProtocolVersion,
    format::PayloadParams,
    media::Mid,
    stats::{MediaEgressStats, MediaIngressStats},
};
use tincan_harness::{
    Detail, Direction, Evidence, ReadBack,
    peer::{CandidatePair, Codec, PairEnd},
};

use super::agent::Agent;

/// How often str0m says what it has counted, which cannot be asked: whoever asks gets what is so old at most.
pub(super) const INTERVAL: Duration = Duration::from_millis(50);

/// It says neither its roles nor what DTLS has agreed on, but for the version. Encoding and decoding are its users' business.
pub(super) fn reads_back() -> ReadBack {
    ReadBack::everything().without(&[
        Detail::IceRole,
        Detail::IceCompletion,
        Detail::DtlsRole,
        Detail::DtlsCipher,
        Detail::SrtpProfile,
        Detail::DecodedFrames,
    ])
}

impl Agent {
    /// Each entry as an object with `id` and `type`.
    pub(super) fn entries(&mut self) -> Vec<Value> {
        let mut entries = vec![self.transport()];
        if let Some(CandidatePair { local, remote }) = self.pair() {
            entries.extend([
                end("L", "local-candidate", &local),
                end("R", "remote-candidate", &remote),
                self.checks(),
            ]);
        }
        if let Some(received) = &self.counted.received {
            entries.push(codec_entry("CI", received));
        }
        if let Some(sent) = self.sent().or(self.counted.sent) {
            entries.push(codec_entry("CO", &sent));
        }
        if let Some(received) = &self.sound.received {
            entries.push(codec_entry("CIA", received));
        }
        if let Some(sent) = self.sent_sound().or(self.counted.sent_sound) {
            entries.push(codec_entry("COA", &sent));
        }
        let of_video = (VIDEO, &self.counted.ingress, &self.counted.egress);
        for (kind, ingress, egress) in [of_video, (SOUND, &self.sound.ingress, &self.sound.egress)] {
            entries.extend(ingress.as_ref().map(|stats| inbound(kind, stats)));
            entries.extend(egress.as_ref().map(|stats| outbound(kind, stats)));
            entries.extend(egress.as_ref().and_then(|stats| remote_inbound(kind, stats)));
        }
        entries
    }

    /// What it sent includes connectivity checks; what it received does not.
    fn transport(&mut self) -> Value {
        let version = match self.rtc.direct_api().dtls_protocol_version() {
            Some(ProtocolVersion::DTLS1_2) => Some("FEFD"),
            Some(ProtocolVersion::DTLS1_3) => Some("FEFC"),
            _ => None,
        };
        let peer = self.counted.peer.as_ref();
        written(json!({
            "id": "T", "type": "transport", "tlsVersion": version,
            "selectedCandidatePairId": self.counted.pair.map(|_| "P"),
            "bytesSent": peer.map(|peer| peer.peer_bytes_tx),
            "bytesReceived": peer.map(|peer| peer.peer_bytes_rx),
        }))
    }

    /// The selected pair: what it sends on. str0m gives it as addresses; of which type they are, the candidates say that have
    /// them, and one that nobody told was found by a check.
    fn pair(&self) -> Option<CandidatePair> {
        let (own, other) = self.counted.pair?;
        let told = self.remote.iter().find(|candidate| candidate.addr() == other);
        let given = self.local.iter().find(|candidate| candidate.addr() == own);
        let local = pair_end(given.map_or(CandidateKind::Host, Candidate::kind), own);
        let relay_protocol = (local.candidate_type == "relay").then(|| "udp".to_owned());
        let local = PairEnd { relay_protocol, ..local };
        let remote = pair_end(told.map_or(CandidateKind::PeerReflexive, Candidate::kind), other);
        Some(CandidatePair { local, remote })
    }

    fn checks(&self) -> Value {
        let pair = self.counted.peer.as_ref().and_then(|peer| peer.selected_candidate_pair.as_ref());
        written(json!({
            "id": "P", "type": "candidate-pair", "localCandidateId": "L", "remoteCandidateId": "R",
            "currentRoundTripTime": pair.and_then(|pair| pair.current_round_trip_time).map(|time| time.as_secs_f64()),
            "totalRoundTripTime": pair.map(|pair| pair.total_round_trip_time.as_secs_f64()),
            "responsesReceived": pair.map(|pair| pair.responses_received),
        }))
    }

    fn direction_of(&self, mid: Option<Mid>) -> Option<Direction> {
        self.rtc.media(mid?)?.direction().to_string().parse().ok()
    }

    /// What is known of the call.
    pub(super) fn evidence(&mut self) -> Evidence {
        Evidence {
            pair: self.pair(),
            received_codec: self.counted.received.as_ref().map(codec),
            sent_codec: self.sent().or(self.counted.sent).as_ref().map(codec),
            received_audio_codec: self.sound.received.as_ref().map(codec),
            sent_audio_codec: self.sent_sound().or(self.counted.sent_sound).as_ref().map(codec),
            video_direction: self.direction_of(self.mid),
            audio_direction: self.direction_of(self.sound.mid),
            packets: Some(self.sockets.tap.counts()),
            pcapng: Some(self.sockets.tap.pcapng()),
            ..Evidence::default()
        }
    }
}

fn pair_end(kind: CandidateKind, address: SocketAddr) -> PairEnd {
    PairEnd {
        candidate_type: kind.to_string(),
        protocol: "udp".to_owned(),
        address: Some(address.ip().to_string()),
        port: Some(address.port()),
        relay_protocol: None,
        username_fragment: None,
    }
}

fn codec(params: &PayloadParams) -> Codec {
    let format = params.spec().format.to_string();
    let kind = if params.spec().codec.is_audio() { "audio" } else { "video" };
    Codec {
        mime_type: format!("{kind}/{}", params.spec().codec),
        payload_type: Some(*params.pt()),
        format: (!format.is_empty()).then_some(format),
    }
}

fn codec_entry(id: &str, params: &PayloadParams) -> Value {
    let Codec { mime_type, payload_type, format } = codec(params);
    written(json!({
        "id": id, "type": "codec", "mimeType": mime_type, "payloadType": payload_type, "sdpFmtpLine": format,
        "clockRate": params.spec().clock_rate.get(),
    }))
}

fn end(id: &str, kind: &str, end: &PairEnd) -> Value {
    written(json!({
        "id": id, "type": kind, "candidateType": end.candidate_type, "protocol": end.protocol,
        "address": end.address, "port": end.port, "relayProtocol": end.relay_protocol,
    }))
}

/// What is counted of one kind of media: what ends the ids of its entries, its name, and its clock in RTP.
#[derive(Debug, Clone, Copy)]
struct Kind {
    suffix: &'static str,
    name: &'static str,
    clock_rate: f64,
}

const VIDEO: Kind = Kind { suffix: "", name: "video", clock_rate: 90_000.0 };
const SOUND: Kind = Kind { suffix: "A", name: "audio", clock_rate: tincan_opus::RATE as f64 };

impl Kind {
    fn id(self, id: &str) -> String {
        format!("{id}{}", self.suffix)
    }
}

fn inbound(kind: Kind, stats: &MediaIngressStats) -> Value {
    written(json!({
        "id": kind.id("I"), "type": "inbound-rtp", "kind": kind.name, "mid": stats.mid.to_string(), "codecId": kind.id("CI"),
        "bytesReceived": stats.bytes, "packetsReceived": stats.packets, "jitter": f64::from(stats.jitter) / kind.clock_rate,
        "nackCount": stats.nacks, "pliCount": stats.plis, "firCount": stats.firs,
    }))
}

fn outbound(kind: Kind, stats: &MediaEgressStats) -> Value {
    written(json!({
        "id": kind.id("O"), "type": "outbound-rtp", "kind": kind.name, "mid": stats.mid.to_string(), "codecId": kind.id("CO"),
        "remoteId": stats.remote.as_ref().map(|_| kind.id("RI")), "bytesSent": stats.bytes, "packetsSent": stats.packets,
        "nackCount": stats.nacks, "pliCount": stats.plis, "firCount": stats.firs,
    }))
}

/// What the other side's receiver reports say.
fn remote_inbound(kind: Kind, stats: &MediaEgressStats) -> Option<Value> {
    let remote = stats.remote.as_ref()?;
    Some(written(json!({
        "id": kind.id("RI"), "type": "remote-inbound-rtp", "kind": kind.name, "localId": kind.id("O"),
        "packetsLost": remote.packets_lost, "jitter": f64::from(remote.jitter) / kind.clock_rate, "roundTripTime": stats.rtt.map(|time| time.as_secs_f64()),
        "fractionLost": stats.loss,
    })))
}

/// `entry` without what is not known.
fn written(mut entry: Value) -> Value {
    if let Some(fields) = entry.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    entry
}
