// What stands in the text areas: what can be copied, and when.

// Scripts set the value of a text area without any event, so the one element's own property is watched.
function watchText(selector, changed) {
  const element = selector && document.querySelector(selector);
  if (!element) return;
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
}

const textOf = (selector) => document.querySelector(selector)?.value ?? "";

let described = false;
const mayCopy = () => seen.has("local-description-set") && (!gathersFirst || seen.has("gathering-complete"));

function describe() {
  const text = textOf(map.sdp.send);
  if (described || !mayCopy() || !text.trimStart().startsWith("v=")) return;
  described = true;
  write("description", { sdp: text });
}

let copied = 0;
function copyCandidates() {
  const lines = textOf(map.candidates.send).split("\n").filter((line) => line.trim());
  const fresh = lines.slice(copied);
  copied = lines.length;
  for (const line of fresh) write("candidate", { line });
}

watchText(map.sdp.send, describe);
if (map.candidates && !gathersFirst) watchText(map.candidates.send, copyCandidates);
