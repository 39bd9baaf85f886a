// The end: what the page knows about the call, and the handles for the harness.

function stop() {
  stopped = true;
  wakeReader();
}

async function collect() {
  const connection = connections.at(-1);
  if (!connection) return { gathered };
  const stats = new Map([...(await connection.getStats()).entries()]);
  const of = (test) => [...stats.values()].find(test);
  const codec = (type) => {
    const found = stats.get(of((s) => s.type === type && s.kind === "video")?.codecId);
    return found ? { mime_type: found.mimeType, payload_type: found.payloadType, format: found.sdpFmtpLine ?? null } : null;
  };
  const transport = of((s) => s.type === "transport" && s.selectedCandidatePairId);
  const pair = stats.get(transport?.selectedCandidatePairId) ?? of((s) => s.type === "candidate-pair" && s.nominated && s.selected);
  const end = (id) => {
    const candidate = stats.get(id);
    return candidate && {
      candidate_type: candidate.candidateType,
      protocol: candidate.protocol,
      address: candidate.address ?? null,
      port: candidate.port ?? null,
    };
  };
  return {
    gathered,
    pair: pair ? { local: end(pair.localCandidateId), remote: end(pair.remoteCandidateId) } : null,
    received_codec: codec("inbound-rtp"),
    sent_codec: codec("outbound-rtp"),
  };
}

Object.defineProperty(window, KEY, {
  configurable: true,
  value: { prepare, call, receiveOffer, receiveAnswer, receiveCandidates, read, stop, collect, now },
});
return now();
