"""The one thing that has to be changed for a wrong link to be right: a name, a number, a sign, an operator.

Nothing is judged by likeness: a change is proposed only if the link is right with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from symbackprop.checking.calculation import Way, formula_of
from symbackprop.checking.estimates import accuracy
from symbackprop.checking.figures import can_be_equal, right_digits
from symbackprop.checking.judging.assess import Goal, is_same_formula
from symbackprop.checking.judging.edits import Edit, edits_of
from symbackprop.checking.judging.slips import exchange, left_out, left_out_term, nearest_first, something_else
from symbackprop.checking.judging.standard import Reading, Standard, value_of, with_digits_shown
from symbackprop.checking.truth import NO_VALUE
from symbackprop.checking.verdicts import Cause, Correction, LinkKind, Mistake
from symbackprop.checking.work import Leaf, Member, Span
from symbackprop.derivation.balls import Real, absolute, evaluate, to_ball
from symbackprop.derivation.ids import split_id
from symbackprop.records import record
from symbackprop.typeset.formula import Formula, Quantity, Sum, quantities
from symbackprop.typeset.plain import plain

_MOST_CANDIDATES = 400


@record(kw_only=True)
class Repair:
    """What mends a link, and the mistake that it undoes."""

    correction: Correction
    cause: Cause


@record(kw_only=True)
class WrongLink:
    """A wrong link with its likeliest reading, and what it ought to equal."""

    member: Member
    kind: LinkKind
    reading: Reading
    goal: Goal
    standard: Standard

    @property
    def formula(self) -> Formula:
        """The formula of its leaves."""
        assert self.member.formula is not None
        return self.member.formula

    def is_right(self, formula: Formula, leaves: Sequence[Leaf], reading: Reading) -> bool:
        """Whether the goal would be met by another formula of other leaves. Raises OutOfBudget."""
        if self.kind is LinkKind.FORMULA:
            return is_same_formula(formula, leaves, reading, self.goal, self.standard)
        with suppress(*NO_VALUE):
            given = with_digits_shown(formula, leaves, reading, self.goal.put_in)
            # What is so wide that it takes in half of all numbers was made so by the change.
            return _is_telling(given) and can_be_equal(given, self.goal.value)
        return False

    @property
    def is_sharp(self) -> bool:
        """Whether numbers give so sharp a figure that one of the changes tried doesn't mend them by chance."""
        with suppress(*NO_VALUE):
            return all(accuracy(it) >= _SHARP_BITS for it in _values(self, self.formula))
        return False

    def given(self) -> Sequence[Real] | None:
        """What the link gives wherever it is asked for; None where it has no value."""
        with suppress(*NO_VALUE):
            return _values(self, self.formula)
        return None

    def meets(self, formula: Formula, given: Sequence[Real] | None) -> bool:
        """Whether a formula of quantities is what the link gives, wherever both are asked for. Raises OutOfBudget."""
        return given is not None and _meets(self, formula, given)

    def with_names(self, names: Mapping[int, str]) -> bool:
        """Whether the link is right with these quantities in the places of these leaves."""
        leaves = tuple(
            replace(leaf, figure=None, ids=(names[number],)) if number in names else leaf
            for number, leaf in enumerate(self.member.leaves)
        )
        return self.is_right(self.formula, leaves, {**self.reading, **names})

    def candidates(self) -> tuple[str, ...]:
        """What a name may have been meant to be: what its quantity's formula uses, then all others."""
        plan, quantity = self.standard.truth.plan, self.goal.quantity
        base, rounds = split_id(quantity or "")
        own: dict[str, None] = {}
        if base in plan:
            own = dict.fromkeys(plan[base].slots.values())
            for part in tuple(own):
                own |= dict.fromkeys(plan[part].slots.values() if part in plan else ())
        ids = (*own, *(plan if len(plan) <= _MOST_CANDIDATES else ()))
        mark = f"@{rounds}" if rounds else ""
        # Of two names of the same, the shorter one: out_h1, not dnet_o1/dw5.
        first_names = (plan.same_as(id_) or id_ for id_ in ids)
        return tuple(f"{id_}{mark}" for id_ in dict.fromkeys(first_names) if id_ != base)

    def span_of(self, part: Formula) -> Span:
        """Where a part of the formula stands."""
        leaves = [self.member.leaves[int(number)] for number in quantities(part)]
        if not leaves:
            return self.member.span
        return Span(start=min(leaf.span.start for leaf in leaves), end=max(leaf.span.end for leaf in leaves))

    def text_of(self, formula: Formula) -> str:
        """A formula as plain text, its names as ids."""
        leaves = self.member.leaves

        def name(number: str) -> str:
            leaf = leaves[int(number)]
            return leaf.figure.typed if leaf.figure else self.reading.get(int(number), leaf.text)

        return plain(formula, name)


def repair(wrong: WrongLink, aligned: Mapping[int, str]) -> Repair | None:
    """The likeliest single change that makes a wrong link right; None if there is none.

    `aligned` says which quantity each number ought to be, where a formula of the same form stands before.
    """
    if wrong.kind is LinkKind.NUMBERS and not wrong.is_sharp:
        return None
    ways = (_numbers(wrong, aligned), _names(wrong), _structure(wrong), _other_numbers(wrong), _missing(wrong))
    return next((found for way in ways for found in way), None)


def renumber(wrong: WrongLink, aligned: Mapping[int, str]) -> Repair | None:
    """A number that isn't the quantity in whose place it stands, if the link is right with that one."""
    return next(_numbers(wrong, aligned), None)


def _numbers(wrong: WrongLink, aligned: Mapping[int, str]) -> Iterator[Repair]:
    """A number that isn't the quantity in whose place it stands."""
    for number, id_ in aligned.items():
        if wrong.member.leaves[number].figure is not None and wrong.with_names({number: id_}):
            yield renumbered(wrong.standard, wrong.goal.quantity, wrong.member.leaves[number], id_)


def renumbered(standard: Standard, quantity: str | None, leaf: Leaf, id_: str) -> Repair:
    """A number exchanged for the one that belongs in its place."""
    assert leaf.figure is not None
    digits = right_digits(absolute(standard.value(id_)), leaf.figure) or id_
    return Repair(
        correction=Correction(span=leaf.span, found=leaf.text, expected=digits),
        cause=exchange(standard, quantity, leaf.figure, id_),
    )


def _names(wrong: WrongLink) -> Iterator[Repair]:
    """Another name: in one place, or wherever it stands."""
    named: dict[str, list[int]] = {}
    for number, id_ in wrong.reading.items():
        named.setdefault(id_, []).append(number)
    candidates = wrong.candidates()
    likely = partial(nearest_first, wrong.standard.truth.plan, candidates)
    for id_, numbers in named.items():
        for places in [[number] for number in numbers] + ([numbers] if len(numbers) > 1 else []):
            for other in likely(id_):
                if other != id_ and wrong.with_names(dict.fromkeys(places, other)):
                    leaf = wrong.member.leaves[places[0]]
                    yield Repair(
                        correction=Correction(span=leaf.span, found=leaf.text, expected=other),
                        cause=something_else(wrong.standard.truth.plan, wrong.goal.quantity, id_, other),
                    )


def _structure(wrong: WrongLink) -> Iterator[Repair]:
    """A sign, an operator, or something that is too much."""
    for edited in edits_of(wrong.formula):
        if not wrong.is_right(edited.formula, wrong.member.leaves, wrong.reading):
            continue
        found = wrong.text_of(edited.part)
        expected = "" if edited.becomes is None else wrong.text_of(edited.becomes)
        at = (wrong.goal.quantity,) if wrong.goal.quantity else ()
        mistake = _mistake_of(wrong, edited.edit, edited.part)
        yield Repair(
            correction=Correction(span=wrong.span_of(edited.part), found=found, expected=expected),
            cause=Cause(mistake=mistake, at=at, taken=found, right=expected),
        )


def _mistake_of(wrong: WrongLink, edit: Edit, part: Formula) -> Mistake:
    match edit:
        case Edit.SIGN if wrong.goal.quantity and split_id(wrong.goal.quantity)[0].endswith("+"):
            return Mistake.GRADIENT_ADDED
        case Edit.SIGN:
            return Mistake.SIGN_FLIPPED if part == wrong.formula else Mistake.WRONG_SIGN
        case Edit.OPERATOR:
            return Mistake.WRONG_OPERATOR
        case Edit.SOMETHING_TOO_MUCH:
            return Mistake.TOO_MUCH


def _missing(wrong: WrongLink) -> Iterator[Repair]:
    """A factor or a term that was left out: what the goal has more, wherever it is asked for."""
    with suppress(*NO_VALUE):
        found = _values(wrong, wrong.formula)
        goals = (wrong.goal.value, *wrong.goal.nearby(wrong.reading.values()))[: len(found)]
        ratios = [to_ball(goal) / value for goal, value in zip(goals, found, strict=True)]
        plan = wrong.standard.truth.plan
        if all(map(_is_telling, ratios)):
            for id_ in wrong.candidates():
                if _meets(wrong, Quantity(id_), ratios):
                    yield _completed(wrong, left_out(plan, id_), id_)
        differences = [to_ball(goal) - value for goal, value in zip(goals, found, strict=True)]
        if all(map(_is_telling, differences)):
            for term in _terms(wrong):
                if _meets(wrong, term, differences):
                    mistake = left_out_term(plan, quantities(term))
                    yield _completed(wrong, mistake, plain(term))


def _completed(wrong: WrongLink, mistake: Mistake, missing: str) -> Repair:
    at = (wrong.goal.quantity,) if wrong.goal.quantity else ()
    return Repair(
        correction=Correction(span=wrong.member.span, found="", expected=missing),
        cause=Cause(mistake=mistake, at=at, right=missing),
    )


def _values(wrong: WrongLink, formula: Formula) -> list[Real]:
    """What the link gives: a formula wherever the goal is asked for, numbers only where they belong."""
    leaves, reading = wrong.member.leaves, wrong.reading
    if wrong.kind is not LinkKind.FORMULA:
        return [with_digits_shown(formula, leaves, reading, wrong.goal.put_in)]
    return [value_of(formula, leaves, reading, value) for value in _asked(wrong)]


def _asked(wrong: WrongLink) -> tuple[Callable[[str], Real], ...]:
    return (wrong.standard.value, *wrong.standard.values_nearby(wrong.goal.rounds, wrong.reading.values()))


def _meets(wrong: WrongLink, formula: Formula, expected: Sequence[Real]) -> bool:
    """Whether a formula of quantities gives these values. Raises OutOfBudget."""
    wrong.standard.spend(())
    with suppress(*NO_VALUE):
        return all(
            can_be_equal(evaluate(formula, value), goal)
            for value, goal in zip(_asked(wrong), expected, strict=False)  # numbers are asked for once
        )
    return False


_TELLING_BITS = 10
_SHARP_BITS = 12
"""Some two hundred changes are tried: in 2^12 as many figures, few of them mend anything by chance."""


def _is_telling(value: Real) -> bool:
    """Whether a ball is so narrow that it isn't met by chance."""
    return accuracy(value) >= _TELLING_BITS


def _terms(wrong: WrongLink) -> Iterator[Formula]:
    """The terms of the right formula, and all that a term of a single name could be."""
    base, _ = split_id(wrong.goal.quantity or "")
    with suppress(KeyError):
        right = formula_of(wrong.standard.truth.plan, base, Way.BY_FACTORS)
        if isinstance(right, Sum) and "@" not in (wrong.goal.quantity or ""):
            yield from right.terms
    yield from map(Quantity, wrong.candidates())


def _other_numbers(wrong: WrongLink) -> Iterator[Repair]:
    """A number where no formula says what belongs there: any other quantity's, if that isn't met by chance."""
    if wrong.kind is LinkKind.FORMULA:
        return
    with suppress(*NO_VALUE):
        if not all(map(_is_telling, _values(wrong, wrong.formula))):
            return
    for number, leaf in enumerate(wrong.member.leaves):
        if leaf.figure is None:
            continue
        for id_ in wrong.candidates():
            if wrong.with_names({number: id_}):
                yield renumbered(wrong.standard, wrong.goal.quantity, wrong.member.leaves[number], id_)
