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
  return typed.get(data.same[id] ?? id) ?? digitsOf(valueOf(id), exactnessOf(id));
}

function fitOf(value, noise) {
  if (Math.abs(value - Number(value.toFixed(data.decimals))) <= noise) return FITS_SHORT;
  return Math.abs(value - Number(roundedOf(value, true))) <= 4e-15 * Math.abs(value) ? FITS_LONG : FRACTION;
}

// Which values are exact: typed ones, what fractions make of those, and a 0 that comes of one. Found out when somebody
// asks, for this round and the next.
let exact = null;

function exactIn(numbers, start) {
  const found = new Uint8Array(data.ids.length);
  data.ids.forEach((id, number) => { found[number] = start(id, number) ? FITS_SHORT : ROUNDED; });
  for (const [target, , parts, exactness] of steps) {
    const largest = Math.max(...parts.map(part => Math.abs(numbers[part])));
    // What a calculation with binary fractions leaves behind is no digit.
    const noise = 4e-15 * Math.max(Math.abs(numbers[target]), Math.min(1, largest));
    const leads = exactness(...parts.map(part => numbers[part]));
    const isExact = leads === 2 || (leads === 1 && parts.every(part => found[part] !== ROUNDED));
    const isNothing = numbers[target] === 0 && parts.some(part => found[part] !== ROUNDED && numbers[part] === 0);
    if (isNothing) found[target] = FITS_SHORT;
    else if (isExact) found[target] = fitOf(numbers[target], noise);
  }
  return found;
}

function exactly(id) {
  return exactnessOf(id) >= FITS_SHORT;
}

function exactnessOf(id) {
  if (exact === null) {
    const now = exactIn(values, name => typed.has(name));
    valueOf(`${data.error}@1`);
    const later = new Map(before.map((number, n) => [number, now[after[n]] !== ROUNDED]));
    exact = { now, next: exactIn(next ?? values, (name, number) => later.get(number) ?? typed.has(name)) };
  }
  return place.has(id) ? exact.now[place.get(id)] : exact.next[place.get(id.slice(0, -2))];
}

function setNumber(id, number) {
  values[place.get(id)] = number.value;
  typed.set(id, number.typed);
  calculate();
}

function calculate() {
  next = null;
  exact = null;
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
  exact = null;
}

// What the training began with, for whoever wants to start again.
let beginning = null;

function begin() {
  if (rounds === 0) beginning = { numbers: Float64Array.from(values), typed: new Map(typed) };
}

function beginAgain() {
  if (beginning !== null) {
    values.set(beginning.numbers);
    typed.clear();
    for (const [id, digits] of beginning.typed) typed.set(id, digits);
  }
  rounds = 0;
  calculate();
}

function startAgain() {
  values.set(original);
  typed.clear();
  for (const [id, digits] of Object.entries(data.typed)) typed.set(id, digits);
  rounds = 0;
  calculate();
}

function isChanged() {
  return [...data.editable, ...data.state].some(id => values[place.get(id)] !== original[place.get(id)]);
}
