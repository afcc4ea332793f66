"""The figures that somebody claims, in the order of their work."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.checking.work import Figure
from symbackprop.records import record


@record(kw_only=True)
class Claim:
    """A figure for a quantity: `value` has its sign. `link` is the number of the link, `right` what was said of it."""

    link: int
    quantity: str
    value: Fraction
    figure: Figure
    right: bool
