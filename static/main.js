"use strict";

const $ = (id) => document.getElementById(id);

const sendSdp = $("text_for_send_sdp");
const receivedSdp = $("text_for_recv_sdp");
const sendCandidates = $("candidates_to_send");
const receivedCandidates = $("candidates_received");

let connection = null;
let role = null; // "offer" or "answer", once a step of that column has succeeded

// ---- Errors -------------------------------------------------------------

// An error in the page's own words, which are named in texts.js.
class PageError extends Error {
  constructor(...message) {
    super(message[0]);
    this.said = message;
  }
}

function inWords(error) {
  return error instanceof PageError ? error.said : ["browserSays", error.name, error.message];
}

function markInvalid(field, invalid) {
  if (invalid) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

// ---- Step 1: create connection ------------------------------------------

function readIceServers() {
  const text = $("ice_servers").value.trim();
  if (!text) return [];
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PageError("badIceServers", error.message);
  }
}

// All that can go wrong here comes from the field, so it is said at the field.
function newConnection() {
  const field = $("ice_servers");
  try {
    const iceTransportPolicy = $("relay_only").checked ? "relay" : "all";
    const created = new RTCPeerConnection({ iceServers: readIceServers(), iceTransportPolicy });
    say($("ice_servers_error"));
    markInvalid(field, false);
    return created;
  } catch (error) {
    say($("ice_servers_error"), inWords(error));
    markInvalid(field, true);
    throw new PageError("seeIceServers");
  }
}

function createConnection(column) {
  if (connection) throw new PageError("connectionExists");
  connection = newConnection();
  connection.addEventListener("icecandidate", ({ candidate }) => showLocalCandidate(candidate));
  connection.addEventListener("track", showRemoteTrack);
  connection.addEventListener("datachannel", ({ channel }) => useChannel(channel));
  connection.addEventListener("icegatheringstatechange", showGatheredSdp);
  watchStates();
  if (stream) addTracks(stream.getTracks());
  if (column === "offer") askForMedia();
  if ($("data_channels").checked) openChannels(column);
}

function needConnection() {
  if (!connection) throw new PageError("needsConnection");
  return connection;
}

// ---- Steps 3 and 5: create offer, create answer -------------------------

async function createOffer() {
  // Without media or data the offer is void: no m= section, no gathering. That is made only of who asks for it.
  if (!needConnection().getTransceivers().length && !channels.size && !wantsNoMedia()) throw new PageError("needsVideo");
  keepDirection();
  await connection.setLocalDescription(await connection.createOffer());
  offerIsDue = false;
  showLocalSdp();
}

async function createAnswer() {
  needConnection();
  keepDirection();
  await connection.setLocalDescription(await connection.createAnswer());
  showLocalSdp();
}

const isTrickle = () => $("mode_trickle").checked;

// Candidates are gathered once for each user name fragment (RFC 8839, 5.4). When
// ICE restarts, iceGatheringState still says "complete" of the one before.
let gatheredFor = null;
const fragment = ({ sdp }) => /^a=ice-ufrag:(.*)$/m.exec(sdp)?.[1];

// Vanilla ICE shows the SDP only when it holds all the candidates.
function showLocalSdp() {
  if (!connection?.localDescription) return;
  const { sdp } = connection.localDescription;
  const isVoid = !/^m=/m.test(sdp);
  const ready = isTrickle() || isVoid || gatheredFor === fragment(connection.localDescription);
  sendSdp.value = ready ? sdp : "";
  const notes = [isVoid && ["voidSdp"], !ready && ["gathering"]].filter(Boolean);
  say($("copy_sdp_note"), ...notes);
}

// In trickle ICE the SDP has been shown before, and stays as it was sent.
function showGatheredSdp() {
  if (connection.iceGatheringState !== "complete") return;
  gatheredFor = fragment(connection.localDescription);
  if (!isTrickle()) showLocalSdp();
}

// ---- Steps 4 and 6: receive SDP -----------------------------------------

// A text area turns CRLF into LF; SDP lines end in CRLF, the last one too.
function pastedSdp() {
  const text = receivedSdp.value.trim();
  if (!text) throw new PageError("emptySdp");
  return `${text.replaceAll("\n", "\r\n")}\r\n`;
}

async function receiveSdp(type) {
  needConnection();
  try {
    await connection.setRemoteDescription({ type, sdp: pastedSdp() });
  } catch (error) {
    markInvalid(receivedSdp, true);
    throw error;
  }
  await addKeptCandidates();
}

async function receiveOffer() {
  // The browser would roll the offer back without a word, and the other tab
  // would wait for ever: a mix-up of the columns must not do that. In a call
  // both tabs may have made an offer, and this one gives way.
  const isSecond = Boolean(connection?.remoteDescription);
  if (connection?.signalingState === "have-local-offer" && !isSecond) throw new PageError("offersAlready");
  await receiveSdp("offer");
  if (isSecond) takeAddedChannels();
}

async function receiveAnswer() {
  // An answer says active or passive, never actpass (RFC 8829, 5.3.1). Chromium
  // refuses an offer here, but then refuses the true answer too, for good.
  if (/^a=setup:actpass/m.test(receivedSdp.value)) throw new PageError("offerForAnswer");
  await receiveSdp("answer");
}

// ---- Candidates to send -------------------------------------------------

let lastCandidate = null;

function appendCandidate(candidate) {
  sendCandidates.value += `${JSON.stringify(candidate)}\n`;
  say($("copy_candidates_note"));
}

// Not every browser gives end-of-candidates as a candidate of its own before
// the closing null. If not, it is written for the last candidate's m= section.
function endOfCandidates() {
  const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = lastCandidate ?? {};
  return { candidate: "", sdpMid, sdpMLineIndex, usernameFragment };
}

function showLocalCandidate(candidate) {
  if (!candidate && lastCandidate?.candidate === "") return;
  lastCandidate = candidate ?? endOfCandidates();
  appendCandidate(lastCandidate);
}

// ---- Received candidates ------------------------------------------------

// Lines that were added, or are kept: they are not taken a second time.
const takenLines = new Set();
// Lines that wait for the remote description.
let keptLines = [];

function newLines() {
  const lines = new Map(); // by text: one line pasted twice is one line
  receivedCandidates.value.split("\n").forEach((line, index) => {
    const text = line.trim();
    if (!text || takenLines.has(text) || lines.has(text)) return;
    lines.set(text, { text, number: index + 1 });
  });
  return [...lines.values()];
}

function parseLine({ text, number }) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PageError("lineNotJson", number, error.message);
  }
}

function refusal(error, { number }) {
  return error instanceof PageError ? error.said : ["lineRefused", number, error.name, error.message];
}

function keep(line) {
  keptLines.push(line);
  return { kept: true };
}

async function takeLine(line) {
  takenLines.add(line.text);
  try {
    const candidate = parseLine(line);
    if (!connection?.remoteDescription) return keep(line);
    await connection.addIceCandidate(candidate);
    return { added: true };
  } catch (error) {
    takenLines.delete(line.text); // it may be tried again
    return { refused: refusal(error, line) };
  }
}

function sayTaken(results) {
  const added = results.filter((result) => result.added).length;
  const kept = results.filter((result) => result.kept).length;
  const refused = results.flatMap((result) => result.refused ? [result.refused] : []);
  const notes = [];
  if (added) notes.push(["linesAdded", added]);
  if (kept) notes.push(["linesKept", kept]);
  if (!results.length) notes.push(["noNewLines"]);
  say($("add_candidates_note"), ...notes);
  say($("add_candidates_error"), ...refused);
  markInvalid(receivedCandidates, refused.length > 0);
}

async function takeLines(lines) {
  sayTaken(await Promise.all(lines.map(takeLine)));
}

const addCandidates = () => takeLines(newLines());

async function addKeptCandidates() {
  const lines = keptLines;
  keptLines = [];
  if (lines.length) await takeLines(lines);
}

// ---- States -------------------------------------------------------------

const stateEvents = {
  signalingState: "signalingstatechange",
  iceGatheringState: "icegatheringstatechange",
  iceConnectionState: "iceconnectionstatechange",
  connectionState: "connectionstatechange",
};

function showState(name) {
  const row = $(name);
  const history = row.querySelector(".history");
  row.dataset.state = connection[name];
  row.querySelector(".now").textContent = connection[name];
  history.textContent += `${history.textContent && " → "}${connection[name]}`;
  markNextStep();
}

function watchStates() {
  for (const [name, event] of Object.entries(stateEvents)) {
    connection.addEventListener(event, () => showState(name));
    showState(name);
  }
}

// ---- The steps ----------------------------------------------------------

const steps = {
  offer: {
    offer_create_connection: () => createConnection("offer"),
    offer_start_video: startVideo,
    create_offer: createOffer,
    receive_answer: receiveAnswer,
  },
  answer: {
    answer_create_connection: () => createConnection("answer"),
    answer_start_video: startVideo,
    receive_offer: receiveOffer,
    create_answer: createAnswer,
  },
};

// How many steps of a column are done, as the connection itself tells.
function stepsDone(column) {
  if (!connection) return 0;
  const { signalingState, localDescription, remoteDescription } = connection;
  if (!localDescription && !remoteDescription) return stream || sendsNoMedia() ? 2 : 1;
  if (offerIsDue && column === "offer") return 2;
  const half = column === "offer" ? "have-local-offer" : "have-remote-offer";
  return signalingState === half ? 3 : 4;
}

function candidatesAreNext() {
  return isTrickle() && connection?.signalingState === "stable"
    && connection.remoteDescription && connection.connectionState !== "connected";
}

function markStep(button, next, done) {
  if (next) button.setAttribute("aria-current", "step");
  else button.removeAttribute("aria-current");
  button.closest("li, section").classList.toggle("done", done);
}

// A tab that has not chosen its role yet may begin in either column.
function markColumn(column) {
  const playing = role === column;
  const done = playing || !role ? stepsDone(column) : 0;
  $(column).classList.toggle("playing", playing);
  Object.keys(steps[column]).forEach((id, index) => {
    markStep($(id), (playing || !role) && index === done, index < done);
  });
}

function markNextStep() {
  Object.keys(steps).forEach(markColumn);
  markStep($("add_candidates"), candidatesAreNext(), false);
}

// A step that succeeds makes what was said of the failed ones out of date.
function stepTaken(column) {
  role = column;
  for (const error of document.querySelectorAll(".step .error")) say(error);
  markInvalid(receivedSdp, false);
}

async function takeStep(column, id) {
  try {
    await steps[column][id]();
    stepTaken(column);
  } catch (error) {
    say($(`${id}_error`), inWords(error));
  }
  markNextStep();
}

// ---- Copying ------------------------------------------------------------

async function copy(field, note) {
  if (!field.value) return say(note, ["nothingToCopy"]);
  try {
    await navigator.clipboard.writeText(field.value);
    say(note, ["copied"]);
  } catch {
    field.select();
    say(note, ["copyByHand"]);
  }
}

// ---- Listening ----------------------------------------------------------

function onClick(id, action) {
  $(id).addEventListener("click", action);
}

for (const [column, actions] of Object.entries(steps)) {
  for (const id of Object.keys(actions)) onClick(id, () => takeStep(column, id));
}
onClick("copy_sdp", () => copy(sendSdp, $("copy_sdp_note")));
$("unmute").addEventListener("change", playSound);
onClick("copy_candidates", () => copy(sendCandidates, $("copy_candidates_note")));
onClick("add_candidates", addCandidates);
for (const id of ["mode_vanilla", "mode_trickle"]) {
  $(id).addEventListener("change", () => { showLocalSdp(); markNextStep(); });
}
markNextStep();
