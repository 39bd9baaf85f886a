// What a person does: click, type, choose, copy and paste.

const awaited = new Set(); // what a person would be waiting for now, before the next step: functions that say why

async function waitUntil(problem) {
  if (!problem()) return;
  awaited.add(problem);
  await until(() => !problem());
  awaited.delete(problem);
}

let used = null; // what the step was taken with, in words

// The element of a step, when it is there and nothing speaks against using it. Controls may come late, and move.
async function control(name, target, against = () => null) {
  const problem = () => {
    const { element, problem } = locate(target);
    const why = problem ? `${problem} (${name}); ${usable()}` : against(element);
    return why;
  };
  await waitUntil(problem);
  const { element } = locate(target);
  used = inWords(element);
  return element;
}

// A button may be enabled only when the page has taken in what was pasted.
async function click(name, target) {
  const element = await control(name, target, (element) => {
    if (!isLive(element)) return `nothing on the page listens to clicks on ${shown(target)} (${name})`;
    return element.matches(":disabled") ? `${shown(target)} (${name}) is disabled` : null;
  });
  if (element.localName === "option") chooseOption(element);
  else element.click();
}

// An option of a list is chosen.
function chooseOption(option) {
  const list = option.closest("select");
  option.selected = true;
  for (const event of ["input", "change"]) list.dispatchEvent(new Event(event, { bubbles: true }));
}

async function chooseIn(name, target, wanted) {
  const optionsOf = (element) => called([...(element.options ?? [])], (option) => option.textContent, wanted);
  const byValue = (element) => [...(element.options ?? [])].find(({ value }) => value === wanted);
  const find = (element) => byValue(element) ?? optionsOf(element)[0];
  const element = await control(name, target, (element) => {
    if (element.localName !== "select") return `${shown(target)} (${name}) is a <${element.localName}>, and no list to choose in`;
    if (element.matches(":disabled")) return `${shown(target)} (${name}) is disabled`;
    const options = [...element.options].slice(0, 8).map(({ textContent }) => stringify(squeezed(textContent))).join(", ");
    return find(element) ? null : `${shown(target)} (${name}) has no option ${stringify(wanted)}; it has ${options || "none"}`;
  });
  chooseOption(find(element));
}

async function tick(name, target, on) {
  const element = await control(name, target, (element) => (element.matches(":disabled") ? `${shown(target)} (${name}) is disabled` : null));
  if (element.checked !== on) element.click();
}

function nativeValue(element) {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
}

function cannotBeFilled(name, target) {
  return (element) => {
    const why = element.matches(":disabled") ? "disabled" : element.readOnly && "read-only";
    if (why) return `nothing can be pasted into ${shown(target)} (${name}): it is ${why}`;
    const takesText = nativeValue(element) || element.isContentEditable;
    return takesText ? null : `nothing can be pasted into ${shown(target)} (${name}): it is a <${element.localName}>`;
  };
}

const key = (element, type, init) => element.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, composed: true, ...init }));
const changed = (element, inputType, data) => element.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType, data }));

// The events of Ctrl+V over all that the field held, and of going on to the next control (UI Events; Clipboard API, section 7).
async function paste(name, target, text) {
  const element = await control(name, target, cannotBeFilled(name, target));
  const ctrlV = { key: "v", code: "KeyV", ctrlKey: true };
  element.focus({ preventScroll: true });
  key(element, "keydown", ctrlV);
  if (taken(element, text)) {
    insert(element, text);
    changed(element, "insertFromPaste", text);
  }
  key(element, "keyup", ctrlV);
  leave(element);
}

// Letter by letter, over all that the field held.
async function type(name, target, text) {
  const element = await control(name, target, cannotBeFilled(name, target));
  element.focus({ preventScroll: true });
  let typed = "";
  for (const letter of text) {
    typed += letter;
    key(element, "keydown", { key: letter });
    insert(element, typed);
    changed(element, "insertText", letter);
    key(element, "keyup", { key: letter });
  }
  leave(element);
}

// To be left, a field lays its text out: 8 ms for an SDP, as long as all else of its way. If nobody hears of it, the next click goes first.
function leave(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
  if (hearsLeaving(element)) element.blur();
  else turn().then(() => element.blur());
}

// Whether the page leaves the pasting to the browser.
function taken(element, text) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  // Firefox makes the clipboard's data itself, of the last two.
  const init = { bubbles: true, cancelable: true, composed: true, dataType: "text/plain", data: text };
  return element.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData }))
    && element.dispatchEvent(new InputEvent("beforeinput", { ...init, inputType: "insertFromPaste", dataTransfer: clipboardData }));
}

// Where line ends are not kept as they are, a browser makes lines of their own of them.
function insert(element, text) {
  const value = nativeValue(element);
  const keepsLines = () => element.ownerDocument.defaultView.getComputedStyle(element).whiteSpace.startsWith("pre");
  if (value) value.set.call(element, text);
  else if (keepsLines()) element.textContent = text;
  else element.innerText = text;
}
