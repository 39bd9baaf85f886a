"use strict";

// What is changed in a call that is up. Each change but hanging up takes a new
// offer and a new answer, which are carried as the first ones were.

async function addDevice(kind) {
  if (!navigator.mediaDevices) throw new PageError("needsSecurePage");
  const added = await navigator.mediaDevices.getUserMedia({ [kind]: true });
  if (stream) added.getTracks().forEach((track) => stream.addTrack(track));
  else stream = added;
  play($("local_video"), stream);
  addTracks(added.getTracks());
}

function addChannels() {
  if (channels.size) throw new PageError("channelsOpen");
  openChannels("offer");
  $("data_channels").checked = true;
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
  hang_up: hangUp,
};

// Whether an offer is due that says what was changed.
let offerIsDue = false;

async function change(id) {
  try {
    if (needConnection().signalingState !== "stable" || !connection.remoteDescription) throw new PageError("needsCall");
    await changes[id]();
    offerIsDue = id !== "hang_up";
    say($("change_note"), [offerIsDue ? "offerAgain" : "hungUp"]);
    say($("change_error"));
    if (offerIsDue) role = "offer";
  } catch (error) {
    say($("change_error"), inWords(error));
  }
  markNextStep();
}

for (const id of Object.keys(changes)) onClick(id, () => change(id));
