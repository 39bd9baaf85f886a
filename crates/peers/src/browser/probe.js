// The probe: what the harness puts into a page after it has loaded and before the first click.
//
// It clicks, copies and pastes as a person would, and it watches: it wraps RTCPeerConnection and getUserMedia, and
// keeps a log in the page's own clock that is only ever added to and read by cursor. It changes nothing that the page
// does: every wrapper passes on the same arguments and hands back the same promise.
//
// arguments[0]: { role, gathersFirst, map, strip: { columns, rows, share }, batch }
"use strict";
const { role, gathersFirst, map, strip, batch } = arguments[0];
const KEY = Symbol.for("tincan.probe");
const now = () => performance.timeOrigin + performance.now();

// ---- The log ----

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

// Pictures come 30 times a second: they wake the reader in batches, everything else does at once.
function wakeReader() {
  if (!reader) return;
  const fresh = log.slice(reader.cursor);
  const urgent = fresh.some((entry) => entry.kind !== "frame") || fresh.length >= batch;
  if (!urgent && !stopped) return;
  const { resolve } = reader;
  reader = null;
  resolve({ entries: fresh, now: now(), stopped });
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

// ---- What a person does ----

class MissingControl extends Error {}

function control(name, selector) {
  const element = document.querySelector(selector);
  if (!element) throw new MissingControl(`no element matches ${selector} (${name})`);
  return element;
}

function click(name, selector) {
  const element = control(name, selector);
  if (element.disabled) throw new MissingControl(`${selector} (${name}) is disabled`);
  element.click();
}

function nativeValue(element) {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
}

function paste(name, selector, text) {
  const element = control(name, selector);
  nativeValue(element).set.call(element, text);
  element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste", data: text }));
}

// Does a step and says what went wrong with it; a missing control is trouble, for nothing can be asked then.
async function step(name, work) {
  try {
    await work();
  } catch (error) {
    trouble(name, words(error), error instanceof MissingControl ? "mend the page map or the page" : null);
  }
}

const steps = map[role];
const cameraRuns = () => seen.has("track-added") || (seen.has("camera") && localPlays());
const localPlays = () => {
  const video = document.querySelector(map.video.local);
  return !video || (video.srcObject && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
};

function prepare() {
  return step("make the page ready", async () => {
    findAll();
    const mode = map.mode[gathersFirst ? "vanilla" : "trickle"];
    if (mode) click("mode", mode);
    if (steps.create_connection) {
      click("create_connection", steps.create_connection);
      await until(() => seen.has("connection"));
    }
    if (steps.start_video) {
      click("start_video", steps.start_video);
      await until(cameraRuns);
    }
    await turn();
    reach("ready");
  });
}

// Before the first click: a control that is missing is said before anything has been done.
function findAll() {
  const named = { ...steps, "sdp.send": map.sdp.send, "sdp.received": map.sdp.received, "video.remote": map.video.remote };
  if (!gathersFirst && map.candidates) {
    for (const [name, selector] of Object.entries(map.candidates)) named[`candidates.${name}`] = selector;
  }
  for (const [name, selector] of Object.entries(named)) if (selector) control(name, selector);
}

function call() {
  return step("click create_offer", () => {
    reach("offer-requested");
    click("create_offer", steps.create_offer);
  });
}

function receiveOffer(sdp) {
  return step("paste the offer", async () => {
    paste("sdp.received", map.sdp.received, sdp);
    click("receive_offer", steps.receive_offer);
    if (!steps.create_answer) return;
    // Careless pages do not wait for this themselves: a person who clicks on at once would get an error.
    await until(() => seen.has("remote-description-set"));
    await turn();
    click("create_answer", steps.create_answer);
  });
}

function receiveAnswer(sdp) {
  return step("paste the answer", () => {
    paste("sdp.received", map.sdp.received, sdp);
    click("receive_answer", steps.receive_answer);
  });
}

function receiveCandidates(lines) {
  return step("paste candidates", () => {
    paste("candidates.received", map.candidates.received, lines);
    click("candidates.add", map.candidates.add);
  });
}

// ---- What stands in the text areas ----

// Scripts set the value of a text area without any event, so the one element's own property is watched.
function watchText(selector, changed) {
  const element = selector && document.querySelector(selector);
  if (!element) return;
  const value = nativeValue(element);
  if (value) {
    Object.defineProperty(element, "value", {
      configurable: true,
      enumerable: value.enumerable,
      get() {
        return value.get.call(this);
      },
      set(text) {
        value.set.call(this, text);
        changed();
      },
    });
  }
  element.addEventListener("input", changed);
  new MutationObserver(changed).observe(element, { childList: true, characterData: true, subtree: true });
}

const textOf = (selector) => document.querySelector(selector)?.value ?? "";

let described = false;
const mayCopy = () => seen.has("local-description-set") && (!gathersFirst || seen.has("gathering-complete"));

function describe() {
  const text = textOf(map.sdp.send);
  if (described || !mayCopy() || !text.trimStart().startsWith("v=")) return;
  described = true;
  write("description", { sdp: text });
}

let copied = 0;
function copyCandidates() {
  const lines = textOf(map.candidates.send).split("\n").filter((line) => line.trim());
  const fresh = lines.slice(copied);
  copied = lines.length;
  for (const line of fresh) write("candidate", { line });
}

watchText(map.sdp.send, describe);
if (map.candidates && !gathersFirst) watchText(map.candidates.send, copyCandidates);

// ---- The connection ----

const gathered = [];
const connections = [];
const transports = new WeakSet();

function watchTransports(connection) {
  for (const { transport } of [...connection.getSenders(), ...connection.getReceivers()]) {
    if (!transport || transports.has(transport)) continue;
    transports.add(transport);
    const changed = () => {
      note("dtlsState", transport.state);
      if (transport.state === "connected") reach("dtls-connected");
    };
    transport.addEventListener("statechange", changed);
    if (transport.state !== "new") changed();
  }
}

function watchConnection(connection) {
  connections.push(connection);
  const on = (event, action) => connection.addEventListener(event, action);
  const states = ["signalingState", "iceGatheringState", "iceConnectionState", "connectionState"];
  for (const state of states) {
    on(state.toLowerCase() + "change", () => note(state, connection[state]));
  }
  on("icegatheringstatechange", async () => {
    if (connection.iceGatheringState !== "complete") return;
    reach("gathering-complete");
    await turn(); // the page writes its text when it hears of this
    describe();
  });
  on("iceconnectionstatechange", () => {
    if (["connected", "completed"].includes(connection.iceConnectionState)) reach("ice-connected");
  });
  on("icecandidate", ({ candidate }) => candidate?.candidate && gathered.push(candidate.candidate));
  on("icecandidateerror", ({ errorCode, errorText, url }) => note("icecandidateerror", `${errorCode} ${errorText} ${url}`));
  on("track", () => {
    reach("track-received");
    watchTransports(connection);
  });
  seen.add("connection");
  write("noted", { text: "connection: created" });
}

function wrapConstructor(name) {
  const Native = window[name];
  if (!Native) return;
  window[name] = new Proxy(Native, {
    construct(target, args, newTarget) {
      const connection = Reflect.construct(target, args, newTarget === window[name] ? target : newTarget);
      watchConnection(connection);
      return connection;
    },
  });
}

// Watches the promise of a method without a part in it.
function wrapMethod(owner, name, resolved, rejected) {
  const native = owner[name];
  owner[name] = function (...args) {
    const result = native.apply(this, args);
    result?.then?.((value) => resolved?.call(this, value, args), (error) => rejected?.call(this, error, args));
    return result;
  };
}

const described_ = (args, connection, side) => args[0]?.type ?? connection[side]?.type ?? "implicit";
const prototype = RTCPeerConnection.prototype;
for (const [method, side, milestone] of [
  ["setLocalDescription", "localDescription", "local-description-set"],
  ["setRemoteDescription", "remoteDescription", "remote-description-set"],
]) {
  wrapMethod(prototype, method, function () {
    reach(milestone);
    watchTransports(this);
    describe();
  }, function (error, args) {
    fault(`${method}(${described_(args, this, side)})`, error);
  });
}
for (const method of ["createOffer", "createAnswer"]) {
  wrapMethod(prototype, method, null, (error) => fault(method, error));
}
wrapMethod(prototype, "addIceCandidate", null, (error, [candidate]) =>
  note("addIceCandidate", `refused ${candidate?.candidate}: ${words(error)}`));
for (const method of ["addTrack", "addStream", "addTransceiver"]) {
  const native = prototype[method];
  prototype[method] = function (...args) {
    const result = native.apply(this, args);
    seen.add("track-added");
    write("noted", { text: `${method}: done` });
    return result;
  };
}
wrapConstructor("RTCPeerConnection");
if (window.webkitRTCPeerConnection) window.webkitRTCPeerConnection = window.RTCPeerConnection;

const devices = navigator.mediaDevices;
if (devices) {
  wrapMethod(devices, "getUserMedia", () => {
    seen.add("camera");
    note("camera", "running");
  }, (error) => trouble("start the camera", words(error), "`tincan doctor` says whether the camera may be used"));
}
document.querySelector(map.video.local)?.addEventListener("loadeddata", () => note("local video", "playing"));
window.addEventListener("error", (event) => write("noted", { text: `page error: ${event.message} (line ${event.lineno})` }));
window.addEventListener("unhandledrejection", (event) =>
  write("noted", { text: `page error: not handled: ${words(event.reason)}` }));

// What a page says to a person who cannot see it (WAI-ARIA, role=alert) tells the harness most, too.
new MutationObserver((changes) => {
  const alerts = new Set(changes.map(({ target }) => (target.parentElement ?? target).closest?.("[role=alert]")));
  for (const alert of alerts) if (alert?.textContent.trim()) note("page says", alert.textContent.trim());
}).observe(document.body, { childList: true, characterData: true, subtree: true });

// ---- The pictures ----

// At most 320 wide: a larger picture is scaled by the browser, which averages.
const canvas = document.createElement("canvas");
canvas.width = 320;
canvas.height = 80;
const pixels = canvas.getContext("2d", { willReadFrequently: true });

// The blocks as hexadecimal digits, a light one a set bit; the checksum is the harness's business.
function readBlocks(video) {
  pixels.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / strip.share, 0, 0, canvas.width, canvas.height);
  const { data } = pixels.getImageData(0, 0, canvas.width, canvas.height);
  const [wide, high] = [canvas.width / strip.columns, canvas.height / strip.rows];
  let digits = "";
  let digit = 0;
  for (let block = 0; block < strip.columns * strip.rows; block++) {
    const left = Math.round((block % strip.columns) * wide + wide / 4);
    const top = Math.round(Math.floor(block / strip.columns) * high + high / 4);
    digit = digit * 2 + (isLight(data, left, top, Math.floor(wide / 2), Math.floor(high / 2)) ? 1 : 0);
    if (block % 4 === 3) {
      digits += digit.toString(16);
      digit = 0;
    }
  }
  return digits;
}

// By luma (ITU-R BT.601), which is what the sender painted.
function isLight(data, left, top, wide, high) {
  let sum = 0;
  for (let y = top; y < top + high; y++) {
    for (let x = left; x < left + wide; x++) {
      const pixel = (y * canvas.width + x) * 4;
      sum += 0.299 * data[pixel] + 0.587 * data[pixel + 1] + 0.114 * data[pixel + 2];
    }
  }
  return sum > strip.threshold * wide * high;
}

function watchVideo() {
  const video = document.querySelector(map.video.remote);
  const look = () => {
    const at = now();
    if (video.videoWidth) write("frame", { blocks: readBlocks(video) }, at);
    if (!stopped) video.requestVideoFrameCallback(look);
  };
  video?.requestVideoFrameCallback(look);
}
watchVideo();

// ---- The end ----

function stop() {
  stopped = true;
  wakeReader();
}

async function collect() {
  const connection = connections.at(-1);
  if (!connection) return { gathered };
  const stats = new Map([...(await connection.getStats()).entries()]);
  const of = (test) => [...stats.values()].find(test);
  const codec = (type) => stats.get(of((s) => s.type === type && s.kind === "video")?.codecId)?.mimeType ?? null;
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
