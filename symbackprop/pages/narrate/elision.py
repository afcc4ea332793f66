"""Long sums with dots in them: the first terms and the last, and what lies between is left to a table."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.pages.document import EquationLine
from symbackprop.pages.narrate.equations import line, value_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.arrange import Show, arrange
from symbackprop.typeset.formula import Formula, Quantity, Sum, quantities, transform
from symbackprop.typeset.layout import Dots, Layout, Operator

MOST_TERMS = 6
"""Sums of more terms than this are shown with dots."""

_FIRST, _LAST = 2, 2
_DOTS = "..."


def elided(formula: Formula) -> Formula:
    """The formula with dots in its long sums."""

    def shorten(part: Formula) -> Formula | None:
        if not isinstance(part, Sum) or len(part.terms) <= MOST_TERMS:
            return None
        kept = (*part.terms[:_FIRST], Quantity(_DOTS), *part.terms[-_LAST:])
        return Sum(tuple(term if term == Quantity(_DOTS) else elided(term) for term in kept))

    return transform(formula, shorten)


def arrange_elided(formula: Formula, show: Show) -> Layout:
    """The layout of a formula with dots in its long sums."""
    return arrange(elided(formula), lambda id_: Dots.ACROSS if id_ == _DOTS else show(id_))


def calculated(teller: Teller, id_: str, formula: Formula, *, left: Layout | None) -> Iterator[EquationLine]:
    """A formula for a quantity in symbols, with numbers, and its value, with dots in the long sums."""
    names = arrange_elided(formula, teller.name)
    if isinstance(formula, Quantity):
        yield from line(left, (Operator.EQUALS, names), value_of(teller, id_))
        return
    yield from line(left, (Operator.EQUALS, names))
    exact = all(teller.shown(part).exact for part in quantities(formula))
    sign = Operator.EQUALS if exact else Operator.APPROXIMATELY
    yield from line(None, (sign, arrange_elided(formula, teller.value)), value_of(teller, id_))
