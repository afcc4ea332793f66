"""What is one slip of the pen away from a formula, and one slip of the hand from a figure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from symbackprop.checking.judging.edits import edits_of, parts_of, with_parts
from symbackprop.checking.mistakes.typed import doubled, dropped, meant, transposed
from symbackprop.checking.verdicts import Mistake
from symbackprop.checking.work import Figure
from symbackprop.typeset.formula import (
    TWO,
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
    constant,
)
from symbackprop.typeset.plain import plain
from tests.conftest import Golden

A, B, C, D = (Quantity(name) for name in "abcd")
FORMULAS: tuple[Formula, ...] = (
    Sum((A, Negative(Product((B, C))), D)),
    Product((constant(1, 2), Power(Sum((A, Negative(B))), TWO))),
    Negative(Product((Sum((A, B)), C, D))),
    Quotient(A, Sum((B, Exp(Negative(C))))),
    Product((Apply(Elementary.LOG, A), Sqrt(B), Abs(C))),
    Cases(Condition(A, Comparison.ABOVE, B), C, Negative(D)),
    SumOver("k", Product((A, B))),
)


def told(formula: Formula) -> Iterator[str]:
    yield f"\n{plain(formula)}"
    for it in edits_of(formula):
        becomes = "nothing" if it.becomes is None else plain(it.becomes)
        yield f"    {it.edit.value}: {plain(it.formula)}; {becomes} for {plain(it.part)}"


def test_every_formula_that_is_one_change_away(golden: Golden) -> None:
    lines = (line for formula in FORMULAS for line in told(formula))
    golden("check/edits.txt", "\n".join(lines).lstrip("\n") + "\n")


@pytest.mark.parametrize("formula", FORMULAS, ids=plain)
def test_a_formula_is_made_of_its_parts(formula: Formula) -> None:
    assert with_parts(formula, parts_of(formula)) == formula
    exchanged = with_parts(formula, tuple(Negative(part) for part in parts_of(formula)))
    assert parts_of(exchanged) == tuple(Negative(part) for part in parts_of(formula))
    assert type(exchanged) is type(formula)


# --- The hand ---------------------------------------------------------------------------------------------


def test_neighbouring_digits_are_exchanged_once_each() -> None:
    found = [(str(float(it.value)), it.decimals, it.ways) for it in transposed("03380", 3)]
    assert found == [("30.38", 3, 3), ("3.83", 3, 3), ("3.308", 3, 3)]


def test_a_digit_that_stands_twice_may_have_been_typed_twice() -> None:
    # 11.022: one of the ones, before the point, or one of the twos, after it.
    found = [(it.value, it.decimals, it.ways, it.mistake) for it in doubled("11022", 3)]
    assert found == [
        (Fraction("1.022"), 3, 2, Mistake.TOO_MUCH),
        (Fraction("11.02"), 2, 2, Mistake.TOO_MUCH),
    ]
    # 1.100: the two ones have the point between them.
    assert [(it.value, it.decimals) for it in doubled("1100", 3)] == [(Fraction("1.00"), 2), (Fraction("1.10"), 2)]


@pytest.mark.parametrize(
    ("digits", "decimals", "patterns"),
    [
        ("42", 1, ["#4.2", "4#.2", "4.#2"]),
        ("42", 0, ["#42", "4#2", "42#"]),
        ("0822", 3, ["#0.822", "0#.822", "0.#822", "0.8#22", "0.82#2"]),
    ],
)
def test_a_digit_may_have_been_left_out_but_for_the_last_after_the_point(
    digits: str, decimals: int, patterns: list[str]
) -> None:
    found = list(dropped(digits, decimals))
    typed = [pattern.replace("#", str(digit)) for pattern in patterns for digit in range(10)]
    assert sorted((it.value, it.decimals) for it in found) == sorted(
        (Fraction(it), len(it.partition(".")[2])) for it in typed
    )
    assert {it.ways for it in found} == {len(typed)}


def test_a_figure_below_1_has_its_zeros_in_front() -> None:
    figure = Figure(value=Fraction("0.0282"), typed="0.0282", decimals=4, significant=3)
    found = {(it.mistake, it.value) for it in meant(figure)}
    assert (Mistake.DIGITS_TRANSPOSED, Fraction("0.0822")) in found
    assert (Mistake.DIGITS_TRANSPOSED, Fraction("0.2082")) in found
    assert (Mistake.DIGIT_DROPPED, Fraction("0.02182")) in found
    assert (Mistake.TOO_MUCH, Fraction("0.282")) in found


@pytest.mark.parametrize(("digits", "is_looked_at"), [(40, True), (41, False)])
def test_longer_figures_than_anybody_types_come_of_no_slip(digits: int, *, is_looked_at: bool) -> None:
    figure = Figure(value=Fraction(int("12" * 21) % 10**digits), typed="?", decimals=0, significant=digits)
    assert any(True for _ in meant(figure)) is is_looked_at
