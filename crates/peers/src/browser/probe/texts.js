// What stands in the boxes: what can be copied, and when.

const watched = new WeakSet();

// Scripts set the value of a text area without any event, so the one element's own property is watched.
function watchText(element, changed) {
  if (!element || watched.has(element)) return;
  watched.add(element);
  const value = nativeValue(element);
  if (value) {
    Object.defineProperty(element, "value", {
      configurable: true,
      enumerable: value.enumerable,
      get() {
        return value.get.call(this);
      },
      set(text) {
        value.set.call(this, text);
        changed();
      },
    });
  }
  element.addEventListener("input", changed);
  changed(); // a page may have written while it was loading
}

// Whether `text` holds this description, in whatever envelope: a user name fragment is drawn for each (RFC 8839, section 5.4).
function isOf(description, text) {
  const fragment = fragmentOf(description);
  return Boolean(fragment) && [...layers(text)].some((layer) => layer.includes(`ice-ufrag:${fragment}`));
}

let described = null; // the text that was copied in this round
let lastText = null; // and in the one before
let copying = null; // the step that copies the description
let pasted = null; // the description that was pasted last
let mayCall = false; // whether a page that signals for itself may be given what the other one sends
let requested = role !== "offerer" && !map.signalsItself; // whether the call may begin

const fragmentOf = (description) => /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? "")?.[1] ?? null;

// Candidates are gathered once for each user name fragment (RFC 8839, section 5.4).
const isGathered = ({ connection, gatheredFor }) => gatheredFor !== null && gatheredFor === fragmentOf(connection.localDescription);
const mayCopy = (record) => record.reached.has("local-description-set") && (!gathersFirst || isGathered(record));

// The call is changed: what was copied before is not copied again.
function beginRound() {
  lastText = described;
  described = null;
  copying = null;
  for (const what of Object.keys(came)) delete came[what];
  for (const { reached } of records) ["local-description-set", "remote-description-set"].forEach((milestone) => reached.delete(milestone));
}

// A page that signals for itself sends its description when it is due, by whatever way it has: that is seen where it arrives.
function sendByItself() {
  const isDue = (record) => mayCopy(record) && !record.reached.has("description-sent");
  for (const record of records.filter(isDue)) reach(record, "description-sent");
}

function describe() {
  if (map.signalsItself) return sendByItself();
  const element = copying && described === null && requested && there(copying.target);
  for (const text of element ? textsOf(element) : []) {
    if (text === lastText) continue;
    const isPasted = pasted !== null && records.some(({ given }) => isOf(given, text));
    const own = records.findLast((record) => isOf(record.connection.localDescription, text));
    const record = own ?? (text.trimStart().startsWith("v=") && !isPasted ? current : null);
    if (!record || !mayCopy(record)) continue;
    described = text;
    record.copied = true;
    choose();
    write("description", { shown: text, from: shown(copying.target), type: record.connection.localDescription?.type });
    return;
  }
}

// Watches the box of a step that copies, which may come late, until its description was copied.
function copyFrom(planned) {
  copying = planned;
  return until(() => {
    const element = there(planned.target);
    watchText(element, describe);
    describe();
    if (described !== null && element) used = inWords(element);
    return described !== null;
  });
}

// What the page shows where a description was to be copied. In a form that nobody knows it cannot be copied.
function shownInstead() {
  if (!copying || described !== null || !requested) return null;
  const { element, problem } = locate(copying.target);
  const isDue = records.some(mayCopy);
  if (!element) {
    if (isDue) return `${problem} (${copying.name}); ${usable()}`;
    note("to-be-copied", { text: problem });
    return null;
  }
  const what = `${shown(copying.target)} is a <${element.localName}> and`;
  const text = textOf(element).trim();
  const beginning = stringify(text.slice(0, 60));
  if (!text) note("to-be-copied", { text: `${what} is empty` });
  else if (text.startsWith("v=")) note("to-be-copied", { text: `${what} holds SDP, before it was to be copied` });
  else if (!isDue) note("to-be-copied", { text: `${what} holds ${text.length} characters: ${beginning}` });
  else return `${what} holds ${text.length} characters that are no SDP of this page, nor JSON or base64 with it: ${beginning}`;
  return null;
}

const copied = new Set();
function copyCandidates() {
  const element = there(map.candidates.send);
  const text = element ? textOf(element).trim() : "";
  let [lines, array] = [text.split("\n"), false];
  if (text.startsWith("[")) {
    try {
      [lines, array] = [JSON.parse(text).map((one) => (typeof one === "string" ? one : stringify(one))), true];
    } catch {
      return; // it is being written
    }
  }
  // A page may show all of them or the last one.
  for (const line of lines.map((line) => line.trim()).filter((line) => line && line !== "null" && !copied.has(line))) {
    copied.add(line);
    write("candidate", { line, array });
  }
}

function watchAll() {
  if (map.candidates && !gathersFirst) {
    const element = there(map.candidates.send);
    if (element) {
      watchText(element, copyCandidates);
      copyCandidates();
    }
  }
  watchVideo();
}
