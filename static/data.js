"use strict";

// Data channels, each with other promises. The offerer opens three of them,
// and the answerer hears of those; the last one both open by themselves.

const channelOptions = {
  ordered: {},
  unordered: { ordered: false },
  lossy: { ordered: false, maxRetransmits: 0 },
  negotiated: { negotiated: true, id: 100 },
};

const channels = new Map(); // by label

function openChannels(column) {
  for (const [label, options] of Object.entries(channelOptions)) {
    if (column === "offer" || options.negotiated) useChannel(connection.createDataChannel(label, options));
  }
}

// The other tab has added channels. What both open by themselves has to be open
// here before the answer is made: what comes earlier is lost.
function takeAddedChannels() {
  if (channels.size || !/^m=application/m.test(connection.remoteDescription.sdp)) return;
  openChannels("answer");
  $("data_channels").checked = true;
}

function useChannel(channel) {
  channel.binaryType = "arraybuffer";
  channel.addEventListener("open", () => showLine(channel, "messageOpen"));
  channel.addEventListener("close", () => showLine(channel, "messageClosed"));
  channel.addEventListener("message", ({ data }) => showMessage(channel, data));
  channels.set(channel.label, channel);
}

// ---- What has come ------------------------------------------------------

const MOST_LINES = 200;
const MOST_LETTERS = 60;
let shownLines = [];

function showMessage(channel, data) {
  if (typeof data !== "string") showLine(channel, "messageBytes", data.byteLength);
  else if (data.length > MOST_LETTERS) showLine(channel, "messageLong", data.slice(0, MOST_LETTERS), data.length);
  else showLine(channel, "messageText", data);
}

// Many messages may come at once: what is shown is written once for all of them.
function showLine({ label }, name, ...values) {
  if (!shownLines.length) requestAnimationFrame(writeLines);
  shownLines.push(`${label}: ${messages[language()][name](...values)}`);
}

function writeLines() {
  const log = $("messages_received");
  log.value = [...log.value.split("\n").filter(Boolean), ...shownLines].slice(-MOST_LINES).join("\n");
  log.scrollTop = log.scrollHeight;
  shownLines = [];
}

// ---- What is sent -------------------------------------------------------

function sendMessage() {
  const channel = channels.get($("message_channel").value);
  if (channel?.readyState !== "open") throw new PageError("needsChannel");
  channel.send($("message_text").value);
  $("message_text").value = "";
}

function trySending() {
  try {
    sendMessage();
    say($("send_message_error"));
  } catch (error) {
    say($("send_message_error"), inWords(error));
  }
}

$("send_message").addEventListener("click", trySending);
