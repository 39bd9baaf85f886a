"use strict";

// Step 2: what is sent, and what is shown of the other side.

let stream = null;
let videoAsked = false;

// Chromium pauses a muted video that autoplay alone has started whenever it is
// scrolled out of view; one that was told to play goes on.
function play(video, source) {
  video.srcObject = source;
  video.play().catch(() => {}); // it is autoplay's turn then
}

const wantedMedia = () => ({ video: $("video_codec").value !== "none", audio: $("audio").checked });

const wantsNoMedia = () => !Object.values(wantedMedia()).some(Boolean);

// In which direction this tab's media go (RTCRtpTransceiverDirection).
const direction = () => $("direction").value;
const sendsNoMedia = () => wantsNoMedia() || !direction().startsWith("send");

// Who offers asks for what the other tab sends; who answers has it from the offer.
function askForMedia() {
  if (direction().startsWith("send")) return;
  for (const [kind, isWanted] of Object.entries(wantedMedia())) {
    if (!isWanted) continue;
    const transceiver = connection.addTransceiver(kind);
    if (kind === "video") preferCodec(transceiver);
  }
}

// When the call begins. What is changed later has directions of its own.
function keepDirection() {
  if (direction() === "sendrecv" || connection.currentRemoteDescription) return;
  for (const transceiver of connection.getTransceivers()) transceiver.direction = direction();
}

async function startVideo() {
  if (sendsNoMedia()) throw new PageError("noMedia");
  if (videoAsked) throw new PageError("videoRunning");
  if (!navigator.mediaDevices) throw new PageError("needsSecurePage");
  videoAsked = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia(wantedMedia());
  } catch (error) {
    videoAsked = false;
    throw error;
  }
  play($("local_video"), stream);
  if (connection) addTracks(stream.getTracks());
}

function addTracks(tracks) {
  for (const track of tracks) {
    const sender = connection.addTrack(track, stream);
    if (track.kind === "video") preferCodec(connection.getTransceivers().find((transceiver) => transceiver.sender === sender));
  }
}

// The chosen codec alone, and the format in which its lost packets are sent
// again. It is for both directions: what is offered is what is received.
function preferCodec(transceiver) {
  const wanted = $("video_codec").value;
  if (!wanted || wanted === "none") return;
  const { codecs } = RTCRtpReceiver.getCapabilities("video");
  const named = (...names) => ({ mimeType }) => names.includes(mimeType.toLowerCase());
  const chosen = `video/${wanted}`.toLowerCase();
  if (!codecs.some(named(chosen))) throw new PageError("codecMissing", wanted);
  transceiver.setCodecPreferences(codecs.filter(named(chosen, "video/rtx")));
}

// Video and sound come as two tracks, one after the other. Most implementations
// say that they belong to one stream; the others' are played together all the same.
function showRemoteTrack({ track, streams }) {
  const video = $("remote_video");
  const shown = video.srcObject?.getTracks() ?? [];
  const isAnother = shown.length && shown.every(({ kind }) => kind !== track.kind);
  if (isAnother) return video.srcObject.addTrack(track);
  const stream = streams[0] ?? new MediaStream([track]);
  if (video.srcObject !== stream) play(video, stream);
}

function playSound() {
  $("remote_video").muted = !$("unmute").checked;
}
