"""What is true of a network: the value of every quantity that has a name, in any round, and close by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cached_property, lru_cache
from random import Random

from flint import arb, fmpq

from symbackprop.checking.calculation import Calculation
from symbackprop.checking.estimates import accuracy
from symbackprop.derivation.balls import Real, Undecided, precision, to_exact
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.train import bits_affordable
from symbackprop.derivation.values import FIRST_BITS
from symbackprop.errors import SpecError
from symbackprop.functions import Loss

BITS = FIRST_BITS
"""The precision of all that is judged: figures of some thirty digits can be told apart with it."""

MOST_ROUNDS_CHECKED = 100_000
"""More rounds than these take too long for a check, unless the network's file asks for them."""

NO_VALUE = (KeyError, ValueError, ArithmeticError, SpecError)
"""What asking for a value may raise: there is no such quantity, or it has none (log(0), a training that runs away)."""

_SMALL_WORK = 100
_MOST_WORK = 250_000
"""Edges times rounds, in networks of more edges than a few."""

_MOST_KEPT = 500_000
"""Of how many quantities values are kept, all rounds together."""

_NEIGHBOURS = 2
_SEED = 20150317


class Truth:
    """A derivation's quantities, those that only the oracle knows included: dE_o1/dw5, dnet_o1/dw1."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.plan = derivation.steps
        self._rounds: dict[int, Round] = {}

    def numbers_behind(self, quantity: str | None) -> frozenset[Fraction]:
        """The network's own numbers that a calculation of a quantity puts in; all of them where none is named."""
        given = self.derivation.given
        base = split_id(quantity or "")[0]
        ids = self.parts(base) if base in self.plan else given
        return frozenset(given[id_] for id_ in ids if id_ in given)

    def parts(self, base: str) -> Iterable[str]:
        """The quantities that stand in some form of another's formula: its own, and those of what it is made of."""
        own = dict.fromkeys(self.plan[base].slots.values())
        deeper = (part for part in own if part in self.plan and not part.startswith("dnet_"))
        return dict.fromkeys((*own, *(id_ for part in deeper for id_ in self.plan[part].slots.values())))

    def knows(self, id_: str) -> bool:
        """Whether there is a quantity of that name, and a value of it that can be had in time."""
        try:
            self.value(id_)
        except NO_VALUE:
            return False
        return True

    def value(self, id_: str) -> Real:
        """The true value of a quantity, perhaps after some rounds. Raises KeyError where there is none."""
        base, rounds = split_id(id_)
        return self.round(rounds).value(base)

    def round(self, rounds: int) -> Round:
        """The round that follows that many updates. Raises KeyError for more than can be calculated in time."""
        if rounds not in self._rounds:
            if rounds > max(self._most_rounds, self.derivation.network.training.rounds):
                raise KeyError(f"@{rounds}")
            while len(self._rounds) * len(self.plan) > _MOST_KEPT:
                self._rounds.pop(next(iter(self._rounds)))
            self._rounds[rounds] = Round(self.derivation, self._given_after(rounds))
        return self._rounds[rounds]

    @property
    def _most_rounds(self) -> int:
        """After how many rounds quantities can be calculated in time: of a large network, only after a few."""
        work = self.plan.graph.shape.work
        return MOST_ROUNDS_CHECKED if work <= _SMALL_WORK else _MOST_WORK // work

    def _given_after(self, rounds: int) -> Mapping[str, Real]:
        given: dict[str, Real] = {id_: to_exact(number) for id_, number in self.derivation.given.items()}
        return {**given, **self._state_after(rounds)} if rounds else given

    def _state_after(self, rounds: int) -> Mapping[str, Real]:
        """What training has made of the parameters, with so many bits that they are still narrow balls."""
        bits = BITS
        while True:
            with suppress(Undecided):
                state = self.derivation.trace.parameters(rounds, bits)
                if bits >= bits_affordable(rounds) or all(map(_is_narrow, state.values())):
                    return state
            if bits >= bits_affordable(rounds):
                raise KeyError(f"@{rounds}")
            bits *= 2


_NARROW_BITS = 100


def _is_narrow(value: Real) -> bool:
    return value == 0 or accuracy(value) >= _NARROW_BITS


class Round:
    """The quantities of one round from the numbers that it starts with."""

    def __init__(self, derivation: Derivation, given: Mapping[str, Real]) -> None:
        self._derivation = derivation
        self._network = derivation.network
        self.given = given
        self._calculation = Calculation(derivation.steps, given)
        self._plan = derivation.steps
        self._asked = lru_cache(maxsize=4096)(self._ask)
        self._neighbours = lru_cache(maxsize=8)(self._near)

    def value(self, id_: str) -> Real:
        """One quantity. Raises KeyError where there is none of that name."""
        with precision(BITS):
            return self._calculation.value(id_) if id_ in self._plan else self._asked(id_)

    def neighbours(self, named: frozenset[str]) -> tuple[Round, ...]:
        """Rounds that start from slightly other numbers: two formulas that agree there, too, are the same here.

        A 0, a 1 or a target that isn't `named` stays: a formula in which it was left out is right for this network.
        """
        return self._neighbours(frozenset(id_ for id_ in named if id_ in self.given and self._may_stay(id_)))

    def _near(self, named: frozenset[str]) -> tuple[Round, ...]:
        return tuple(Round(self._derivation, self._moved(number, named)) for number in range(_NEIGHBOURS))

    def _may_stay(self, id_: str) -> bool:
        return self._plan.kind(id_) is Kind.TARGET or self.given[id_] in (0, 1, -1)

    def _moved(self, number: int, named: frozenset[str]) -> Mapping[str, Real]:
        random = Random(_SEED + number)  # noqa: S311 - the same points in every run
        moved: dict[str, Real] = {}
        with precision(BITS):
            for id_, own in self.given.items():
                offset = fmpq(random.randint(1, 10_000), 1_000_000)
                stays = id_ not in named and self._may_stay(id_)
                moved[id_] = own if stays else own * (1 + offset) if own != 0 else offset
            if self._network.training.loss is Loss.CROSS_ENTROPY:
                self._make_probabilities(moved)
        return moved

    def _make_probabilities(self, moved: dict[str, Real]) -> None:
        """The targets of each step add up to 1 again, or `out - target` would be no delta."""
        width = self._network.widths[-1]
        targets = [id_ for id_ in moved if self._plan.kind(id_) is Kind.TARGET]
        for start in range(0, len(targets), width):
            together = targets[start : start + width]
            total = sum((moved[id_] for id_ in together), start=fmpq(0))
            moved.update({id_: moved[id_] / total for id_ in together})

    def _ask(self, id_: str) -> arb:
        return ask(self._oracle, self._network, id_)

    @cached_property
    def _oracle(self) -> Oracle:
        with precision(BITS):
            return Oracle(self._network, self.given)
