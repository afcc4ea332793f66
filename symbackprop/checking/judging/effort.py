"""How much is tried to find out what is wrong with a work: enough for any page that people write, with an end."""

from __future__ import annotations

MOST_TRIED = 100_000
"""So many names and numbers are put into other formulas for one work."""


class SpentError(Exception):
    """All that may be tried for a work was tried; what is still unexplained stays so."""


class Effort:
    """What may still be tried. Counted, not timed: a work gets the same verdicts on every machine."""

    def __init__(self, most: int = MOST_TRIED) -> None:
        self._left = most

    def spend(self, amount: int) -> None:
        """Takes the price of a trial. Raises SpentError where it can't be paid."""
        if amount > self._left:
            raise SpentError
        self._left -= amount
