"""What is true of a network: the value of every quantity that has a name, in any round and at random points."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from flint import arb

from symbackprop.check.calculation import Calculation
from symbackprop.derivation.balls import Real, precision, to_exact
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.oracle import Oracle
from symbackprop.derivation.oracle_questions import ask
from symbackprop.derivation.points import random_numbers
from symbackprop.derivation.values import FIRST_BITS

BITS = FIRST_BITS
"""The precision of all that is judged: figures of some thirty digits can be told apart with it."""

MOST_ROUNDS_CHECKED = 100_000
"""More rounds than these take too long for a check, unless the network's file asks for them."""

RANDOM_POINTS = 2


class Truth:
    """A derivation's quantities, those that only the oracle knows included: dE_o1/dw5, dnet_o1/dw1."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.plan = derivation.steps
        self._rounds: dict[int, Round] = {}

    def knows(self, id_: str) -> bool:
        """Whether there is a quantity of that name, and a value of it that can be had in time."""
        try:
            self.value(id_)
        except (KeyError, ValueError):
            return False
        return True

    def value(self, id_: str) -> Real:
        """The true value of a quantity, perhaps after some rounds. Raises KeyError where there is none."""
        base, rounds = split_id(id_)
        return self.round(rounds).value(base)

    def round(self, rounds: int) -> Round:
        """The round that follows that many updates. Raises KeyError for more than can be calculated in time."""
        if rounds not in self._rounds:
            if rounds > max(MOST_ROUNDS_CHECKED, self.derivation.network.training.rounds):
                raise KeyError(f"@{rounds}")
            self._rounds[rounds] = Round(self.derivation, self._given_after(rounds))
        return self._rounds[rounds]

    def _given_after(self, rounds: int) -> Mapping[str, Real]:
        given: dict[str, Real] = {id_: to_exact(number) for id_, number in self.derivation.given.items()}
        return given | self.derivation.trace.parameters(rounds, BITS) if rounds else given

    @cached_property
    def random(self) -> tuple[Round, ...]:
        """Rounds that start from arbitrary numbers: two formulas that agree there are the same formula."""
        return tuple(
            Round(
                self.derivation,
                {id_: to_exact(it) for id_, it in random_numbers(self.derivation, number).items()},
            )
            for number in range(1, RANDOM_POINTS + 1)
        )


class Round:
    """The quantities of one round from the numbers that it starts with."""

    def __init__(self, derivation: Derivation, given: Mapping[str, Real]) -> None:
        self._network = derivation.network
        self.given = given
        self._calculation = Calculation(derivation.steps, given)
        self._plan = derivation.steps
        self._asked = lru_cache(maxsize=4096)(self._ask)

    def value(self, id_: str) -> Real:
        """One quantity. Raises KeyError where there is none of that name."""
        with precision(BITS):
            return self._calculation.value(id_) if id_ in self._plan else self._asked(id_)

    def _ask(self, id_: str) -> arb:
        return ask(self._oracle, self._network, id_)

    @cached_property
    def _oracle(self) -> Oracle:
        with precision(BITS):
            return Oracle(self._network, self.given)
