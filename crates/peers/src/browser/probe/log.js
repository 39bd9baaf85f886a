// The probe: what the harness has every document of a tab run before its own first script.
//
// It clicks, copies and pastes as a person would, and it watches: it wraps RTCPeerConnection and getUserMedia, and says what
// it sees in the page's own clock, through a function that the harness put into the page. It changes nothing that the page
// does: every wrapper passes on the same arguments and hands back the same promise.
//
// config: { role, gathersFirst, ice: { servers, relayOnly }, batch, media: { video, audio }, flowing: { video, audio },
//   plan: { steps, beforeTheCall }, changes: { offerer: steps, answerer: steps },
//   map: { clicks, ice, candidates, video, acts } of targets, and whether the page signalsItself,
//   tellsSteps: whether each step is told, and looked at,
//   data: null or { source, head, separator, padding, channels }, strip: { columns, rows, share, threshold },
//   sound: null or { positions, bands, windowMs, hopMs, clear, loud, patienceMs } }
const { role, gathersFirst, ice, map, plan, changes, media, flowing, strip, sound, batch } = config;
const KEY = Symbol.for("tincan.probe");
const SOURCE = "tincan-probe.js"; // what the browser calls this script
const now = () => performance.timeOrigin + performance.now();
// As they are before the page can change them.
const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
const { stringify } = JSON;
const OWN = String(Math.random()); // tells this document from one that was in the tab before

let fresh = []; // what was not handed over yet
let stopped = false;
const waiters = new Set();

function write(kind, rest = {}, at = now()) {
  fresh.push({ kind, at, ...rest });
  lookAgain();
  wake();
}

const note = (about, rest = {}) => write("noted", { about, ...rest });
const harnessError = (step, message, hint = null) => write("harness-error", { step, message, hint });

// As much as is known of an error; what is no error is shown as it is.
function words(error) {
  try {
    if (!error?.name) return String(error);
    const { name, message, constraint } = error;
    return [`${name}:`, constraint && `constraint ${constraint}`, message].filter(Boolean).join(" ").replace(/:$/, "");
  } catch {
    return "something that cannot be shown";
  }
}

// What the harness acts upon is handed over at once. Pictures are in batches, and whatever else there is goes with the next
// one or a little later: each time takes time from the page that is measured.
const URGENT = new Set(["hello", "loaded", "connection", "description", "candidate", "dialog-expected", "peer-error", "unsupported", "harness-error"]);
const LATER_MS = 100;
let later = null;

const isUrgent = (entry) => URGENT.has(entry.kind) || entry.milestone === "ready" || entry.heard === "word" || entry.about === "step";

function wake() {
  const pictures = fresh.filter((entry) => entry.kind === "frame").length;
  if (stopped || pictures >= batch || fresh.some(isUrgent)) handOver();
  else if (fresh.length > pictures) later ??= setTimeout(handOver, LATER_MS);
}

function handOver() {
  clearTimeout(later);
  later = null;
  const entries = fresh;
  fresh = [];
  push(asText({ document: OWN, now: now(), entries, stopped }));
}

// Whatever text a page holds, what is handed over is Unicode, and of a size that can be handled: a description may be long,
// but nobody reads a page's words to their end if they do not end soon.
const LONGEST = { shown: 1 << 20, answer: 1 << 20, given: 1 << 20, sdp: 1 << 20, other: 1000 };
const LONG_REPORT = 16 << 20; // many samples of getStats are no long text

function clean(key, value) {
  if (typeof value !== "string") return value;
  const most = LONGEST[key] ?? LONGEST.other;
  const whole = value.length > most ? `${value.slice(0, most)}… (${value.length} characters)` : value;
  return whole.toWellFormed?.() ?? whole;
}

// A lone surrogate is the one thing that stringify() writes as \ud…. What is shorter than `most` needs no second look.
function asText(value, most = LONGEST.other) {
  const text = stringify(value);
  return text.length > most || text.includes("\\ud") ? stringify(value, clean) : text;
}

// Resolves as soon as `holds` does; asked again whenever something is written, or the page changes.
function until(holds) {
  return new Promise((resolve) => {
    const check = () => {
      if (!holds() || stopped) return;
      waiters.delete(check);
      resolve();
    };
    waiters.add(check);
    check();
  });
}

function lookAgain() {
  for (const check of [...waiters]) check();
}

// Lets everything that the page has queued up to now go first.
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

write("hello", { url: location.href });
