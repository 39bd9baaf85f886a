"use strict";

// What is changed in a call that is up. Most changes take a new offer and a new
// answer, which are carried as the first ones were.

async function addDevice(kind) {
  if (!navigator.mediaDevices) throw new PageError("needsSecurePage");
  const added = await navigator.mediaDevices.getUserMedia({ [kind]: true });
  if (stream) added.getTracks().forEach((track) => stream.addTrack(track));
  else stream = added;
  play($("local_video"), stream);
  addTracks(added.getTracks());
}

const videoSenders = () => connection.getSenders().filter(({ track }) => track?.kind === "video");

function removeTrack() {
  if (!videoSenders().length) throw new PageError("sendsNoVideo");
  videoSenders().forEach((sender) => connection.removeTrack(sender));
}

// Another track, of `open`, is sent, and the one before is stopped: nothing has to be offered.
async function replaceTrackBy(open) {
  const [sender] = videoSenders();
  if (!sender) throw new PageError("sendsNoVideo");
  const before = sender.track;
  const [track] = (await open()).getVideoTracks();
  await sender.replaceTrack(track);
  before.stop();
  stream.removeTrack(before);
  stream.addTrack(track);
  play($("local_video"), stream);
}

async function rollBack() {
  await connection.setLocalDescription({ type: "rollback" });
  sendSdp.value = "";
  say($("copy_sdp_note"));
}

function addChannels() {
  if (channels.size) throw new PageError("channelsOpen");
  openChannels("offer");
  $("data_channels").checked = true;
}

function closeChannels() {
  if (!channels.size) throw new PageError("needsChannel");
  for (const channel of channels.values()) channel.close();
}

const held = new Map(); // the direction of each transceiver before it was held

function hold() {
  for (const transceiver of connection.getTransceivers()) {
    if (["stopped", "inactive"].includes(transceiver.direction)) continue;
    held.set(transceiver, transceiver.direction);
    transceiver.direction = "inactive";
  }
}

function resume() {
  for (const [transceiver, direction] of held) transceiver.direction = direction;
  held.clear();
}

function hangUp() {
  connection.close();
  Object.keys(stateEvents).forEach(showState); // no event tells of one's own close
}

const changes = {
  restart_ice: () => connection.restartIce(),
  add_video: () => addDevice("video"),
  add_audio: () => addDevice("audio"),
  add_data: addChannels,
  hold,
  resume,
  remove_track: removeTrack,
  replace_track: () => replaceTrackBy(() => navigator.mediaDevices.getUserMedia({ video: true })),
  share_screen: () => replaceTrackBy(() => navigator.mediaDevices.getDisplayMedia({ video: true })),
  roll_back: rollBack,
  close_channels: closeChannels,
  hang_up: hangUp,
};

// Those that take no offer, with what is said of them.
const notOffered = { replace_track: "trackReplaced", share_screen: "screenShared", roll_back: "takenBack", close_channels: "channelsClosed", hang_up: "hungUp" };

// Whether an offer is due that says what was changed.
let offerIsDue = false;

async function change(id) {
  try {
    const state = id === "roll_back" ? "have-local-offer" : "stable";
    const isReady = needConnection().signalingState === state && connection.remoteDescription;
    if (!isReady) throw new PageError(id === "roll_back" ? "needsOffer" : "needsCall");
    await changes[id]();
    offerIsDue = !notOffered[id];
    say($("change_note"), [notOffered[id] ?? "offerAgain"]);
    say($("change_error"));
    if (offerIsDue) role = "offer";
  } catch (error) {
    say($("change_error"), inWords(error));
  }
  markNextStep();
}

for (const id of Object.keys(changes)) onClick(id, () => change(id));
