// The end: what the page knows about the call, and the handles for the harness.

function stop() {
  stopped = true;
  stopSampling();
  wakeReader();
}

// As tlsVersion gives them: the version of DTLS on the wire, in hexadecimal (RFC 6347 and RFC 9147, section 5.3).
const DTLS_VERSIONS = { FEFF: "DTLS 1.0", FEFD: "DTLS 1.2", FEFC: "DTLS 1.3" };
const known = (value) => (value && value !== "unknown" ? value : null);

// As JSON: the driver would walk through every field of every sample. Where getStats fails, the rest is still known.
async function collect() {
  const last = connections.length ? await sample().then(digest, () => null) : null;
  return JSON.stringify({ gathered, given, samples, ...last });
}

function digest(entries) {
  const stats = new Map(entries.map((entry) => [entry.id, entry]));
  const of = (test) => entries.find(test);
  const codec = (type) => {
    const found = stats.get(of((s) => s.type === type && s.kind === "video")?.codecId);
    return found ? { mime_type: found.mimeType, payload_type: found.payloadType, format: found.sdpFmtpLine ?? null } : null;
  };
  const transport = of((s) => s.type === "transport" && s.selectedCandidatePairId) ?? of((s) => s.type === "transport");
  const pair = stats.get(transport?.selectedCandidatePairId) ?? of((s) => s.type === "candidate-pair" && s.nominated && s.selected);
  const end = (id) => {
    const candidate = stats.get(id);
    return candidate && {
      candidate_type: candidate.candidateType,
      protocol: candidate.protocol,
      address: candidate.address ?? null,
      port: candidate.port ?? null,
      relay_protocol: candidate.relayProtocol ?? null,
    };
  };
  return {
    pair: pair ? { local: end(pair.localCandidateId), remote: end(pair.remoteCandidateId) } : null,
    received_codec: codec("inbound-rtp"),
    sent_codec: codec("outbound-rtp"),
    transport: {
      ice_role: known(transport?.iceRole),
      dtls_version: DTLS_VERSIONS[transport?.tlsVersion] ?? known(transport?.tlsVersion),
      dtls_role: known(transport?.dtlsRole),
      dtls_cipher: known(transport?.dtlsCipher),
      srtp_cipher: known(transport?.srtpCipher),
    },
  };
}

Object.defineProperty(window, KEY, {
  configurable: true,
  value: { prepare, call, receiveOffer, receiveAnswer, receiveCandidates, read, stop, collect, lastFrame, now },
});
return now();
