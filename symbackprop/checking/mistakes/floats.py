"""Formulas as functions of floating point numbers: fast enough to try a thousand mistakes on one figure.

Nothing is decided by these numbers alone where more than a dozen digits count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from symbackprop.checking.estimates import estimate
from symbackprop.derivation.doubles import DOUBLE_FUNCTIONS, divide, exponential, is_true, root
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Constant,
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

Floats = Mapping[str, float]
Compiled = Callable[[Floats], float]


def compiled(formula: Formula) -> Compiled:
    """The function of its quantities that a formula is. What has no value there gives nan or infinity."""
    match formula:
        case Constant(value=value):
            number = estimate(value)
            return lambda _: number
        case Quantity(id=id_):
            return lambda values: values[id_]
        case Sum(terms=terms):
            return _sum(tuple(map(compiled, terms)))
        case Product(factors=(Quantity(id=left), Quantity(id=right))):
            return lambda values: values[left] * values[right]
        case Product(factors=factors):
            return _product(tuple(map(compiled, factors)))
        case Negative(body=body):
            positive = compiled(body)
            return lambda values: -positive(values)
        case Quotient(numerator=numerator, denominator=denominator):
            above, below = compiled(numerator), compiled(denominator)
            return lambda values: divide(above(values), below(values))
        case Power(base=base, exponent=exponent):
            return _power(compiled(base), compiled(exponent))
        case Exp(exponent=exponent):
            inner = compiled(exponent)
            return lambda values: exponential(inner(values))
        case Apply(function=function, argument=argument):
            return _applied(DOUBLE_FUNCTIONS[function.value], compiled(argument))
        case Sqrt(body=body):
            inner = compiled(body)
            return lambda values: root(inner(values))
        case Abs(body=body):
            inner = compiled(body)
            return lambda values: abs(inner(values))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            return _cases(
                compiled(condition.left),
                condition.comparison,
                compiled(condition.right),
                (compiled(then), compiled(otherwise)),
            )
        case SumOver():
            raise ValueError("a sum over an open index has no value of its own")


def _sum(terms: tuple[Compiled, ...]) -> Compiled:
    if len(terms) == 2:  # noqa: PLR2004 - most sums are of two terms, and this is what all the time goes into
        left, right = terms
        return lambda values: left(values) + right(values)
    return lambda values: sum([term(values) for term in terms])


def _product(factors: tuple[Compiled, ...]) -> Compiled:
    def multiply(values: Floats) -> float:
        product = 1.0
        for factor in factors:
            product *= factor(values)
        return product

    return multiply


def _power(base: Compiled, exponent: Compiled) -> Compiled:
    def raise_(values: Floats) -> float:
        below, whole = base(values), exponent(values)
        if below == 0 and whole < 0:
            return divide(1.0, 0.0)
        try:
            return float(below ** int(whole))
        except OverflowError:
            return inf

    return raise_


def _applied(function: Callable[..., Any], argument: Compiled) -> Compiled:
    def apply(values: Floats) -> float:
        try:
            return float(function(argument(values)))
        except OverflowError:
            return inf

    return apply


def _cases(left: Compiled, comparison: str, right: Compiled, branches: tuple[Compiled, Compiled]) -> Compiled:
    then, otherwise = branches

    def choose(values: Floats) -> float:
        return (then if is_true(left(values), comparison, right(values)) else otherwise)(values)

    return choose
