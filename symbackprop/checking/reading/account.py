"""What reading one work has cost so far: its steps, and what was written out beyond what stands there."""

from __future__ import annotations

from symbackprop.checking.budget import Budget

MOST_WRITTEN_OUT = 2_000_000
"""A sum is read once for each of its terms, and a function's definition may hold its argument many times. What all
formulas of a work come to in this way has an end, too: a network's textbook example needs some hundreds."""


class Account:
    """Keeps the account of one work while its formulas are read."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self._written_out = 0

    def spend(self, steps: int) -> None:
        """Takes the price of steps, each about a token's. Raises OutOfBudget."""
        self.budget.spend(steps)

    def has_room_for(self, leaves: int) -> bool:
        """Whether so much more may be written out; takes it into account."""
        self._written_out += leaves
        return self._written_out <= MOST_WRITTEN_OUT
