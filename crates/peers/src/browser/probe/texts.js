// What stands in the text areas: what can be copied, and when.

const watched = new WeakSet();

// Scripts set the value of a text area without any event, so the one element's own property is watched.
function watchText(selector, changed) {
  const element = selector && document.querySelector(selector);
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
  new MutationObserver(changed).observe(element, { childList: true, characterData: true, subtree: true });
  changed(); // a page may have written while it was loading
}

// A person copies from whatever shows text.
function textOf(selector) {
  const element = selector && document.querySelector(selector);
  return element?.value ?? element?.textContent ?? "";
}

let described = null; // the text that was copied in this round
let lastText = null; // and in the one before
let pasted = null; // the description that was pasted last
let asked = false; // whether a description of this side's own was asked for

const fragmentOf = (description) => /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? "")?.[1] ?? null;

// Candidates are gathered once for each user name fragment (RFC 8839, section 5.4).
const isGathered = ({ connection, gatheredFor }) => gatheredFor !== null && gatheredFor === fragmentOf(connection.localDescription);
const mayCopy = (record) => record.reached.has("local-description-set") && (!gathersFirst || isGathered(record));

// The call is changed: what was copied before is not copied again.
function beginRound(part) {
  steps = map[part];
  lastText = described;
  described = null;
  for (const { reached } of records) ["local-description-set", "remote-description-set"].forEach((milestone) => reached.delete(milestone));
}

function describe() {
  const text = textOf(map.sdp.send);
  if (described || text === lastText || !text.trimStart().startsWith("v=")) return;
  const record = records.findLast((record) => isOf(record.connection.localDescription, text)) ?? current;
  if (!record || !mayCopy(record)) return;
  described = text;
  record.copied = true;
  choose();
  write("description", { sdp: text, type: record.connection.localDescription?.type });
}

// Whether `text` holds this description: a user name fragment is drawn for each (RFC 8839, section 5.4).
function isOf(description, text) {
  const fragment = fragmentOf(description);
  return Boolean(fragment && text.includes(`ice-ufrag:${fragment}`));
}

// What the page shows where a description was to be copied. In a form that the page map does not know it cannot be copied.
function shown() {
  const element = document.querySelector(map.sdp.send);
  if (!asked || described || !element) return;
  const what = `${map.sdp.send} is a <${element.localName}> and`;
  const text = textOf(map.sdp.send).trim();
  if (!text) note("to-be-copied", { text: `${what} is empty` });
  else if (text.startsWith("v=")) note("to-be-copied", { text: `${what} holds SDP, before it was to be copied` });
  else awaited.add(`${what} holds ${text.length} characters that are no SDP: ${stringify(text.slice(0, 60))}`);
}

let copied = 0;
function copyCandidates() {
  const lines = textOf(map.candidates.send).split("\n").filter((line) => line.trim());
  const added = lines.slice(copied);
  copied = lines.length;
  for (const line of added) write("candidate", { line });
}

function watchAll() {
  watchText(map.sdp.send, describe);
  if (map.candidates && !gathersFirst) watchText(map.candidates.send, copyCandidates);
  watchVideo();
}
