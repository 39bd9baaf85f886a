"use strict";

// Step 2: what is sent, and what is shown of the other side.

let stream = null;
let videoAsked = false;
const withoutStream = new MediaStream(); // tracks of which no stream is told

// Chromium pauses a muted video that autoplay alone has started whenever it is
// scrolled out of view; one that was told to play goes on.
function play(video, source) {
  video.srcObject = source;
  video.play().catch(() => {}); // it is autoplay's turn then
}

const wantedMedia = () => ({ video: $("video_codec").value !== "none", audio: $("audio").checked });

function sendsNoMedia() {
  const { video, audio } = wantedMedia();
  return !video && !audio;
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
  if (connection) addTracks();
}

function addTracks() {
  for (const track of stream.getTracks()) {
    const sender = connection.addTrack(track, stream);
    if (track.kind === "video") preferCodec(connection.getTransceivers().find((transceiver) => transceiver.sender === sender));
  }
}

// The chosen codec alone, and the format in which its lost packets are sent
// again. It is for both directions: what is offered is what is received.
function preferCodec(transceiver) {
  const wanted = $("video_codec").value;
  if (!wanted) return;
  const { codecs } = RTCRtpReceiver.getCapabilities("video");
  const named = (...names) => ({ mimeType }) => names.includes(mimeType.toLowerCase());
  const chosen = `video/${wanted}`.toLowerCase();
  if (!codecs.some(named(chosen))) throw new PageError("codecMissing", wanted);
  transceiver.setCodecPreferences(codecs.filter(named(chosen, "video/rtx")));
}

// Video and sound come as two tracks of one stream, one after the other.
function showRemoteTrack({ track, streams }) {
  const shown = streams[0] ?? withoutStream;
  if (!streams[0]) withoutStream.addTrack(track);
  if ($("remote_video").srcObject !== shown) play($("remote_video"), shown);
}

function playSound() {
  $("remote_video").muted = !$("unmute").checked;
}
