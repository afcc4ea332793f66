"""The bridge to sympy: patterns go over to be differentiated, results come back as formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy

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


def to_sympy(formula: Formula, symbol: Callable[[str], sympy.Expr]) -> sympy.Expr:
    """The formula as a sympy expression, each quantity as `symbol` gives it."""
    match formula:
        case Constant(value=value):
            return sympy.Rational(value.numerator, value.denominator)
        case Quantity(id=id_):
            return symbol(id_)
        case Sum(terms=terms):
            return sympy.Add(*(to_sympy(term, symbol) for term in terms))
        case Product(factors=factors):
            return sympy.Mul(*(to_sympy(factor, symbol) for factor in factors))
        case Negative(body=body):
            return -to_sympy(body, symbol)
        case Quotient(numerator=numerator, denominator=denominator):
            return to_sympy(numerator, symbol) / to_sympy(denominator, symbol)
        case Power(base=base, exponent=exponent):
            return to_sympy(base, symbol) ** to_sympy(exponent, symbol)
        case Exp(exponent=exponent):
            return sympy.exp(to_sympy(exponent, symbol))
        case Apply(function=function, argument=argument):
            return _apply(function, to_sympy(argument, symbol))
        case Sqrt(body=body):
            return sympy.sqrt(to_sympy(body, symbol))
        case Abs(body=body):
            return sympy.Abs(to_sympy(body, symbol))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            when = _RELATIONS[condition.comparison](to_sympy(condition.left, symbol), to_sympy(condition.right, symbol))
            return sympy.Piecewise((to_sympy(then, symbol), when), (to_sympy(otherwise, symbol), True))
        case SumOver():
            raise ValueError("a sum over an open index has no value of its own")


_RELATIONS = {
    Comparison.ABOVE: sympy.Gt,
    Comparison.AT_LEAST: sympy.Ge,
    Comparison.BELOW: sympy.Lt,
    Comparison.AT_MOST: sympy.Le,
}


def _apply(function: Elementary, argument: sympy.Expr) -> sympy.Expr:
    """A named function, by its definition where sympy has none of that name."""
    match function:
        case Elementary.LOG:
            return sympy.log(argument)
        case Elementary.TANH:
            return sympy.tanh(argument)
        case Elementary.SIGMOID:
            return 1 / (1 + sympy.exp(-argument))
        case Elementary.NORMAL_CDF:
            return (1 + sympy.erf(argument / sympy.sqrt(2))) / 2
        case Elementary.NORMAL_PDF:
            return sympy.exp(-(argument**2) / 2) / sympy.sqrt(2 * sympy.pi)
        case Elementary.SIGN:
            return sympy.sign(argument)


def from_sympy(expression: sympy.Expr, order: Sequence[str]) -> Formula:
    """A polynomial of sympy's as a formula, terms and factors in the order of the slots in `order`.

    Raises ValueError for anything but sums and products of symbols and rational numbers.
    """

    def position(part: sympy.Expr) -> tuple[int, ...]:
        return tuple(sorted(order.index(symbol.name) for symbol in part.free_symbols))

    match expression:
        case sympy.Symbol():
            return Quantity(expression.name)
        case sympy.Rational():
            return Constant(Fraction(int(expression.p), int(expression.q)))
        case sympy.Add():
            return Sum(tuple(from_sympy(term, order) for term in sorted(expression.args, key=position)))
        case sympy.Mul():
            return Product(tuple(from_sympy(factor, order) for factor in sorted(expression.args, key=position)))
        case _:
            raise ValueError(f"no polynomial: {expression}")


def differentiate(definition: Formula, slot: str) -> sympy.Expr:
    """Sympy's derivative of a pattern's definition by one of its slots."""
    return sympy.diff(to_sympy(definition, sympy.Symbol), sympy.Symbol(slot))
