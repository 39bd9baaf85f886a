// Whether the page arrived whole: what was missing, refused, or threw while it was loading.

const lost = []; // in words
const reported = new Set();

function lose(what, url, why) {
  const text = clean("why", `${what} ${url}: ${why}`);
  if (reported.has(`${what} ${url}`)) return;
  reported.add(`${what} ${url}`);
  lost.push(text);
  note("not-loaded", { text });
}

// Without these a page is not what its author wrote; without a picture or a font it is.
function kindOf(element) {
  switch (element.localName) {
    case "script": return "the script";
    case "link": return element.relList?.contains("stylesheet") ? "the style sheet" : null;
    case "iframe": return "the frame";
    default: return null;
  }
}

const addressOf = (element) => element.src || element.href || "";

// The status of what was fetched; 0 where there was no answer.
function statusOf(url) {
  return resources().findLast(({ name }) => name === url)?.responseStatus ?? null;
}

function why(url) {
  const status = statusOf(url);
  return status ? `the server answered ${status}` : "no answer came, or it was refused";
}

// What a fetched resource is to the page, by who asked for it; null for pictures, fonts and data, without which a page is whole.
// A style sheet asks for pictures too, and a link for icons and for what may be needed later.
function kindOfFetched({ name, initiatorType }) {
  const { pathname } = new URL(name);
  const links = () => documents().flatMap((one) => [...one.querySelectorAll("link[rel~=stylesheet]")]);
  const isLinked = () => links().some((link) => link.href === name);
  switch (initiatorType) {
    case "script": return "the script";
    case "iframe": return "the frame";
    case "link": return isLinked() ? "the style sheet" : null;
    case "css": return pathname.endsWith(".css") ? "the style sheet" : null;
    case "other": return /\.m?js$/.test(pathname) ? "the script" : null;
    default: return null;
  }
}

// A script that was fetched as a module or by another one, and a frame, fail without an event that says so.
function refusedByServer() {
  for (const entry of resources()) {
    const kind = entry.responseStatus >= 400 && kindOfFetched(entry);
    if (kind) lose(kind, entry.name, `the server answered ${entry.responseStatus}`);
  }
}

// What of the page is still on its way.
function pending() {
  const elements = documents().flatMap((one) => [...one.querySelectorAll("script[src], link[rel~=stylesheet], iframe[src]")]);
  const arrived = new Set(resources().map(({ name }) => name));
  const waiting = elements.filter((element) => !arrived.has(addressOf(element)));
  return waiting.map((element) => `${kindOf(element)} ${addressOf(element)} has not arrived`);
}

// Whether the probe threw by itself, and not the browser when the page called it through the probe. A frame of the stack is
// `    at name (file:1:2)` or `name@file:1:2`; where the stack names the probe, not every browser says that the error is of its file.
function isOwn({ filename, error }) {
  const frames = String(error?.stack ?? "").split("\n").filter((line) => /^\s+at |^\S*@\S+:\d+:\d+$/.test(line));
  return (filename.endsWith(SOURCE) || frames.length > 0) && frames.every((frame) => frame.includes(SOURCE));
}

// In the capture phase: that a resource failed does not bubble.
inEachWindow((own) => {
  own.addEventListener("error", (event) => {
    const element = event.target?.nodeType === Node.ELEMENT_NODE ? event.target : null;
    if (element) {
      const kind = kindOf(element);
      if (kind) turn().then(() => lose(kind, addressOf(element), why(addressOf(element))));
      return;
    }
    const where = event.filename.endsWith(SOURCE) ? "in a call of the browser" : `line ${event.lineno}`;
    if (isOwn(event)) {
      harnessError("watch the page", `${event.message} (line ${event.lineno} of the probe)`, "this is a bug in tincan: please report it");
      return;
    }
    note("page-error", { text: `${event.message} (${where})` });
    const { document } = own;
    const script = document.currentScript;
    const isModule = !script && document.readyState !== "complete" && document.querySelector("script[type=module]");
    // Thrown in a handler, the rest of the page is there.
    if (script || isModule) lose("the script", event.filename || own.location.href, `it threw at its top level: ${event.message} (${where})`);
  }, true);
  own.addEventListener("unhandledrejection", (event) =>
    note("page-error", { text: `not handled: ${words(event.reason)}` }));
});
inEachDocument((document) => {
  document.addEventListener("securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
    if (disposition !== "enforce") return;
    const kind = { "script-src": "the script", "style-src": "the style sheet", "frame-src": "the frame" }[effectiveDirective.replace(/-(elem|attr)$/, "")];
    const text = `the page's own policy (Content-Security-Policy, ${effectiveDirective}) refuses it`;
    if (kind) lose(kind, blockedURI, text);
    else note("not-loaded", { text: `${blockedURI}: ${text}` });
  });
});

// Why what is asked of the page may not be what its author wrote; null if it arrived whole.
function incomplete() {
  refusedByServer();
  const late = document.readyState === "complete" ? [] : pending();
  return [...lost, ...late].join("; ") || (document.readyState === "complete" ? null : "it is still loading");
}
