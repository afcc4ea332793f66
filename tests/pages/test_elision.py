"""Long sums with dots: the shown terms never contradict the sum."""

from __future__ import annotations

import pytest

from symbackprop.pages.narrate.elision import elided
from symbackprop.typeset.formula import Formula, Quantity, Sum
from symbackprop.typeset.plain import plain


@pytest.mark.parametrize(
    ("not_zero", "shown"),
    [
        ({0, 1, 2, 3}, "t0 + t1 + ... + t8 + t9"),
        ({9}, "t0 + t1 + ... + t8 + t9"),
        ({4}, "t0 + ... + t4 + ... + t9"),
        ({2, 3, 7}, "t0 + ... + t2 + t3 + ... + t9"),
        ({2, 7}, "t0 + ... + t2 + ... + t7 + ... + t9"),
        (set(), "t0 + t1 + ... + t8 + t9"),
    ],
)
def test_terms_that_do_not_vanish_stay_visible(not_zero: set[int], shown: str) -> None:
    def vanishes(term: Formula) -> bool:
        assert isinstance(term, Quantity)
        return int(term.id.removeprefix("t")) not in not_zero

    terms = tuple(Quantity(f"t{number}") for number in range(10))
    assert plain(elided(Sum(terms), vanishes), str) == shown
