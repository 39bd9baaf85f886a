// What an element shows, and what that may hold.

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
