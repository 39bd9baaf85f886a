// What the connections and the camera do.

const records = []; // of each connection that the page made
const recordsByConnection = new WeakMap();
let current = null; // the record of the call's connection, as far as can be told

// What is said of a connection is kept, for it may turn out later that it is the call's.
function tell(record, kind, rest, at = now()) {
  if (rest.milestone) record.reached.add(rest.milestone);
  record.entries.push({ kind, at, ...rest });
  if (record === current) write(kind, rest, at);
  else lookAgain();
}

const reach = (record, milestone) => tell(record, "reached", { milestone });
const noteOf = (record, about, rest = {}) => tell(record, "noted", { about, ...rest });
const stateOf = (record, machine, state) => noteOf(record, "state", { machine, state });
const peerError = (record, operation, error, type) => tell(record, "peer-error", { operation, type, message: words(error) });

function showsVideoOf({ connection }) {
  const shownTracks = remoteVideo()?.srcObject?.getTracks?.() ?? [];
  return connection.getReceivers().some(({ track }) => shownTracks.includes(track));
}

// How much speaks for it that a connection is the call's: its video is shown, its description was copied or it was given what
// was pasted, it was not closed.
function weight(record) {
  if (showsVideoOf(record)) return 3;
  if (record.copied || isOf(record.given, pasted ?? "")) return 2;
  return record.connection.signalingState === "closed" ? 0 : 1;
}

// Of two for which as much speaks, the later one.
function choose() {
  const likelier = (one, other) => (one && weight(one) > weight(other) ? one : other);
  const chosen = records.length > 1 ? records.reduce(likelier, null) : records[0];
  if (!chosen || chosen === current) return;
  current = chosen;
  startSampling();
  write("connection", { number: chosen.number, entries: chosen.entries });
}

function watchTransports(record) {
  const { connection, transports } = record;
  for (const { transport } of [...connection.getSenders(), ...connection.getReceivers(), ...(connection.sctp ? [connection.sctp] : [])]) {
    if (!transport || transports.has(transport)) continue;
    transports.add(transport);
    // Some make a transport for a section that is added, and close it when the section is bundled with the others.
    let isUsed = false;
    const changed = () => {
      stateOf(record, "dtlsState", transport.state);
      if (transport.state === "connected") {
        isUsed = true;
        reach(record, "dtls-connected");
      }
      if (transport.state === "closed" && isUsed) {
        endSampling();
        reach(record, "close-heard");
      }
    };
    transport.addEventListener("statechange", changed);
    if (transport.state !== "new") changed();
  }
}

// When ICE restarts, browsers go on saying that it is connected: by the pair of before. That a new pair works is told by getStats
// alone.
const ASK_EVERY_MS = 50;

function watchRestart(record) {
  const { connection } = record;
  const fragment = fragmentOf(connection.localDescription);
  if (connection.signalingState !== "stable" || fragment === record.fragment) return;
  const isFirst = record.fragment === null;
  record.fragment = fragment;
  if (!isFirst) awaitNewPair(record, fragment);
}

function awaitNewPair(record, fragment) {
  record.restarting = fragment;
  let pending = false;
  const isOver = () => record.restarting !== fragment || stopped || closed;
  const asking = setInterval(async () => {
    if (isOver()) return clearInterval(asking);
    if (pending) return;
    pending = true;
    // Where getStats fails, that is noted when a sample is taken.
    const { works, used } = await fragments(record.connection).catch(() => ({ works: [] }));
    pending = false;
    if (isOver() || !works.includes(fragment)) return;
    record.restarting = null;
    reach(record, "ice-connected");
    // libwebrtc may pair its new candidate with one of the other side's of before, and stay with that.
    if (used !== fragment) noteOf(record, "other", { text: "after the restart of ICE the candidate in use is one of before" });
  }, ASK_EVERY_MS);
}

function recordOf(connection) {
  let record = recordsByConnection.get(connection);
  if (!record) {
    record = { number: records.length + 1, connection, entries: [], reached: new Set(), transports: new WeakSet(), gathered: [], given: null, copied: false, tracks: 0, channels: [], sent: false, gatheredFor: null, fragment: null, restarting: null };
    recordsByConnection.set(connection, record);
    records.push(record);
    watchConnection(record);
  }
  return record;
}

function watchConnection(record) {
  const { connection } = record;
  const on = (event, action) => connection.addEventListener(event, action);
  const states = ["signalingState", "iceGatheringState", "iceConnectionState", "connectionState"];
  for (const state of states) {
    on(state.toLowerCase() + "change", () => stateOf(record, state, connection[state]));
  }
  on("icegatheringstatechange", async () => {
    if (connection.iceGatheringState !== "complete") return;
    record.gatheredFor = fragmentOf(connection.localDescription);
    reach(record, "gathering-complete");
    await turn(); // the page writes its text when it hears of this
    describe();
  });
  on("iceconnectionstatechange", () => {
    const { iceConnectionState } = connection;
    if (["connected", "completed"].includes(iceConnectionState) && !record.restarting) reach(record, "ice-connected");
    if (["disconnected", "failed"].includes(iceConnectionState)) reach(record, "close-heard");
  });
  on("icecandidate", ({ candidate }) => candidate?.candidate && record.gathered.push(candidate.candidate));
  on("icecandidateerror", ({ errorCode, errorText, url }) => noteOf(record, "candidate-error", { message: `${errorCode} ${errorText} ${url}` }));
  on("track", async ({ track }) => {
    reach(record, "track-received");
    // A remote track is muted until its first packet comes.
    if (track.muted) track.addEventListener("unmute", () => reach(record, "first-packet"), { once: true });
    else reach(record, "first-packet");
    track.addEventListener("mute", () => reach(record, "muted"));
    watchTransports(record);
    await turn(); // the page puts it into its video when it hears of this
    watchVideo();
    watchSound();
    choose();
  });
  on("datachannel", ({ channel }) => watchChannel(record, channel));
  noteOf(record, "connection-created");
  choose();
}

function wrapConstructor(own, name) {
  const Native = own[name];
  if (!Native) return;
  own[name] = new Proxy(Native, {
    construct(target, args, newTarget) {
      const connection = Reflect.construct(target, args, newTarget === own[name] ? target : newTarget);
      recordOf(connection);
      return connection;
    },
  });
}

// Watches the promise of a method without a part in it. While it is open, a person sees the page at work.
const openCalls = new Map(); // what was called and has not answered: the object of each

function wrapMethod(owner, name, resolved, rejected, called) {
  const native = owner[name];
  owner[name] = function (...args) {
    called?.call(this, args);
    const result = native.apply(this, args);
    const call = {};
    openCalls.set(call, this);
    const ended = (then) => {
      openCalls.delete(call);
      then();
      lookAgain();
    };
    result?.then?.(
      (value) => ended(() => resolved?.call(this, value, args)),
      (error) => ended(() => rejected?.call(this, error, args)),
    ) ?? openCalls.delete(call);
    return result;
  };
}

// What is asked of a connection that was closed is never answered.
const isAtWork = () => [...openCalls.values()].some(({ signalingState }) => signalingState !== "closed");

async function calm() {
  while (isAtWork()) {
    await until(() => !isAtWork());
    await turn(); // the page goes on with what it was answered
  }
}

const TYPES = ["offer", "answer", "pranswer", "rollback"];
const typeOf = (args, connection, side) => [args[0]?.type, connection[side]?.type].find((type) => TYPES.includes(type)) ?? "implicit";
const DESCRIPTIONS = [
  ["setLocalDescription", "localDescription", "local-description-set"],
  ["setRemoteDescription", "remoteDescription", "remote-description-set"],
];

function watchDescriptions(prototype) {
  for (const [method, side, milestone] of DESCRIPTIONS) {
    wrapMethod(prototype, method, function (_, [description]) {
      const record = recordOf(this);
      if (description?.type === "rollback") return this.signalingState === "stable" && reach(record, "rolled-back");
      reach(record, milestone);
      if (map.signalsItself && walking.length) beAllowed();
      watchTransports(record);
      watchRestart(record);
      describe();
    }, function (error, args) {
      peerError(recordOf(this), method, error, typeOf(args, this, side));
    }, function ([description]) {
      if (side !== "remoteDescription") return;
      const record = recordOf(this);
      given = true;
      record.given = { sdp: String(description?.sdp ?? "") };
      choose();
      noteOf(record, "remote-description-given");
      if (map.signalsItself) cameByItself(record, "given-description", { type: description?.type ?? "implicit", sdp: record.given.sdp });
    });
  }
  for (const method of ["createOffer", "createAnswer"]) {
    wrapMethod(prototype, method, null, function (error) {
      peerError(recordOf(this), method, error);
    });
  }
}

function watchTracks(prototype) {
  for (const method of ["addTrack", "addStream", "addTransceiver"]) {
    const native = prototype[method];
    prototype[method] = function (...args) {
      const result = native.apply(this, args);
      const record = recordOf(this);
      record.tracks += 1;
      noteOf(record, "track-added", { method });
      return result;
    };
  }
}

// A track has been replaced when the one before it has ended: what still arrives is of the new one.
let replaced = []; // the senders whose track was, each with the one before

function lookAtReplaced() {
  const isDone = ({ sender, before }) => before.readyState === "ended" && sender.track?.readyState === "live";
  for (const { record } of replaced.filter(isDone)) reach(record, "track-replaced");
  replaced = replaced.filter((one) => !isDone(one));
}

function watchReplacing({ RTCRtpSender, MediaStreamTrack }) {
  const trackOf = new WeakMap(); // what each sender sent before the method was called
  wrapMethod(RTCRtpSender.prototype, "replaceTrack", function () {
    const [before, record] = [trackOf.get(this), recordOfSender(this)];
    if (before && record && this.track !== before) replaced.push({ sender: this, before, record });
    lookAtReplaced();
  }, function (error) {
    const record = recordOfSender(this);
    if (record) peerError(record, "replaceTrack", error);
  }, function () {
    trackOf.set(this, this.track);
  });
  const { stop } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.stop = function (...args) {
    const result = stop.apply(this, args);
    lookAtReplaced();
    return result;
  };
}

// What a page that signals for itself was given of the other side.
function cameByItself(record, kind, rest) {
  tell(record, kind, rest);
  beAllowed();
}

// What a page describes while it loads, the other side may fetch when it is called. What a step makes it describe calls.
function beAllowed() {
  if (mayCall) return;
  mayCall = true; // it is said once
  harnessError("begin the call", "the page called before the step that begins the call was taken", "mark the step that begins it in the page map: begins_call = true");
}

// As RTCIceCandidate.toJSON() has it; none is the end of candidates.
function asCandidate(given) {
  const { candidate = "", sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = given ?? {};
  return { candidate: String(candidate), sdpMid, sdpMLineIndex, usernameFragment };
}

const recordOfSender = (sender) => records.find(({ connection }) => connection.getSenders().includes(sender));

inEachWindow((own) => {
  if (!own.RTCPeerConnection) return; // not in a secure context
  const { prototype } = own.RTCPeerConnection;
  watchDescriptions(prototype);
  wrapMethod(prototype, "addIceCandidate", null, function (error, [candidate]) {
    noteOf(recordOf(this), "candidate-refused", { candidate: String(candidate?.candidate), message: words(error) });
  }, function ([candidate]) {
    if (map.signalsItself) cameByItself(recordOf(this), "given-candidate", { candidate: asCandidate(candidate) });
  });
  watchTracks(prototype);
  watchReplacing(own);
  const { createDataChannel, close } = prototype;
  prototype.createDataChannel = function (...args) {
    try {
      const channel = createDataChannel.apply(this, args);
      watchChannel(recordOf(this), channel);
      return channel;
    } catch (error) {
      peerError(recordOf(this), "createDataChannel", error);
      throw error;
    }
  };
  prototype.close = function (...args) {
    const result = close.apply(this, args);
    const record = recordOf(this);
    stateOf(record, "signalingState", "closed"); // no event tells of one's own close
    reach(record, "closed");
    lookAgain();
    return result;
  };
  wrapConstructor(own, "RTCPeerConnection");
  if (own.webkitRTCPeerConnection) own.webkitRTCPeerConnection = own.RTCPeerConnection;
});

// Who shares its screen is asked which one.
inEachWindow((own) => {
  if (!own.MediaDevices?.prototype.getDisplayMedia) return;
  wrapMethod(own.MediaDevices.prototype, "getDisplayMedia", () => note("camera", { state: "the screen" }), (error) => {
    note("camera", { state: `refused the screen: ${words(error)}` });
    harnessError("share the screen", words(error), "the browser gives no screen here without a person who chooses it");
  });
});

// A page that is refused one camera may ask for another one at once: only when it does not, there is none.
let cameras = 0; // that run, or are asked for
inEachWindow((own) => {
  if (!own.MediaDevices) return;
  wrapMethod(own.MediaDevices.prototype, "getUserMedia", () => {
    note("camera", { state: "running" });
  }, async (error, [wanted]) => {
    cameras -= 1;
    note("camera", { state: `refused: ${words(error)}` });
    await turn();
    const what = [wanted?.video && "camera", wanted?.audio && "microphone"].filter(Boolean).join(" and ") || "camera";
    if (!cameras) harnessError(`start the ${what}`, words(error), "`tincan doctor` says whether the camera may be used");
  }, () => {
    cameras += 1;
  });
});

function mediaLoaded({ target }) {
  if (target === localVideo()) note("other", { text: "local video: playing" });
  watchVideo();
  choose();
  lookAgain();
}

inEachWindow((own) => {
  for (const event of ["DOMContentLoaded", "load"]) own.addEventListener(event, watchAll);
});
window.addEventListener("load", () => turn().then(() => write("loaded")));
