// What the connection and the camera do.

const gathered = [];
let given = null; // the SDP that setRemoteDescription was last called with
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
  startSampling();
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
  on("track", ({ track }) => {
    reach("track-received");
    // A remote track is muted until its first packet comes.
    if (track.muted) track.addEventListener("unmute", () => reach("first-packet"), { once: true });
    else reach("first-packet");
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
function wrapMethod(owner, name, resolved, rejected, called) {
  const native = owner[name];
  owner[name] = function (...args) {
    called?.call(this, args);
    const result = native.apply(this, args);
    result?.then?.((value) => resolved?.call(this, value, args), (error) => rejected?.call(this, error, args));
    return result;
  };
}

const kindOf = (args, connection, side) => args[0]?.type ?? connection[side]?.type ?? "implicit";
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
    fault(`${method}(${kindOf(args, this, side)})`, error);
  }, function ([description]) {
    if (side !== "remoteDescription") return;
    given = String(description?.sdp ?? "");
    note(method, "called");
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
    note("camera", "running");
  }, (error) => trouble("start the camera", words(error), "`tincan doctor` says whether the camera may be used"));
}
document.querySelector(map.video.local)?.addEventListener("loadeddata", () => note("local video", "playing"));
window.addEventListener("error", (event) => write("noted", { text: `page error: ${event.message} (line ${event.lineno})` }));
window.addEventListener("unhandledrejection", (event) =>
  write("noted", { text: `page error: not handled: ${words(event.reason)}` }));

// What a page says to a person who cannot see it (WAI-ARIA, role=alert) tells the harness most, too.
new MutationObserver((changes) => {
  const element = ({ target }) => (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement);
  const alerts = new Set(changes.map((change) => element(change)?.closest("[role=alert]")));
  for (const alert of alerts) if (alert?.textContent.trim()) note("page says", alert.textContent.trim());
}).observe(document.body, { childList: true, characterData: true, subtree: true });
