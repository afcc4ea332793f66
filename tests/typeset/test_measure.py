"""Estimated widths, and where a line that is too long is broken."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula, Negative, Product, Quantity, Sum
from symbackprop.typeset.greek import GREEK
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Fence,
    Fenced,
    Fraction,
    Layout,
    Mark,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
)
from symbackprop.typeset.measure import broken, width
from symbackprop.typeset.unicode import unicode
from tests.formulas import ALL_FORMULAS, DIGITS
from tests.names import name

X = Symbol("x")
LONG = Row((X, Operator.PLUS, X))

# What stands further down is wider.
RISING: list[list[Layout]] = [
    [Symbol("x"), Symbol("net"), Symbol("target")],
    [Number("0.5"), Number("0.593269992"), Number("-0.5932699921")],
    [Number("1.5"), Number("1.5e-7"), Number("1.5e-100")],
    [Accent(X, Mark.HAT), Fenced(X, Fence.SQUARE)],
    [X, Fenced(X), Fenced(Fenced(X))],
    [X, Row((Operator.NEGATIVE, X)), Row((X, Operator.DOT, X)), LONG, Row((X, Operator.EQUALS, X, Operator.PLUS, X))],
    [Fraction(X, X, small=True), Fraction(X, X), Fraction(X, LONG)],
    [X, Script(X, sub=X), Script(X, sub=LONG)],
    [X, Summation(X, X)],
    [X, Bars(X), Root(LONG), Bars(Root(LONG))],
    [X, Applied(X, X), Applied(X, Fenced(X)), Applied(X, Fenced(LONG))],
    [X, LONG, Choice(((X, X), (X, X))), Choice(((X, X), (LONG, X))), Choice(((X, LONG), (LONG, X)))],
    [LONG, Row((X, Operator.ABOVE, LONG)), Row((X, Operator.ABOVE, LONG, Operator.AT_MOST, X))],
]


@pytest.mark.parametrize("layouts", RISING)
def test_more_is_wider(layouts: list[Layout]) -> None:
    assert all(width(less) < width(more) for less, more in pairwise(layouts))


def test_a_fraction_is_as_wide_as_its_wider_side() -> None:
    assert width(Fraction(LONG, X)) == width(Fraction(X, LONG)) == width(Fraction(LONG, LONG))


def test_scripts_above_and_below_share_their_place() -> None:
    assert width(Script(X, sub=X, sup=LONG)) == width(Script(X, sup=LONG))


@pytest.mark.parametrize("letter", sorted(GREEK))
def test_a_greek_letter_is_one_letter(letter: str) -> None:
    assert width(Symbol(letter)) == width(X)


def test_a_mark_above_takes_no_room() -> None:
    assert width(Accent(X, Mark.HAT)) == width(X)


@given(ALL_FORMULAS)
def test_every_formula_has_a_width(formula: Formula) -> None:
    assert width(arrange(formula, name)) > 0
    assert width(arrange(formula, lambda id_: Number(DIGITS[id_]))) > 0


TERMS = st.lists(
    st.builds(lambda number, minus: (number, minus), st.integers(1, 99), st.booleans()), min_size=1, max_size=12
)


@given(TERMS, st.floats(1, 60))
def test_a_broken_line_is_whole_when_put_together(terms: list[tuple[int, bool]], most: float) -> None:
    products = [Product((Quantity(f"w{number}"), Quantity(f"i{number}"))) for number, _ in terms]
    formulas: list[Formula] = [
        Negative(product) if minus else product for product, (_, minus) in zip(products, terms, strict=True)
    ]
    layout = arrange(Sum(tuple(formulas)), name)
    pieces = broken(layout, most)
    assert "".join(latex(piece) for piece in pieces) == latex(layout)
    widest_term = max(width(arrange(product, name)) for product in products) + 1.25
    assert all(width(piece) <= max(most, widest_term) + 1e-9 for piece in pieces)
    for piece in pieces[1:]:
        assert isinstance(piece, Row)
        assert piece.parts[0] in (Operator.PLUS, Operator.MINUS)


def test_a_short_line_is_left_alone() -> None:
    assert broken(LONG, 100) == (LONG,)
    assert broken(Fraction(LONG, LONG), 0.1) == (Fraction(LONG, LONG),)


def test_a_line_is_broken_no_more_often_than_needed() -> None:
    layout = arrange(Sum(tuple(Quantity(f"w{number}") for number in range(1, 5))), name)
    assert len(broken(layout, width(layout))) == 1
    assert len(broken(layout, width(layout) - 0.1)) == 2
    assert len(broken(layout, width(layout) / 4 + 0.4)) == 4


def test_wide_parentheses_are_cut_open_before_the_signs_within_them() -> None:
    terms = [part for _ in range(9) for part in (Operator.PLUS, Number("0.123456789"))][1:]
    row = Row((Number("0.5"), Operator.DOT, Fenced(Row(tuple(terms)))))
    pieces = broken(row, 30)
    assert unicode(pieces[0]).startswith("0.5 · (0.123456789 + ")
    assert all(width(piece) <= 30 for piece in pieces)
    assert "".join(map(unicode, pieces)) == unicode(row)


def test_parentheses_that_fit_stay_whole() -> None:
    row = Row((Number("0.5"), Operator.DOT, Fenced(Row((Number("1"), Operator.PLUS, Number("2"))))))
    assert broken(row, 30) == (row,)
