"""Two mistakes in one formula."""

from __future__ import annotations

from symbackprop.typeset.formula import (
    Abs,
    Apply,
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
    transform,
)


def composed(own: Formula, first: Formula, second: Formula) -> Formula | None:
    """What a formula becomes by two mistakes, each of which makes another one of it; None where they don't go together.

    One that has the whole formula in it (its negative, twice of it) takes in the other; one that has exchanged some
    quantities exchanges them in the other, too.
    """
    for outer, inner in ((first, second), (second, first)):
        wrapped = _replaced(outer, own, inner)
        if wrapped != outer:
            return wrapped
    for exchange, other in ((first, second), (second, first)):
        exchanges: dict[str, Formula] = {}
        if _differs_in_quantities(own, exchange, exchanges):
            found = _exchanged(other, exchanges)
            if found not in (other, exchange):
                return found
    return None


def _replaced(formula: Formula, part: Formula, instead: Formula) -> Formula:
    return transform(formula, lambda it: instead if it == part else None)


def _exchanged(formula: Formula, exchanges: dict[str, Formula]) -> Formula:
    return transform(formula, lambda it: exchanges.get(it.id) if isinstance(it, Quantity) else None)


def _differs_in_quantities(own: Formula, other: Formula, exchanges: dict[str, Formula]) -> bool:
    """Whether two formulas are built alike but for what stands in the place of some quantities."""
    if own == other:
        return True
    if isinstance(own, Quantity):
        return exchanges.setdefault(own.id, other) == other
    if type(own) is not type(other):
        return False
    mine, theirs = _parts(own), _parts(other)
    if len(mine) != len(theirs) or not mine:
        return False
    return all(_differs_in_quantities(one, two, exchanges) for one, two in zip(mine, theirs, strict=True))


def _parts(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Sum(terms=parts) | Product(factors=parts):
            return parts
        case Negative(body=part) | Exp(exponent=part) | Sqrt(body=part) | Abs(body=part) | Apply(argument=part):
            return (part,)
        case Quotient(numerator=first, denominator=second) | Power(base=first, exponent=second):
            return (first, second)
        case Constant() | _:
            return ()
