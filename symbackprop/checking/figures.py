"""A figure held against a value: right to the digits shown, cut off, noisy in its last digits, or something else."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isfinite

from flint import arb, ctx, fmpq

from symbackprop.checking.estimates import accuracy, estimate, is_told_in_doubles, margin, nearest_single
from symbackprop.checking.verdicts import Rounding
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, bounds, to_ball, to_exact
from symbackprop.derivation.digits import leading_place, round_to


def as_shown(value: Fraction, figure: Figure) -> arb:
    """All that a figure can stand for, as a ball: half a unit of its last digit to either side."""
    return around(value, figure, HALF_A_UNIT)


def around(value: Fraction, figure: Figure, halves: int) -> arb:
    """All that is so many halves of a unit of the figure's last digit, or less, away from its value."""
    return to_ball(value) + _halves_of_units(figure.decimals, halves, ctx.prec)


HALF_A_UNIT, WHOLE_UNIT = 1, 2
"""How far a figure may be from what it was rounded from, and from what it was cut off from, in halves of a unit."""


@lru_cache(maxsize=1024)
def _halves_of_units(decimals: int, halves: int, _bits: int) -> arb:
    """So many halves of a unit of the last digit to either side of 0, at the precision in force."""
    return arb(0, to_ball(Fraction(10) ** -decimals) * halves / 2)


def can_be_equal(found: Real, expected: Real) -> bool:
    """Whether two values can be the same. A ball without ends, as of a division by what may be 0, says nothing."""
    if isinstance(found, fmpq) and isinstance(expected, fmpq):
        return found == expected
    one, other = to_ball(found), to_ball(expected)
    return bool(one.is_finite()) and bool(other.is_finite()) and bool(one.overlaps(other))


def is_far_from(value: Fraction, figure: Figure, truth: Real) -> bool:
    """Whether a figure is certainly neither a value rounded or cut off, nor that value with noise in its last digits.

    In doubles, which is far quicker than to ask for each of these; false says nothing.
    """
    shown, unit, middle, radius = estimate(value), estimate(figure.unit), estimate(truth), margin(truth)
    if not all(map(isfinite, (shown, unit, middle, radius))):
        return False
    least = max(unit, _SINGLE_NOISE_IN_DOUBLES * max(abs(middle), _SMALLEST_TERM_IN_DOUBLES))
    return abs(shown - middle) > _FAR * (least + radius) + _DOUBLES * (abs(shown) + abs(middle))


_FAR = 1.01
_DOUBLES = 1e-12


def is_rounded_from(value: Fraction, figure: Figure, truth: Real) -> bool:
    """Whether a figure is what a value gives when it is rounded to the digits shown. A bare 0 is only right for 0."""
    if not value and figure.decimals <= 0:
        return bool(truth == 0)
    if isinstance(truth, fmpq):
        return abs(to_exact(value) - truth) * 2 <= to_exact(figure.unit)
    return as_shown(value, figure).overlaps(to_ball(truth))


def is_cut_off_from(value: Fraction, figure: Figure, truth: Real) -> bool:
    """Whether a figure is a value's first digits, the others cut off; zeros are none of them."""
    if not value:
        return False
    missing = truth - to_exact(value) if value >= 0 else to_exact(value) - truth
    return bool(missing >= 0) and bool(missing < to_exact(figure.unit))


_DOUBLE_DIGITS = 15
_DOUBLE_NOISE = Fraction(1, 2**44)
_SINGLE_DIGITS = 8
_SINGLE_NOISE = Fraction(1, 2**22)
_WRITTEN_IN_FULL = 9
_SMALLEST_TERM = Fraction(1, 2**10)
_SINGLE_NOISE_IN_DOUBLES, _SMALLEST_TERM_IN_DOUBLES = map(estimate, (_SINGLE_NOISE, _SMALLEST_TERM))


def noise_in(value: Fraction, figure: Figure, truth: Real) -> Rounding | None:
    """Which floating point arithmetic a figure's last digits come from, if one can have made them what they are.

    Double precision has about sixteen digits, single precision seven; what rounding on the way has left of them is
    taken as up to nine bits fewer, or two. A long figure from single precision is itself such a number.
    """
    if figure.significant < min(_SINGLE_DIGITS, _DOUBLE_DIGITS):
        return None
    middle = bounds(truth)
    if middle is None:
        return None
    off, size = abs(value - middle[0]), max(abs(middle[0]), _SMALLEST_TERM)
    if figure.significant >= _DOUBLE_DIGITS and off <= size * _DOUBLE_NOISE:
        return Rounding.DOUBLE_NOISE
    if figure.significant >= _SINGLE_DIGITS and off <= abs(middle[0]) * _SINGLE_NOISE and _is_single(value, figure):
        return Rounding.SINGLE_NOISE
    return None


def _is_single(value: Fraction, figure: Figure) -> bool:
    if figure.significant < _WRITTEN_IN_FULL:
        return True
    single = nearest_single(value)
    return single is not None and abs(single - value) <= figure.unit


def figure_given(ball: arb) -> tuple[Fraction, Figure] | None:
    """The figure that a calculation gives, to as many digits as its numbers are good for; None if these are too few.

    None, too, for what is larger or smaller than anybody would write it.
    """
    if not ball.is_finite() or ball == 0 or accuracy(ball) < _LEAST_BITS_GIVEN or not is_told_in_doubles(ball, 0):
        return None
    place = leading_place(ball)
    if place is None:
        return None
    significant = min(_MOST_DIGITS_GIVEN, int(accuracy(ball) * _LOG10_OF_2))
    decimals = significant - 1 - place
    ends = bounds(ball)
    assert ends is not None
    value = Fraction(round((ends[0] + ends[1]) / 2 * Fraction(10) ** decimals)) / Fraction(10) ** decimals
    figure = Figure(value=abs(value), typed=str(estimate(abs(value))), decimals=decimals, significant=significant)
    return value, figure


_LEAST_BITS_GIVEN = 10
_MOST_DIGITS_GIVEN = 12
_LOG10_OF_2 = 0.30103

_MOST_DECIMALS = 30


def right_digits(truth: Real, figure: Figure) -> str | None:
    """The true figure to as many digits as another one shows; None where that can't be said for certain.

    These are its decimals, so that both can be read one below the other. With a power of ten they are its significant
    digits: a wrong power says nothing about how many decimals were wanted.
    """
    place = leading_place(truth) if figure.has_power else None
    return rounded_to(truth, figure.decimals if place is None else figure.significant - 1 - place)


def rounded_to(truth: Real, decimals: int) -> str | None:
    """A value to that many decimals, or to more if it shows nothing but zeros; None where that isn't certain."""
    decimals = min(decimals, _MOST_DECIMALS)
    place = leading_place(truth)
    if place is not None:
        decimals = max(decimals, -place)
    whole = round_to(truth, decimals)
    if whole is None:
        return None
    return written(Fraction(whole) / Fraction(10) ** decimals, decimals)


def written(value: Fraction, decimals: int) -> str:
    """A decimal fraction with that many decimals, as plain digits."""
    if decimals <= 0:
        return str(int(value))
    whole = round(abs(value) * 10**decimals)
    digits = str(whole).rjust(decimals + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
