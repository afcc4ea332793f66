// The numbers of the page: those that it came with, those that it has now, and all that is calculated from them.
const place = new Map(data.ids.map((id, number) => [id, number]));
const original = Float64Array.from(data.ids, id => Number(data.typed[id] ?? 0));
const values = Float64Array.from(original);
const typed = new Map(Object.entries(data.typed));
const before = data.state.map(id => place.get(id)), after = data.state.map(id => place.get(`${id}+`));
let rounds = 0;

let next = null;

function knows(id) {
  return place.has(id) || (id.endsWith("@1") && place.has(id.slice(0, -2)));
}

// A quantity's value; `@1` stands behind that of the round after this one, as in E_total@1.
function valueOf(id) {
  if (place.has(id)) return values[place.get(id)];
  if (!knows(id)) return NaN;
  if (next === null) {
    next = Float64Array.from(values);
    for (let n = 0; n < before.length; n++) next[before[n]] = values[after[n]];
    round(next);
  }
  return next[place.get(id.slice(0, -2))];
}

function shownOf(id) {
  return typed.get(id) ?? digitsOf(valueOf(id));
}

function exactly(id) {
  return typed.has(id) || isExact(valueOf(id));
}

function setNumber(id, number) {
  values[place.get(id)] = number.value;
  typed.set(id, number.typed);
  calculate();
}

function calculate() {
  next = null;
  round(values);
}

// One round: what was calculated takes the place of what it began with.
function learn() {
  for (let n = 0; n < before.length; n++) values[before[n]] = values[after[n]];
  calculate();
  rounds++;
}

function learned() {
  for (const id of data.state) typed.delete(id);
}

function startAgain() {
  values.set(original);
  typed.clear();
  for (const [id, digits] of Object.entries(data.typed)) typed.set(id, digits);
  rounds = 0;
  calculate();
}

function isChanged() {
  return data.editable.some(id => values[place.get(id)] !== original[place.get(id)]);
}
