// The numbers that can be changed: each has a slider and a field, which say the same.
const fields = [];

for (const row of document.querySelectorAll("#numbers [data-number]")) {
  const id = row.dataset.number, slider = row.querySelector("input[type=range]"), field = row.querySelector("input[type=text]");
  fields.push({ id, slider, field });
  slider.addEventListener("input", () => change(id, { value: Number(slider.value), typed: slider.value }));
  field.addEventListener("input", () => {
    const number = readNumber(field.value);
    field.setAttribute("aria-invalid", String(number === null));
    if (number !== null) change(id, number);
  });
  field.addEventListener("change", () => {
    if (readNumber(field.value) === null) say("unreadable", { text: field.value.slice(0, 40) });
    field.setAttribute("aria-invalid", "false");
    showNumbers();
  });
}

function change(id, number) {
  setNumber(id, number);
  restartHistory();
  show();
}

function showNumbers() {
  for (const { id, slider, field } of fields) {
    const value = valueOf(id), text = written(typed.get(id) ?? digitsOf(value));
    if (document.activeElement !== field) field.value = text;
    slider.min = Math.min(slider.min, Math.floor(value));
    slider.max = Math.max(slider.max, Math.ceil(value));
    slider.value = value;
    slider.setAttribute("aria-valuetext", text);
  }
}

document.getElementById("original").addEventListener("click", () => {
  stop();
  startAgain();
  restartHistory();
  show();
  say("original", {});
});

// All that depends on the numbers, written anew. Only what differs is touched.
function show() {
  writeFigures();
  paintWeights();
  showNumbers();
  showTraining();
  document.body.classList.toggle("changed", isChanged());
}
