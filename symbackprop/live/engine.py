"""A derivation as JavaScript: one function for each pattern, by sympy's code printer, and the round that calls them.

A page may change every number, so the code calculates all quantities of a round anew, in floating point.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy
from sympy.printing.jscode import JavascriptCodePrinter

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.families import Step
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.symbolic import to_sympy
from symbackprop.records import record
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Apply,
    Cases,
    Elementary,
    Exp,
    Formula,
    Quantity,
    Sqrt,
    quantities,
    transform,
)

_FUNCTIONS = {"erf": "erf", "sign": "Math.sign", "tanh": "Math.tanh", "Abs": "Math.abs"}


@record(kw_only=True)
class Engine:
    """The ids of a round in an order in which each stands after what it needs, and the JavaScript that fills them.

    The source defines `round(v)`, which calculates all that isn't given in the array `v`, numbered as the ids, and
    `steps`, the same step by step: the number of each, its function, the numbers of what that takes, and a function
    of the same that says whether the result is exact: 2 for always, 1 where what it takes is exact, 0 otherwise.
    """

    ids: tuple[str, ...]
    source: str


def engine_of(derivation: Derivation) -> Engine:
    """The engine of a derivation's network, for any numbers in it."""
    plan = derivation.steps
    ids = tuple(plan)
    places = {id_: number for number, id_ in enumerate(ids)}
    functions: dict[str, str] = {}
    calls = [call for id_ in ids if (call := _call(plan[id_], plan.same_as(id_), places, functions)) is not None]
    source = [
        _ERROR_FUNCTION if any("erf(" in body for body in functions) else "",
        *(f"function {name}{body}" for body, name in functions.items()),
        "function round(v) {",
        *(f"v[{target}] = {name}({', '.join(f'v[{part}]' for part in parts)});" for target, name, parts, _ in calls),
        "}",
        f"const steps = [{', '.join(map(_as_step, calls))}];",
    ]
    return Engine(ids=ids, source="\n".join(line for line in source if line))


_Call = tuple[int, str, tuple[int, ...], str]


def _as_step(call: _Call) -> str:
    target, name, parts, rational = call
    return f"[{target}, {name}, {list(parts)}, {rational}]"


def _call(step: Step, same: str | None, places: Mapping[str, int], functions: dict[str, str]) -> _Call | None:
    if step.pattern is None:
        return None

    def named(body: str) -> str:
        return functions.setdefault(body, f"f{len(functions)}")

    if same is not None:
        return places[step.id], named("(a0) { return a0; }"), (places[same],), named(_body(ONE, ()))
    formula = work_out(step.pattern).fastest
    slots = tuple(dict.fromkeys(quantities(formula)))
    exactness = _exactness(formula)
    rational = named(_body(exactness, slots if isinstance(exactness, Cases) else ()))
    return places[step.id], named(_body(formula, slots)), tuple(places[step.slots[slot]] for slot in slots), rational


def _exactness(formula: Formula) -> Formula:
    """2 where a formula always gives a fraction, 1 where it makes one of fractions, else 0, by its cases."""
    if isinstance(formula, Cases):
        then, otherwise = _exactness(formula.then), _exactness(formula.otherwise)
        return then if then == otherwise else Cases(formula.condition, then, otherwise)
    found = TWO

    def look(part: Formula) -> Formula | None:
        nonlocal found
        match part:
            case Apply(function=Elementary.SIGN):
                return part
            case Exp() | Apply() | Sqrt():
                found = ZERO
            case Quantity() if found == TWO:
                found = ONE
        return None

    transform(formula, look)
    return found


@lru_cache(maxsize=1024)
def _body(formula: Formula, slots: tuple[str, ...]) -> str:
    """A pattern's formula as a function of its slots, what it shares with itself calculated once."""
    symbols = {slot: sympy.Symbol(f"a{number}", real=True) for number, slot in enumerate(slots)}
    printer = JavascriptCodePrinter({"user_functions": _FUNCTIONS})
    shared, (result,) = sympy.cse(to_sympy(formula, symbols.__getitem__), symbols=sympy.numbered_symbols("t"))
    lines = "".join(f" const {symbol} = {printer.doprint(value)};" for symbol, value in shared)
    arguments = ", ".join(symbol.name for symbol in symbols.values())
    return f"({arguments}) {{{lines} return {printer.doprint(result)}; }}"


_ERROR_FUNCTION = """function erf(x) {
  // Abramowitz and Stegun 7.1.6 near 0, and the continued fraction 7.1.14 of erfc elsewhere.
  const size = Math.abs(x);
  if (size < 2.5) {
    let term = x, sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) { term *= 2 * x * x / (2 * n + 1); sum += term; }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction)));
}"""
