"""Training: the derived step repeated, each parameter after any number of rounds with proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from math import nan

from symbackprop.derivation.balls import DomainError, Real, Undecided, precision, to_ball
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.trainer import State, Trainer
from symbackprop.derivation.values import MOST_BITS
from symbackprop.wording import counted

DRAWING_BITS = 128
"""The precision of curves, the same as that of figures: what was trained for one serves the other."""

_DRAWN_BITS = 24

_FAILURES = (ZeroDivisionError, DomainError, Undecided)


def bits_affordable(rounds: int) -> int:
    """The precision at which that many rounds still take seconds rather than hours."""
    bits = LEAST_AFFORDABLE_BITS
    while bits < MOST_BITS and 2 * bits * max(1, rounds) <= _MOST_BIT_ROUNDS:
        bits *= 2
    return bits


LEAST_AFFORDABLE_BITS = 4096
_MOST_BIT_ROUNDS = 1 << 26


class UndecidedRound(Undecided):
    """A ball is too wide to tell `what` in the round that follows so many `rounds`."""

    def __init__(self, where: str, rounds: int, what: str) -> None:
        self.rounds = rounds
        self.what = what
        super().__init__(f"{after_rounds(where, rounds)}{what}")


class Trace:
    """The parameters after any number of rounds, each with proof. What was computed once is kept."""

    def __init__(self, trainer: Trainer, given: Mapping[str, Fraction], *, where: str = "") -> None:
        self._trainer = trainer
        self._given = given
        self._where = where
        self._states: dict[int, dict[int, State]] = {}
        self._ends: dict[int, UndecidedRound] = {}

    @property
    def measured(self) -> tuple[str, ...]:
        """What is measured of a round, in the order of its figures."""
        return self._trainer.measured

    def train_through(self, rounds: Iterable[int]) -> None:
        """Trains to the last of the rounds once, keeping the parameters at each of them, given in ascending order.

        Where these bits leave a case undecided, whoever wants a figure of that round asks again with more.
        """
        with suppress(Undecided):
            for number in rounds:
                self.parameters(number, DRAWING_BITS)

    def parameters(self, rounds: int, bits: int) -> dict[str, Real]:
        """What a round changes, after that many rounds, computed with that many bits from the start."""
        with precision(bits):
            return dict(zip(self._trainer.parameters, self._state(rounds, bits), strict=True))

    def error(self, rounds: int) -> float:
        """The total error after that many rounds, to the precision of a drawing; nan where that can't be had."""
        bits = DRAWING_BITS
        while bits <= bits_affordable(rounds):
            try:
                error = to_ball(self.measure(rounds, bits)[0])
            except Undecided:
                bits *= 2
                continue
            if error.rel_accuracy_bits() >= _DRAWN_BITS or error.is_zero():
                return float(error)
            bits *= 2
        return nan

    def measure(self, rounds: int, bits: int) -> State:
        """The measured quantities after that many rounds."""
        with precision(bits):
            return self._measure(self._state(rounds, bits), rounds)

    def walk(self, rounds: int, bits: int) -> Iterator[State]:
        """The measured quantities of each round from 0 on, none of them kept."""
        with precision(bits):
            state = self._state(0, bits)
            for number in range(rounds + 1):
                yield self._measure(state, number)
                if number < rounds:
                    state = self._advance(state, number, number + 1, bits)

    def in_doubles(self, rounds: int) -> tuple[float, ...]:
        """The measured quantities after that many rounds, as ordinary floating point arithmetic finds them."""
        after = tuple(self.parameters_in_doubles(rounds).values())
        return self._trainer.measure(after, self._floats(self._trainer.fixed_ids), Arithmetic.DOUBLES)

    def parameters_in_doubles(self, rounds: int) -> dict[str, float]:
        """What a round changes, after that many rounds of ordinary floating point arithmetic."""
        trainer = self._trainer
        start, fixed = self._floats(trainer.parameters), self._floats(trainer.fixed_ids)
        return dict(zip(trainer.parameters, trainer.advance(start, fixed, rounds, Arithmetic.DOUBLES), strict=True))

    def _state(self, rounds: int, bits: int) -> State:
        states = self._states.setdefault(bits, {0: self._numbers(self._trainer.parameters)})
        if rounds not in states:
            if bits in self._ends and rounds > self._ends[bits].rounds:
                raise self._ends[bits]
            start = max(known for known in states if known <= rounds)
            try:
                states[rounds] = self._advance(states[start], start, rounds, bits)
            except UndecidedRound as error:
                # Who asks for a later round needn't wait for the same again.
                self._ends[bits] = error
                raise
        return states[rounds]

    def _advance(self, state: State, done: int, rounds: int, bits: int) -> State:
        """The state after that many rounds in all, of which some are done.

        Raises SpecError for what has no value, and Undecided where a ball doesn't tell a case of a formula; either
        names the round and the quantity.
        """
        fixed = self._fixed()
        try:
            return self._trainer.advance(state, fixed, rounds - done, Arithmetic.BALLS)
        except _FAILURES:
            for number in range(done, rounds):
                try:
                    state = self._trainer.advance(state, fixed, 1, Arithmetic.BALLS)
                except _FAILURES:
                    self._states[bits][number] = state
                    self._tell(state, number)
                    raise
            raise

    def _measure(self, state: State, number: int) -> State:
        """What is measured after that many rounds; errors as above."""
        try:
            return self._trainer.measure(state, self._fixed(), Arithmetic.BALLS)
        except _FAILURES:
            self._tell(state, number)
            raise

    def _tell(self, state: State, number: int) -> None:
        where = after_rounds(self._where, number)
        try:
            self._trainer.tell(state, self._fixed(), where)
        except Undecided as error:
            raise UndecidedRound(self._where, number, str(error).removeprefix(where)) from None

    def _fixed(self) -> State:
        return self._numbers(self._trainer.fixed_ids)

    def _floats(self, ids: Iterable[str]) -> tuple[float, ...]:
        return tuple([float(self._given[id_]) for id_ in ids])

    def _numbers(self, ids: Iterable[str]) -> State:
        return tuple([self._trainer.number(self._given[id_]) for id_ in ids])


def after_rounds(where: str, rounds: int) -> str:
    """The beginning of an error's place: `where`, and after how many rounds, if any."""
    return f"{where}after {counted(rounds, 'round')}: " if rounds else where


_CURVE_POINTS = 60


def milestones_until(rounds: int) -> tuple[int, ...]:
    """The rounds at which figures are told: 0, 1, 10, 100, ... and the last one."""
    milestones = [0]
    power = 1
    while power < rounds:
        milestones.append(power)
        power *= 10
    return (*milestones, rounds)


def spread_until(rounds: int) -> frozenset[int]:
    """About sixty rounds, evenly apart on a logarithmic axis: enough for a smooth curve."""
    return frozenset(round(rounds ** (number / _CURVE_POINTS)) for number in range(_CURVE_POINTS + 1))
