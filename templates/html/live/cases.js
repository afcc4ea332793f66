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

function showCases() {
  const isHome = !isChanged();
  for (const { element, conditions, home } of cases) {
    const isHidden = isHome ? home : !conditions.every(holds);
    if (element.hidden !== isHidden) element.hidden = isHidden;
  }
}
