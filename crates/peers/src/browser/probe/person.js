// What a person does: click, copy and paste.

class MissingControl extends Error {}

function control(name, selector) {
  const element = document.querySelector(selector);
  if (!element) throw new MissingControl(`no element matches ${selector} (${name})`);
  return element;
}

function click(name, selector) {
  const element = control(name, selector);
  if (element.disabled) throw new MissingControl(`${selector} (${name}) is disabled`);
  element.click();
}

function nativeValue(element) {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
}

function paste(name, selector, text) {
  const element = control(name, selector);
  nativeValue(element).set.call(element, text);
  element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste", data: text }));
}

// Does a step and says what went wrong with it; a missing control is trouble, for nothing can be asked then.
async function step(name, work) {
  try {
    await work();
  } catch (error) {
    trouble(name, words(error), error instanceof MissingControl ? "mend the page map or the page" : null);
  }
}

const steps = map[role];
// A person goes on when the own picture is there. A page without one goes on when the track has been added.
function cameraRuns() {
  const video = document.querySelector(map.video.local);
  if (video?.srcObject) return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return seen.has("track-added");
}

function prepare() {
  return step("make the page ready", async () => {
    findAll();
    const mode = map.mode[gathersFirst ? "vanilla" : "trickle"];
    if (mode) click("mode", mode);
    if (ice.servers.length) paste("ice.servers", map.ice.servers, JSON.stringify(ice.servers));
    if (ice.relayOnly) click("ice.relay_only", map.ice.relay_only);
    if (steps.create_connection) {
      click("create_connection", steps.create_connection);
      await until(() => seen.has("connection"));
    }
    if (steps.start_video) {
      click("start_video", steps.start_video);
      await until(cameraRuns);
    }
    await turn();
    reach("ready");
  });
}

// Before the first click: a control that is missing is said before anything has been done.
function findAll() {
  const named = { ...steps, "sdp.send": map.sdp.send, "sdp.received": map.sdp.received, "video.remote": map.video.remote };
  if (!gathersFirst && map.candidates) {
    for (const [name, selector] of Object.entries(map.candidates)) named[`candidates.${name}`] = selector;
  }
  if (ice.servers.length) named["ice.servers"] = map.ice.servers;
  if (ice.relayOnly) named["ice.relay_only"] = map.ice.relay_only;
  for (const [name, selector] of Object.entries(named)) if (selector) control(name, selector);
}

function call() {
  return step("click create_offer", () => {
    reach("offer-requested");
    click("create_offer", steps.create_offer);
  });
}

function receiveOffer(sdp) {
  return step("paste the offer", async () => {
    paste("sdp.received", map.sdp.received, sdp);
    note("pasted", "offer");
    click("receive_offer", steps.receive_offer);
    if (!steps.create_answer) return;
    // Careless pages do not wait for this themselves: a person who clicks on at once would get an error.
    await until(() => seen.has("remote-description-set"));
    await turn();
    click("create_answer", steps.create_answer);
  });
}

function receiveAnswer(sdp) {
  return step("paste the answer", () => {
    paste("sdp.received", map.sdp.received, sdp);
    note("pasted", "answer");
    click("receive_answer", steps.receive_answer);
  });
}

function receiveCandidates(lines) {
  return step("paste candidates", () => {
    paste("candidates.received", map.candidates.received, lines);
    note("pasted", "candidates");
    click("candidates.add", map.candidates.add);
  });
}
