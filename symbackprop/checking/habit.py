"""To how many digits somebody calculates: what the figures of a work have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from symbackprop.checking.calculation import Digits
from symbackprop.checking.work import Figure
from symbackprop.records import record

_ENOUGH_FIGURES = 3
_LEAST_SIGNIFICANT = 3
_ANY = 1000
_IN_FULL = Digits(decimals=_ANY, significant=_ANY)


@record(kw_only=True)
class Habit:
    """The digits to which results on the way were rounded, as far as the figures of a work tell.

    `usual` are the decimals and the significant digits that most figures show, `known` those of the two that more of
    them have in common.
    """

    known: Digits | None
    usual: Digits = _IN_FULL

    def digits(self, figure: Figure | None) -> Digits:
        """The digits to which was rounded on the way to a figure; none at all if there is no figure.

        One that shows more of both than the others was calculated with at least its own: short answers don't excuse it.
        """
        if figure is None:
            return _IN_FULL
        if self.known is None:
            return digits_of(figure)
        if figure.decimals > self.usual.decimals and figure.significant > self.usual.significant:
            return Digits(decimals=figure.decimals, significant=_ANY)
        return self.known


def digits_of(figure: Figure) -> Digits:
    """What a single figure tells: it may come from so many decimals, or from so many significant digits."""
    return Digits(decimals=figure.decimals, significant=max(figure.significant, _LEAST_SIGNIFICANT))


def habit_of(figures: Iterable[Figure]) -> Habit:
    """What most figures have in common: as many decimals, or as many significant digits; one or two tell nothing.

    Where that is as many of them, either may be meant.
    """
    found = tuple(figures)
    if len(found) < _ENOUGH_FIGURES:
        return Habit(known=None)
    decimals, alike = Counter(figure.decimals for figure in found).most_common(1)[0]
    significant, alike_significant = Counter(figure.significant for figure in found).most_common(1)[0]
    usual = Digits(decimals=decimals, significant=max(significant, _LEAST_SIGNIFICANT))
    if alike == alike_significant:
        return Habit(known=usual, usual=usual)
    if alike > alike_significant:
        return Habit(known=Digits(decimals=decimals, significant=_ANY), usual=usual)
    return Habit(known=Digits(decimals=_ANY, significant=usual.significant), usual=usual)
