// The drawing of the network: its arrows take the width and colour of their weights, and lead to the derivations.
const picture = document.querySelector("#picture svg");
const arrows = new Map(), bodies = new Map();

for (const path of picture.querySelectorAll("path[data-spot]")) arrows.set(path.dataset.spot, [...(arrows.get(path.dataset.spot) ?? []), path]);
for (const body of picture.querySelectorAll("circle[data-spot], rect[data-spot]")) bodies.set(body.dataset.spot, body);

// The arrows that have a number, each with its lines in the drawing.
const numbered = data.arrows.filter(it => it.id).map(it => ({ id: it.id, lines: arrows.get(`${it.from}>${it.to}`) ?? [] }));
const largest = () => Math.max(1e-9, ...numbered.map(it => Math.abs(valueOf(it.id)) || 0));

function paintWeights() {
  const most = largest();
  for (const { id, lines } of numbered) {
    const value = valueOf(id), share = Math.min(1, Math.abs(value) / most);
    for (const path of lines) {
      path.style.strokeWidth = (0.5 + 2.6 * share).toFixed(2);
      path.classList.toggle("negative", value < 0);
      path.classList.toggle("positive", value > 0);
    }
  }
}

// From a weight or a neuron on, everything up to the error.
function reachOf(id) {
  const own = data.arrows.filter(it => it.id === id);
  const found = new Set(own.map(it => `${it.from}>${it.to}`));
  const waiting = own.length ? own.map(it => it.to) : [id];
  while (waiting.length) {
    const here = waiting.pop();
    if (found.has(here)) continue;
    found.add(here);
    for (const it of data.arrows) if (it.from === here) { found.add(`${here}>${it.to}`); waiting.push(it.to); }
  }
  return found;
}

let selected = null;

function select(id) {
  selected = id;
  const reach = id === null ? new Set() : reachOf(id);
  picture.classList.toggle("selecting", id !== null);
  for (const [spot, paths] of arrows) for (const path of paths) path.classList.toggle("on-path", reach.has(spot));
  for (const [spot, body] of bodies) body.classList.toggle("on-path", reach.has(spot));
  for (const it of document.querySelectorAll(".found")) it.classList.remove("found");
  if (id === null) { said.textContent = ""; return; }
  const target = derivationOf(id);
  if (!target) return;
  target.classList.add("found");
  target.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  say("selected", { id: spoken(id) });
}

// The lines that derive what belongs to a weight or a neuron, in the language that is shown.
function derivationOf(id) {
  const main = document.querySelector("main:not([hidden])");
  for (const quantity of data.derivations[id] ?? []) {
    for (const name of main.querySelectorAll(`.calculation td:first-child [data-n="${CSS.escape(quantity)}"]`)) {
      if (name.parentElement.closest("[data-n]") === null) return name.closest("table");
    }
  }
  return null;
}

function spoken(id) {
  return data.spoken[id] ?? id;
}

function makeReachable(element, id) {
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", spoken(id));
  element.dataset.n = id;
  at(id).push(element);
  element.addEventListener("click", event => { event.stopPropagation(); select(id); });
  element.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    select(id);
  });
}

picture.setAttribute("role", "group");
// A thin line is hard to hit: a wide one that nobody sees lies over it.
for (const { id, lines } of numbered) for (const path of lines) {
  const hit = path.cloneNode(false);
  hit.removeAttribute("marker-end");
  hit.removeAttribute("data-spot");
  hit.setAttribute("class", "hit");
  path.after(hit);
  makeReachable(hit, id);
}
for (const id of Object.keys(data.derivations)) {
  const body = bodies.get(id);
  if (body) makeReachable(body, id);
}
picture.addEventListener("click", () => select(null));
document.addEventListener("keydown", event => { if (event.key === "Escape" && selected !== null) select(null); });
