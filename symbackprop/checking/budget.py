"""What one work may cost: steps of reading and judging, counted, so that no verdict depends on the machine."""

from __future__ import annotations

from decimal import Decimal
from time import monotonic

from symbackprop.errors import SymbackpropError

MOST_STEPS = 20_000_000
"""So many steps are made for one work: far more than a megabyte of formulas that somebody has written needs."""

_STEPS_BETWEEN_LOOKS = 500


class OutOfBudget(SymbackpropError):  # noqa: N818 - no error: the work is too long to be judged
    """A work would cost more than one work may."""


class PartSpent(OutOfBudget):
    """One part of what is done for a work has cost as much as it may; the others go on without it."""


class Budget:
    """Counts the steps of one work, from its first token to the last suspect, and ends it past the bound.

    `seconds` are only a backstop, for who has no time; looked at now and then, and never unless they are given.
    """

    def __init__(self, most: int = MOST_STEPS, seconds: float | None = None) -> None:
        self.spent = 0
        self._most = most
        self._seconds = seconds
        self._ends = None if seconds is None else monotonic() + seconds
        self._next_look = 0 if seconds is not None else most + 1

    def spend(self, steps: int = 1) -> None:
        """Takes the price of what is done next. Raises OutOfBudget where it can't be paid, and from then on."""
        self.spent += steps
        if self.spent > self._most:
            raise OutOfBudget(f"it takes more than {self._most:,} steps")
        if self.spent >= self._next_look:
            self._look()

    def part(self, most: int) -> Budget:
        """A budget for a part that may stay unfinished: it ends with PartSpent, and costs this one as much."""
        return _Part(self, most)

    def _look(self) -> None:
        if self._ends is not None and monotonic() > self._ends:
            # As it was typed: a float of its own would be 1e+06.
            limit = Decimal(repr(self._seconds)).normalize()
            raise OutOfBudget(f"it takes longer than the time limit of {limit:,f} seconds")
        self._next_look = self.spent + _STEPS_BETWEEN_LOOKS


class _Part(Budget):
    """A part of another budget."""

    def __init__(self, whole: Budget, most: int) -> None:
        super().__init__(most)
        self._whole = whole

    def spend(self, steps: int = 1) -> None:
        """Takes the price from both. Raises PartSpent where only this one can't pay it."""
        self.spent += steps
        if self.spent > self._most:
            raise PartSpent(f"it takes more than {self._most:,} steps")
        self._whole.spend(steps)
