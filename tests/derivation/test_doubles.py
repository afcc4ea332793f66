"""Compiled code's functions in balls and in doubles: the same names, and the same values as far as doubles go."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.derivation.balls import BALL_FUNCTIONS, precision, to_ball, to_exact
from symbackprop.derivation.doubles import DOUBLE_FUNCTIONS
from symbackprop.typeset.formula import Comparison, Elementary

OF_ONE = ("exp", "log", "tanh", "sigmoid", "normal_cdf", "normal_pdf", "sign", "abs", "sqrt")
ONLY_ABOVE_ZERO = {"log", "sqrt"}
FLOATS = st.floats(-30, 30).filter(lambda value: abs(value) > 1e-6)


def exactly(value: float) -> fmpq:
    return to_exact(Fraction(value))


OF_OTHERS = ("divide", "is_true", "no_product", "kept_small")


def test_both_have_the_same_functions() -> None:
    assert set(BALL_FUNCTIONS) == set(DOUBLE_FUNCTIONS) == {*OF_ONE, *OF_OTHERS}
    assert {function.value for function in Elementary} <= set(OF_ONE)


@pytest.mark.parametrize("name", OF_ONE)
@given(value=FLOATS)
def test_doubles_are_near_the_balls(name: str, value: float) -> None:
    value = abs(value) if name in ONLY_ABOVE_ZERO else value
    with precision(128):
        ball = to_ball(BALL_FUNCTIONS[name](to_ball(exactly(value))))
        assert DOUBLE_FUNCTIONS[name](value) == pytest.approx(float(ball.mid()), rel=1e-11)


@given(FLOATS, FLOATS, st.sampled_from(Comparison))
def test_doubles_compare_and_divide_as_balls_do(left: float, right: float, comparison: Comparison) -> None:
    exact = [exactly(it) for it in (left, right)]
    for asked in (comparison, comparison.value):
        expected = BALL_FUNCTIONS["is_true"](exact[0], asked, exact[1])
        assert DOUBLE_FUNCTIONS["is_true"](left, asked, right) is expected
        with precision(128):
            balls = [to_ball(it) for it in exact]
            assert BALL_FUNCTIONS["is_true"](balls[0], asked, balls[1]) is expected
    quotient = BALL_FUNCTIONS["divide"](*exact)
    assert isinstance(quotient, fmpq)
    assert DOUBLE_FUNCTIONS["divide"](left, right) == pytest.approx(float(to_ball(quotient)))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("exp", 1000.0, math.inf),
        ("exp", -1000.0, 0.0),
        ("exp", -math.inf, 0.0),
        ("log", 0.0, -math.inf),
        ("log", math.inf, math.inf),
        ("tanh", 1e300, 1.0),
        ("sigmoid", 1e300, 1.0),
        ("sigmoid", -1e300, 0.0),
        ("sigmoid", -math.inf, 0.0),
        ("normal_cdf", 1e300, 1.0),
        ("normal_cdf", -math.inf, 0.0),
        ("normal_pdf", 1e300, 0.0),
        ("sign", -0.0, 0.0),
        ("sign", -math.inf, -1.0),
        ("sqrt", 0.0, 0.0),
        ("sqrt", math.inf, math.inf),
        ("abs", -math.inf, math.inf),
    ],
)
def test_doubles_saturate(name: str, value: float, expected: float) -> None:
    assert DOUBLE_FUNCTIONS[name](value) == expected


@pytest.mark.parametrize(("name", "value"), [("log", -1.0), ("sqrt", -1.0), *((name, math.nan) for name in OF_ONE)])
def test_what_is_no_number_is_nan(name: str, value: float) -> None:
    assert math.isnan(DOUBLE_FUNCTIONS[name](value))


@pytest.mark.parametrize(
    ("dividend", "divisor", "expected"),
    [(1.0, 0.0, math.inf), (-1.0, 0.0, -math.inf), (1.0, -0.0, -math.inf), (math.inf, 0.0, math.inf)],
)
def test_divided_by_0_is_infinite(dividend: float, divisor: float, expected: float) -> None:
    assert DOUBLE_FUNCTIONS["divide"](dividend, divisor) == expected


@pytest.mark.parametrize("dividend", [0.0, math.nan])
def test_nothing_divided_by_nothing_is_nan(dividend: float) -> None:
    assert math.isnan(DOUBLE_FUNCTIONS["divide"](dividend, 0.0))


@pytest.mark.parametrize("comparison", Comparison)
def test_nan_compares_with_nothing(comparison: Comparison) -> None:
    assert not DOUBLE_FUNCTIONS["is_true"](math.nan, comparison, 0.0)
