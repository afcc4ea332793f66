// The page's own words, in the language that is shown, and what a screen reader is told.
const said = document.getElementById("said");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let language = document.documentElement.lang;

function word(key, fillings) {
  return (data.words[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => fillings[name] ?? "");
}

const LASTS = 8000;
let silence = null;

function say(key, fillings) {
  said.textContent = word(key, fillings);
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ""; }, LASTS);
}

function speak(code) {
  language = code;
  document.documentElement.lang = code;
  for (const main of document.querySelectorAll("main")) main.hidden = main.lang !== code;
  for (const it of document.querySelectorAll("[data-word]")) it.textContent = word(it.dataset.word, {});
  for (const it of document.querySelectorAll("[data-word-label]")) it.setAttribute("aria-label", word(it.dataset.wordLabel, {}));
  for (const it of document.querySelectorAll("[data-speak]")) it.setAttribute("aria-pressed", String(it.dataset.speak === code));
  document.title = data.titles[code];
}
