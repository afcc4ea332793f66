"""How well a figure agrees with a value, and how much that says: in bits, so that mistakes can be weighed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from symbackprop.checking.estimates import bits, estimate, margin
from symbackprop.checking.figures import as_shown
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, to_ball

NOISE = 1e-12
"""How far, relative to its size, a value of floating point can be from the true one."""

_UNEXPECTED = 2.0
"""That a wrong figure is as near to the right one as it is tells something, too, in bits."""

_FAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure that is to be explained, in floating point."""

    value: float
    unit: float
    exact: Fraction
    figure: Figure

    def bits(self, base: float) -> float:
        """How much it takes to tell the figure to somebody who knows the right value: what an explanation saves."""
        if not isfinite(base):
            return 0.0
        return bits(min(abs(self.value - base), _FAR * abs(self.value)), self._grain) + _UNEXPECTED

    @property
    def _grain(self) -> float:
        return max(self.unit, 2 * NOISE * abs(self.value))

    @property
    def all_bits(self) -> float:
        """How much it takes to tell all of its digits."""
        return bits(abs(self.value), self._grain)

    def slack(self, value: float) -> float | None:
        """What is left to tell once a mistake gives this value: nothing, or that it was cut off; None if it doesn't."""
        if not isfinite(value):
            return None
        tolerance = NOISE * max(abs(value), self.unit)
        off = abs(value - self.value)
        if off <= self.unit / 2 + tolerance:
            return 0.0
        size = abs(value) - abs(self.value)
        if -tolerance <= size < self.unit + tolerance and value and (value > 0) == (self.value > 0):
            return 1.0
        return None

    def slack_around(self, ball: Real) -> float | None:
        """The same for a value that rounding on the way has made a ball of; None where it doesn't reach the figure."""
        around = to_ball(ball)
        if not around.is_finite() or not around.overlaps(as_shown(self.exact, self.figure)):
            return None
        return self.width(margin(around))

    def width(self, radius: float) -> float:
        """How many figures a ball of that radius leaves open, in bits."""
        return bits(radius, self._grain) + 1.0


def shown(value: Fraction, figure: Figure) -> Shown:
    """A figure with its sign."""
    return Shown(value=estimate(value), unit=estimate(figure.unit), exact=value, figure=figure)
