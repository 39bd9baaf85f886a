// By what a page map is to find an element: what is found by it has to be that element alone.

const LONGEST_NAME = 60; // of what people read; a longer text is no name
const FIELD = "input, textarea, select, output, [contenteditable]:not([contenteditable=false])";
const ATTRIBUTES = ["data-testid", "name", "onclick", "title", "type"];

// What a program makes anew each time, or a build does, names nothing tomorrow.
const isMade = (part) => part.length > 4 && part.replace(/\D/g, "").length > 1;
const isStable = (word) => /^[A-Za-z_][\w-]*$/.test(word) && !/^(radix|react|mui|ember|headlessui|ext-gen|css)-/.test(word) && !word.split(/[-_]/).some(isMade);
const isShort = (text) => text.length > 0 && text.length <= LONGEST_NAME;
const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

// Selectors of an element by itself, the more telling ones first.
function selectors(element) {
  const { localName: tag } = element;
  const has = ATTRIBUTES.filter((name) => isShort(element.getAttribute(name) ?? ""));
  const classes = [...element.classList].filter(isStable).map((name) => `${tag}.${name}`);
  return [...has.map((name) => `${tag}[${name}=${quoted(element.getAttribute(name))}]`), ...classes, tag];
}

function* ancestors(element) {
  for (let one = element.parentElement; one; one = one.parentElement) yield one;
}

const byId = (element) => (element.id && isStable(element.id) ? `#${element.id}` : null);
const anchors = (element) => [byId(element), ...[...element.classList].filter(isStable).map((name) => `.${name}`)].filter(Boolean);

function* within(element) {
  for (const selector of selectors(element)) yield selector;
  for (const ancestor of ancestors(element)) {
    for (const anchor of anchors(ancestor)) {
      for (const selector of selectors(element)) yield `${anchor} ${selector}`;
    }
  }
}

// The way to it from the nearest element with a name of its own, or from the top of its tree.
function place(element) {
  const steps = [];
  for (let one = element; one; one = one.parentElement) {
    const anchor = one === element ? null : byId(one);
    if (anchor) return [anchor, ...steps].join(" > ");
    const alike = [...(one.parentNode?.children ?? [])].filter(({ localName }) => localName === one.localName);
    steps.unshift(alike.length > 1 ? `${one.localName}:nth-of-type(${alike.indexOf(one) + 1})` : one.localName);
  }
  return steps.join(" > ");
}

const BY_PLACE = "it has no name of its own, and is found by its place on the page";
const BY_ID = "its id looks as if a program had made it";

// As people see it.
function* seen(element) {
  const label = squeezed(labelOf(element));
  if (element.matches(FIELD) && isShort(label)) yield { label };
  const name = squeezed(nameOf(element));
  const role = element.getAttribute("role") ?? ["button", "link"].find((one) => element.matches(BY_ROLE[one]));
  if (role && isShort(name)) yield { role, name };
}

function* candidates(element) {
  const id = byId(element);
  if (id) yield [{ css: id }];
  for (const target of seen(element)) yield [target];
  for (const css of within(element)) yield [{ css }];
  if (element.id) yield [{ css: `#${CSS.escape(element.id)}` }, BY_ID];
  yield [{ css: place(element) }, BY_PLACE];
}

// The frame that an element is in, for when it is to be told from others.
function frameOf(element) {
  const frame = element.ownerDocument.defaultView?.frameElement;
  return frame ? byId(frame) ?? place(frame) : null;
}

// How an element is found: as people see it, by CSS alone, and why that may not last; null where nothing finds it alone.
function named(element) {
  const [words, frame] = [inWords(element), frameOf(element)];
  const all = [...candidates(element)];
  const framed = frame ? all.map(([target, why]) => [{ ...target, frame }, why]) : [];
  const finds = ([target]) => locate(target).element === element;
  const found = [...all, ...framed].find(finds);
  const css = all.find((one) => one[0].css && finds(one));
  return { words, target: found?.[0] ?? null, css: css?.[0].css ?? null, guessed: found?.[1] ?? null };
}
