"""Long sums with dots in them: the first terms and the last, and what lies between is left to a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice, pairwise

from symbackprop.pages.document import EquationLine
from symbackprop.pages.narrate.equations import line, value_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.arrange import Show, arrange
from symbackprop.typeset.formula import Formula, Negative, Product, Quantity, Sum, quantities, transform
from symbackprop.typeset.layout import Dots, Layout, Operator

MOST_TERMS = 6
"""Sums of more terms than this are shown with dots."""

_FIRST, _LAST = 2, 2
_DOTS = "..."


def elided(formula: Formula, vanishes: Callable[[Formula], bool] = lambda _: False) -> Formula:
    """The formula with dots in its long sums. Terms that don't vanish stay where all others that would stay do."""

    def shorten(part: Formula) -> Formula | None:
        if not isinstance(part, Sum) or len(part.terms) <= MOST_TERMS:
            return None
        places = _kept(part.terms, vanishes)
        kept = [elided(part.terms[place], vanishes) for place in places]
        gaps = [here - before > 1 for before, here in pairwise(places)]
        with_dots = [(Quantity(_DOTS), term) if gap else (term,) for gap, term in zip(gaps, kept[1:], strict=True)]
        return Sum((kept[0], *chain.from_iterable(with_dots)))

    return transform(formula, shorten)


def _kept(terms: tuple[Formula, ...], vanishes: Callable[[Formula], bool]) -> list[int]:
    """The places of the terms that are shown: two at either end, or the first two that don't vanish between the ends.

    Nothing but zeros before and after the dots would seem to contradict the sum.
    """
    last = len(terms) - 1
    ends = [*range(_FIRST), *range(len(terms) - _LAST, len(terms))]
    if not all(vanishes(terms[place]) for place in ends):
        return ends
    found = list(islice((place for place, term in enumerate(terms) if not vanishes(term)), _FIRST))
    return [0, *found, last] if found else ends


def _arranged(formula: Formula, show: Show) -> Layout:
    return arrange(formula, lambda id_: Dots.ACROSS if id_ == _DOTS else show(id_))


def abridged(teller: Teller, formula: Formula) -> Layout:
    """A formula in symbols, with dots in its long sums."""
    return _arranged(elided(formula, partial(_is_zero, teller)), teller.name)


def _is_zero(teller: Teller, term: Formula) -> bool:
    """Whether a term is certainly 0: a quantity that is, or a product with one."""
    match term:
        case Quantity(id=id_):
            return teller.shown(id_).digits == "0"
        case Product(factors=factors):
            return any(_is_zero(teller, factor) for factor in factors)
        case Negative(body=body):
            return _is_zero(teller, body)
        case _:
            return False


def calculated(teller: Teller, id_: str, formula: Formula, *, left: Layout | None) -> Iterator[EquationLine]:
    """A formula for a quantity in symbols, with numbers, and its value, with dots in the long sums."""
    short = elided(formula, partial(_is_zero, teller))
    names = _arranged(short, teller.name)
    if isinstance(formula, Quantity):
        yield from line(left, (Operator.EQUALS, names), value_of(teller, id_))
        return
    yield from line(left, (Operator.EQUALS, names))
    exact = all(teller.shown(part).exact for part in quantities(formula))
    sign = Operator.EQUALS if exact else Operator.APPROXIMATELY
    yield from line(None, (sign, _arranged(short, teller.value)), value_of(teller, id_))
