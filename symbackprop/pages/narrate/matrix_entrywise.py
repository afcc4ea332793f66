"""A function's formula over whole matrices: every operation entry by entry, products with the Hadamard sign."""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.typeset.formula import (
    Constant,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    quantities,
)
from symbackprop.typeset.layout import Fenced, Fraction, Layout, Number, Operator, Row, Script, Symbol, arrange

Show = Callable[[str], Layout]


def entrywise(formula: Formula, show: Show, matrices: frozenset[str], ones: Layout) -> Layout:
    """The layout of a formula in which `matrices` are shown as matrices, and 1 beside them as a matrix of ones.

    What is more than sums, products, powers and fractions is laid out as for numbers.
    """

    def is_matrix(part: Formula) -> bool:
        return not matrices.isdisjoint(quantities(part))

    def write(part: Formula) -> Layout:
        return entrywise(part, show, matrices, ones)

    if not is_matrix(formula):
        return arrange(formula, show)
    match formula:
        case Quantity(id=id_):
            return show(id_)
        case Sum(terms=terms):
            written = [(term, _in_sum(term, write, ones=None if is_matrix(term) else ones)) for term in terms]
            return _sum(written)
        case Product(factors=factors):
            return _product([(is_matrix(factor), write(factor)) for factor in factors])
        case Negative(body=body):
            return Row((Operator.NEGATIVE, *_opened(_fenced(write(body)))))
        case Quotient(numerator=above, denominator=below):
            return Fraction(write(above), write(below))
        case Power(base=base, exponent=exponent):
            return Script(Fenced(write(base)), sup=Row((Symbol("odot"), arrange(exponent, show))))
        case _:
            return arrange(formula, show)


def _in_sum(term: Formula, write: Callable[[Formula], Layout], *, ones: Layout | None) -> Layout:
    """A term without its minus sign; a number that is added to a matrix is added to each entry."""
    body = term.body if isinstance(term, Negative) else term
    if ones is None:
        return write(body)
    if isinstance(body, Constant) and body.value == 1:
        return ones
    return Row((*_opened(_fenced(write(body))), Operator.BESIDE, ones))


def _sum(terms: list[tuple[Formula, Layout]]) -> Layout:
    parts: list[Layout | Operator] = []
    for term, layout in terms:
        minus = isinstance(term, Negative)
        if parts:
            parts.append(Operator.MINUS if minus else Operator.PLUS)
        elif minus:
            parts.append(Operator.NEGATIVE)
        parts.extend(_opened(_fenced(layout) if minus else layout))
    return Row(tuple(parts))


def _product(factors: list[tuple[bool, Layout]]) -> Layout:
    parts: list[Layout | Operator] = []
    before = False
    for matrix, layout in factors:
        if parts:
            parts.append(Operator.HADAMARD if before and matrix else Operator.BESIDE)
        parts.extend(_opened(_fenced(layout)))
        before = before or matrix
    return Row(tuple(parts))


def _fenced(layout: Layout) -> Layout:
    signs = {Operator.PLUS, Operator.MINUS, Operator.NEGATIVE}
    loose = isinstance(layout, Row) and any(part in signs for part in layout.parts)
    negative = isinstance(layout, Number) and layout.digits.startswith("-")
    return Fenced(layout) if loose or negative else layout


def _opened(layout: Layout) -> tuple[Layout | Operator, ...]:
    return layout.parts if isinstance(layout, Row) else (layout,)
