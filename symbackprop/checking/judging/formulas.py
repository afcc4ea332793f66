"""Formulas of the derivation beside somebody's: the right one, a mistaken one, and which number stands for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count

from symbackprop.checking.calculation import Way, formula_of
from symbackprop.checking.figures import is_rounded_from, rounded_to
from symbackprop.checking.judging.repair import WrongLink
from symbackprop.checking.judging.standard import Reading, Standard
from symbackprop.checking.mistakes.formulas import changed_formulas
from symbackprop.checking.truth import BITS, NO_VALUE
from symbackprop.checking.verdicts import Cause, LinkKind
from symbackprop.checking.work import Member
from symbackprop.derivation.balls import precision
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.steps import Plan
from symbackprop.typeset.formula import Formula, Quantity, quantities, rename
from symbackprop.typeset.plain import plain


def expected_formula(plan: Plan, quantity: str) -> str | None:
    """The right formula in plain text; None for a given quantity and for one that only has a value."""
    formula = _formula(plan, split_id(quantity)[0])
    return None if formula is None else plain(formula)


def expected_numbers(standard: Standard, quantity: str, decimals: int) -> str | None:
    """The right formula with its numbers: those that are given as they were typed, others rounded."""
    plan, typed = standard.truth.plan, standard.truth.derivation.typed
    base, rounds = split_id(quantity)
    formula = _formula(plan, base)
    if formula is None:
        return None

    def digits(id_: str) -> str:
        if id_ in typed and not rounds:
            shown = typed[id_].typed
        else:
            shown = rounded_to(standard.value(id_ + (f"@{rounds}" if rounds else "")), decimals) or id_
        return f"({shown})" if shown.startswith("-") else shown

    return plain(formula, digits)


def _formula(plan: Plan, id_: str) -> Formula | None:
    """The right formula, for a single error's total that of the error; None for a given quantity."""
    if id_ not in plan or plan[id_].pattern is None:
        return None
    formula = formula_of(plan, id_, Way.BY_FACTORS)
    if isinstance(formula, Quantity) and plan.kind(id_) in (Kind.SAMPLE_ERROR, Kind.TOTAL_ERROR):
        return _formula(plan, formula.id)
    return formula


def alignment(before: Member, reading: Reading, after: Member) -> Mapping[int, str]:
    """Which quantity each number stands for that was put into a formula; none where the two differ in form."""
    if before.formula != after.formula:
        return {}
    return {
        number: reading[number]
        for number, leaf in enumerate(after.leaves)
        if leaf.figure is not None and number in reading
    }


def own_alignment(plan: Plan, quantity: str | None, after: Member) -> Mapping[int, str]:
    """The same for numbers put into the derivation's own formula, where nobody wrote it down."""
    base, rounds = split_id(quantity or "")
    if base not in plan or plan[base].pattern is None or after.formula is None:
        return {}
    mark = f"@{rounds}" if rounds else ""
    for way in Way:
        formula = formula_of(plan, base, way)
        if _numbered(formula) == after.formula:
            return {
                number: f"{id_}{mark}"
                for number, id_ in enumerate(quantities(formula))
                if after.leaves[number].figure is not None
            }
    return {}


def _numbered(formula: Formula) -> Formula:
    """A formula with its leaves numbered from left to right."""
    numbers = map(str, count())
    return rename(formula, lambda _: next(numbers))


def mistaken(wrong: WrongLink) -> Cause | None:
    """The mistake that a wrong formula states, whatever it looks like."""
    if wrong.goal.quantity is None or wrong.kind is not LinkKind.FORMULA:
        return None
    return next(_mistaken(wrong, wrong.goal.quantity), None)


def _mistaken(wrong: WrongLink, quantity: str) -> Iterator[Cause]:
    if split_id(quantity)[1]:
        return
    named = _named(wrong, quantity)
    stated = [(it, it.given()) for it in (wrong, named) if it is not None]
    for cause, formula in changed_formulas(wrong.standard.truth, quantity):
        if any(it.meets(formula, given) for it, given in stated):
            yield replace(cause, at=(quantity,))


def _named(wrong: WrongLink, quantity: str) -> WrongLink | None:
    """The link with names for those of its numbers that can only be a quantity of the formula; None for no such."""
    plan, member = wrong.standard.truth.plan, wrong.member
    if quantity not in plan:
        return None
    slots = tuple(dict.fromkeys(plan[quantity].slots.values()))
    names: dict[int, str] = {}
    for number, leaf in enumerate(member.leaves):
        if leaf.figure is None or leaf.figure.decimals <= 0:
            continue
        with suppress(*NO_VALUE), precision(BITS):
            meant = [id_ for id_ in slots if is_rounded_from(leaf.figure.value, leaf.figure, wrong.standard.value(id_))]
            if len(meant) == 1:
                names[number] = meant[0]
    if not names:
        return None
    leaves = tuple(
        replace(leaf, figure=None, ids=(names[number],)) if number in names else leaf
        for number, leaf in enumerate(member.leaves)
    )
    return replace(wrong, member=replace(member, leaves=leaves), reading={**wrong.reading, **names})
