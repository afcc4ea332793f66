"""The tree of formulas: its names, in order, and how they are exchanged."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    SumOver,
    constant,
    quantities,
    rename,
)
from tests.formulas import FORMULAS

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")

ONE_OF_EACH: list[tuple[Formula, str]] = [
    (ONE, ""),
    (A, "a"),
    (Sum((C, A, B, A)), "caba"),
    (Product((B, Negative(A))), "ba"),
    (Negative(A), "a"),
    (Quotient(B, A), "ba"),
    (Power(B, Sum((A, ONE))), "ba"),
    (Exp(Product((A, C))), "ac"),
    (SumOver("o", Product((B, A))), "ba"),
]


@pytest.mark.parametrize(("formula", "names"), ONE_OF_EACH)
def test_quantities_come_from_left_to_right(formula: Formula, names: str) -> None:
    assert "".join(quantities(formula)) == names


@pytest.mark.parametrize(("formula", "names"), ONE_OF_EACH)
def test_every_quantity_is_renamed_and_nothing_else(formula: Formula, names: str) -> None:
    renamed = rename(formula, lambda name: f"{name}!")
    assert "".join(quantities(renamed)) == "".join(f"{name}!" for name in names)
    assert rename(renamed, lambda name: name.removesuffix("!")) == formula


@given(FORMULAS)
def test_renaming_to_the_same_names_changes_nothing(formula: Formula) -> None:
    assert rename(formula, str) == formula


@given(FORMULAS)
def test_renaming_all_to_one_name_leaves_one_name(formula: Formula) -> None:
    assert list(quantities(rename(formula, lambda _: "x"))) == ["x"] * len(list(quantities(formula)))


def test_formulas_are_values() -> None:
    assert Sum((A, B)) == Sum((Quantity("a"), Quantity("b")))
    assert len({Sum((A, B)), Sum((A, B)), Sum((B, A)), Product((A, B))}) == 3


def test_constants() -> None:
    assert constant(2, -4) == Constant(Fraction(-1, 2))
    assert (Constant(Fraction(0)), Constant(Fraction(1)), Constant(Fraction(2))) == (ZERO, ONE, TWO)
