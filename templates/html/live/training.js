// Training: rounds one by one as an animation, or as many as are asked for, with the error's curve drawn.
const SLICE = 8, MOST_POINTS = 600;
const counter = document.getElementById("rounds"), errorNow = document.getElementById("error-now");
const curve = document.getElementById("curve"), runButton = document.getElementById("run");
let history = [], waitingRounds = 0, running = null, flight = null;

function restartHistory() {
  rounds = 0;
  history = [[0, valueOf(data.error)]];
}

function remember() {
  const last = history.at(-1)?.[0] ?? -1;
  if (rounds < 50 || rounds >= last * 1.015) history.push([rounds, valueOf(data.error)]);
  if (history.length > MOST_POINTS) history = history.filter((_, number) => number % 2 === 0);
}

function showTraining() {
  counter.textContent = rounds.toLocaleString(language);
  errorNow.innerHTML = isHidden(data.error) ? "<mi>?</mi>" : figureOf(shownOf(data.error));
  drawCurve();
}

function drawCurve() {
  const points = [...history.filter(([, error]) => Number.isFinite(error)), [rounds, valueOf(data.error)]].filter(([, error]) => Number.isFinite(error));
  const most = Math.max(...points.map(([, error]) => error), 1e-12), width = 300, height = 76;
  const across = Math.log10(1 + Math.max(rounds, 10));
  const line = points.map(([round, error]) => `${(width * Math.log10(1 + round) / across).toFixed(1)},${(height - height * error / most).toFixed(1)}`);
  curve.querySelector("polyline").setAttribute("points", line.join(" "));
  const [x, y] = (line.at(-1) ?? "0,0").split(",");
  curve.querySelector("circle").setAttribute("cx", x);
  curve.querySelector("circle").setAttribute("cy", y);
  document.getElementById("curve-most").textContent = written(most.toPrecision(3));
  document.getElementById("curve-last").textContent = Math.max(rounds, 10).toLocaleString(language);
}

// Long trainings run in slices, so that the page answers all the while.
function train(count) {
  land();
  begin();
  waitingRounds += count;
  running ??= requestAnimationFrame(slice);
}

function slice() {
  const end = performance.now() + SLICE;
  do {
    const count = Math.min(waitingRounds, 50);
    for (let n = 0; n < count; n++) { learn(); remember(); }
    waitingRounds -= count;
  } while (waitingRounds > 0 && performance.now() < end);
  learned();
  running = waitingRounds > 0 ? requestAnimationFrame(slice) : null;
  show();
  if (running !== null) return;
  runButton.setAttribute("aria-pressed", "false");
  sayTrained();
}

function sayTrained() {
  const error = valueOf(data.error), counted = { rounds: rounds.toLocaleString(language) };
  if (!Number.isFinite(error)) say("outgrown", counted);
  else if (isHidden(data.error)) say("practice.trained", counted);
  else say("trained", { ...counted, error: written(shownOf(data.error)) });
}

function stop() {
  land();
  waitingRounds = 0;
  if (running !== null) cancelAnimationFrame(running);
  running = null;
  runButton.setAttribute("aria-pressed", "false");
}

// One round to be seen: through the layers to the error, and back.
const STEP = 260;

function fly() {
  land();
  begin();
  const stages = calm ? [] : [...data.stages.map(ids => [ids, "forward"]), ...[...data.stages].reverse().map(ids => [ids, "backward"])];
  flight = { stages, timer: null };
  nextStage();
}

function nextStage() {
  for (const it of picture.querySelectorAll(".forward, .backward")) it.classList.remove("forward", "backward");
  const stage = flight.stages.shift();
  if (stage === undefined) { flight = null; finishRound(); return; }
  const [ids, way] = stage;
  for (const id of ids) for (const it of [...(arrows.get(id) ?? []), bodies.get(id)]) it?.classList.add(way);
  flight.timer = setTimeout(nextStage, STEP);
}

function finishRound() {
  learn();
  remember();
  learned();
  show();
  sayTrained();
}

// Whoever asks for more than the animation doesn't wait for its end.
function land() {
  if (flight === null) return;
  clearTimeout(flight.timer);
  for (const it of picture.querySelectorAll(".forward, .backward")) it.classList.remove("forward", "backward");
  flight = null;
  learn();
  remember();
  learned();
}

for (const button of document.querySelectorAll("[data-rounds]")) {
  const count = Number(button.dataset.rounds);
  button.addEventListener("click", () => (count === 1 ? fly() : train(count)));
}
runButton.addEventListener("click", () => {
  const starts = runButton.getAttribute("aria-pressed") !== "true";
  if (starts) { runButton.setAttribute("aria-pressed", "true"); train(Infinity); } else { stop(); show(); }
});
document.getElementById("untrain").addEventListener("click", () => {
  stop();
  beginAgain();
  restartHistory();
  show();
  say("untrained", {});
});
