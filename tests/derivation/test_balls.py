"""Real numbers with proof: nothing is rounded that isn't certain, and what is certain is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.derivation.balls import (
    DomainError,
    Real,
    Undecided,
    absolute,
    bounds,
    divide,
    evaluate,
    exponential,
    hyperbolic_tangent,
    is_true,
    logarithm,
    logistic,
    normal_cdf,
    precision,
    root,
    sign_of,
    to_ball,
    to_exact,
    to_fraction,
)
from symbackprop.derivation.digits import cut_to, is_beyond, leading_place, round_to
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
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

ENOUGH = 600
"""Bits, and decimal digits, that decide whatever these tests ask."""

HALF = Fraction(1, 2)
X, Y = Quantity("x"), Quantity("y")


def ball(middle: str, radius: str) -> arb:
    with precision(ENOUGH):
        return arb(to_ball(Fraction(middle)), to_ball(Fraction(radius)))


def ends(value: Real) -> tuple[Fraction, Fraction]:
    found = bounds(value)
    assert found is not None
    return found


def as_decimal(value: Fraction) -> Decimal:
    with localcontext(prec=ENOUGH):
        return Decimal(value.numerator) / Decimal(value.denominator)


def exp_in_mpmath(value: Fraction) -> Decimal:
    with mpmath.workdps(ENOUGH):
        return Decimal(mpmath.nstr(mpmath.exp(mpmath.mpf(value.numerator) / value.denominator), ENOUGH - 10))


def rounded(value: Decimal, decimals: int, how: str) -> int:
    with localcontext(prec=2 * ENOUGH):
        return int(value.scaleb(decimals).quantize(Decimal(1), rounding=how))


# --- Rounding ---------------------------------------------------------------------------------------------

TIES = [
    ("0.0025", 3, 3, 2),
    ("-0.0025", 3, -3, -2),
    ("0.0015", 3, 2, 1),
    ("0.5", 0, 1, 0),
    ("1.5", 0, 2, 1),
    ("2.5", 0, 3, 2),
    ("-2.5", 0, -3, -2),
    ("0.00249999999999999999999999", 3, 2, 2),
    ("0.00250000000000000000000001", 3, 3, 2),
    ("0.9995", 3, 1000, 999),
    ("0", 5, 0, 0),
    ("-0.0004", 3, 0, 0),
    ("12345678901234567890.5", 0, 12345678901234567891, 12345678901234567890),
    ("1e-60", 50, 0, 0),
]


@pytest.mark.parametrize(("value", "decimals", "nearest", "cut"), TIES)
def test_exact_numbers_round_half_away_from_zero(value: str, decimals: int, nearest: int, cut: int) -> None:
    assert round_to(Fraction(value), decimals) == nearest
    assert cut_to(Fraction(value), decimals) == cut


@pytest.mark.parametrize(
    ("middle", "radius", "decimals", "nearest", "cut"),
    [
        ("0.0025", "1e-30", 3, None, 2),
        ("-0.0025", "1e-30", 3, None, -2),
        ("0.0025", "1e-30", 5, 250, None),
        ("0.00250001", "1e-9", 3, 3, 2),
        ("0.00249999", "1e-9", 3, 2, 2),
        ("0.5", "0.4", 0, None, 0),
        ("0", "1e-30", 9, 0, 0),
        ("0", "0.6", 0, None, 0),
        ("3", "1e-30", 0, 3, None),
        ("-3", "1e-30", 0, -3, None),
        ("1.2345", "2", 2, None, None),
    ],
)
def test_a_ball_rounds_only_if_all_of_it_rounds_alike(
    middle: str, radius: str, decimals: int, nearest: int | None, cut: int | None
) -> None:
    assert round_to(ball(middle, radius), decimals) == nearest
    assert cut_to(ball(middle, radius), decimals) == cut


FRACTIONS = st.builds(Fraction, st.integers(-(10**12), 10**12), st.integers(1, 10**9)) | st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**20), 10**20), st.integers(0, 40)
)


@given(FRACTIONS, st.integers(0, 50))
def test_fractions_round_as_decimal_does(value: Fraction, decimals: int) -> None:
    assert round_to(value, decimals) == rounded(as_decimal(value), decimals, ROUND_HALF_UP)
    assert cut_to(value, decimals) == rounded(as_decimal(value), decimals, ROUND_DOWN)


EXPONENTS = st.builds(Fraction, st.integers(-20_000, 20_000), st.integers(100, 1000)).filter(bool)


@given(EXPONENTS, st.integers(1, 50))
def test_a_narrow_ball_rounds_as_mpmath_does(exponent: Fraction, decimals: int) -> None:
    expected = exp_in_mpmath(exponent)
    with precision(ENOUGH):
        value = exponential(to_exact(exponent))
    assert round_to(value, decimals) == rounded(expected, decimals, ROUND_HALF_UP)
    assert cut_to(value, decimals) == rounded(expected, decimals, ROUND_DOWN)


@given(EXPONENTS, st.integers(1, 50), st.integers(2, 120))
def test_a_wide_ball_is_never_rounded_wrongly(exponent: Fraction, decimals: int, bits: int) -> None:
    expected = exp_in_mpmath(exponent)
    with precision(bits):
        value = exponential(to_exact(exponent))
    assert round_to(value, decimals) in (None, rounded(expected, decimals, ROUND_HALF_UP))
    assert cut_to(value, decimals) in (None, rounded(expected, decimals, ROUND_DOWN))


# --- The first digit's place ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("1", 0),
        ("1.5", 0),
        ("9.999999999", 0),
        ("10", 1),
        ("-10", 1),
        ("0.1", -1),
        ("0.0999999999", -2),
        ("-0.05", -2),
        ("1e300", 300),
        ("1e-300", -300),
        ("999999999999999999999e-321", -301),
        ("0", None),
    ],
)
def test_the_place_of_the_first_digit(value: str, place: int | None) -> None:
    assert leading_place(Fraction(value)) == place


@pytest.mark.parametrize(
    ("middle", "radius", "place"),
    [
        ("1", "1e-30", 0),
        ("0", "1e-30", None),
        ("1", "0.95", None),
        ("1.5", "0.4", 0),
        ("-0.05", "0.01", -2),
        ("0.1", "0.2", None),
    ],
)
def test_a_ball_has_a_first_digit_only_if_its_place_is_certain(middle: str, radius: str, place: int | None) -> None:
    assert leading_place(ball(middle, radius)) == place


@given(FRACTIONS.filter(bool))
def test_the_place_is_decimals_exponent(value: Fraction) -> None:
    assert leading_place(value) == as_decimal(value).adjusted()


def test_the_place_of_a_number_with_more_digits_than_python_prints() -> None:
    assert leading_place(Fraction(10) ** 6000) == 6000
    assert leading_place(Fraction(1, 10**6000)) == -6000


# --- Balls and bounds -------------------------------------------------------------------------------------


@given(EXPONENTS, st.integers(2, 200))
def test_the_true_value_lies_within_the_bounds(exponent: Fraction, bits: int) -> None:
    with precision(bits):
        low, high = ends(exponential(to_exact(exponent)))
    true = exp_in_mpmath(exponent)
    assert as_decimal(low) <= true <= as_decimal(high)
    assert low < high


@given(FRACTIONS)
def test_a_fraction_is_its_own_bounds_and_within_its_ball(value: Fraction) -> None:
    assert bounds(value) == (value, value)
    with precision(30):
        low, high = ends(to_ball(value))
    assert low <= value <= high


@pytest.mark.parametrize("value", [arb("nan"), arb("inf"), arb(0, "inf")], ids=["nan", "inf", "everything"])
def test_what_is_no_number_any_more_has_neither_bounds_nor_digits(value: arb) -> None:
    assert bounds(value) is None
    assert round_to(value, 3) is None
    assert leading_place(value) is None


@pytest.mark.parametrize(
    ("value", "beyond"),
    [
        (Fraction(5), False),
        (Fraction(-5), False),
        (Fraction(51, 10), True),
        (Fraction(-51, 10), True),
        (ball("4.9", "0.05"), False),
        (ball("4.9", "0.2"), False),
        (ball("-6", "0.2"), True),
        (arb("nan"), False),
        (arb("-inf"), False),
    ],
)
def test_a_value_is_beyond_a_limit_only_if_it_certainly_is(value: Real, *, beyond: bool) -> None:
    assert is_beyond(value, 5) is beyond


# --- Values of formulas -----------------------------------------------------------------------------------

RATIONAL: list[tuple[Formula, str]] = [
    (constant(1, 2), "1/2"),
    (X, "1/10"),
    (Sum((X, Negative(Y), ONE)), "8/10"),
    (Product((X, Y, TWO)), "6/100"),
    (Negative(Sum((X, Y))), "-4/10"),
    (Quotient(X, Y), "1/3"),
    (Power(Y, TWO), "9/100"),
    (Power(X, constant(-1)), "10"),
    (Power(X, Sum((TWO, Negative(ONE)))), "1/10"),
    (Power(ZERO, ZERO), "1"),
    (Exp(Sum((X, Negative(X)))), "1"),
    (Quotient(ONE, Sum((ONE, Exp(Negative(ZERO))))), "1/2"),
    (Product((ZERO, Exp(X))), "0"),
    (Product((Exp(X), ZERO)), "0"),
    (Apply(Elementary.LOG, Product((X, Power(X, constant(-1))))), "0"),
    (Apply(Elementary.TANH, ZERO), "0"),
    (Apply(Elementary.SIGMOID, ZERO), "1/2"),
    (Apply(Elementary.NORMAL_CDF, ZERO), "1/2"),
    (Apply(Elementary.SIGN, Sum((X, Negative(Y)))), "-1"),
    (Apply(Elementary.SIGN, Exp(X)), "1"),
    (Apply(Elementary.SIGN, ZERO), "0"),
    (Abs(Sum((X, Negative(Y)))), "1/5"),
    (Sqrt(Power(Y, TWO)), "3/10"),
    (Sqrt(constant(49, 64)), "7/8"),
    (Sqrt(ZERO), "0"),
    (Cases(Condition(X, Comparison.BELOW, Y), X, Quotient(ONE, ZERO)), "1/10"),
    (Cases(Condition(X, Comparison.AT_LEAST, Y), Apply(Elementary.LOG, ZERO), Y), "3/10"),
    (Cases(Condition(Exp(X), Comparison.ABOVE, ONE), X, Y), "1/10"),
]


@pytest.mark.parametrize(("formula", "expected"), RATIONAL)
def test_rational_values_stay_exact(formula: Formula, expected: str) -> None:
    found = evaluate(formula, {"x": Fraction(1, 10), "y": Fraction(3, 10)}.__getitem__)
    assert isinstance(found, fmpq)
    assert to_fraction(found) == Fraction(expected)


TRANSCENDENTAL: list[tuple[Formula, Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]]] = [
    (Exp(X), lambda x, _: mpmath.exp(x)),
    (Sum((Exp(X), Y)), lambda x, y: mpmath.exp(x) + y),
    (Sum((Y, Exp(X))), lambda x, y: mpmath.exp(x) + y),
    (Product((Y, Exp(Negative(X)))), lambda x, y: y * mpmath.exp(-x)),
    (Quotient(ONE, Sum((ONE, Exp(Negative(X))))), lambda x, _: 1 / (1 + mpmath.exp(-x))),
    (Quotient(Exp(X), Y), lambda x, y: mpmath.exp(x) / y),
    (Power(Sum((Y, Negative(Exp(X)))), TWO), lambda x, y: (y - mpmath.exp(x)) ** 2),
    (Power(Exp(Exp(X)), constant(-3)), lambda x, _: mpmath.exp(mpmath.exp(x)) ** -3),
    (Negative(Exp(X)), lambda x, _: -mpmath.exp(x)),
    (Apply(Elementary.LOG, X), lambda x, _: mpmath.log(x)),
    (Apply(Elementary.LOG, Exp(Exp(X))), lambda x, _: mpmath.exp(x)),
    (Apply(Elementary.TANH, X), lambda x, _: mpmath.tanh(x)),
    (Apply(Elementary.SIGMOID, Negative(X)), lambda x, _: 1 / (1 + mpmath.exp(x))),
    (Apply(Elementary.SIGMOID, constant(-300)), lambda *_: 1 / (1 + mpmath.exp(300))),
    (Apply(Elementary.NORMAL_CDF, X), lambda x, _: mpmath.ncdf(x)),
    (Apply(Elementary.NORMAL_CDF, constant(-20)), lambda *_: mpmath.ncdf(-20)),
    (Apply(Elementary.NORMAL_PDF, Y), lambda _, y: mpmath.npdf(y)),
    (Sqrt(X), lambda x, _: mpmath.sqrt(x)),
    (Sqrt(Exp(Y)), lambda _, y: mpmath.exp(y / 2)),
    (Abs(Negative(Exp(X))), lambda x, _: mpmath.exp(x)),
    (Cases(Condition(Abs(X), Comparison.AT_MOST, Y), Exp(X), Exp(Y)), lambda x, _: mpmath.exp(x)),
]


@pytest.mark.parametrize(("formula", "expected"), TRANSCENDENTAL)
def test_transcendental_values_are_balls_around_the_truth(
    formula: Formula, expected: Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]
) -> None:
    with precision(200):
        found = evaluate(formula, {"x": Fraction(1, 10), "y": Fraction(3, 10)}.__getitem__)
        assert isinstance(found, arb)
        assert found.rel_accuracy_bits() > 180
    with mpmath.workdps(100):
        true = expected(mpmath.mpf(1) / 10, mpmath.mpf(3) / 10)
        low, high = (mpmath.mpf(bound.numerator) / bound.denominator for bound in ends(found))
        assert low < true < high


@pytest.mark.parametrize(
    "formula",
    [
        Quotient(ONE, Sum((X, Negative(X)))),
        Power(ZERO, constant(-1)),
        Quotient(Exp(X), ZERO),
    ],
)
def test_a_denominator_of_zero_is_an_error(formula: Formula) -> None:
    with pytest.raises(ZeroDivisionError):
        evaluate(formula, lambda _: Fraction(1, 10))


NOTHING = Sum((Exp(X), Negative(Exp(X))))
"""A ball around 0 at every precision."""


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (Apply(Elementary.LOG, ZERO), "log(0)"),
        (Apply(Elementary.LOG, Negative(X)), "log(-1/10)"),
        (Apply(Elementary.LOG, Negative(Exp(X))), "log([-1.1052 +/- 2.91e-5])"),
        (Sqrt(Negative(X)), "sqrt(-1/10)"),
        (Sqrt(Negative(Exp(X))), "sqrt([-1.1052 +/- 2.91e-5])"),
    ],
)
def test_a_function_without_a_value_says_where(formula: Formula, said: str) -> None:
    with pytest.raises(DomainError, match=re.escape(said)):
        evaluate(formula, lambda _: Fraction(1, 10))


@pytest.mark.parametrize(
    "formula",
    [
        Apply(Elementary.LOG, NOTHING),
        Apply(Elementary.SIGN, NOTHING),
        *(Cases(Condition(NOTHING, comparison, ZERO), ONE, ZERO) for comparison in Comparison),
    ],
)
def test_a_ball_around_0_decides_nothing(formula: Formula) -> None:
    with pytest.raises(Undecided):
        evaluate(formula, lambda _: Fraction(1, 10))


def test_more_bits_decide_what_fewer_leave_open() -> None:
    nearly = Sum((Exp(X), Negative(Y)))
    with precision(400):
        y = to_fraction(to_ball(exponential(fmpq(1, 10))).mid().fmpq())
    known = {"x": Fraction(1, 10), "y": y - Fraction(1, 2**100)}
    with precision(64), pytest.raises(Undecided):
        evaluate(Apply(Elementary.SIGN, nearly), known.__getitem__)
    with precision(128):
        assert evaluate(Apply(Elementary.SIGN, nearly), known.__getitem__) == 1


@pytest.mark.parametrize(
    ("value", "comparison", "holds"),
    [
        (arb(0), ">", False),
        (arb(0), ">=", True),
        (arb(0), "<", False),
        (arb(0), "<=", True),
        (ball("1", "0.9"), ">", True),
        (ball("1", "0.9"), "<=", False),
        (ball("-1", "0.9"), ">=", False),
        (ball("-1", "0.9"), "<", True),
    ],
)
def test_a_ball_decides_if_all_of_it_is_on_one_side(value: arb, comparison: str, *, holds: bool) -> None:
    assert is_true(value, comparison, fmpq(0)) is holds
    assert is_true(fmpq(0), {">": "<", "<": ">", ">=": "<=", "<=": ">="}[comparison], value) is holds


def test_a_ball_without_radius_is_as_good_as_a_fraction() -> None:
    zero, one = arb(0), arb(1)
    assert isinstance(exponential(zero), fmpq)
    assert logarithm(one) == 0
    assert isinstance(logarithm(one), fmpq)
    assert all(function(zero) == fmpq(1, 2) for function in (logistic, normal_cdf))
    assert hyperbolic_tangent(zero) == sign_of(zero) == absolute(zero) == root(zero) == 0
    with pytest.raises(DomainError):
        logarithm(zero)
    with pytest.raises(ZeroDivisionError):
        divide(one, zero)
    known: dict[str, Real] = {"x": zero, "y": fmpq(1)}
    assert evaluate(Product((X, Exp(Y))), known.__getitem__) == 0


def test_the_root_of_a_ball_around_0_reaches_from_0_to_the_largest() -> None:
    low, high = ends(root(ball("1e-40", "1e-30")))
    assert low <= 0 < Fraction("1e-15") <= high < Fraction("2e-15")
    assert bounds(root(arb("nan"))) is None


def test_an_absolute_value_of_a_ball_around_0_holds_0() -> None:
    low, high = ends(absolute(ball("-0.1", "0.2")))
    assert low <= 0 < Fraction("0.3") <= high < 1


@pytest.mark.parametrize("formula", [Quotient(ONE, Sum((Exp(X), Negative(Exp(X)))))])
def test_a_denominator_that_may_be_zero_leaves_no_bounds(formula: Formula) -> None:
    assert bounds(evaluate(formula, lambda _: Fraction(1, 10))) is None


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (Power(X, constant(1, 2)), "whole exponents"),
        (Power(X, Exp(X)), "whole exponents"),
        (SumOver("o", X), "open index"),
    ],
)
def test_what_has_no_value_is_an_error(formula: Formula, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evaluate(formula, lambda _: HALF)
