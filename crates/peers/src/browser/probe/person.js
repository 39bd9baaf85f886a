// What a person does: click, copy and paste.

class MissingControl extends Error {}

function control(name, selector) {
  const element = document.querySelector(selector);
  if (!element) throw new MissingControl(`no element matches ${selector} (${name})`);
  return element;
}

const awaited = new Set(); // what a person would be waiting for now, before the next click

async function waitUntil(what, holds) {
  awaited.add(what);
  await until(holds);
  awaited.delete(what);
}

// A button may be enabled only when the page has taken in what was pasted.
async function click(name, selector) {
  const element = control(name, selector);
  if (!isLive(element)) await waitUntil(`nothing on the page listens to clicks on ${selector} (${name})`, () => isLive(element));
  if (element.disabled) await waitUntil(`${selector} (${name}) is disabled`, () => !element.disabled);
  if (element instanceof HTMLOptionElement) chooseOption(element);
  else element.click();
}

// An option of a list is chosen.
function chooseOption(option) {
  const list = option.closest("select");
  option.selected = true;
  for (const event of ["input", "change"]) list.dispatchEvent(new Event(event, { bubbles: true }));
}

function nativeValue(element) {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
}

// The events of Ctrl+V over all that the field held, and of going on to the next control (UI Events; Clipboard API, section 7).
function paste(name, selector, text) {
  const element = control(name, selector);
  if (element.disabled || element.readOnly) throw new MissingControl(`nothing can be pasted into ${selector} (${name}): it is ${element.disabled ? "disabled" : "read-only"}`);
  const key = (type, rest = {}) => {
    const init = { bubbles: true, cancelable: true, key: "v", code: "KeyV", ctrlKey: true, ...rest };
    return element.dispatchEvent(new KeyboardEvent(type, init));
  };
  element.focus({ preventScroll: true });
  key("keydown");
  if (taken(element, text) && insert(element, text)) {
    element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste", data: text }));
  }
  key("keyup");
  element.dispatchEvent(new Event("change", { bubbles: true }));
  element.blur();
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

function insert(element, text) {
  const value = nativeValue(element);
  if (value) value.set.call(element, text);
  else if (element.isContentEditable) element.textContent = text;
  else throw new MissingControl(`nothing can be pasted into a <${element.localName}>`);
  return true;
}

// Does a step and says what went wrong with it; a missing control is trouble, for nothing can be asked then.
async function step(name, work) {
  try {
    await work();
  } catch (error) {
    harnessError(name, words(error), error instanceof MissingControl ? "mend the page map or the page" : null);
  }
}

let steps = map[role]; // of the part that this side has in this round
// A person goes on when the own picture is there. A page without one goes on when the track has been added.
function cameraRuns() {
  const video = document.querySelector(map.video.local);
  if (video?.srcObject) return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return records.some((record) => record.tracks);
}

// Asked of the browser before anything is done (webrtc-pc, getCapabilities).
function lacksCodec(kind) {
  const wanted = flowing[kind];
  const has = ({ getCapabilities }) => getCapabilities?.(kind)?.codecs.some(({ mimeType }) => mimeType.toLowerCase() === wanted.toLowerCase());
  if (!wanted || !window.RTCRtpSender) return false;
  const lacking = [["send", RTCRtpSender], ["receive", RTCRtpReceiver]].filter(([, side]) => !has(side)).map(([does]) => does);
  if (lacking.length) write("unsupported", { reason: `cannot ${lacking.join(" or ")} ${wanted}` });
  return lacking.length > 0;
}

function prepare() {
  return step("make the page ready", async () => {
    findAll();
    watchAll();
    const mode = map.mode[gathersFirst ? "vanilla" : "trickle"];
    if (lacksCodec("video") || lacksCodec("audio")) return;
    startHearing();
    if (mode) await click("mode", mode);
    for (const [name, selector] of media.clicks) await click(name, selector);
    if (ice.servers.length) paste("ice.servers", map.ice.servers, stringify(ice.servers));
    if (ice.relayOnly) await click("ice.relay_only", map.ice.relay_only);
    if (steps.create_connection) {
      await click("create_connection", steps.create_connection);
      await waitUntil(`no connection was made after the click on ${steps.create_connection} (create_connection)`, () => records.length);
    }
    if (steps.start_video && (media.video || media.audio)) {
      await click("start_video", steps.start_video);
      await until(cameraRuns);
    }
    await until(isHearing);
    await turn();
    tracksBefore = current?.tracks ?? 0;
    write("reached", { milestone: "ready" });
  });
}

// Before the first click: a control that is missing is said before anything has been done.
function findAll() {
  const named = { ...steps, "sdp.send": map.sdp.send, "sdp.received": map.sdp.received, "video.remote": map.video.remote };
  if (!gathersFirst && map.candidates) {
    for (const [name, selector] of Object.entries(map.candidates)) named[`candidates.${name}`] = selector;
  }
  for (const [name, selector] of media.clicks) named[name] = selector;
  if (ice.servers.length) named["ice.servers"] = map.ice.servers;
  if (ice.relayOnly) named["ice.relay_only"] = map.ice.relay_only;
  for (const [name, selector] of Object.entries(named)) if (selector) control(name, selector);
}

function offer() {
  return step("click create_offer", () => {
    asked = true;
    write("reached", { milestone: "offer-requested" });
    return click("create_offer", steps.create_offer);
  });
}

// Changes the call, which takes a new offer unless it ends the call.
function change(act) {
  const name = act.replace("-", "_");
  const ends = act === "hang-up";
  return step(`click ${name}`, async () => {
    beginRound("offerer");
    if (ends) await lastSample();
    else write("reached", { milestone: "offer-requested" });
    await click(`acts.${name}`, map.acts[name]);
    if (ends) return;
    await until(() => isChanged(act));
    await turn();
    await click("create_offer", steps.create_offer);
  });
}

// A device that is added has to be there before an offer is made with it.
let tracksBefore = 0;
function isChanged(act) {
  const tracks = current.tracks;
  if (!["add-video", "add-audio"].includes(act) || tracks > tracksBefore) {
    tracksBefore = tracks;
    return true;
  }
  return false;
}

function receiveOffer(sdp) {
  return step("paste the offer", async () => {
    if (asked) beginRound("answerer");
    const described = new Set(records.filter((record) => record.reached.has("remote-description-set")));
    asked = true;
    pasteDescription("offer", sdp);
    await click("receive_offer", steps.receive_offer);
    if (!steps.create_answer) return;
    // Careless pages do not wait for this themselves: a person who clicks on at once would get an error.
    await until(() => records.some((record) => record.reached.has("remote-description-set") && !described.has(record)));
    await turn();
    await click("create_answer", steps.create_answer);
  });
}

function receiveAnswer(sdp) {
  return step("paste the answer", async () => {
    pasteDescription("answer", sdp);
    await click("receive_answer", steps.receive_answer);
  });
}

function pasteDescription(what, sdp) {
  pasted = sdp;
  paste("sdp.received", map.sdp.received, sdp);
  note("pasted", { what });
}

function receiveCandidates(lines) {
  return step("paste candidates", async () => {
    paste("candidates.received", map.candidates.received, lines);
    note("pasted", { what: "candidates" });
    await click("candidates.add", map.candidates.add);
  });
}
