"""The closed tree in which every formula of a derivation is kept.

It says what is added, multiplied and raised, in the order in which a person writes it; how that looks is
`layout`'s business. The leaves are constants and quantities; a quantity is only its id, so that the same tree
prints as symbols or with numbers, and the two can't disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from fractions import Fraction

from symbackprop.records import record


@record
class Constant:
    """A number that belongs to the formula itself: the 1/2 of the half squared error."""

    value: Fraction


@record
class Quantity:
    """A quantity of the derivation by its id (`net_h1`), or a slot of a pattern by its name."""

    id: str


@record
class Sum:
    """Terms added in the order given; a `Negative` term is subtracted."""

    terms: tuple[Formula, ...]


@record
class Product:
    """Factors multiplied in the order given."""

    factors: tuple[Formula, ...]


@record
class Negative:
    """The negative of a formula."""

    body: Formula


@record
class Quotient:
    """A fraction."""

    numerator: Formula
    denominator: Formula


@record
class Power:
    """A base raised to an exponent."""

    base: Formula
    exponent: Formula


@record
class Exp:
    """Euler's number raised to an exponent."""

    exponent: Formula


class Elementary(StrEnum):
    """A function of one argument with a name of its own."""

    LOG = "log"
    TANH = "tanh"
    SIGMOID = "sigmoid"
    NORMAL_CDF = "normal_cdf"
    NORMAL_PDF = "normal_pdf"
    SIGN = "sign"


@record
class Apply:
    """A named function of a formula: log(out), Phi(net). The sign of 0 is 0."""

    function: Elementary
    argument: Formula


@record
class Sqrt:
    """A square root."""

    body: Formula


@record
class Abs:
    """An absolute value."""

    body: Formula


class Comparison(StrEnum):
    """How the two sides of a condition compare."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


@record
class Condition:
    """When a case applies: `left` compares so with `right`."""

    left: Formula
    comparison: Comparison
    right: Formula


@record
class Cases:
    """One formula while a condition holds, another otherwise: relu's net or 0."""

    condition: Condition
    then: Formula
    otherwise: Formula


@record
class SumOver:
    """The sum of a body over an index, as it stands in general forms: the sum over o of delta_o w_ho."""

    index: str
    body: Formula


Formula = Constant | Quantity | Sum | Product | Negative | Quotient | Power | Exp | Apply | Sqrt | Abs | Cases | SumOver


def constant(numerator: int, denominator: int = 1) -> Constant:
    """The constant numerator/denominator."""
    return Constant(Fraction(numerator, denominator))


ZERO, ONE, TWO = constant(0), constant(1), constant(2)


_OPPOSITES = {
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.BELOW: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.ABOVE,
}


def opposite(condition: Condition) -> Condition:
    """The condition of the other case: said in full, it needs no word for "otherwise"."""
    return Condition(condition.left, _OPPOSITES[condition.comparison], condition.right)


def rename(formula: Formula, names: Callable[[str], str]) -> Formula:
    """The same formula with every quantity renamed: a pattern's slots become a step's quantities."""
    match formula:
        case Constant():
            return formula
        case Quantity(id=id_):
            return Quantity(names(id_))
        case Sum(terms=terms):
            return Sum(tuple(rename(term, names) for term in terms))
        case Product(factors=factors):
            return Product(tuple(rename(factor, names) for factor in factors))
        case Negative(body=body):
            return Negative(rename(body, names))
        case Quotient(numerator=numerator, denominator=denominator):
            return Quotient(rename(numerator, names), rename(denominator, names))
        case Power(base=base, exponent=exponent):
            return Power(rename(base, names), rename(exponent, names))
        case Exp(exponent=exponent):
            return Exp(rename(exponent, names))
        case Apply(function=function, argument=argument):
            return Apply(function, rename(argument, names))
        case Sqrt(body=body):
            return Sqrt(rename(body, names))
        case Abs(body=body):
            return Abs(rename(body, names))
        case Cases(condition=Condition(left=left, comparison=comparison, right=right), then=then, otherwise=otherwise):
            condition = Condition(rename(left, names), comparison, rename(right, names))
            return Cases(condition, rename(then, names), rename(otherwise, names))
        case SumOver(index=index, body=body):
            return SumOver(index, rename(body, names))


def quantities(formula: Formula) -> Iterator[str]:
    """The ids of the quantities in a formula, from left to right, repeated as often as they stand there."""
    match formula:
        case Constant():
            return
        case Quantity(id=id_):
            yield id_
        case Sum(terms=parts) | Product(factors=parts):
            for part in parts:
                yield from quantities(part)
        case (
            Negative(body=part)
            | Exp(exponent=part)
            | Apply(argument=part)
            | Sqrt(body=part)
            | Abs(body=part)
            | SumOver(body=part)
        ):
            yield from quantities(part)
        case Cases(condition=condition, then=then, otherwise=otherwise):
            for part in (condition.left, condition.right, then, otherwise):
                yield from quantities(part)
        case Quotient(numerator=first, denominator=second) | Power(base=first, exponent=second):
            yield from quantities(first)
            yield from quantities(second)


def transform(formula: Formula, change: Callable[[Formula], Formula | None]) -> Formula:
    """The formula with those parts replaced for which `change` gives another; the others keep their form."""
    changed = change(formula)
    if changed is not None:
        return changed

    def again(part: Formula) -> Formula:
        return transform(part, change)

    match formula:
        case Constant() | Quantity():
            return formula
        case Sum(terms=terms):
            return Sum(tuple(map(again, terms)))
        case Product(factors=factors):
            return Product(tuple(map(again, factors)))
        case Quotient(numerator=numerator, denominator=denominator):
            return Quotient(again(numerator), again(denominator))
        case Power(base=base, exponent=exponent):
            return Power(again(base), again(exponent))
        case Negative(body=body) | Sqrt(body=body) | Abs(body=body):
            return type(formula)(again(body))
        case Exp(exponent=exponent):
            return Exp(again(exponent))
        case Apply(function=function, argument=argument):
            return Apply(function, again(argument))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            condition = Condition(again(condition.left), condition.comparison, again(condition.right))
            return Cases(condition, again(then), again(otherwise))
        case SumOver(index=index, body=body):
            return SumOver(index, again(body))
