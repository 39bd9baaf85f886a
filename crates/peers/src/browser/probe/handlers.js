// Who listens to clicks. A button that nobody listens to yet is not clicked in vain: a page may be slow to get there.

const CLICKS = new Set(["click", "mousedown", "mouseup", "pointerdown", "pointerup"]);
const listening = new WeakSet();

const { addEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (...args) {
  const result = addEventListener.apply(this, args);
  if (CLICKS.has(args[0])) {
    listening.add(this ?? window);
    lookAgain();
  }
  return result;
};

const onclick = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "onclick");
Object.defineProperty(HTMLElement.prototype, "onclick", {
  ...onclick,
  set(handler) {
    onclick.set.call(this, handler);
    lookAgain();
  },
});

// What does something by itself.
const ACTIVE = "a[href], input, label, summary, select, option, form *";

function isLive(element) {
  if (element.matches(ACTIVE)) return true;
  for (let target = element; target; target = target.parentNode ?? target.host) {
    if (target.onclick || listening.has(target)) return true;
  }
  return Boolean(window.onclick) || listening.has(window);
}
