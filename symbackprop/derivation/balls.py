"""Real numbers with proof: exact fractions while a value is rational, balls from the first transcendental on.

A ball (Arb's midpoint with a radius) contains the true value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Comparison,
    Constant,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
)

Real = fmpq | arb


class Undecided(ArithmeticError):  # noqa: N818 - no error: the caller asks again with more bits
    """A ball is too wide to tell which case applies; a higher precision may tell."""


class DomainError(ValueError):
    """A function is asked for a value that it hasn't got: the logarithm of 0, the root of -1."""


def precision(bits: int) -> AbstractContextManager[object]:
    """A context in which balls are computed with that many bits."""
    return ctx.workprec(bits)


def to_exact(value: Fraction) -> fmpq:
    """A fraction of Python's as FLINT's, with which calculating is ten times as fast."""
    return fmpq(value.numerator, value.denominator)


def to_fraction(value: fmpq) -> Fraction:
    """A fraction of FLINT's as Python's."""
    return Fraction(int(value.p), int(value.q))


def to_ball(value: Real | Fraction) -> arb:
    """The value as a ball at the precision in force."""
    # Balls first: asking whether something is a `Fraction`, an abstract number to Python, takes ten times as long.
    if isinstance(value, arb):
        return value
    return arb(value if isinstance(value, fmpq) else to_exact(value))


def evaluate(formula: Formula, value_of: Callable[[str], Real | Fraction]) -> Real:
    """The value of a formula, exact as long as everything in it is rational and no fraction gets endless.

    Raises ZeroDivisionError where a denominator is exactly 0. One that can't be told from 0 gives an unbounded ball.
    Raises DomainError where a function has no value, and Undecided where a ball doesn't say which case applies.
    """
    match formula:
        case Quantity(id=id_):
            given = value_of(id_)
            return given if isinstance(given, (arb, fmpq)) else to_exact(given)
        case Sum(terms=terms):
            total = evaluate(terms[0], value_of)
            for term in terms[1:]:
                total = _with_an_end(total + evaluate(term, value_of))
            return total
        case Product(factors=factors):
            product = evaluate(factors[0], value_of)
            for factor in factors[1:]:
                product = _with_an_end(_multiply(product, evaluate(factor, value_of)))
            return product
        case Constant(value=value):
            return to_exact(value)
        case Negative(body=body):
            return -evaluate(body, value_of)
        case Quotient(numerator=numerator, denominator=denominator):
            return _with_an_end(divide(evaluate(numerator, value_of), evaluate(denominator, value_of)))
        case Power(base=base, exponent=exponent):
            return _raise(evaluate(base, value_of), evaluate(exponent, value_of))
        case Exp(exponent=exponent):
            return exponential(evaluate(exponent, value_of))
        case Apply(function=function, argument=argument):
            return _ELEMENTARY[function](evaluate(argument, value_of))
        case Sqrt(body=body):
            return root(evaluate(body, value_of))
        case Abs(body=body):
            return absolute(evaluate(body, value_of))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            left, right = evaluate(condition.left, value_of), evaluate(condition.right, value_of)
            # Only the case that applies: the other one may have no value here.
            return evaluate(then if is_true(left, condition.comparison, right) else otherwise, value_of)
        case SumOver():
            raise ValueError("a sum over an open index has no value of its own")


def divide(dividend: Real, divisor: Real) -> Real:
    """A quotient, exactly 0 if the dividend is, with an error for a divisor that is exactly 0."""
    if divisor.is_zero() if isinstance(divisor, arb) else divisor == 0:
        raise ZeroDivisionError("division by 0")
    return _exact_zero(dividend / divisor)


def no_product(left: Real, right: Real) -> Real:
    """A product of which a factor is exactly 0: exactly 0, too, unless the other one may have no value."""
    return _exact_zero(left * right)


def kept_small(value: Real | Fraction) -> Real:
    """The value: a fraction as long as it is short, a ball once it has several times the digits of one."""
    if not isinstance(value, arb | fmpq):
        value = to_exact(value)
    if isinstance(value, fmpq) and value.height_bits() > _MOST_FRACTION_BITS * ctx.prec:
        return arb(value)
    return value


def _with_an_end(value: Real) -> Real:
    """The value: as a ball once it is a fraction of more digits than a whole network has."""
    return arb(value) if isinstance(value, fmpq) and value.height_bits() > _MOST_EXACT_BITS else value


_MOST_EXACT_BITS = 1 << 17


def exponential(value: Real) -> Real:
    """E to the power of a value: exactly 1 for 0, a ball otherwise."""
    return fmpq(1) if value == 0 else to_ball(value).exp()


def logarithm(value: Real) -> Real:
    """The natural logarithm: exactly 0 for 1."""
    if value == 1:
        return fmpq(0)
    if value <= 0:
        raise DomainError(f"log({_shown(value)})")
    if not value > 0:
        raise Undecided("the logarithm of a ball around 0")
    return to_ball(value).log()


def hyperbolic_tangent(value: Real) -> Real:
    """The hyperbolic tangent: exactly 0 for 0."""
    return fmpq(0) if value == 0 else to_ball(value).tanh()


def logistic(value: Real) -> Real:
    """1/(1 + e^-x): exactly 1/2 for 0."""
    return fmpq(1, 2) if value == 0 else 1 / (1 + (-to_ball(value)).exp())


def normal_cdf(value: Real) -> Real:
    """How likely a standard normal variable lies below: exactly 1/2 for 0."""
    # By erfc, not 1 + erf: far below 0 nothing cancels.
    return fmpq(1, 2) if value == 0 else (-to_ball(value) / arb(2).sqrt()).erfc() / 2


def normal_pdf(value: Real) -> Real:
    """The density of the standard normal distribution."""
    ball = to_ball(value)
    return (-(ball * ball) / 2).exp() / (2 * arb.pi()).sqrt()


def sign_of(value: Real) -> Real:
    """1, -1, or 0 for 0. Raises Undecided for a ball around 0."""
    if value > 0:
        return fmpq(1)
    if value < 0:
        return fmpq(-1)
    if value == 0:
        return fmpq(0)
    raise Undecided("the sign of a ball around 0")


def absolute(value: Real) -> Real:
    """The absolute value."""
    return value if value >= 0 else -value if value <= 0 else abs(to_ball(value))


def root(value: Real) -> Real:
    """The square root: exact for the square of a rational number.

    A ball that reaches below 0 is taken to hold no negative number, or there would be no root to speak of.
    """
    if value < 0:
        raise DomainError(f"sqrt({_shown(value)})")
    if isinstance(value, fmpq):
        above, below = value.p.isqrt(), value.q.isqrt()
        if above**2 == value.p and below**2 == value.q:
            return fmpq(above, below)
    ball = to_ball(value)
    if ball >= 0 or not ball.is_finite():
        return ball.sqrt()
    largest = ball.upper().sqrt().upper()
    return arb(largest / 2, largest / 2)


def is_true(left: Real, comparison: str, right: Real) -> bool:
    """Whether two values compare so. Raises Undecided where their balls don't tell."""
    difference = left - right
    match Comparison(comparison):
        case Comparison.ABOVE:
            found = _decided(difference > 0, difference <= 0)
        case Comparison.AT_LEAST:
            found = _decided(difference >= 0, difference < 0)
        case Comparison.BELOW:
            found = _decided(difference < 0, difference >= 0)
        case _:
            found = _decided(difference <= 0, difference > 0)
    if found is None:
        raise Undecided(f"whether a ball around 0 is {comparison} 0")
    return found


_MOST_FRACTION_BITS = 4
"""How many times as long as a ball's middle a fraction may get before it costs more than it is worth."""

_ELEMENTARY: Mapping[Elementary, Callable[[Real], Real]] = {
    Elementary.LOG: logarithm,
    Elementary.TANH: hyperbolic_tangent,
    Elementary.SIGMOID: logistic,
    Elementary.NORMAL_CDF: normal_cdf,
    Elementary.NORMAL_PDF: normal_pdf,
    Elementary.SIGN: sign_of,
}

BALL_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{function.value: apply for function, apply in _ELEMENTARY.items()},
    "exp": exponential,
    "sqrt": root,
    "abs": absolute,
    "divide": divide,
    "no_product": no_product,
    "kept_small": kept_small,
    "is_true": is_true,
}
"""What compiled code calls, by the names that `plain` writes; `doubles` has the same for floating point."""


def _decided(holds: object, fails: object) -> bool | None:
    return True if holds else False if fails else None


def _exact_zero(value: Real) -> Real:
    return fmpq(0) if value == 0 else value


def _multiply(left: Real, right: Real) -> Real:
    return no_product(left, right) if left == 0 or right == 0 else left * right


def _raise(base: Real, exponent: Real) -> Real:
    if not isinstance(exponent, fmpq) or exponent.q != 1:
        raise ValueError("only whole exponents are used in patterns")
    whole = int(exponent.p)
    if isinstance(base, fmpq):
        if base == 0 and whole < 0:
            raise ZeroDivisionError("division by 0")
        if base.height_bits() * abs(whole) <= _MOST_EXACT_BITS:
            return base**whole
        return to_ball(base) ** whole
    # FLINT's own power goes by way of a logarithm, which a ball with 0 in it hasn't got.
    power: Real = fmpq(1)
    for _ in range(abs(whole)):
        power = _multiply(power, base)
    return power if whole >= 0 else divide(fmpq(1), power)


def _shown(value: Real) -> str:
    """A value for a message: a fraction as it is while it is short, else the first digits."""
    if isinstance(value, arb):
        return value.str(5)
    return str(value) if value.height_bits() <= _SHOWN_BITS else arb(value).str(5, radius=False)


_SHOWN_BITS = 64


def bounds(value: Real | Fraction) -> tuple[Fraction, Fraction] | None:
    """Two exact fractions with the true value between them, or None for a ball without ends that could be written."""
    if isinstance(value, Fraction):
        return value, value
    if isinstance(value, fmpq):
        exact = to_fraction(value)
        return exact, exact
    if not value.is_finite():
        return None
    middle, radius = _dyadic(value.mid()), _dyadic(value.rad())
    return None if middle is None or radius is None else (middle - radius, middle + radius)


_MOST_EXPONENT = 1 << 24
"""Numbers beyond 2 to this power, as of a training that runs away, have millions of digits."""


def _dyadic(value: arb) -> Fraction | None:
    mantissa, exponent = value.man_exp()
    if abs(exponent) > _MOST_EXPONENT:
        return None
    if exponent >= 0:
        return Fraction(int(mantissa) << int(exponent))
    return Fraction(int(mantissa), 1 << -int(exponent))
