// The end: what the page knows about the call, and the handles for the harness.

function stop() {
  shown();
  stopped = true;
  stopSampling();
  stopHearing();
  lookAgain();
  handOver();
}

// As text: whoever carries it would walk through every field of every sample. Where getStats fails, the rest is still known.
async function collect() {
  if (current && !closed) await sample().catch(() => null);
  return asText({
    gathered: current?.gathered ?? [],
    given: current?.given?.sdp ?? null,
    samples,
    incomplete: incomplete(),
    awaited: [...awaited],
  }, LONG_REPORT);
}

Object.defineProperty(window, KEY, {
  configurable: true,
  value: { prepare, offer, change, receiveOffer, receiveAnswer, receiveCandidates, stop, collect, lastFrame, now },
});
