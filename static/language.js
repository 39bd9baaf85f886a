"use strict";

// The text of index.html is English; it is kept so that one can switch back.
const englishTexts = new Map();
// What is being said where, so that it can be said again in the other language.
const said = new Map();

// The choice lives in the URL, which needs no storage and can be bookmarked.
function language() {
  const chosen = location.hash.slice(1);
  if (Object.hasOwn(messages, chosen)) return chosen;
  return navigator.language.startsWith("ja") ? "ja" : "en";
}

// Shows messages in an element, each as [name, ...values]; none empties it.
function say(element, ...list) {
  said.set(element, list);
  const table = messages[language()];
  element.textContent = list.map(([name, ...values]) => table[name](...values)).join("\n");
}

function translate(element, name) {
  if (!englishTexts.has(element)) englishTexts.set(element, element.textContent);
  element.textContent = language() === "ja" ? pageTexts[name] : englishTexts.get(element);
}

function translateLabel(element, name) {
  if (!englishTexts.has(element)) englishTexts.set(element, element.ariaLabel);
  element.ariaLabel = language() === "ja" ? pageTexts[name] : englishTexts.get(element);
}

function markLanguageLink(link) {
  if (link.lang === language()) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

function showLanguage() {
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-text]")) translate(element, element.dataset.text);
  for (const element of document.querySelectorAll("[data-text-label]")) translateLabel(element, element.dataset.textLabel);
  for (const link of document.querySelectorAll("a[hreflang]")) markLanguageLink(link);
  for (const [element, list] of said) say(element, ...list);
}

addEventListener("hashchange", showLanguage);
showLanguage();
