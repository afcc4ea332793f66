"""The values of whole families of steps at once, in balls or in doubles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from typing import Any

from symbackprop.derivation.balls import DomainError, Undecided, evaluate, is_true
from symbackprop.derivation.code import Arithmetic, Code, code_of
from symbackprop.derivation.digits import is_beyond
from symbackprop.derivation.families import Family
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.patterns import fill, work_out
from symbackprop.errors import NetInputError, SpecError
from symbackprop.typeset.formula import Apply, Cases, Condition, Elementary, Formula, Quantity, transform
from symbackprop.typeset.plain import plain

LARGEST_NET = 50_000
"""exp of more than this can't be told from its neighbours with the largest precision that is tried."""


def evaluate_families(
    families: Iterable[Family], values: dict[str, Any], arithmetic: Arithmetic, *, where: str = ""
) -> None:
    """Adds the value of every member to `values`, which has all that they use.

    Raises SpecError, `where` before the quantity's id, for what has no value, such as log(0), and for a net input so
    large that what comes of it needs more digits than anybody could use; Undecided where a ball doesn't say which
    case of a formula applies.
    """
    for family in families:
        if family.pattern is None:
            continue
        if family.same is not None:
            values.update(zip(family.ids, [values[id_] for id_ in family.same], strict=True))
            continue
        code = code_of(family.pattern, arithmetic)
        try:
            _evaluate(family, code, values)
        except (ZeroDivisionError, DomainError, Undecided):
            _evaluate_one_by_one(family, code, values, where)
        if family.kind is Kind.NET and arithmetic is Arithmetic.BALLS:
            _require_moderate(family, values, where)


def _evaluate(family: Family, code: Code, values: dict[str, Any]) -> None:
    values.update(zip(family.ids, run_for_each(family, code, values), strict=False))


def run_for_each(family: Family, code: Code, values: Mapping[str, Any]) -> Iterable[Any]:
    """What the code of one of a family's formulas gives for each member, in their order."""
    if not family.each:
        return [code.run(*[values[family.slots[slot]] for slot in code.slots])]
    columns = [
        repeat(values[family.slots[slot]]) if slot in family.slots else [values[id_] for id_ in family.each[slot]]
        for slot in code.slots
    ]
    return map(code.run, *columns)


def _evaluate_one_by_one(family: Family, code: Code, values: dict[str, Any], where: str) -> None:
    """The same, so that the member that has no value is known."""
    for position, id_ in enumerate(family.ids):
        slots = family.step(position).slots
        try:
            values[id_] = code.run(*[values[slots[slot]] for slot in code.slots])
        except (ZeroDivisionError, DomainError) as error:
            raise SpecError(f"{where}{id_}", f"has no value: {error}") from None
        except Undecided as error:
            formula = fill(work_out(family.pattern).in_balls, slots) if family.pattern else Quantity(id_)
            raise Undecided(f"{where}{id_}: {open_question(formula, values.__getitem__) or error}") from None


def open_question(formula: Formula, value_of: Callable[[str], Any]) -> str:
    """Which part of a formula can't be told from its limit, with these values; empty if all can."""
    found: list[str] = []

    def is_open(part: Formula) -> bool:
        try:
            evaluate(part, value_of)
        except Undecided:
            return True
        return False

    def look(part: Formula) -> Formula | None:
        # Only ways that lead to an open question: what stands in a branch that isn't taken is never asked.
        if found or not is_open(part):
            return part
        match part:
            case Cases(condition=Condition(left=left, comparison=comparison, right=right)):
                try:
                    is_true(evaluate(left, value_of), comparison, evaluate(right, value_of))
                except Undecided:
                    found.append(f"{plain(left)} can't be told from its kink at {plain(right)}")
            case Apply(function=Elementary.SIGN, argument=argument) if not is_open(argument):
                found.append(f"{plain(argument)} can't be told from its kink at 0")
            case Apply(function=Elementary.LOG, argument=argument) if not is_open(argument):
                found.append(f"{plain(argument)} can't be told from 0")
        return None

    transform(formula, look)
    return "".join(found)


def _require_moderate(family: Family, values: dict[str, Any], where: str) -> None:
    for id_ in family.ids:
        if is_beyond(values[id_], LARGEST_NET):
            limit = f"{LARGEST_NET:,}"
            raise NetInputError(f"{where}{id_}", f"expected a net input from -{limit} to {limit}, found a larger one")
