"""Formulas with one thing in them changed: a sign, an operator, something left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from symbackprop.records import record
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Condition,
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


class Edit(Enum):
    """What was changed."""

    SIGN = "sign"
    OPERATOR = "operator"
    SOMETHING_TOO_MUCH = "something_too_much"


@record(kw_only=True)
class Edited:
    """A formula after one change: `part` is what was changed as it stood, `becomes` what it is now, if anything."""

    edit: Edit
    formula: Formula
    part: Formula
    becomes: Formula | None


def edits_of(formula: Formula) -> Iterator[Edited]:
    """Every formula that is one such change away."""
    for edit, change in ((Edit.SIGN, _signs), (Edit.SOMETHING_TOO_MUCH, _without), (Edit.OPERATOR, _operators)):
        for changed, part, becomes in _once(formula, change):
            yield Edited(edit=edit, formula=changed, part=part, becomes=becomes)


_Changed = tuple[Formula, Formula, Formula | None]
"""What takes the place of a formula; the part of it that is concerned, and what becomes of that."""


def _once(formula: Formula, change: Callable[[Formula], Iterable[_Changed]]) -> Iterator[_Changed]:
    yield from change(formula)
    parts = parts_of(formula)
    for number, part in enumerate(parts):
        for changed, concerned, becomes in _once(part, change):
            yield with_parts(formula, (*parts[:number], changed, *parts[number + 1 :])), concerned, becomes


def _signs(formula: Formula) -> Iterable[_Changed]:
    match formula:
        case Negative(body=body):
            yield body, formula, body
        case Sum(terms=terms):
            for number, term in enumerate(terms):
                turned = term.body if isinstance(term, Negative) else Negative(term)
                yield Sum((*terms[:number], turned, *terms[number + 1 :])), term, turned
        case Quantity() | Product() | Quotient():
            yield Negative(formula), formula, Negative(formula)
        case _:
            return


def _without(formula: Formula) -> Iterable[_Changed]:
    match formula:
        case Sum(terms=parts) | Product(factors=parts):
            for number, part in enumerate(parts):
                rest = (*parts[:number], *parts[number + 1 :])
                yield (rest[0] if len(rest) == 1 else type(formula)(rest)), part, None
        case Power(base=base) | Quotient(numerator=base):
            yield base, formula, base
        case _:
            return


def _operators(formula: Formula) -> Iterable[_Changed]:
    match formula:
        case Sum(terms=parts):
            yield Product(parts), formula, Product(parts)
            for number in range(len(parts) - 1):
                joined = Product(parts[number : number + 2])
                changed = Sum((*parts[:number], joined, *parts[number + 2 :]))
                yield changed, formula, changed
        case Product(factors=parts):
            yield Sum(parts), formula, Sum(parts)
            for at in range(1, len(parts)):
                changed = Sum((_product(parts[:at]), _product(parts[at:])))
                yield changed, formula, changed
        case Quotient(numerator=above, denominator=below):
            for other in (Product((above, below)), Quotient(below, above)):
                yield other, formula, other
        case _:
            return


def _product(factors: tuple[Formula, ...]) -> Formula:
    return factors[0] if len(factors) == 1 else Product(factors)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The formulas that a formula is made of."""
    match formula:
        case Constant() | Quantity():
            return ()
        case Sum(terms=parts) | Product(factors=parts):
            return parts
        case Negative(body=part) | Exp(exponent=part) | Apply(argument=part) | Sqrt(body=part) | Abs(body=part):
            return (part,)
        case SumOver(body=part):
            return (part,)
        case Quotient(numerator=first, denominator=second) | Power(base=first, exponent=second):
            return (first, second)
        case Cases(condition=condition, then=then, otherwise=otherwise):
            return (condition.left, condition.right, then, otherwise)


def with_parts(formula: Formula, parts: tuple[Formula, ...]) -> Formula:
    """The same formula made of other parts, as many as it had."""
    match formula:
        case Constant() | Quantity():
            return formula
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Negative() | Exp() | Sqrt() | Abs():
            return type(formula)(parts[0])
        case Quotient() | Power():
            return type(formula)(*parts)
        case Apply(function=function):
            return Apply(function, parts[0])
        case SumOver(index=index):
            return SumOver(index, parts[0])
        case Cases(condition=condition):
            left, right, then, otherwise = parts
            return Cases(Condition(left, condition.comparison, right), then, otherwise)
