"""The digits of certified numbers: a decimal is handed out only if every number in the ball rounds to it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import floor, log10

from flint import arb

from symbackprop.derivation.balls import Real, bounds, to_exact

MOST_FRACTION_DIGITS = 4300
"""A fraction is written out while neither of its numbers is longer: Python reads no longer ones."""

_TOO_LONG = 10**MOST_FRACTION_DIGITS


def fraction_digits(value: Fraction) -> str | None:
    """A fraction as `151/400`, or None where it is longer than programs read."""
    if max(abs(value.numerator), value.denominator) >= _TOO_LONG:
        return None
    # By FLINT, which takes a number of whatever length, while Python's limit can be set lower.
    return str(to_exact(value))


def is_beyond(value: Real | Fraction, limit: int) -> bool:
    """Whether the value is certainly larger than the limit, on either side of 0."""
    if isinstance(value, arb) and not value.is_finite():
        return False
    # A ball compares so only if all of it does. Its ends are not looked at: they may have more digits than memory.
    return bool(value > limit or value < -limit)


def is_around_zero(value: Real | Fraction, decimals: int) -> bool:
    """Whether the value is 0, or so near that it differs only far beyond that many decimals."""
    farthest = _farthest(value)
    return farthest is not None and bool(farthest * 10 ** (decimals + _BEYOND) < 1)


def ceiling(value: Real | Fraction) -> int | None:
    """A power of ten that the value is certainly smaller than in size; None for 0, and where there is no end."""
    farthest = _farthest(value)
    return _place(farthest) + 1 if farthest else None


def _farthest(value: Real | Fraction) -> Fraction | None:
    ends = bounds(value)
    return None if ends is None else max(map(abs, ends))


_BEYOND = 30
_FAR_BEYOND = 1000


def is_accurate(value: Real | Fraction, decimals: int) -> bool:
    """Whether the ball is so narrow that only a tie can keep it from being rounded to that many decimals."""
    ends = bounds(value)
    if ends is None or ends[0] <= 0 <= ends[1]:
        return False
    smallest = min(Fraction(1), abs(ends[0]), abs(ends[1]))
    return bool((ends[1] - ends[0]) * 10 ** (decimals + _FAR_BEYOND) < smallest)


def round_to(value: Real | Fraction, decimals: int) -> int | None:
    """`value * 10**decimals` rounded to a whole number, ties away from zero, or None where that isn't certain."""
    if isinstance(value, arb) and decimals >= 0 and (whole := round_ball(value, decimals)) is not None:
        return whole
    return _agreed(value, lambda bound: _round_half_away(bound, decimals))


def round_ball(ball: arb, decimals: int) -> int | None:
    """The same by FLINT alone, thirty times as fast. None says nothing: the precision in force may be too low."""
    whole = (abs(ball) * _power_of_ten(decimals) + _HALF).floor().unique_fmpz()
    if whole is None:
        return None
    return -int(whole) if ball < 0 else int(whole)


_HALF = arb(0.5)


@lru_cache(maxsize=256)
def _power_of_ten(exponent: int) -> arb:
    return arb(10**exponent)


def cut_to(value: Real | Fraction, decimals: int) -> int | None:
    """`value * 10**decimals` cut off towards zero, or None where that isn't certain."""
    return _agreed(value, lambda bound: _cut(bound, decimals))


def _agreed(value: Real | Fraction, whole: Callable[[Fraction], int]) -> int | None:
    ends = bounds(value)
    if ends is None:
        return None
    low, high = map(whole, ends)
    return low if low == high else None


def _round_half_away(value: Fraction, decimals: int) -> int:
    scaled = abs(value) * Fraction(10) ** decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole


def _cut(value: Fraction, decimals: int) -> int:
    scaled = abs(value) * Fraction(10) ** decimals
    whole = scaled.numerator // scaled.denominator
    return whole if value >= 0 else -whole


def leading_place(value: Real | Fraction) -> int | None:
    """The place of the first digit: 0 for 1.5, -2 for 0.05. None where it isn't certain, as for 0 itself.

    A ball around a power of ten reaches into two places: it gets the power's own, and rounding decides the rest.
    """
    if not isinstance(value, Fraction):
        places = _places_by_doubles(value)
        if places is not None:
            return _higher(*places)
    ends = bounds(value)
    if ends is None or ends[0] <= 0 <= ends[1]:
        return None
    return _higher(*(_place(abs(end)) for end in ends))


def _higher(one: int, other: int) -> int | None:
    return max(one, other) if abs(one - other) <= 1 else None


def _places_by_doubles(value: Real) -> tuple[int, int] | None:
    """The places of the least and the largest number that a value may be, where doubles can tell: far quicker."""
    if isinstance(value, arb):
        middle, radius = float(value.mid()), float(value.rad())
    elif value.height_bits() < _MOST_BITS_OF_DOUBLE:
        middle, radius = float(value), 0.0
    else:
        return None
    nearest, farthest = abs(middle) - radius, abs(middle) + radius
    if nearest < _CANCELLED * farthest:
        return None
    least, largest = _place_of_double(nearest), _place_of_double(farthest)
    return None if least is None or largest is None else (least, largest)


def _place_of_double(size: float) -> int | None:
    """The place of a double's first digit; None for a very large or small one, and beside a power of ten."""
    if not _SMALLEST_DOUBLE < size < 1 / _SMALLEST_DOUBLE:
        return None
    place = log10(size)
    return floor(place) if abs(place - round(place)) > _NEAR_A_POWER else None


_CANCELLED = 1e-3
_MOST_BITS_OF_DOUBLE = 900
_SMALLEST_DOUBLE = 1e-290
_NEAR_A_POWER = 1e-9
_LOG10_OF_2 = 0.30102999566398


def _place(value: Fraction) -> int:
    # By bit lengths, since Python refuses to turn whole numbers of more than 4,300 digits into text.
    place = floor((value.numerator.bit_length() - value.denominator.bit_length()) * _LOG10_OF_2)
    while value >= Fraction(10) ** (place + 1):
        place += 1
    while value < Fraction(10) ** place:
        place -= 1
    return place
