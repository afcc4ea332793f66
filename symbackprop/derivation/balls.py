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

from symbackprop.errors import CertificationError
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

    Raises ZeroDivisionError where a denominator is 0 or can't be told from 0.
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
    divisor = to_ball(right)
    if divisor.contains(0):
        raise ZeroDivisionError
    return to_ball(left) / divisor


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


def bounds(value: Real) -> tuple[Fraction, Fraction]:
    """Two exact fractions with the true value between them. Raises CertificationError for an unbounded ball."""
    if isinstance(value, Fraction):
        return value, value
    if not value.is_finite():
        raise CertificationError("a value has left the range of numbers: the training diverges")
    middle, radius = _dyadic(value.mid()), _dyadic(value.rad())
    return middle - radius, middle + radius


def _dyadic(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    if exponent >= 0:
        return Fraction(int(mantissa) << int(exponent))
    return Fraction(int(mantissa), 1 << -int(exponent))


def is_beyond(value: Real, limit: int) -> bool:
    """Whether the value may be larger than the limit, on either side of 0."""
    if isinstance(value, Fraction):
        return abs(value) > limit
    return not bool(abs(value) <= limit)


def round_to(value: Real, decimals: int) -> int | None:
    """`value * 10**decimals` rounded to a whole number, ties away from zero, or None where that isn't certain."""
    low, high = (_round_half_away(bound, decimals) for bound in bounds(value))
    return low if low == high else None


def _round_half_away(value: Fraction, decimals: int) -> int:
    scaled = abs(value) * Fraction(10) ** decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole


def cut_to(value: Real, decimals: int) -> int | None:
    """`value * 10**decimals` cut off towards zero, or None where that isn't certain."""
    low, high = (_cut(bound, decimals) for bound in bounds(value))
    return low if low == high else None


def _cut(value: Fraction, decimals: int) -> int:
    scaled = abs(value) * Fraction(10) ** decimals
    whole = scaled.numerator // scaled.denominator
    return whole if value >= 0 else -whole


def leading_place(value: Real) -> int | None:
    """The place of the first digit: 0 for 1.5, -2 for 0.05. None where it isn't certain, as for 0 itself."""
    low, high = bounds(value)
    if low <= 0 <= high:
        return None
    place = _place(abs(low))
    return place if place == _place(abs(high)) else None


_LOG10_OF_2 = 0.30102999566398


def _place(value: Fraction) -> int:
    # By bit lengths, since Python refuses to turn whole numbers of more than 4,300 digits into text.
    place = floor((value.numerator.bit_length() - value.denominator.bit_length()) * _LOG10_OF_2)
    while value >= Fraction(10) ** (place + 1):
        place += 1
    while value < Fraction(10) ** place:
        place -= 1
    return place
