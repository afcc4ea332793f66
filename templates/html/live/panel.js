// The numbers that can be changed: each has a slider and a field, which say the same.
const fields = [];

for (const row of document.querySelectorAll("#numbers [data-number]")) {
  const id = row.dataset.number, isPositive = "positive" in row.dataset, slider = row.querySelector("input[type=range]"), field = row.querySelector("input[type=text]");
  fields.push({ id, slider, field, least: slider.min, most: slider.max });
  slider.addEventListener("input", () => change(id, { value: Number(slider.value), typed: slider.value }));
  const readField = () => {
    const number = readNumber(field.value);
    return number !== null && isPositive && number.value <= 0 ? null : number;
  };
  field.addEventListener("input", () => {
    const number = readField();
    field.setAttribute("aria-invalid", String(number === null));
    if (number !== null) change(id, number);
  });
  field.addEventListener("change", () => {
    if (readField() === null) say(isPositive ? "unpositive" : "unreadable", { text: field.value.slice(0, 40) || "–" });
    else said.textContent = "";
    field.setAttribute("aria-invalid", "false");
    field.value = written(shownOf(id));
  });
  field.addEventListener("blur", showNumbers);
}

function change(id, number) {
  stop();
  setNumber(id, number);
  restartHistory();
  show();
}

function showNumbers() {
  for (const { id, slider, field } of fields) {
    const value = valueOf(id), text = written(shownOf(id));
    if (document.activeElement !== field) field.value = text;
    if (value < Number(slider.min)) slider.min = Math.floor(value);
    if (value > Number(slider.max)) slider.max = Math.ceil(value);
    slider.value = value;
    slider.setAttribute("aria-valuetext", text);
  }
}

document.getElementById("original").addEventListener("click", () => {
  stop();
  for (const { slider, least, most } of fields) Object.assign(slider, { min: least, max: most });
  startAgain();
  restartHistory();
  show();
  say("original", {});
});

// All that depends on the numbers, written anew. Only what differs is touched.
function show() {
  showCases();
  if (tasks.length === 0) writeFigures();
  else if (running === null) askAgain();
  else hide(hidden, new Set());
  paintWeights();
  showNumbers();
  showTraining();
  document.body.classList.toggle("changed", isChanged());
}
