"""Right works made from the derivation itself, and slips of the hand in them: figures, signs, operators, points, cells.

Whoever drives it says which of so many things happens next, so that hypothesis and a fuzzer make the same slips.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import symbackprop
from symbackprop.checking.budget import Budget
from symbackprop.checking.figures import rounded_to
from symbackprop.checking.judging.formulas import expected_formula, expected_numbers
from symbackprop.checking.judging.judge import Judge
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.own import Afresh
from symbackprop.checking.sources.read import Reader
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdicts
from symbackprop.errors import SpecError
from symbackprop.network import Network
from symbackprop.resources import DEFAULT_EXAMPLE
from tests.checking.sheets_of_claims import truth_of

Choose = Callable[[int], int]
"""Gives a whole number from 0 to below the one that it is asked with."""

NETWORKS = (DEFAULT_EXAMPLE, "three-classes", "recurrent")
EXTREMES = (
    "0",
    "0.0",
    "1e308",
    "1e-308",
    "1e309",
    "1e400",
    "1e-400",
    "1e9999",
    "1e-9999",
    "5e-324",
    "1e-290",
    "1.7976931348623157e308",
    "1105.905967",
    "9" * 400,
    f"0.{'0' * 400}1",
)

STEPS_OF_FEW_LINES = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A network with who reads and judges works on it, and lines of right works: formulas, and answers by their ids."""

    network: Network
    reader: Reader
    judge: Judge
    formulas: tuple[str, ...]
    typeset: tuple[str, ...]
    answers: Mapping[str, str]

    def judged(self, text: str, kind: Kind) -> Verdicts:
        """What is said of a work of a few lines, which never costs much."""
        budget = Budget(STEPS_OF_FEW_LINES)
        return self.judge.judge(self.reader.read_text(text, kind, "work"), budget)


@cache
def desk(name: str) -> Desk:
    """The desk for an example."""
    network = symbackprop.load(name)
    truth = truth_of(network)
    standard = Standard(afresh=Afresh(truth), budget=Budget())
    plan = truth.plan
    formulas, answers = [], {}
    for id_ in plan:
        formula, numbers = expected_formula(plan, id_), expected_numbers(standard, id_, 9)
        value = rounded_to(truth.value(id_), 9)
        if formula is not None and numbers is not None and value is not None:
            formulas.append(f"{id_} = {formula} = {numbers} = {value}")
            answers[id_] = value
    page = symbackprop.render(symbackprop.derive(network), format="markdown")
    typeset = tuple(line for line in page.splitlines() if "=" in line and "$" in line and line.count("$") % 2 == 0)
    return Desk(
        network=network,
        reader=Reader(network),
        judge=Judge(truth.derivation),
        formulas=tuple(formulas),
        typeset=typeset,
        answers=answers,
    )


def right_work(at: Desk, choose: Choose) -> tuple[str, Kind]:
    """A few lines of a right work, in one of the ways in which people hand them in."""
    match choose(5):
        case 0:
            return "\n".join(_some(at.typeset, choose)), Kind.MARKDOWN
        case 1 | 2:
            return "\n".join(_some(at.formulas, choose)), Kind.TEXT
        case 3:
            cells = [f'"{id_}","{at.answers[id_]}"' for id_ in _some(tuple(at.answers), choose)]
            return "\n".join(["id,answer", *dict.fromkeys(cells)]), Kind.CSV
        case _:
            rows = dict.fromkeys(_some(tuple(at.answers), choose))
            return "\n".join(f'"{id_}" = "{at.answers[id_]}"' for id_ in rows), Kind.TOML


def _some(lines: tuple[str, ...], choose: Choose) -> list[str]:
    start = choose(len(lines))
    return list(lines[start : start + 1 + choose(4)])


# --- Slips ------------------------------------------------------------------------------------------------

_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NAME = re.compile(r"\b(?:w|b|i|net_|out_|delta_|E_|target_)[a-z]*[0-9]+\b")
_SIGN = re.compile(r"\\cdot|\\times|\*\*|[-+*/^()]")
_POWERS = ("e400", "e-400", "e308", "e-308", "e9999", "e-9999", "*10^{400}", r" \cdot 10^{-400}", "^{400}", "**999")


def slip(text: str, choose: Choose) -> str:
    """The text with one slip in it; as it was where there is nothing to make it at."""
    kind = choose(10)
    found = list((_NAME if kind == 8 else _SIGN if kind == 7 else _FIGURE).finditer(text))
    if not found:
        return text
    one = found[choose(len(found))]
    match kind:
        case 0 | 1 | 2 | 3 | 4 | 5:
            return f"{text[: one.start()]}{_figure(one.group(), kind, choose)}{text[one.end() :]}"
        case 6:
            return f"{text[: one.start()]}-{text[one.start() :]}"
        case 7:
            signs = ("+", "-", "*", "/", "^", "**", "(", ")", "")
            return f"{text[: one.start()]}{signs[choose(len(signs))]}{text[one.end() :]}"
        case _:
            return _exchanged(text, one, found[choose(len(found))])


def _figure(digits: str, kind: int, choose: Choose) -> str:
    """A figure as somebody types it who slips."""
    at = choose(len(digits))
    match kind:
        case 0:
            return f"{digits[:at]}{choose(10)}{digits[at + 1 :]}"
        case 1:
            return digits[:at] + digits[at + 1 :] or "0"
        case 2:
            return digits[: at + 1] + digits[at:]
        case 3:
            plain = digits.replace(".", "")
            place = choose(len(plain) + 1)
            return f"{plain[:place] or '0'}.{plain[place:] or '0'}"
        case 4:
            return digits + _POWERS[choose(len(_POWERS))]
        case _:
            return EXTREMES[choose(len(EXTREMES))]


def _exchanged(text: str, one: re.Match[str], other: re.Match[str]) -> str:
    """The text with two stretches of it exchanged: operands, names, cells."""
    first, second = sorted((one, other), key=lambda it: it.start())
    if first.start() == second.start():
        return text
    between = text[first.end() : second.start()]
    return f"{text[: first.start()]}{second.group()}{between}{first.group()}{text[second.end() :]}"


def judge_slips(choose: Choose) -> Verdicts | None:
    """Judges a right work with one to three slips in it; None for one that can't be read any more."""
    at = desk(NETWORKS[choose(len(NETWORKS))])
    text, kind = right_work(at, choose)
    for _ in range(1 + choose(3)):
        text = slip(text, choose)
    try:
        return at.judged(text, kind)
    except SpecError:
        return None
