"""Formulas that no line has room for: a fraction can't be broken, so its long sums get dots instead."""

from __future__ import annotations

from symbackprop.typeset.arrange import Show, arrange
from symbackprop.typeset.formula import Formula, Quantity, Quotient, Sum, transform
from symbackprop.typeset.layout import Dots, Layout
from symbackprop.typeset.measure import broken, width

_DOTS = "..."
_FEW = 3
"""Sums of so many terms keep all of them."""


def fitted(formula: Formula, show: Show, room: float) -> Layout:
    """The layout of a formula, with dots in the long sums of its fractions where it would be too wide in pieces."""
    layout = arrange(formula, show)
    if all(width(piece) <= room for piece in broken(layout, room)):
        return layout
    return arrange(_with_dots(formula), lambda id_: Dots.ACROSS if id_ == _DOTS else show(id_))


def _with_dots(formula: Formula) -> Formula:
    def in_fraction(part: Formula) -> Formula | None:
        if not isinstance(part, Quotient):
            return None
        return Quotient(transform(part.numerator, _shorten), transform(part.denominator, _shorten))

    return transform(formula, in_fraction)


def _shorten(part: Formula) -> Formula | None:
    if not isinstance(part, Sum) or len(part.terms) <= _FEW:
        return None
    return Sum((part.terms[0], Quantity(_DOTS), part.terms[-1]))
