"""Whether one side of an equals sign is right: as a formula, with numbers in it, or as a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symbackprop.checking.figures import (
    HALF_A_UNIT,
    WHOLE_UNIT,
    as_shown,
    can_be_equal,
    is_cut_off_from,
    is_far_from,
    is_rounded_from,
    noise_in,
)
from symbackprop.checking.judging.standard import PutIn, Reading, Standard, readings, value_of, with_digits_shown
from symbackprop.checking.truth import BITS, NO_VALUE
from symbackprop.checking.verdicts import LinkKind, Rounding, Verdict
from symbackprop.checking.work import Figure, Leaf, Member
from symbackprop.derivation.balls import Real, precision
from symbackprop.derivation.ids import split_id
from symbackprop.records import record
from symbackprop.typeset.formula import Formula, Negative, Quantity

_Reached = Callable[[Figure], Iterable[Real]]
"""What rounding on the way to a figure may have made of its quantity."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a chain's members are said to equal: a quantity, or, where none is named, what the first member gives.

    `value` is its value in the network's own numbers, `ask` gives it from other values of the quantities.
    """

    quantity: str | None
    rounds: int
    value: Real
    standard: Standard
    ask: Callable[[Callable[[str], Real]], Real]

    def nearby(self, named: Iterable[str]) -> tuple[Real, ...]:
        """The value in numbers that differ slightly, also where they are `named`. Raises one of `NO_VALUE`."""
        return tuple(self.ask(near) for near in self.standard.values_nearby(self.rounds, named))

    @cached_property
    def put_in(self) -> PutIn:
        """What figures that were put into its formula can stand for."""
        return PutIn(standard=self.standard, quantity=self.quantity)


@record(kw_only=True)
class Finding:
    """What a member turns out to be; no verdict where it isn't right.

    `reading` is the one under which it is right, or else the likeliest.
    """

    kind: LinkKind
    verdict: Verdict | None
    rounding: Rounding | None = None
    reading: Reading


def goal_of(standard: Standard, quantity: str) -> Goal:
    """A quantity as a goal. Raises one of `NO_VALUE` for one that isn't there."""
    return Goal(
        quantity=quantity,
        rounds=split_id(quantity)[1],
        value=standard.value(quantity),
        standard=standard,
        ask=lambda value: value(quantity),
    )


def goal_of_member(standard: Standard, member: Member) -> Goal:
    """A member as a goal, for chains that name no quantity. Raises one of `NO_VALUE` where it has no value."""
    formula, leaves = member.formula, member.leaves
    assert formula is not None
    reading = readings(member)[0]
    return Goal(
        quantity=None,
        rounds=max((split_id(id_)[1] for id_ in reading.values()), default=0),
        value=value_of(formula, leaves, reading, standard.value),
        standard=standard,
        ask=lambda value: value_of(formula, leaves, reading, value),
    )


def kind_of(member: Member) -> LinkKind:
    """What a member is, by what stands in it."""
    if member.formula is None or any(leaf.ids for leaf in member.leaves):
        return LinkKind.FORMULA
    return LinkKind.VALUE if signed_figure(member) is not None else LinkKind.NUMBERS


def signed_figure(member: Member) -> tuple[Fraction, Figure] | None:
    """A member that is a single figure, with its sign."""
    is_negative, formula = False, member.formula
    while isinstance(formula, Negative):
        is_negative, formula = not is_negative, formula.body
    if not isinstance(formula, Quantity):
        return None
    figure = member.leaves[int(formula.id)].figure
    return None if figure is None else (-figure.value if is_negative else figure.value, figure)


def assess(member: Member, goal: Goal, standard: Standard, reached: _Reached) -> Finding:
    """Whether a member equals the goal; `reached` gives what rounding on the way may have made of it."""
    kind = kind_of(member)
    match kind:
        case LinkKind.VALUE:
            return _assess_value(member, goal, reached)
        case LinkKind.NUMBERS:
            return _assess_numbers(member, goal, {}, reached)
        case LinkKind.FORMULA:
            return _assess_formula(member, goal, standard, reached)


def _assess_value(member: Member, goal: Goal, reached: _Reached) -> Finding:
    found = signed_figure(member)
    assert found is not None
    value, figure = found
    with precision(BITS):
        is_far = is_far_from(value, figure, goal.value)
        if not is_far and is_rounded_from(value, figure, goal.value):
            return Finding(kind=LinkKind.VALUE, verdict=Verdict.CORRECT, reading={})
        rounding = None if is_far else _rounding(value, figure, goal.value)
        if rounding in (None, Rounding.SINGLE_NOISE) and _is_reached(value, figure, reached):
            rounding = Rounding.INTERMEDIATES
    verdict = None if rounding is None else Verdict.ROUNDED
    return Finding(kind=LinkKind.VALUE, verdict=verdict, rounding=rounding, reading={})


def _rounding(value: Fraction, figure: Figure, truth: Real) -> Rounding | None:
    """How a figure differs from the rounded value in its last digits only; None if it doesn't."""
    noise = noise_in(value, figure, truth)
    if noise is not Rounding.DOUBLE_NOISE and is_cut_off_from(value, figure, truth):
        return Rounding.CUT_OFF
    return noise


def _is_reached(value: Fraction, figure: Figure, reached: _Reached) -> bool:
    """Whether rounding on the way can have led to a figure. To a bare 0, everything could have been rounded."""
    if not value:
        return False
    shown = as_shown(value, figure)
    return any(can_be_equal(ball, shown) for ball in reached(figure))


def _assess_numbers(member: Member, goal: Goal, reading: Reading, reached: _Reached) -> Finding:
    """Figures that were put into a formula: right if the goal is among all that they can stand for.

    Each may itself come from rounded ones: then what they give is something that rounding can lead to.
    """
    assert member.formula is not None
    verdict = rounding = None
    with suppress(*NO_VALUE):
        if _gives(member, goal, reading, WHOLE_UNIT):
            is_rounded = _gives(member, goal, reading, HALF_A_UNIT)
            verdict, rounding = (Verdict.CORRECT, None) if is_rounded else (Verdict.ROUNDED, Rounding.CUT_OFF)
    if verdict is None and _numbers_are_reached(member, goal, reading, reached):
        verdict, rounding = Verdict.ROUNDED, Rounding.INTERMEDIATES
    return Finding(kind=LinkKind.NUMBERS, verdict=verdict, rounding=rounding, reading=reading)


def _gives(member: Member, goal: Goal, reading: Reading, halves: int) -> bool:
    """Whether the goal is among what figures can stand for that are off by so many halves of units of theirs."""
    assert member.formula is not None
    given = with_digits_shown(member.formula, member.leaves, reading, goal.put_in, halves=halves)
    return can_be_equal(given, goal.value)


def _numbers_are_reached(member: Member, goal: Goal, reading: Reading, reached: _Reached) -> bool:
    """Whether rounding on the way can lead to what a formula with figures in it gives."""
    assert member.formula is not None
    figures = [leaf.figure for leaf in member.leaves if leaf.figure is not None]
    rounded = [it for it in figures if not goal.put_in.stands_for_itself(it)]
    if not rounded:
        return False
    with suppress(*NO_VALUE), precision(BITS):
        balls = tuple(reached(max(rounded, key=lambda it: it.significant)))
        if balls:
            found = value_of(member.formula, member.leaves, reading, goal.standard.value)
            return any(can_be_equal(found, ball) for ball in balls)
    return False


def _assess_formula(member: Member, goal: Goal, standard: Standard, reached: _Reached) -> Finding:
    """A formula is right if it gives the goal in the network's numbers and in others close by.

    One with figures in it may only be right in the network's own numbers: then these were put in.
    """
    assert member.formula is not None
    meanings = readings(member)
    for reading in meanings:
        if is_same_formula(member.formula, member.leaves, reading, goal, standard):
            return Finding(kind=LinkKind.FORMULA, verdict=Verdict.CORRECT, reading=reading)
    if any(leaf.figure is not None and leaf.figure.decimals > 0 for leaf in member.leaves):
        for reading in meanings:
            finding = _assess_numbers(member, goal, reading, reached)
            if finding.verdict is not None:
                return finding
    return Finding(kind=LinkKind.FORMULA, verdict=None, reading=meanings[0])


def is_same_formula(formula: Formula, leaves: Sequence[Leaf], reading: Reading, goal: Goal, standard: Standard) -> bool:
    """Whether a formula gives the goal wherever it is asked for."""
    standard.spend(leaves)
    with suppress(*NO_VALUE):
        if not can_be_equal(value_of(formula, leaves, reading, standard.value), goal.value):
            return False
        standard.spend(leaves)
        named = frozenset(reading.values())
        nearby = standard.values_nearby(goal.rounds, named)
        return all(
            can_be_equal(value_of(formula, leaves, reading, near), expected)
            for near, expected in zip(nearby, goal.nearby(named), strict=True)
        )
    return False
