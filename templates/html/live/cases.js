// What is told of one case only is shown while that case applies.
const cases = [...document.querySelectorAll("[data-when]")].map(element => ({
  element, conditions: JSON.parse(element.dataset.when), home: element.hidden,
}));

const OPERATORS = {
  "-": ([it]) => -it, abs: ([it]) => Math.abs(it),
  "+": parts => parts.reduce((sum, it) => sum + it, 0), "*": parts => parts.reduce((product, it) => product * it, 1),
};
const COMPARISONS = { ">": (a, b) => a > b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, "<=": (a, b) => a <= b };

function sideOf(side) {
  if (typeof side === "number") return side;
  if (typeof side === "string") return valueOf(side);
  const [operator, ...parts] = side;
  return OPERATORS[operator](parts.map(sideOf));
}

function holds([left, sign, right]) {
  return COMPARISONS[sign](sideOf(left), sideOf(right));
}

function quantitiesOf(side) {
  return typeof side === "string" ? [side] : Array.isArray(side) ? side.slice(1).flatMap(quantitiesOf) : [];
}

// While results are to be found out, which case applies would tell of them.
function veilCases() {
  for (const { element, conditions } of cases) {
    const tells = conditions.flatMap(([left, , right]) => [...quantitiesOf(left), ...quantitiesOf(right)]).some(isHidden);
    element.classList.toggle("veiled", tells);
  }
}

function showCases() {
  const isHome = !isChanged();
  for (const { element, conditions, home } of cases) {
    // Of numbers that have outgrown all calculation nothing is known: what was told last stays.
    if (!isHome && conditions.some(([left, , right]) => Number.isNaN(sideOf(left) - sideOf(right)))) continue;
    const isHidden = isHome ? home : !conditions.every(holds);
    if (element.hidden !== isHidden) element.hidden = isHidden;
  }
}
