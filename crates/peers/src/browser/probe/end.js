// The end: what the page knows about the call, and the handles for the harness.

let reasons = []; // as they were when the log ended

function stop() {
  reasons = unasked();
  stopped = true;
  stopSampling();
  stopHearing();
  lookAgain();
  handOver();
}

// What was negotiated for the first transceiver of a kind; of one that was stopped nothing goes any way.
function directionOf(kind) {
  const transceivers = current?.connection.getTransceivers() ?? [];
  const direction = transceivers.find(({ receiver }) => receiver.track.kind === kind)?.currentDirection;
  return direction === "stopped" ? null : direction ?? null;
}

// As text: whoever carries it would walk through every field of every sample. Where getStats fails, the rest is still known.
async function collect() {
  if (current && !closed && config.hidesAddresses) await remoteResolved().catch(() => null);
  if (current && !closed) await sample().catch(() => null);
  return asText({
    gathered: current?.gathered ?? [],
    directions: { video: directionOf("video"), audio: directionOf("audio") },
    given: current?.given?.sdp ?? null,
    samples,
    incomplete: incomplete(),
    awaited: reasons,
  }, LONG_REPORT);
}

Object.defineProperty(window, KEY, {
  configurable: true,
  value: { adopt, prepare, allow, offer, change, receive, receiveCandidates, goOn, stop, collect, lastFrame, now },
});
