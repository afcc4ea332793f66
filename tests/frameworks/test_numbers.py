"""A framework's numbers as decimals: the shortest that mean the same in their own precision."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.frameworks.numbers import added, decimal, decimals, divided, rate_of, scaled
from symbackprop.numerals import TypedFloat, read_float


def digits(number: TypedFloat | int) -> str:
    return number.digits if isinstance(number, TypedFloat) else str(number)


def significant(written: str) -> str:
    return written.partition("e")[0].replace(".", "").strip("-0")


def test_a_float_is_as_short_as_its_own_precision_allows() -> None:
    assert digits(decimals(np.float32(0.1), "x", most=1).values) == "0.1"
    assert digits(decimals(np.float64(np.float32(0.1)), "x", most=1).values) == "0.10000000149011612"
    assert digits(decimals(np.float16(0.1), "x", most=1).values) == "0.1"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_is_read_back_as_itself(number: float) -> None:
    found = decimal(number, "float32", "x")
    assert isinstance(found, TypedFloat)
    assert struct.pack("f", float(found.digits)) == struct.pack("f", number)
    assert significant(found.digits) == significant(str(np.float32(number)))
    assert float(read_float(found).exact) == float(found.digits)


@given(st.floats(-1e200, 1e200).filter(lambda it: it == 0 or abs(it) > 1e-200))
def test_a_double_is_read_back_as_itself(number: float) -> None:
    found = decimal(number, "float64", "x")
    assert isinstance(found, TypedFloat)
    assert float(read_float(found).exact) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [(1.0, "1"), (-0.5, "-0.5"), (1e-08, "1e-8"), (1.5e22, "1.5e22"), (100000.0, "100000"), (True, "1")],
)
def test_digits_stand_as_people_write_them(number: float, written: str) -> None:
    assert digits(decimal(number, "float32", "x")) == written


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([1.0, np.nan]), "x[1]: expected a number, found nan"),
        ([[1.0], [float("inf")]], "x[1][0]: expected a number, found inf"),
        (["one"], 'x[0]: expected a number, found the text "one"'),
        ([None], "x[0]: expected a number, found a NoneType"),
        (object(), "x: expected a number, found a object"),
        (np.array([1j]), "x: expected real numbers, found complex128"),
        (np.zeros(1001), "x: expected at most 1,000 numbers, found 1,001"),
        ([[[[[[[[[[0]]]]]]]]]], "lists are nested too deeply"),
    ],
)
def test_what_is_no_number_is_refused(array: Any, said: str) -> None:
    with pytest.raises(SpecError) as refused:
        decimals(array, "x", most=1000)
    assert said in str(refused.value)


def test_a_list_may_hold_arrays_of_any_precision() -> None:
    found = decimals([np.array([0.1], dtype=np.float32), [np.float32(0.2), 3]], "x", most=9)
    assert [[digits(it) for it in row] for row in found.values] == [["0.1"], ["0.2", "3"]]
    assert (found.depth, found.whole) == (2, False)
    assert decimals([[1, 2]], "x", most=9).whole


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_sums_and_products_are_exact(first: float, second: float) -> None:
    a, b = decimal(first, "float64", "x"), decimal(second, "float64", "x")
    assert isinstance(a, TypedFloat)
    assert isinstance(b, TypedFloat)
    from fractions import Fraction  # noqa: PLC0415 - only here

    assert Fraction(digits(added([a], [b])[0])) == Fraction(a.digits) + Fraction(b.digits)
    assert Fraction(digits(scaled([[a]], b)[0][0])) == Fraction(a.digits) * Fraction(b.digits)


def test_a_quotient_is_exact_where_it_ends() -> None:
    assert digits(divided(TypedFloat("0.0001"), 8)) == "0.0000125"
    assert digits(divided(TypedFloat("0.0001"), 3)) == repr(0.0001 / 3).replace("e-05", "e-5")


def test_a_rate_keeps_its_digits() -> None:
    assert digits(rate_of("0.50")) == "0.50"
    assert digits(rate_of(0.5)) == "0.5"
