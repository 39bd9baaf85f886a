// The probe: what the harness puts into a page after it has loaded and before the first click.
//
// It clicks, copies and pastes as a person would, and it watches: it wraps RTCPeerConnection and getUserMedia, and
// keeps a log in the page's own clock that is only ever added to and read by cursor. It changes nothing that the page
// does: every wrapper passes on the same arguments and hands back the same promise.
//
// arguments[0]: { role, gathersFirst, ice: { servers, relayOnly }, map, strip: { columns, rows, share }, batch }
"use strict";
const { role, gathersFirst, ice, map, strip, batch } = arguments[0];
const KEY = Symbol.for("tincan.probe");
const now = () => performance.timeOrigin + performance.now();

const log = [];
let stopped = false;
let reader = null;
const waiters = new Set();
const seen = new Set();

function write(kind, rest = {}, at = now()) {
  log.push({ kind, at, ...rest });
  for (const check of [...waiters]) check();
  wakeReader();
}

const reach = (milestone) => {
  seen.add(milestone);
  write("reached", { milestone });
};
const note = (subject, value) => write("noted", { text: `${subject}: ${value}` });
const words = (error) => (error && error.name ? `${error.name}: ${error.message}` : String(error));
const fault = (step, error) => write("fault", { step, message: words(error) });
const trouble = (step, message, cure = null) => write("trouble", { step, message, cure });

// What the harness acts upon wakes the reader at once. Pictures do in batches, and whatever else there is goes with the
// next one or a little later: each reading takes time from the page that is measured.
const URGENT = new Set(["description", "candidate", "fault", "trouble"]);
const LATER_MS = 100;
let later = null;

const isUrgent = (entry) => URGENT.has(entry.kind) || entry.milestone === "ready";

function wakeReader() {
  const fresh = reader ? log.slice(reader.cursor) : [];
  const pictures = fresh.filter((entry) => entry.kind === "frame").length;
  if (reader && (stopped || pictures >= batch || fresh.some(isUrgent))) handOver();
  else if (fresh.length > pictures) later ??= setTimeout(handOver, LATER_MS);
}

function handOver() {
  clearTimeout(later);
  later = null;
  if (!reader) return;
  const { resolve, cursor } = reader;
  reader = null;
  resolve({ entries: log.slice(cursor), now: now(), stopped });
}

function read(cursor) {
  return new Promise((resolve) => {
    reader = { cursor, resolve };
    wakeReader();
  });
}

// Resolves as soon as `holds` does; asked again whenever something is written.
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
