"""A figure held against a value: right to the digits shown, cut off, noisy in its last digits, or something else."""

from __future__ import annotations

import struct
from fractions import Fraction

from flint import arb, fmpq

from symbackprop.checking.verdicts import Rounding
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import Real, bounds, to_ball, to_exact
from symbackprop.derivation.digits import leading_place, round_to


def as_shown(value: Fraction, figure: Figure) -> arb:
    """All that a figure can stand for, as a ball: half a unit of its last digit to either side.

    A 0 without decimals stands for nothing else: nobody rounds to it.
    """
    return to_ball(value) if _is_bare_zero(figure) else to_ball(value) + arb(0, to_ball(figure.unit) / 2)


def _is_bare_zero(figure: Figure) -> bool:
    return not figure.value and figure.decimals <= 0


def is_rounded_from(value: Fraction, figure: Figure, truth: Real) -> bool:
    """Whether a figure is what a value gives when it is rounded to the digits shown."""
    if isinstance(truth, fmpq) and not _is_bare_zero(figure):
        return abs(to_exact(value) - truth) * 2 <= to_exact(figure.unit)
    return as_shown(value, figure).overlaps(to_ball(truth))


def is_cut_off_from(value: Fraction, figure: Figure, truth: Real) -> bool:
    """Whether a figure is a value's first digits, the others cut off."""
    if _is_bare_zero(figure):
        return False
    missing = truth - to_exact(value) if value >= 0 else to_exact(value) - truth
    return bool(missing >= 0) and bool(missing < to_exact(figure.unit))


_DOUBLE_DIGITS = 15
_DOUBLE_NOISE = Fraction(1, 2**44)
_SINGLE_DIGITS = 8
_SINGLE_NOISE = Fraction(1, 2**22)
_WRITTEN_IN_FULL = 12
_SMALLEST_TERM = Fraction(1, 2**10)


def noise_in(value: Fraction, figure: Figure, truth: Real) -> Rounding | None:
    """Which floating point arithmetic a figure's last digits come from, if one can have made them what they are.

    Double precision has about sixteen digits, single precision seven; what rounding on the way has left of them is
    taken as up to nine bits fewer, or two. A long figure from single precision is itself such a number.
    """
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
    try:
        (single,) = struct.unpack("f", struct.pack("f", float(value)))
    except OverflowError:
        return False
    return abs(Fraction(single) - value) <= figure.unit


_MOST_DECIMALS = 30


def right_digits(truth: Real, figure: Figure) -> str | None:
    """The true figure to as many digits as another one shows; None where that can't be said for certain."""
    return rounded_to(truth, figure.decimals)


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
