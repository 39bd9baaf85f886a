// Who listens to clicks. A button that nobody listens to yet is not clicked in vain: a page may be slow to get there.

const CLICKS = new Set(["click", "mousedown", "mouseup", "pointerdown", "pointerup"]);
const listening = new WeakSet();

inEachWindow((own) => {
  const { addEventListener } = own.EventTarget.prototype;
  own.EventTarget.prototype.addEventListener = function (...args) {
    const result = addEventListener.apply(this, args);
    if (CLICKS.has(args[0])) {
      listening.add(this ?? own);
      lookAgain();
    }
    return result;
  };
  const onclick = Object.getOwnPropertyDescriptor(own.HTMLElement.prototype, "onclick");
  Object.defineProperty(own.HTMLElement.prototype, "onclick", {
    ...onclick,
    set(handler) {
      onclick.set.call(this, handler);
      lookAgain();
    },
  });
});

// What does something by itself.
const ACTIVE = "a[href], input, label, summary, select, option, form *";

function isLive(element) {
  if (element.matches(ACTIVE)) return true;
  for (let target = element; target; target = target.parentNode ?? target.host) {
    if (target.onclick || listening.has(target)) return true;
  }
  const own = element.ownerDocument.defaultView ?? window;
  return Boolean(own.onclick) || listening.has(own);
}
