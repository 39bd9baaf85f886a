// What comes on data channels, and what is sent on them: the messages of the harness, on the channels that the page has opened,
// as a script of the page would.

const channelPlan = config.data; // null if the call has none
const utf8 = new TextEncoder();

const CRC = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

// CRC-32 as in Ethernet.
function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// The content of a message is described in the harness (media/messages/format.rs), which reads it.
function headOf(place, counter, length, filler) {
  const { head, source: { peer, run } } = channelPlan;
  const view = new DataView(new ArrayBuffer(head));
  view.setUint32(0, ((peer << 24) | (run & 0xffffff)) >>> 0);
  view.setUint8(4, place);
  view.setUint16(5, counter);
  view.setUint32(7, length);
  view.setUint32(11, filler);
  view.setUint32(15, checksum(new Uint8Array(view.buffer, 0, 15)));
  return new Uint8Array(view.buffer);
}

function textFiller(counter, room) {
  const { separator, padding } = channelPlan;
  const bytes = utf8.encode(separator).length;
  let [filler, left] = ["", room];
  for (let number = counter; ; number++) {
    const digits = number.toString(16);
    if (digits.length + bytes > left) return filler + padding.repeat(left);
    filler += digits + separator;
    left -= digits.length + bytes;
  }
}

function binaryFiller(counter, room) {
  let state = counter;
  return Uint8Array.from({ length: room }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function encode(place, counter, form, size) {
  const isText = form === "text";
  if (!size) return isText ? "" : new ArrayBuffer(0);
  const room = size - channelPlan.head * (isText ? 2 : 1);
  const filler = isText ? textFiller(counter, room) : binaryFiller(counter, room);
  const head = headOf(place, counter, size, checksum(isText ? utf8.encode(filler) : filler));
  if (isText) return hexadecimal(head) + filler;
  const whole = new Uint8Array(size);
  whole.set(head);
  whole.set(filler, head.length);
  return whole;
}

// Once every channel of the plan is open: the first message of each, then the second of each.
function sendPlan(record) {
  const { connection, channels } = record;
  const open = channelPlan.channels.map(({ label }) => channels.find((channel) => channel.label === label && channel.readyState === "open"));
  if (record.sent || !open.every(Boolean)) return;
  record.sent = true;
  const most = connection.sctp?.maxMessageSize ?? 65536; // where nothing is said (RFC 8841, section 6.1)
  const rounds = Math.max(...channelPlan.channels.map(({ messages }) => messages.length));
  try {
    for (let counter = 0; counter < rounds; counter++) {
      channelPlan.channels.forEach(({ messages }, place) => {
        const message = messages[counter];
        if (message) open[place].send(encode(place, counter, message.form, Math.min(message.size, most)));
      });
    }
  } catch (error) {
    peerError(record, "sendMessage", error);
  }
}

function received(record, label, data, at) {
  const isText = typeof data === "string";
  const bytes = isText ? utf8.encode(data) : new Uint8Array(data);
  const { head } = channelPlan;
  tell(record, "message", {
    label,
    form: isText ? "text" : "binary",
    length: bytes.length,
    head: isText ? data.slice(0, 2 * head) : hexadecimal(bytes.subarray(0, head)),
    filler: checksum(bytes.subarray(isText ? 2 * head : head)),
  }, at);
}

function watchChannel(record, channel) {
  if (!channelPlan || record.channels.includes(channel)) return;
  record.channels.push(channel);
  const { label } = channel;
  let isOpen = false;
  const opened = () => {
    if (isOpen) return;
    isOpen = true;
    tell(record, "channel", { label, ordered: channel.ordered, maxRetransmits: channel.maxRetransmits });
    sendPlan(record);
  };
  channel.addEventListener("open", opened);
  if (channel.readyState === "open") opened();
  let before = Promise.resolve();
  channel.addEventListener("message", ({ data }) => {
    const at = now();
    before = before.then(async () => received(record, label, data.arrayBuffer ? await data.arrayBuffer() : data, at));
  });
  channel.addEventListener("error", ({ error }) => noteOf(record, "other", { text: `data channel ${label}: ${words(error)}` }));
  channel.addEventListener("close", () => {
    noteOf(record, "other", { text: `data channel ${label}: closed` });
    if (record.channels.every(({ readyState }) => readyState === "closed")) reach(record, "channels-closed");
  });
}
