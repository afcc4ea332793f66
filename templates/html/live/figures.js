// Every place on the page where a quantity stands, and what is written there.
const slots = [], spots = new Map();
// Results that aren't to be seen while somebody practises, those that were found, and the digits that tell the first.
let hidden = new Set(), found = new Set(), secrets = new Set();
const LEAST_TELLING = 3;

function bareOf(id) {
  return shownOf(id).replace("-", "");
}

function hide(asked, answered) {
  hidden = asked;
  found = answered;
  const told = new Set([...found].map(bareOf));
  secrets = new Set([...hidden].map(bareOf).filter(digits => digits.replace(/^[0.]+|\D/g, "").length >= LEAST_TELLING && !told.has(digits)));
  writeFigures();
  maskLoose();
  veilCases();
  showTraining();
}

function isHidden(id) {
  return hidden.has(id) || (secrets.size > 0 && !typed.has(id) && secrets.has(bareOf(id)));
}

function at(id) {
  if (!spots.has(id)) spots.set(id, []);
  return spots.get(id);
}

for (const element of document.querySelectorAll("[data-q]")) {
  const id = element.dataset.q;
  if (!knows(id)) continue;
  slots.push({ element, id, guard: element.dataset.f, home: element.innerHTML, digits: null });
  at(id).push(element);
}
for (const element of document.querySelectorAll("[data-n]")) at(element.dataset.n).push(element);

// A relation sign says whether the figures behind it, up to the next sign, are exact.
const relations = [];
function addRelation(sign, elements) {
  const ids = elements.flatMap(it => [it, ...it.querySelectorAll("[data-q]")]).map(it => it.dataset?.q).filter(id => id !== undefined && knows(id));
  if (ids.length) relations.push({ sign, ids });
}
function isRelation(element) {
  return element.tagName === "mo" && (element.textContent === "=" || element.textContent === "≈");
}
function upToRelation(elements) {
  const end = elements.findIndex(isRelation);
  return end < 0 ? elements : elements.slice(0, end);
}
for (const row of document.querySelectorAll(".calculation tr")) {
  const math = row.cells[2]?.querySelector("math"), whole = math?.firstElementChild;
  if (!whole || !row.cells[1].textContent) continue;
  addRelation(row.cells[1], upToRelation(whole.dataset.q === undefined ? [...whole.children] : [whole]));
}
for (const sign of [...document.querySelectorAll("math mo")].filter(isRelation)) {
  const siblings = [...sign.parentElement.children];
  addRelation(sign, upToRelation(siblings.slice(siblings.indexOf(sign) + 1)));
}

// What the page came with is certified: it is what stands there whenever the numbers are the page's own.
for (const it of relations) it.home = it.sign.textContent;

function writeFigures() {
  const isHome = !isChanged(), shown = new Map(), signs = new Map();
  for (const slot of slots) {
    if (!shown.has(slot.id)) shown.set(slot.id, isHidden(slot.id) ? "?" : isHome ? null : shownOf(slot.id));
    const digits = shown.get(slot.id);
    if (digits === slot.digits) continue;
    slot.digits = digits;
    const number = slot.element.firstElementChild;
    if (digits === null) slot.element.innerHTML = slot.home;
    else if (number.tagName === "mn" && slot.element.childElementCount === 1 && !/[-e]/.test(digits)) number.textContent = written(digits);
    else slot.element.innerHTML = figureOf(digits, slot.guard);
  }
  const isExact = id => signs.get(id) ?? (signs.set(id, exactly(id)), signs.get(id));
  for (const { sign, ids, home } of relations) {
    // Whether a hidden result is exact would tell of it.
    const text = hidden.size > 0 && ids.some(isHidden) ? "=" : isHome ? home : ids.every(isExact) ? "=" : "≈";
    if (sign.textContent !== text) sign.textContent = text;
  }
  writeLabels();
}

// Drawings have labels such as w5 = 0.40, whose digits come last.
const labels = [...document.querySelectorAll("[data-label]")].map(element => {
  const digits = [...element.querySelectorAll("tspan")].filter(it => /\d/.test(it.textContent)).at(-1);
  return { id: element.dataset.label, digits };
}).filter(it => it.digits && knows(it.id));
for (const element of document.querySelectorAll("[data-label]")) at(element.dataset.label).push(element);

function writeLabels() {
  for (const { id, digits } of labels) {
    const value = valueOf(id), short = typed.get(id) ?? (Math.abs(value) >= 0.001 ? value.toFixed(3) : digitsOf(value));
    const text = isHidden(id) ? "?" : written(short).replace("-", "−");
    const lead = digits.textContent.match(/^[^\d−.,]*/)[0];
    if (digits.textContent !== lead + text) digits.textContent = lead + text;
  }
}

// Figures that stand for nothing that is calculated here, as those that were published: near a result, they tell it.
const loose = [...document.querySelectorAll("main mn, main tspan")].filter(it => !it.closest("[data-q], [data-label]")).flatMap(element => {
  const home = element.textContent, digits = home.trim().replace("−", "").replace(",", ".").replace(/^0+/, "");
  if (!/^\d*\.\d+$/.test(digits) || digits.replace(/^[.0]+/, "").length < LEAST_TELLING) return [];
  // The sign goes with its digits.
  const before = element.previousElementSibling, parent = element.parentElement;
  const row = before?.tagName === "mo" && before.textContent === "−" && parent.childElementCount === 2 ? parent : element;
  return [{ element: row, home: row.innerHTML, masked: row === element ? "?" : "<mi>?</mi>", value: Number(digits), unit: 10 ** -digits.split(".")[1].length }];
});

function maskLoose() {
  const results = [...hidden].filter(id => secrets.has(bareOf(id))).map(id => Math.abs(valueOf(id)));
  for (const { element, home, masked, value, unit } of loose) {
    const text = results.some(it => Math.abs(it - value) < unit) ? masked : home;
    if (element.innerHTML !== text) element.innerHTML = text;
  }
}

// Point at a quantity: every place where it stands is marked, and its value is shown beside the pointer.
const tip = document.getElementById("tip");
let marked = [];

function idAt(target) {
  const element = target.closest?.("[data-q], [data-n], [data-label]");
  return element && (element.dataset.q ?? element.dataset.n ?? element.dataset.label);
}

function mark(id) {
  for (const element of marked) element.classList.remove("same");
  marked = id && spots.has(id) ? spots.get(id) : [];
  for (const element of marked) element.classList.add("same");
}

function tell(element) {
  const id = idAt(element);
  mark(id);
  const isKnown = id !== undefined && id !== null && knows(id);
  tip.hidden = !isKnown;
  if (!isKnown) return;
  const figure = isHidden(id) ? "?" : shownOf(id);
  const name = data.names[id] ?? data.names[id.slice(0, -2)];
  tip.innerHTML = `<math>${name}<mo>${exactly(id) || figure === "?" ? "=" : "≈"}</mo>${figureOf(figure)}</math>`;
  const box = element.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${box.top > 60 ? box.top - tip.offsetHeight - 8 : box.bottom + 8}px`;
}

document.addEventListener("pointerover", event => tell(event.target));
document.addEventListener("focusin", event => { if (event.target.matches("#picture *")) tell(event.target); });
document.addEventListener("pointerleave", () => { mark(); tip.hidden = true; });
document.addEventListener("keydown", event => { if (event.key === "Escape") { mark(); tip.hidden = true; } });
