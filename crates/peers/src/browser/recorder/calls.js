// What comes of it: what the connections describe, that they connect, and which videos play.

const connections = [];
const toldVideos = new WeakSet();

const isOf = (connection, tracks) => connection.getReceivers().some(({ track }) => tracks.includes(track));

function watch(connection) {
  connections.push(connection);
  let last = null;
  connection.addEventListener("signalingstatechange", () => {
    const { type, sdp } = connection.localDescription ?? {};
    const fragment = /^a=ice-ufrag:(\S+)/m.exec(sdp ?? "")?.[1] ?? null;
    if (!fragment || fragment === last) return;
    last = fragment;
    tell("described", { type, sdp });
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState === "connected") tell("connected");
  });
}

inEachWindow((own) => {
  const { RTCPeerConnection: native } = own;
  if (!native) return; // not in a secure context
  const construct = (target, args, made) => {
    const connection = Reflect.construct(target, args, made);
    watch(connection);
    return connection;
  };
  own.RTCPeerConnection = new Proxy(native, { construct });
  if (own.webkitRTCPeerConnection) own.webkitRTCPeerConnection = own.RTCPeerConnection;
  const { addIceCandidate } = native.prototype;
  native.prototype.addIceCandidate = function (...args) {
    if (args[0]?.candidate) tell("given-candidate");
    return addIceCandidate.apply(this, args);
  };
});

// A first picture is there.
function mediaLoaded({ target: video }) {
  const tracks = video.srcObject?.getTracks?.() ?? [];
  if (video.localName !== "video" || !tracks.some(({ kind }) => kind === "video") || toldVideos.has(video)) return;
  toldVideos.add(video);
  const isRemote = connections.some((connection) => isOf(connection, tracks));
  tell("plays", { video: named(video), isRemote });
}

// Texts are looked at when they are asked for.
function watchAll() {}

window.addEventListener("load", () => tell("loaded"));

function stop() {
  flush();
  stopped = true;
  handOver();
}

Object.defineProperty(window, KEY, { configurable: true, value: { adopt, shows, stop } });
