// What getStats says through the call.

// Taken before the page can change it; the page's own stays untouched.
const { getStats } = RTCPeerConnection.prototype;
const SAMPLE_MS = 250;
const MOST_SAMPLES = 200;

let samples = [];
let every = 1; // which ticks of the timer give a sample
let sampling = null;

// No event says that a figure has changed: getStats has to be asked. A connection that becomes the call's begins anew.
function startSampling() {
  let ticks = 0;
  let pending = false;
  stopSampling();
  samples = [];
  every = 1;
  sampling = setInterval(async () => {
    ticks += 1;
    if (pending || ticks % every) return;
    pending = true;
    try {
      await sample();
    } catch (error) {
      note("other", { text: `getStats: ${words(error)}` });
    }
    pending = false;
  }, SAMPLE_MS);
}

const stopSampling = () => clearInterval(sampling);

// What a closed connection says is nothing any more: what is known of it is what it said last.
let closed = false;

function endSampling() {
  closed = true;
  stopSampling();
}

async function lastSample() {
  if (current) await sample().catch(() => null);
  endSampling();
}

// The user name fragments of the candidates of this side: of those with which a pair works, and of the one in use.
async function fragments(connection) {
  const entries = [...(await getStats.call(connection)).values()];
  const byId = (id) => entries.find((entry) => entry.id === id);
  const fragmentOfPair = (pair) => byId(pair?.localCandidateId)?.usernameFragment ?? null;
  const works = entries.filter(({ type, state }) => type === "candidate-pair" && state === "succeeded").map(fragmentOfPair);
  const used = fragmentOfPair(byId(entries.find(({ type }) => type === "transport")?.selectedCandidatePairId));
  return { works, used };
}

// A name of mDNS may be resolved long after a pair works, by the address that a check of the other side came from: libwebrtc waits for the
// answer to both of its questions, for IPv4 and IPv6, and Firefox gives one. No event tells of it.
const RESOLVED_WITHIN_MS = 4000;
const RESOLVED_EVERY_MS = 50;

async function remoteResolved() {
  const until = now() + RESOLVED_WITHIN_MS;
  while (now() < until && await remoteType() === "prflx") {
    await new Promise((resolve) => setTimeout(resolve, RESOLVED_EVERY_MS));
  }
}

// The type of the candidate at the other end of the pair in use; Firefox has no transport that names the pair.
async function remoteType() {
  const entries = [...(await getStats.call(current.connection)).values()];
  const byId = (id) => entries.find((entry) => entry.id === id);
  const selected = byId(entries.find(({ type }) => type === "transport")?.selectedCandidatePairId);
  const nominated = () => entries.find(({ type, state, nominated }) => type === "candidate-pair" && state === "succeeded" && nominated);
  return byId((selected ?? nominated())?.remoteCandidateId)?.candidateType ?? null;
}

// A call that lasts long keeps every second sample, and is asked half as often from then on.
async function sample() {
  const at = now();
  const entries = [...(await getStats.call(current.connection)).values()];
  if (closed) return;
  samples.push({ at, entries });
  if (samples.length === MOST_SAMPLES) {
    samples = samples.filter((_, index) => index % 2 === 0);
    every *= 2;
  }
}
