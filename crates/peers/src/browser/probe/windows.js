// The windows of the page: its own, and those of its frames of the same origin; and the trees of elements in them.

const windows = new Set();
const shadowRoots = new Set();
const preparations = []; // what is done with each window before its own first script
const realms = new WeakSet(); // what was done with, by their Object
const takers = []; // what is done with each document
const known = new WeakSet(); // the documents with which it was done

// For the page's own window now, and for that of each frame when it comes.
function inEachWindow(prepare) {
  preparations.push(prepare);
  prepare(window);
}

function inEachDocument(take) {
  takers.push(take);
  take(document);
}

// A frame that begins with a document hands its window over. A document that takes another's place has a window of its own, unless
// that was the blank one with which a frame begins.
function adopt(frame) {
  windows.add(frame);
  if (!realms.has(frame.Object)) {
    realms.add(frame.Object);
    for (const prepare of preparations) prepare(frame);
  }
  takeDocument(frame.document);
  lookAgain();
}

function takeDocument(document) {
  if (known.has(document)) return;
  known.add(document);
  for (const take of takers) take(document);
}

const isThere = (one) => one === window || Boolean(one.frameElement?.isConnected);
const documents = () => [...windows].filter(isThere).map((one) => one.document);
const roots = () => [...documents(), ...[...shadowRoots].filter((root) => root.isConnected)];
const resources = () => documents().flatMap((one) => one.defaultView.performance.getEntriesByType("resource"));

// What a page says to a person who cannot see it (WAI-ARIA, role=alert) tells the harness most, too.
function watchTree(root) {
  // In the capture phase, and in each tree: it does not bubble, nor leave a shadow root.
  root.addEventListener("loadeddata", (event) => mediaLoaded(event), true);
  new MutationObserver((changes) => {
    lookAgain();
    if (changes.some(({ type }) => type === "childList")) watchAll();
    const element = ({ target }) => (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement);
    const alerts = new Set(changes.filter(({ type }) => type !== "attributes").map((change) => element(change)?.closest("[role=alert]")));
    for (const alert of alerts) if (alert?.textContent.trim()) note("page-says", { text: alert.textContent.trim() });
  }).observe(root, { childList: true, characterData: true, subtree: true, attributes: true });
}

function takeShadow(root) {
  if (!root || shadowRoots.has(root)) return;
  shadowRoots.add(root);
  watchTree(root);
  lookAgain();
}

windows.add(window);
realms.add(Object);
known.add(document);
inEachDocument(watchTree);
inEachWindow((own) => {
  const { Element } = own;
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (...args) {
    const root = attachShadow.apply(this, args);
    if (root.mode === "open") takeShadow(root);
    return root;
  };
  // What the parser makes of a template says nothing of it.
  own.addEventListener("DOMContentLoaded", () => {
    takeDocument(own.document);
    for (const element of own.document.querySelectorAll("*")) takeShadow(element.shadowRoot);
  });
});
