// What is copied: which texts are signals, and which elements show one.

// What tells a signal from every other one: the user name fragment of a description, or a candidate.
function marks(text) {
  for (const layer of layers(text)) {
    const fragment = /ice-ufrag:([\w+/]+)/.exec(layer);
    if (fragment && layer.includes("v=0")) return [fragment[0], "v=0"];
  }
  const candidates = text.match(/candidate:\S+ \d+ \w+ \d+ \S+ \d+/gi);
  return candidates ? candidates.slice(-1) : null;
}

const NOT_SHOWN = "html, head, head *, body, script, style, template";
const bare = (text) => text.replace(/\s+/g, "");

// The innermost elements that show what is in `text`; those that show that alone come first.
function holders(text) {
  const wanted = marks(text);
  if (!wanted) return [];
  const shows = (one) => [...layers(one)].some((layer) => wanted.every((mark) => layer.includes(mark)));
  const mayHold = (element) => isField(element) || element.localName === "output" || element.href || element.textContent.length > 20;
  const found = innermost(all("*").filter((element) => !element.matches(NOT_SHOWN) && mayHold(element) && textsOf(element).some(shows)));
  const isAlone = (element) => textsOf(element).some((one) => bare(one) === bare(text));
  return [...found.filter(isAlone), ...found.filter((element) => !isAlone(element))];
}

const shows = (text) => holders(text).map(named);

// What a person has copied by hand from an element, or the page by itself when a button was clicked.
function copied(text, origin, byPage) {
  if (!marks(text)) return;
  const found = holders(text);
  const [near, others] = [found.filter((element) => element === origin), found.filter((element) => element !== origin)];
  // A page that copies by itself does it from an element that is gone at once.
  const from = byPage ? [...others, ...near] : [...near, ...others];
  flush();
  tell("copied", { shown: text, from: from.map(named), byPage });
}

function selected(element) {
  if (isField(element) && typeof element.selectionStart === "number") return element.value.slice(element.selectionStart, element.selectionEnd);
  const root = element.getRootNode();
  const selection = root.getSelection?.() ?? element.ownerDocument.getSelection();
  return String(selection ?? "");
}

for (const type of ["copy", "cut"]) {
  onTrusted(type, (event) => copied(selected(originOf(event)), editableOf(originOf(event)), clicking));
}
inEachWindow((own) => {
  if (!own.Clipboard) return; // not in a secure context
  const { writeText } = own.Clipboard.prototype;
  own.Clipboard.prototype.writeText = function (...args) {
    copied(String(args[0]), null, true);
    return writeText.apply(this, args);
  };
});
