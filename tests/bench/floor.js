// Two connections in one page and no harness: what a call costs in any case.
// arguments[0]: whether candidates trickle; arguments[1]: the element that shows what the answerer receives. Answers the milliseconds from createOffer to the later first frame.
"use strict";
const trickle = arguments[0];
// The driver does not wait for the page.
if (document.readyState !== "complete") await new Promise((loaded) => window.addEventListener("load", loaded, { once: true }));
const shown = document.querySelector(arguments[1]);
const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: false });
const [offerer, answerer] = [new RTCPeerConnection(), new RTCPeerConnection()];

function hidden() {
  const video = document.createElement("video");
  document.body.prepend(video);
  return video;
}

function firstFrame(connection, video) {
  Object.assign(video, { muted: true, playsInline: true });
  connection.addEventListener("track", ({ streams }) => {
    video.srcObject = streams[0];
    video.play();
  });
  return new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())));
}

function gathered(connection) {
  return new Promise((resolve) => {
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve();
    });
  });
}

async function describe(connection, create) {
  const complete = gathered(connection);
  await connection.setLocalDescription(await create());
  if (!trickle) await complete;
  return connection.localDescription;
}

for (const [from, to] of [[offerer, answerer], [answerer, offerer]]) {
  for (const track of stream.getTracks()) from.addTrack(track, stream);
  if (trickle) from.addEventListener("icecandidate", ({ candidate }) => candidate && to.addIceCandidate(candidate));
}
const frames = Promise.all([firstFrame(offerer, hidden()), firstFrame(answerer, shown)]);
const zero = performance.now();
await answerer.setRemoteDescription(await describe(offerer, () => offerer.createOffer()));
await offerer.setRemoteDescription(await describe(answerer, () => answerer.createAnswer()));
const last = Math.max(...(await frames));
for (const track of stream.getTracks()) track.stop();
for (const connection of [offerer, answerer]) connection.close();
return last - zero;
