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

// A person copies from whatever shows text. Lines may be elements, of which the text alone says nothing.
function textOf(element) {
  if (isField(element) || element.localName === "output") return String(element.value);
  const lines = element.querySelector("br, div, p") && element.innerText;
  return lines ? `${lines.replace(/\n*$/, "")}\n` : element.textContent;
}

// Of a link its address is copied.
const textsOf = (element) => [textOf(element), element.localName === "a" && element.href].filter(Boolean);

const LONGEST_TEXT = 1 << 20;

// A text, and what it may be an envelope of: percent-encoding and base64, also within JSON and links.
function* layers(text, deep = 4) {
  yield text;
  if (!deep || text.length > LONGEST_TEXT) return;
  if (/%[0-9a-f]{2}/i.test(text)) {
    try {
      yield* layers(decodeURIComponent(text), deep - 1);
    } catch {
      // It only looked like that.
    }
  }
  for (const [run] of text.replace(/\s+/g, text.includes(" ") ? " " : "").matchAll(/[\w+/-]{100,}/g)) {
    try {
      yield* layers(atob(run.replace(/-/g, "+").replace(/_/g, "/")), deep - 1);
    } catch {
      // Nor is this base64.
    }
  }
}

// Whether `text` holds this description, in whatever envelope: a user name fragment is drawn for each (RFC 8839, section 5.4).
function isOf(description, text) {
  const ufrag = /^a=(ice-ufrag:\S+)/m.exec(description?.sdp ?? "")?.[1];
  return Boolean(ufrag) && [...layers(text)].some((layer) => layer.includes(ufrag));
}

let described = false;
let copying = null; // the step that copies the description
let pasted = null; // the description that was pasted last
let requested = role !== "offerer"; // whether an offer was asked for

const mayCopy = ({ reached }) => reached.has("local-description-set") && (!gathersFirst || reached.has("gathering-complete"));

function describe() {
  const element = copying && !described && requested && there(copying.target);
  for (const text of element ? textsOf(element) : []) {
    const isPasted = pasted !== null && records.some(({ given }) => isOf(given, text));
    const own = records.findLast((record) => isOf(record.connection.localDescription, text));
    const record = own ?? (text.trimStart().startsWith("v=") && !isPasted ? current : null);
    if (!record || !mayCopy(record)) continue;
    described = true;
    record.copied = true;
    choose();
    write("description", { shown: text, from: shown(copying.target) });
    return;
  }
}

// Watches the box of a step that copies, which may come late, until its description was copied.
function copyFrom(planned) {
  copying = planned;
  return until(() => {
    watchText(there(planned.target), describe);
    describe();
    return described;
  });
}

// What the page shows where a description was to be copied. In a form that nobody knows it cannot be copied.
function shownInstead() {
  if (!copying || described || !requested) return null;
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
