"""What is told from numbers in floating point and in bits, whatever the size of what somebody typed.

All that explains wrong figures goes through here. Too large for a double is infinite, too small is 0, and what has no
value, as a ball without ends, is nan or infinitely wide; of none of these it is ever said that it is near something.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from math import floor, inf, isfinite, isnan, log2, log10

from flint import arb

from symbackprop.derivation.balls import Real

MOST_BITS = 4096.0
"""More than it takes to tell any double beside any other one: what would be infinitely many bits is so many."""

_MOST_DECIMALS = 300
_SMALLEST = 1e-290


def estimate(value: Real | Fraction) -> float:
    """A number, or the middle of a ball, as the nearest double."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def margin(value: Real) -> float:
    """How far a value may be from its estimate, infinitely far if nobody knows."""
    if not isinstance(value, arb):
        return 0.0
    radius = float(value.rad())
    return inf if isnan(radius) else radius


def power_of_ten(exponent: int) -> float:
    """Ten to a whole power."""
    try:
        return 10.0**exponent
    except OverflowError:
        return inf


def is_told_in_doubles(value: Real | Fraction, decimals: int) -> bool:
    """Whether doubles can tell a figure from those beside it: 0.0822 and 0, but not 1e-4000."""
    size = abs(estimate(value))
    return abs(decimals) <= _MOST_DECIMALS and (_SMALLEST < size < inf or value == 0)


def bits(distance: float, grain: float) -> float:
    """What it takes to tell one of the grains that lie within a distance to either side; nothing for no distance."""
    if not distance > 0 or grain == inf:
        return 0.0
    return min(log2(2 * distance / grain + 1), MOST_BITS) if grain > 0 else MOST_BITS


def bits_of_choice(ways: int) -> float:
    """What it takes to tell one of so many ways."""
    return log2(max(1, ways))


def accuracy(value: Real) -> float:
    """To how many bits a value is known."""
    return value.rel_accuracy_bits() if isinstance(value, arb) else inf


def nearest_single(value: Fraction) -> Fraction | None:
    """The number of single precision that a value is stored as; None for one that is too large."""
    try:
        (single,) = struct.unpack("f", struct.pack("f", estimate(value)))
    except OverflowError:
        return None
    return Fraction(single) if isfinite(single) else None


def rounded_to_significant(value: float, count: int) -> float:
    """A double rounded to so many digits from its first one on."""
    return rounded_to_decimals(value, count - 1 - floor(log10(abs(value)))) if value and isfinite(value) else value


def rounded_to_decimals(value: float, count: int) -> float:
    """A double rounded to so many decimals."""
    try:
        return round(value, count) if isfinite(value) else value
    except OverflowError:
        return value
