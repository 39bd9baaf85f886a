// Where on the page something is: by CSS, or as people see it.

class MissingControl extends Error {}

const squeezed = (text) => String(text ?? "").replace(/\s+/g, " ").trim();
const folded = (text) => squeezed(text).toLowerCase();
const isField = (element) => ["input", "textarea", "select"].includes(element.localName);
const isVisible = (element) => element.checkVisibility?.() ?? true;

// The elements of a role, as far as they have it without saying so (HTML Accessibility API Mappings).
const TEXT_FIELDS = "textarea, input:not([type]), input:is([type=text], [type=search], [type=url], [type=email], [type=tel])";
const BY_ROLE = {
  button: "button, summary, input:is([type=button], [type=submit], [type=reset], [type=image])",
  textbox: `${TEXT_FIELDS}, [contenteditable]:not([contenteditable=false])`,
  checkbox: "input[type=checkbox]",
  radio: "input[type=radio]",
  combobox: "select",
  listbox: "select",
  link: "a[href]",
  heading: "h1, h2, h3, h4, h5, h6",
  option: "option",
};
const FIELDS = "input, textarea, select, button, output, video, audio, [contenteditable], [role]";

const ofRole = (role) => [`[role=${CSS.escape(role)}]`, BY_ROLE[role]].filter(Boolean).join(", ");

function labelOf(element) {
  const named = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean);
  const texts = named.map((id) => element.getRootNode().getElementById?.(id)?.textContent);
  const labels = [...(element.labels ?? [])].map((label) => label.textContent.replace(element.textContent, ""));
  const said = [texts.join(" "), element.getAttribute("aria-label"), labels.join(" "), element.getAttribute("placeholder")];
  return said.find((text) => squeezed(text)) ?? "";
}

// Of a button it is what stands on it.
function nameOf(element) {
  const value = element.localName === "input" && ["button", "submit", "reset"].includes(element.type) ? element.value : null;
  const content = ["textarea", "select"].includes(element.localName) ? "" : element.textContent;
  const said = [labelOf(element), value, content, element.getAttribute("alt"), element.getAttribute("title")];
  return said.find((text) => squeezed(text)) ?? "";
}

// Those whose text is the wanted one; if there is none, those whose text holds it.
function called(elements, textOf, wanted) {
  const texts = elements.map((element) => [element, folded(textOf(element))]);
  const exact = texts.filter(([, text]) => text === folded(wanted));
  const found = exact.length ? exact : texts.filter(([, text]) => text.includes(folded(wanted)));
  return found.map(([element]) => element);
}

// Of elements within one another the innermost.
const innermost = (elements) => elements.filter((element) => !elements.some((other) => other !== element && element.contains(other)));

function all(selector) {
  try {
    return roots().flatMap((root) => [...root.querySelectorAll(selector)]);
  } catch {
    return []; // it is no selector, which was said
  }
}

function matching({ css, label, role, name, text, frame }) {
  let found = all(css ?? (role ? ofRole(role) : label || name ? FIELDS : ":not(script, style, option, head, head *)"));
  if (css && role) found = found.filter((element) => element.matches(ofRole(role)));
  if (frame) found = found.filter((element) => element.ownerDocument.defaultView?.frameElement?.matches(frame) ?? false);
  if (label) found = called(found, labelOf, label);
  if (name) found = called(found, nameOf, name);
  return text ? innermost(called(found, (element) => (isField(element) ? element.value : element.textContent), text)) : found;
}

// What is meant, in words.
function shown({ css, label, role, name, text, frame, nth }) {
  const parts = [css, role && `the ${role}`, label && `labelled ${stringify(label)}`, name && `named ${stringify(name)}`, text && `with the text ${stringify(text)}`];
  const place = [nth && `number ${nth}`, frame && `in the frame ${frame}`];
  return [...parts, ...place].filter(Boolean).join(" ");
}

function inWords(element) {
  const id = element.id ? `#${element.id}` : "";
  const name = squeezed(nameOf(element)).slice(0, 30);
  return `<${element.localName}${id}>${name ? ` ${stringify(name)}` : ""}`;
}

// What a person could use on the page now.
function usable() {
  const there = all("button, input, textarea, select, a[href], [contenteditable], [role=button], pre, video").filter(isVisible);
  const words = there.slice(0, 12).map(inWords).join(", ") + (there.length > 12 ? ", …" : "");
  return there.length ? `the page has ${words}` : "the page shows nothing that could be used";
}

// The element that is meant, or why there is not one.
function locate(target) {
  const { first, nth } = target;
  const found = matching(target);
  if (nth) return found[nth - 1] ? { element: found[nth - 1] } : { problem: `${found.length} elements match ${shown({ ...target, nth: null })}, and number ${nth} is meant` };
  const visible = found.length > 1 && !first ? found.filter(isVisible) : found;
  const [element, another] = visible.length ? visible : found;
  if (!element) return { problem: `no element matches ${shown(target)}` };
  if (!another || first) return { element };
  const several = (visible.length ? visible : found).slice(0, 4).map(inWords).join(", ");
  return { problem: `${found.length} elements match ${shown(target)}, and one is meant: ${several}` };
}

// Before anything is done: what is no selector is a slip of whoever wrote the map.
function checkSelectors({ css, frame }) {
  for (const selector of [css, frame].filter(Boolean)) {
    try {
      document.querySelector(selector);
    } catch (error) {
      throw new MissingControl(`${stringify(selector)} is no selector of CSS: ${words(error)}`);
    }
  }
}

const there = (target) => (target ? locate(target).element ?? null : null);
const localVideo = () => there(map.video.local);

// Where the map does not say it, the video that plays what a connection receives.
function remoteVideo() {
  if (map.video.remote) return there(map.video.remote);
  const received = records.flatMap(({ connection }) => connection.getReceivers().map(({ track }) => track));
  const plays = (video) => video.srcObject?.getTracks?.().some((track) => received.includes(track));
  const playing = all("video").filter(plays);
  return playing.find((video) => video.srcObject.getVideoTracks().length) ?? playing[0] ?? null;
}
