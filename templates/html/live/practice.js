// Practice: results are hidden until they are typed or revealed.
const practice = document.getElementById("practice");
let tasks = [];

// The quantity whose figure ends a line of a calculation, if it is one that was calculated.
function isResult(cell) {
  const math = cell.querySelector("math"), row = math?.firstElementChild;
  const figure = row?.dataset.q !== undefined ? row : row?.lastElementChild;
  const isAlone = figure === row || row?.childElementCount === 1;
  const sign = isAlone ? cell.previousElementSibling.textContent : figure?.previousElementSibling?.textContent;
  if (figure?.dataset?.q === undefined || !["=", "≈"].includes(sign)) return null;
  return place.has(figure.dataset.q) && !(figure.dataset.q in data.typed) ? figure.dataset.q : null;
}

function startPractice() {
  asked = data.editable.map(id => valueOf(id)).join();
  const main = document.querySelector("main:not([hidden])"), ids = new Set();
  for (const row of main.querySelectorAll(".calculation tr")) {
    const cell = row.hidden ? null : row.cells[2], id = cell && isResult(cell);
    if (!id || ids.has(id)) continue;
    ids.add(id);
    tasks.push({ id, cell, form: taskForm(id, cell) });
  }
  for (const [id, source] of Object.entries(data.same)) if (ids.has(source)) ids.add(id);
  hide(ids, new Set());
}

function endPractice() {
  for (const { form, cell } of tasks) { form.remove(); cell.classList.remove("asked"); }
  tasks = [];
  hide(new Set(), new Set());
}

// What was answered for other numbers is asked again.
let asked = "";

function askAgain() {
  const now = data.editable.map(id => valueOf(id)).join();
  if (now === asked) return;
  endPractice();
  startPractice();
}

function taskForm(id, cell) {
  const form = document.createElement("form");
  form.className = "task";
  const input = document.createElement("input");
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  input.setAttribute("aria-label", word("result", { id: spoken(id) }));
  const check = document.createElement("button");
  check.textContent = word("check", {});
  const reveal = document.createElement("button");
  reveal.type = "button";
  reveal.textContent = word("reveal", {});
  const verdict = document.createElement("output");
  form.append(input, check, reveal, verdict);
  form.addEventListener("submit", event => {
    event.preventDefault();
    const found = judge(id, input.value);
    verdict.textContent = word(`verdict.${found}`, {});
    form.dataset.verdict = found;
    if (found === "right" || found === "cut_off" || found === "rounded") unveil(id);
  });
  reveal.addEventListener("click", () => { form.dataset.verdict = "revealed"; verdict.textContent = ""; unveil(id); });
  cell.classList.add("asked");
  cell.append(form);
  return form;
}

function unveil(id) {
  const source = data.same[id] ?? id;
  const alike = new Set([id, source, ...Object.keys(data.same).filter(other => data.same[other] === source)]);
  hide(new Set([...hidden].filter(other => !alike.has(other))), new Set([...found, ...alike]));
}

// As `check` judges a figure: right to the digits shown, cut off, or reached by rounding results on the way.
function judge(id, text) {
  const number = readNumber(text);
  if (number === null) return "unreadable";
  const value = valueOf(id), [mantissa, exponent] = number.typed.toLowerCase().split("e");
  const decimals = (mantissa.split(".")[1] ?? "").length - Number(exponent ?? 0);
  const unit = 10 ** -decimals, noise = 1e-9 * unit + 1e-15 * Math.abs(value);
  const significant = mantissa.replace(/[-.]/g, "").replace(/^0+/, "").length;
  // To a bare 0, everything could have been rounded.
  if (number.value === 0) return value === 0 ? "right" : "wrong";
  const isNear = (one, other) => Math.abs(one - other) <= unit / 2 + noise;
  if (number.value === value || Math.abs(number.value - value) < 1e-13 * Math.abs(value)) return "right";
  if (isNear(number.value, value)) return "right";
  if (Math.sign(value) === Math.sign(number.value) && Math.abs(value) >= Math.abs(number.value) && Math.abs(value - number.value) < unit) return "cut_off";
  const reached = roundedOnTheWay(id, decimals, significant);
  if (Math.abs(number.value - reached.middle) <= reached.spread + unit / 2) return "rounded";
  if (isNear(number.value, -value)) return "sign";
  return "wrong";
}

// What a result can be if every result before it was rounded to so many digits: its middle, and how far from it.
function roundedOnTheWay(id, decimals, significant) {
  const radius = new Float64Array(values.length);
  for (const [target, rule, parts] of steps) {
    const taken = parts.map(part => values[part]), middle = rule(...taken);
    let spread = 0;
    parts.forEach((part, number) => {
      if (radius[part] === 0) return;
      spread += Math.abs(rule(...taken.with(number, taken[number] + radius[part])) - middle);
    });
    if (target === place.get(id)) return { middle, spread };
    const unit = 10 ** Math.max(-decimals, leadingPlace(middle) - significant + 1);
    const isShort = exactly(data.ids[target]) && Math.abs(middle / unit - Math.round(middle / unit)) < 1e-9;
    radius[target] = spread + (isShort ? 0 : unit / 2);
  }
  return { middle: NaN, spread: 0 };
}

practice.addEventListener("click", () => {
  const starts = practice.getAttribute("aria-pressed") !== "true";
  practice.setAttribute("aria-pressed", String(starts));
  document.body.classList.toggle("practising", starts);
  if (starts) startPractice(); else endPractice();
  say(starts ? "practice.on" : "practice.off", { count: String(tasks.length) });
});
