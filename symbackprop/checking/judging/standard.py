"""What a work is held against: the network's own quantities, or the same under other usual conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, product

from symbackprop.checking.budget import Budget
from symbackprop.checking.estimates import estimate
from symbackprop.checking.figures import HALF_A_UNIT, around, is_rounded_from
from symbackprop.checking.own import Afresh
from symbackprop.checking.truth import BITS, Round, Truth
from symbackprop.checking.verdicts import Convention
from symbackprop.checking.work import Figure, Leaf, Member
from symbackprop.derivation.balls import Real, absolute, evaluate, precision, to_exact
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.typeset.formula import Formula

Reading = Mapping[int, str]
"""Which quantity each name among a member's leaves means, by the leaf's number."""

_MOST_READINGS = 32

_HALF = Fraction(1, 2)


def readings(member: Member) -> tuple[Reading, ...]:
    """All that a member's names can mean, the likeliest first; the same name means the same throughout.

    Names that differ in their numbers only are likelier to mean quantities that do, too. Within a sum over neurons the
    same letters stand for one after the other, each with ids of its own.
    """
    named = tuple(dict.fromkeys((leaf.text, leaf.ids) for leaf in member.leaves if leaf.ids))
    all_ = product(*(ids for _, ids in named))
    found = []
    for chosen in islice(dict.fromkeys((*_alike(named), *islice(all_, _MOST_READINGS))), _MOST_READINGS):
        meaning = dict(zip(named, chosen, strict=True))
        found.append({number: meaning[leaf.text, leaf.ids] for number, leaf in enumerate(member.leaves) if leaf.ids})
    return tuple(found)


def _alike(named: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """What names may mean if those that are alike but for their numbers mean quantities that are alike."""
    kinds: dict[str, dict[str, None]] = {}
    for text, ids in named:
        kinds.setdefault(_unnumbered(text), {}).update((_unnumbered(id_), None) for id_ in ids)
    for chosen in islice(product(*kinds.values()), _MOST_READINGS):
        kind = dict(zip(kinds, chosen, strict=True))
        yield tuple(
            next((id_ for id_ in ids if _unnumbered(id_) == kind[_unnumbered(text)]), ids[0]) for text, ids in named
        )


def _unnumbered(name: str) -> str:
    return _NUMBER.sub("#", name)


_NUMBER = re.compile(r"[\d₀-₉⁰¹²³⁴-⁹]+")


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A truth, and which of its quantities are taken with the opposite sign; `budget` is the work's that is judged."""

    afresh: Afresh
    conventions: tuple[Convention, ...] = ()
    budget: Budget

    def spend(self, leaves: Sequence[Leaf]) -> None:
        """Takes the price of asking a formula of these leaves once. Raises OutOfBudget."""
        self.budget.spend(_STEPS_A_FORMULA + _STEPS_A_LEAF * len(leaves))

    @property
    def truth(self) -> Truth:
        """The truth itself."""
        return self.afresh.truth

    def value(self, id_: str) -> Real:
        """A quantity in the network's own numbers. Raises KeyError where there is none of that name."""
        known = self._values.get(id_)
        if known is None:
            # A ball that is turned round is rounded to the precision in force.
            with precision(BITS):
                known = self._values[id_] = self._signed(id_, self.truth.value(id_))
        return known

    @cached_property
    def _values(self) -> dict[str, Real]:
        """Those that were asked for: names of several meanings ask for the same ones again and again."""
        return {}

    def values_nearby(self, rounds: int, named: Iterable[str]) -> tuple[Callable[[str], Real], ...]:
        """The same for numbers that differ slightly, of one round and what follows from it; `named` differ surely."""
        bases = frozenset(split_id(id_)[0] for id_ in named)
        return tuple(self._values_in(near, rounds) for near in self.truth.round(rounds).neighbours(bases))

    def _values_in(self, near: Round, rounds: int) -> Callable[[str], Real]:
        def value(id_: str) -> Real:
            base, own = split_id(id_)
            if own == rounds + 1 and f"{base}+" in self.truth.plan:
                base, own = f"{base}+", rounds
            if own != rounds and not self._stays(base):
                raise KeyError(id_)
            return self._signed(base, near.value(base))

        return value

    def _stays(self, base: str) -> bool:
        """Whether a quantity is the same in every round: an input, a target, the learning rate."""
        plan = self.truth.plan
        return base in plan and plan[base].pattern is None and base not in plan.state

    def _signed(self, id_: str, value: Real) -> Real:
        return -value if self.turns(id_) else value

    def is_same(self, id_: str, other: Standard) -> bool:
        """Whether a quantity is certainly the same under another standard."""
        return self.truth is other.truth and self.turns(id_) == other.turns(id_)

    def turns(self, id_: str) -> bool:
        """Whether a quantity is taken with the opposite sign."""
        return any(self.flips(convention, id_) for convention in self.conventions)

    def flips(self, convention: Convention, id_: str) -> bool:
        """Whether a convention turns the sign of a quantity."""
        match convention:
            case Convention.OPPOSITE_DELTA:
                return id_.startswith("delta_")
            case Convention.DESCENT_DIRECTION:
                base = id_.partition("@")[0]
                return base in self.truth.plan and self.truth.plan.kind(base) is Kind.GRADIENT
            case _:
                return False


def value_of(formula: Formula, leaves: Sequence[Leaf], reading: Reading, value: Callable[[str], Real]) -> Real:
    """What a formula gives where its names mean these quantities and its figures are exact.

    Raises KeyError for a quantity that isn't there, and what `balls.evaluate` raises.
    """

    def leaf(number: str) -> Real:
        figure = leaves[int(number)].figure
        return value(reading[int(number)]) if figure is None else to_exact(figure.value)

    with precision(BITS):
        return evaluate(formula, leaf)


def with_digits_shown(
    formula: Formula, leaves: Sequence[Leaf], reading: Reading, put_in: PutIn, *, halves: int = HALF_A_UNIT
) -> Real:
    """The same where each figure stands for all that it may have been rounded from.

    `halves` says how far a figure that doesn't stand for itself may be off, in halves of a unit of its last digit.
    """

    def leaf(number: str) -> Real:
        figure = leaves[int(number)].figure
        if figure is None:
            return put_in.standard.value(reading[int(number)])
        if put_in.stands_for_itself(figure):
            return to_exact(figure.value)
        return around(figure.value, figure, halves)

    put_in.standard.spend(leaves)
    with precision(BITS):
        return evaluate(formula, leaf)


@dataclass(frozen=True, kw_only=True)
class PutIn:
    """What the figures in a formula can stand for: numbers that were put into the formula of one quantity."""

    standard: Standard
    quantity: str | None

    def stands_for_itself(self, figure: Figure) -> bool:
        """Whether a figure is exact: a whole number, a half, or one of the network's own numbers that belong here.

        One that is typed longer than it need be (0.500), or that a result which belongs here rounds to, may be that.
        """
        if figure.decimals <= 0:
            return True
        # In doubles first: to look a fraction up takes ten times as long.
        if estimate(figure.value) not in self._own_in_doubles:
            return False
        if figure.value == _HALF:
            return True
        padded = figure.significant >= _PADDED and figure.typed.endswith("0")
        return figure.value in self._own_numbers and not padded and not self._may_be_rounded(figure)

    @cached_property
    def _own_numbers(self) -> frozenset[Fraction]:
        return self.standard.truth.numbers_behind(self.quantity)

    @cached_property
    def _own_in_doubles(self) -> frozenset[float]:
        return frozenset(map(estimate, (_HALF, *self._own_numbers)))

    def _may_be_rounded(self, figure: Figure) -> bool:
        with precision(BITS):
            return any(is_rounded_from(figure.value, figure, value) for value in self._results)

    @cached_property
    def _results(self) -> tuple[Real, ...]:
        """The sizes of the results that the quantity's own formula puts in."""
        base, rounds = split_id(self.quantity or "")
        truth, mark = self.standard.truth, f"@{rounds}" if rounds else ""
        if base not in truth.plan:
            return ()
        slots = truth.plan[base].slots.values()
        results = (id_ for id_ in slots if truth.plan.kind(id_) in _RESULTS)
        return tuple(absolute(truth.value(f"{id_}{mark}")) for id_ in results)


_STEPS_A_FORMULA, _STEPS_A_LEAF = 10, 5
"""What it takes to ask a formula, where a step is what it takes to read a character."""

_PADDED = 3
_RESULTS = frozenset({Kind.OUT, Kind.FACTOR, Kind.DELTA})
