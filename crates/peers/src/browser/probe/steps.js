// The steps of a page map, one after the other: a person has two hands, and does one thing at a time.

const came = {}; // what came from the other side, by what it is: its text, and in what form it was made, if it was not copied like that
let busy = false; // something was pasted, and what has to be clicked then was not
let given = false; // whether the page has called setRemoteDescription since the last was pasted
let lastClick = null;
let takenBefore = new Set(); // which connections had been given a description before the last was pasted

// Does a step and says what went wrong with it; a missing control is trouble, for nothing can be asked then.
async function step(name, work) {
  try {
    await work();
    return true;
  } catch (error) {
    harnessError(name, words(error), error instanceof MissingControl ? "mend the page map or the page" : null);
    return false;
  }
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
    for (const target of targets()) checkSelectors(target);
    watchAll();
    if (lacksCodec("video") || lacksCodec("audio")) return;
    startHearing();
    for (const { name, target } of map.clicks) await click(name, target);
    if (ice.servers.length) await paste("ice.servers", map.ice.servers, stringify(ice.servers));
    if (ice.relayOnly) await click("ice.relay_only", map.ice.relayOnly);
    walking = plan.steps;
    await walk(plan.beforeTheCall);
  });
}

function targets() {
  const { clicks, ice, candidates, video, acts } = map;
  const lists = [clicks, plan.steps].flat().map(({ target }) => target);
  return [...lists, ...[ice, candidates, video, acts].flatMap((one) => Object.values(one ?? {}))].filter(Boolean);
}

let walking = []; // the steps that are walked now

async function walk(beforeTheCall = null) {
  for (const [place, planned] of walking.entries()) {
    if (place === beforeTheCall) await beReady();
    if (planned.forCamera && !(config.sends && (media.video || media.audio))) continue;
    busy &&= isOfHands(planned);
    lookAgain();
    const what = `${VERBS[planned.does]} ${planned.target ? shown(planned.target) : planned.state}`;
    tellStep(place, what, null);
    const isDone = await step(`${what} (${planned.name})`, () => perform(planned, place));
    if (!isDone) return;
    tellStep(place, what, used ?? "done");
    if (config.tellsSteps) await until(() => seen > place);
  }
  busy = false;
  if (beforeTheCall === walking.length) await beReady();
  lookAgain();
}

// Where a map is tried, each step is told, and the next one waits until whoever tries it has looked at the page.
let seen = 0; // how many steps have been looked at

function tellStep(place, what, found) {
  used = null;
  if (config.tellsSteps) note("step", { number: place + 1, of: walking.length, what, found });
}

function goOn(number) {
  seen = number;
  lookAgain();
}

async function beReady() {
  await calm();
  await until(isHearing);
  await turn();
  tracksBefore = current?.tracks ?? 0;
  write("reached", { milestone: "ready" });
  await until(() => requested);
}

const VERBS = { click: "click", type: "type into", choose: "choose in", tick: "tick", "wait-for": "wait for", until: "wait for", copy: "copy from", paste: "paste into" };
const HANDS = new Set(["click", "type", "choose", "tick"]);
const isOfHands = ({ does }) => HANDS.has(does);

async function perform(planned, place) {
  if (planned.optional && !(await isDue(planned, place))) {
    used = "left out: it is not there";
    return;
  }
  const { name, target } = planned;
  if (isOfHands(planned)) await calm();
  switch (planned.does) {
    case "click": return clickStep(planned);
    case "type": return type(name, target, planned.text);
    case "choose": return chooseIn(name, target, planned.option);
    case "tick": return tick(name, target, planned.on);
    case "wait-for": return waitFor(planned, place);
    case "until": return untilState(planned);
    case "copy": return copyFrom(planned);
    case "paste": return pasteStep(planned);
  }
}

// An optional step is taken if its element is there before that of the next one that has to be.
async function isDue({ target }, place) {
  const next = walking.slice(place + 1).find(({ optional, target }) => !optional && target);
  const isThere = () => Boolean(there(target));
  await until(() => isThere() || !next || there(next.target));
  return isThere();
}

async function clickStep({ name, target, prompt, confirm, pasted: what }) {
  const text = what ? await arrived(what) : prompt;
  // The page stands still while its dialog is open: who answers has to know before.
  if (text !== null) write("dialog-expected", { dialog: "prompt", accept: true, answer: text });
  if (confirm !== null) write("dialog-expected", { dialog: "confirm", accept: confirm, answer: "" });
  lastClick = `${shown(target)} (${name})`;
  if (what) note("pasted", { what });
  await click(name, target);
}

async function pasteStep({ name, target, what }) {
  const text = await arrived(what);
  busy = true;
  await paste(name, target, text);
  note("pasted", { what });
}

// What came from the other side.
async function arrived(what) {
  await until(() => came[what]);
  takenBefore = new Set(records.filter((record) => record.reached.has("remote-description-set")));
  given = false;
  pasted = came[what].text;
  return pasted;
}

// Only before something that has still to be done on the page is it a wait that keeps a question from being asked.
function waitFor({ name, target, shows, plays }, place) {
  const against = (element) => {
    if (shows && !folded(textOf(element)).includes(folded(shows))) {
      return `${shown(target)} (${name}) does not show ${stringify(shows)}, but ${stringify(squeezed(textOf(element)).slice(0, 60))}`;
    }
    return plays && !(element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) ? `${shown(target)} (${name}) does not play` : null;
  };
  const isLast = !walking.slice(place + 1).some(({ does }) => does !== "wait-for" && does !== "until");
  const holds = () => {
    const element = there(target);
    if (element && shows) watchText(element, lookAgain);
    if (element) used = inWords(element);
    return element && !against(element);
  };
  return isLast ? until(holds) : control(name, target, (element) => (holds() ? null : against(element)));
}

// A person goes on when the own picture is there. A page without one goes on when the track has been added.
function cameraRuns() {
  const video = localVideo();
  if (video?.srcObject) return video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return records.some((record) => record.tracks);
}

async function untilState({ state }) {
  switch (state) {
    case "connection": return waitUntil(() => (records.length ? null : `no connection was made after the click on ${lastClick}`));
    case "camera": return until(cameraRuns);
    default:
      await until(() => records.some((record) => record.reached.has("remote-description-set") && !takenBefore.has(record)));
      await turn();
  }
}

function allow() {
  mayCall = true;
}

// On a page that signals for itself the call begins on both sides.
function offer() {
  if (role === "offerer") write("reached", { milestone: "offer-requested" });
  requested = true;
  lookAgain();
}

// What changes the call without a new offer.
const NOT_OFFERED = new Set(["replace-track", "share-screen", "roll-back", "close-channels", "hang-up"]);

function change(act) {
  const target = map.acts[act]; // what offers again has none but that of the offer
  return step(target ? `click ${shown(target)} (acts.${act})` : act, async () => {
    const isOffered = !NOT_OFFERED.has(act);
    if (act === "hang-up") await lastSample();
    if (isOffered) {
      beginRound();
      write("reached", { milestone: "offer-requested" });
    }
    if (target) await click(`acts.${act}`, target);
    if (!isOffered) return;
    await waitUntil(() => (isChanged(act) ? null : `no track was added after the click on ${shown(target)} (acts.${act})`));
    await turn();
    walking = changes.offerer;
    await walk();
  });
}

// A device that is added has to be there before an offer is made with it.
let tracksBefore = 0;
const isChanged = (act) => !["add-video", "add-audio"].includes(act) || (current?.tracks ?? 0) > tracksBefore;

// Takes an offer or an answer, for the step that pastes it. An offer in a call that is up changes it.
function receive({ what, text, made }) {
  const isLater = what === "offer" && described !== null;
  if (isLater) beginRound();
  came[what] = { text, made };
  if (isLater) {
    walking = changes.answerer;
    walk();
  }
  lookAgain();
}

// They are pasted when the description before them was, and the page has given it to its connection or rests without that; those that
// come before any description, at once.
let hands = Promise.resolve();
function receiveCandidates({ lines, early }) {
  const work = async () => {
    await until(() => (early || pasted !== null) && !busy);
    while (!early && !given && isAtWork()) {
      await until(() => given || !isAtWork());
      await turn();
    }
    await paste("candidates.received", map.candidates.received, lines);
    note("pasted", { what: "candidates" });
    await click("candidates.add", map.candidates.add);
  };
  hands = hands.then(() => step("paste candidates", work));
}

// Why what was to be asked of the page was not, as far as a person would know. What a connection has refused was asked.
function unasked() {
  if (records.some(({ entries }) => entries.some(({ kind }) => kind === "peer-error"))) return [];
  const waits = [...awaited].map((problem) => problem());
  const made = Object.entries(came).find(([, { made }]) => made);
  const inVain = made && pasted && !records.some(({ given }) => given)
    && `the ${made[0]} was pasted ${made[1].made}, and the page gave nothing to setRemoteDescription`;
  const isReceived = records.some(({ reached }) => reached.has("track-received"));
  const video = map.video.remote && isReceived && media.video && locate(map.video.remote).problem;
  return [...waits, shownInstead(), inVain, video && `${video} (video.remote); ${usable()}`].filter(Boolean);
}
