"""What figures a work has shown of a quantity, at the edge of what another figure can be rounded from."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.checking.claims import Claim
from symbackprop.checking.judging.wrong import Sizes
from symbackprop.checking.work import Figure


def figure(digits: int, decimals: int) -> Figure:
    value = Fraction(digits) / Fraction(10) ** decimals
    return Figure(value=value, typed=str(digits), decimals=decimals, significant=len(str(digits)))


def sizes(*shown: tuple[int, int]) -> Sizes:
    found = Sizes()
    for digits, decimals in shown:
        it = figure(abs(digits), decimals)
        value = it.value if digits > 0 else -it.value
        found.add(Claim(link=0, quantity="out_h1", value=value, figure=it, right=True))
    return found


@pytest.mark.parametrize(
    ("shown", "asked", "have"),
    [
        ((5933, 4), (593, 3), True),
        ((5935, 4), (593, 3), True),
        ((5936, 4), (593, 3), False),
        ((5924, 4), (593, 3), False),
        ((-5933, 4), (593, 3), True),
        ((593, 3), (5935, 4), True),
        ((593, 3), (5936, 4), False),
        ((12, -2), (1250, 0), True),
        ((12, -2), (1251, 0), False),
    ],
)
def test_a_figure_is_among_those_that_it_can_be_rounded_from(
    shown: tuple[int, int], asked: tuple[int, int], *, have: bool
) -> None:
    assert sizes(shown).have(figure(*asked)) is have
    assert sizes((1, 1), shown, (99, 3)).have(figure(*asked)) is have


def test_the_same_figure_is_kept_once() -> None:
    assert sizes((5933, 4), (5933, 4), (593, 3)).lengths == 2
    assert not Sizes().have(figure(593, 3))
