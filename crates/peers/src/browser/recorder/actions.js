// What a person does on the page: clicks, what is typed and pasted, chosen and ticked, and how dialogs are answered. Only what the
// browser itself calls a person's is heard (isTrusted), and before the page hears it: the page may take the element away.

function tell(kind, rest = {}) {
  write(kind, rest);
  handOver();
}

// For all that is below a window, in the capture phase. What comes out of a shadow root is told there, too.
function onTrusted(type, heed) {
  inEachWindow((own) => own.addEventListener(type, (event) => event.isTrusted && heed(event), true));
}

const elementsOf = (event) => event.composedPath().filter(({ nodeType }) => nodeType === Node.ELEMENT_NODE);
const originOf = (event) => elementsOf(event)[0] ?? document.documentElement;

const PRESSED = new Set(["button", "submit", "reset", "image", "checkbox", "radio", "file"]);
const isTicked = (element) => element.localName === "input" && ["checkbox", "radio"].includes(element.type);
const takesText = (element) => element.localName === "textarea" || (element.localName === "input" && !PRESSED.has(element.type)) || element.isContentEditable;

// What is edited as a whole, of which an element may be a part.
function editableOf(element) {
  let found = element;
  while (found.isContentEditable && found.parentElement?.isContentEditable) found = found.parentElement;
  return found;
}

// What is typed is told when the person goes on to something else; what is pasted, at once. That a box was ticked or an option chosen,
// is heard by the same event, since that one comes out of a shadow root, and `change` does not.
let typing = null;

function flush() {
  if (!typing) return;
  const { element, field, shown } = typing;
  typing = null;
  tell("typed", { field, shown, secret: element.type === "password" });
}

const PASTES = new Set(["insertFromPaste", "insertFromDrop", "insertFromYank"]);

onTrusted("input", (event) => {
  const element = editableOf(originOf(event));
  if (takesText(element)) typeInto(element, event);
  else if (isTicked(element)) tell("ticked", { on: named(element), ticked: element.checked });
  else if (element.localName === "select" && element.selectedOptions[0]) tell("chosen", { list: named(element), option: optionOf(element) });
  else if (element.type === "file") tell("unsaid", { what: `a file was chosen in ${inWords(element)}` });
});

function typeInto(element, { inputType }) {
  if (typing?.element !== element) {
    flush();
    typing = { element, field: named(element) };
  }
  typing.shown = textOf(element);
  if (PASTES.has(inputType)) flush();
}
for (const type of ["focusout", "pagehide"]) onTrusted(type, flush);

// A page may take what is pasted by itself, and then nothing is put into the field.
onTrusted("paste", (event) => {
  const shown = event.clipboardData?.getData("text/plain") ?? "";
  const field = named(editableOf(originOf(event)));
  turn().then(() => {
    if (event.defaultPrevented) tell("typed", { field, shown, secret: false });
  });
});

// What is clicked is what does something: a control, or else the nearest element whose clicks somebody listens to, unless it is a part
// of the page with controls of its own.
const CONTROLS = "button, a[href], summary, input:is([type=button], [type=submit], [type=reset], [type=image]), "
  + "[role=button], [role=link], [role=tab], [role=menuitem], [role=switch], [role=checkbox], [role=radio], [role=option]";
const listens = (element) => Boolean(element.onclick || listening.has(element)) && !element.matches("html, body") && !element.querySelector(`${CONTROLS}, ${FIELD}`);

let clicking = false; // whether the page is hearing of a click

onTrusted("click", (event) => {
  const path = elementsOf(event);
  // Those are told by what comes of it.
  if (path.some((element) => takesText(element) || isTicked(element) || ["select", "option"].includes(element.localName))) return;
  if (path.some(({ localName, control }) => localName === "label" && control)) return;
  const control = path.find((element) => element.matches(CONTROLS));
  const element = control ?? path.find(listens);
  if (!element) return;
  flush();
  tell("clicked", { on: named(element), isControl: Boolean(control) });
  clicking = true;
  turn().then(() => (clicking = false));
});

// By its text, or by its value where several have that.
function optionOf({ options, selectedOptions: [option] }) {
  const text = squeezed(option.textContent);
  const isAlone = called([...options], ({ textContent }) => textContent, text).length === 1;
  return text && isAlone ? text : option.value;
}

// In a field of one line Enter sends a form, which is then seen as a click on its button.
onTrusted("keydown", (event) => {
  const element = originOf(event);
  if (event.key !== "Enter" || element.localName !== "input" || !takesText(element)) return;
  flush();
  turn().then(() => clicking || tell("unsaid", { what: `Enter was pressed in ${inWords(element)}` }));
});

// A page stands still while its dialog is open: what was answered is known afterwards.
inEachWindow((own) => {
  for (const dialog of ["confirm", "prompt"]) {
    const { [dialog]: ask } = own;
    own[dialog] = function (...args) {
      flush();
      const answer = ask.apply(own, args);
      tell("answered", { dialog, shown: answer === null || dialog === "confirm" ? null : String(answer), accepted: answer !== null && answer !== false });
      return answer;
    };
  }
});
