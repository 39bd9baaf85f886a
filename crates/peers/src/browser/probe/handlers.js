// Who listens to clicks, and to leaving a field. A button that nobody listens to yet is not clicked in vain: a page may be slow to get there.

const CLICKS = new Set(["click", "mousedown", "mouseup", "pointerdown", "pointerup"]);
const LEAVING = new Set(["blur", "focusout"]);
const toClicks = new WeakSet();
const toLeaving = new WeakSet();

inEachWindow((own) => {
  const { addEventListener } = own.EventTarget.prototype;
  own.EventTarget.prototype.addEventListener = function (...args) {
    const result = addEventListener.apply(this, args);
    if (LEAVING.has(args[0])) toLeaving.add(this ?? own);
    if (CLICKS.has(args[0])) {
      toClicks.add(this ?? own);
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

const isLive = (element) => element.matches(ACTIVE) || isHeard(element, toClicks, "onclick");
const hearsLeaving = (element) => isHeard(element, toLeaving, "onblur");

// Whether the element or what it stands in listens, by a listener or by the handler of that name.
function isHeard(element, listeners, handler) {
  for (let target = element; target; target = target.parentNode ?? target.host) {
    if (target[handler] || listeners.has(target)) return true;
  }
  const own = element.ownerDocument.defaultView ?? window;
  return Boolean(own[handler]) || listeners.has(own);
}
