// The numbers of the page: those that it came with, those that it has now, and all that is calculated from them.
const place = new Map(data.ids.map((id, number) => [id, number]));
const original = Float64Array.from(data.ids, id => Number(data.typed[id] ?? 0));
const values = Float64Array.from(original);
const typed = new Map(Object.entries(data.typed));
const before = data.state.map(id => place.get(id)), after = data.state.map(id => place.get(`${id}+`));
let rounds = 0;

// The round after this one, and how exact the values of both are; null until somebody asks.
let next = null, exact = null, exactNext = null;

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
    const now = exactNow(), later = new Map(before.map((number, n) => [number, now[after[n]] !== ROUNDED]));
    exactNext = settle(next, (name, number) => later.get(number) ?? typed.has(name));
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

// A round in which exact values stay free of what a calculation with binary fractions leaves behind: typed numbers,
// what fractions make of those, and what doesn't depend on anything else. Gives how exact each value is.
function settle(numbers, isGiven) {
  const found = new Uint8Array(data.ids.length);
  data.ids.forEach((id, number) => { found[number] = isGiven(id, number) ? FITS_SHORT : ROUNDED; });
  for (const [target, rule, parts, exactness] of steps) {
    const taken = parts.map(part => numbers[part]), value = rule(...taken);
    const largest = Math.max(...taken.map(Math.abs));
    const noise = 4e-15 * Math.max(Math.abs(value), Math.min(1, largest));
    numbers[target] = value;
    found[target] = isExact(rule, parts, taken, exactness(...taken), found) ? fitOf(value, noise) : ROUNDED;
    if (found[target] === FITS_SHORT) numbers[target] = Number(value.toFixed(data.decimals));
  }
  return found;
}

function isExact(rule, parts, taken, leads, found) {
  if (leads === 2) return true;
  const isLoose = parts.map(part => found[part] === ROUNDED);
  if (leads === 1 && !isLoose.includes(true)) return true;
  // Beside an exact 0, what the others are may not matter.
  if (!taken.some((value, n) => value === 0 && !isLoose[n])) return false;
  const value = rule(...taken);
  return [x => x + 1, x => 2 * x - 3].every(change => rule(...taken.map((it, n) => (isLoose[n] ? change(it) : it))) === value);
}

function exactNow() {
  return exact ??= settle(values, name => typed.has(name));
}

function exactly(id) {
  return exactnessOf(id) >= FITS_SHORT;
}

function exactnessOf(id) {
  if (place.has(id)) return exactNow()[place.get(id)];
  valueOf(id);
  return exactNext[place.get(id.slice(0, -2))];
}

function setNumber(id, number) {
  values[place.get(id)] = number.value;
  typed.set(id, number.typed);
  calculate();
}

function calculate() {
  next = null;
  exact = null;
  exactNow();
}

// One round: what was calculated takes the place of what it began with. Of thousands nobody asks what is exact.
function learn() {
  for (let n = 0; n < before.length; n++) values[before[n]] = values[after[n]];
  next = null;
  exact = null;
  round(values);
  rounds++;
}

function learned() {
  for (const id of data.state) typed.delete(id);
  next = null;
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
