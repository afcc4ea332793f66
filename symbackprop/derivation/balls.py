"""Real numbers with proof: exact fractions while a value is rational, balls from the first transcendental on.

A ball (Arb's midpoint with a radius) contains the true value. A decimal is handed out only if every number in
the ball rounds to it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from math import floor

from flint import arb, ctx, fmpq

from symbackprop.typeset.formula import (
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    SumOver,
)

Real = Fraction | arb


def precision(bits: int) -> AbstractContextManager[object]:
    """A context in which balls are computed with that many bits."""
    return ctx.workprec(bits)


def to_ball(value: Real) -> arb:
    """The value as a ball at the precision in force."""
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def evaluate(formula: Formula, value_of: Callable[[str], Real]) -> Real:
    """The value of a formula, exact as long as everything in it is rational.

    Raises ZeroDivisionError where a denominator is exactly 0. One that can't be told from 0 gives an unbounded ball.
    """
    match formula:
        case Constant(value=value):
            return value
        case Quantity(id=id_):
            return value_of(id_)
        case Sum(terms=terms):
            total = evaluate(terms[0], value_of)
            for term in terms[1:]:
                total = _add(total, evaluate(term, value_of))
            return total
        case Product(factors=factors):
            product = evaluate(factors[0], value_of)
            for factor in factors[1:]:
                product = _multiply(product, evaluate(factor, value_of))
            return product
        case Negative(body=body):
            return -evaluate(body, value_of)
        case Quotient(numerator=numerator, denominator=denominator):
            return _divide(evaluate(numerator, value_of), evaluate(denominator, value_of))
        case Power(base=base, exponent=exponent):
            return _raise(evaluate(base, value_of), evaluate(exponent, value_of))
        case Exp(exponent=exponent):
            return exponential(evaluate(exponent, value_of))
        case SumOver():
            raise ValueError("a sum over an open index has no value of its own")


def exponential(value: Real) -> Real:
    """E to the power of a value: exactly 1 for 0, a ball otherwise."""
    if isinstance(value, Fraction) and value == 0:
        return Fraction(1)
    return to_ball(value).exp()


def _add(left: Real, right: Real) -> Real:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left + right
    return to_ball(left) + to_ball(right)


def _multiply(left: Real, right: Real) -> Real:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left * right
    if (isinstance(left, Fraction) and left == 0) or (isinstance(right, Fraction) and right == 0):
        return Fraction(0)
    return to_ball(left) * to_ball(right)


def _divide(left: Real, right: Real) -> Real:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left / right
    return to_ball(left) / to_ball(right)


def _raise(base: Real, exponent: Real) -> Real:
    if not isinstance(exponent, Fraction) or exponent.denominator != 1:
        raise ValueError("only whole exponents are used in patterns")
    if isinstance(base, Fraction):
        return base**exponent.numerator
    # FLINT's own power goes by way of a logarithm, which a ball with 0 in it hasn't got.
    power: Real = Fraction(1)
    for _ in range(abs(exponent.numerator)):
        power = _multiply(power, base)
    return power if exponent >= 0 else _divide(Fraction(1), power)


def bounds(value: Real) -> tuple[Fraction, Fraction] | None:
    """Two exact fractions with the true value between them, or None for an unbounded ball."""
    if isinstance(value, Fraction):
        return value, value
    if not value.is_finite():
        return None
    middle, radius = _dyadic(value.mid()), _dyadic(value.rad())
    return middle - radius, middle + radius


def _dyadic(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    if exponent >= 0:
        return Fraction(int(mantissa) << int(exponent))
    return Fraction(int(mantissa), 1 << -int(exponent))


def is_beyond(value: Real, limit: int) -> bool:
    """Whether the value is certainly larger than the limit, on either side of 0."""
    ends = bounds(value)
    return ends is not None and (ends[0] > limit or ends[1] < -limit)


def is_around_zero(value: Real, decimals: int) -> bool:
    """Whether the value is 0, or so near that it differs only far beyond that many decimals."""
    ends = bounds(value)
    if ends is None or not ends[0] <= 0 <= ends[1]:
        return False
    return bool((ends[1] - ends[0]) * 10 ** (decimals + _BEYOND) < 1)


_BEYOND = 30
_FAR_BEYOND = 1000


def is_accurate(value: Real, decimals: int) -> bool:
    """Whether the ball is so narrow that only a tie can keep it from being rounded to that many decimals."""
    ends = bounds(value)
    if ends is None or ends[0] <= 0 <= ends[1]:
        return False
    smallest = min(Fraction(1), abs(ends[0]), abs(ends[1]))
    return bool((ends[1] - ends[0]) * 10 ** (decimals + _FAR_BEYOND) < smallest)


def round_to(value: Real, decimals: int) -> int | None:
    """`value * 10**decimals` rounded to a whole number, ties away from zero, or None where that isn't certain."""
    return _agreed(value, lambda bound: _round_half_away(bound, decimals))


def cut_to(value: Real, decimals: int) -> int | None:
    """`value * 10**decimals` cut off towards zero, or None where that isn't certain."""
    return _agreed(value, lambda bound: _cut(bound, decimals))


def _agreed(value: Real, whole: Callable[[Fraction], int]) -> int | None:
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


def leading_place(value: Real) -> int | None:
    """The place of the first digit: 0 for 1.5, -2 for 0.05. None where it isn't certain, as for 0 itself.

    A ball around a power of ten reaches into two places: it gets the power's own, and rounding decides the rest.
    """
    ends = bounds(value)
    if ends is None or ends[0] <= 0 <= ends[1]:
        return None
    lower, higher = sorted(_place(abs(end)) for end in ends)
    return higher if higher - lower <= 1 else None


_LOG10_OF_2 = 0.30102999566398


def _place(value: Fraction) -> int:
    # By bit lengths, since Python refuses to turn whole numbers of more than 4,300 digits into text.
    place = floor((value.numerator.bit_length() - value.denominator.bit_length()) * _LOG10_OF_2)
    while value >= Fraction(10) ** (place + 1):
        place += 1
    while value < Fraction(10) ** place:
        place -= 1
    return place
