"""ASCII formulas: as short as can be, and read by Python as they are meant."""

from __future__ import annotations

import re
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import pytest
from hypothesis import given, reject

from symbackprop.derivation.balls import Undecided, bounds, evaluate, precision
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
from symbackprop.typeset.plain import plain
from tests.arithmetic import calculate
from tests.formulas import ALL_FORMULAS, DIGITS

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")
AB = Sum((A, B))

NAMED: list[tuple[Formula, str]] = [
    (A, "a"),
    (constant(3), "3"),
    (constant(-3), "-3"),
    (constant(1, 2), "1/2"),
    (Sum((A, B, C)), "a + b + c"),
    (Sum((A, Negative(B))), "a - b"),
    (Sum((Negative(A), B)), "-a + b"),
    (Sum((A, Negative(Sum((B, C))))), "a - (b + c)"),
    (Sum((A, Negative(Product((B, C))))), "a - b*c"),
    (Product((A, B)), "a*b"),
    (Product((AB, C)), "(a + b)*c"),
    (Product((A, AB)), "a*(b + a)".replace("b + a", "a + b")),
    (Product((A, Negative(B))), "a*(-b)"),
    (Product((A, constant(-1))), "a*(-1)"),
    (Product((constant(-1), A)), "-1*a"),
    (Product((constant(1, 2), A)), "1/2*a"),
    (Product((A, constant(1, 2))), "a*(1/2)"),
    (Product((A, Quotient(B, C))), "a*(b/c)"),
    (Negative(A), "-a"),
    (Negative(AB), "-(a + b)"),
    (Negative(Product((A, B))), "-a*b"),
    (Negative(Power(A, TWO)), "-a**2"),
    (Quotient(A, B), "a/b"),
    (Quotient(AB, AB), "(a + b)/(a + b)"),
    (Quotient(A, Product((B, C))), "a/(b*c)"),
    (Quotient(A, Quotient(B, C)), "a/(b/c)"),
    (Quotient(Quotient(A, B), C), "a/b/c"),
    (Quotient(ONE, Sum((ONE, Exp(Negative(A))))), "1/(1 + exp(-a))"),
    (Power(A, TWO), "a**2"),
    (Power(AB, TWO), "(a + b)**2"),
    (Power(Negative(A), TWO), "(-a)**2"),
    (Power(A, constant(-1)), "a**(-1)"),
    (Power(A, Sum((TWO, Negative(ONE)))), "a**(2 - 1)"),
    (Power(Power(A, B), C), "(a**b)**c"),
    (Power(A, Power(B, C)), "a**(b**c)"),
    (Power(Exp(A), TWO), "exp(a)**2"),
    (Exp(AB), "exp(a + b)"),
    (Apply(Elementary.LOG, AB), "log(a + b)"),
    (Product((A, Apply(Elementary.NORMAL_PDF, A))), "a*normal_pdf(a)"),
    (Power(Apply(Elementary.SIGMOID, A), TWO), "sigmoid(a)**2"),
    (Quotient(A, Sqrt(AB)), "a/sqrt(a + b)"),
    (Negative(Abs(Sum((A, Negative(B))))), "-abs(a - b)"),
    (Cases(Condition(A, Comparison.ABOVE, ZERO), A, ZERO), "(a if a > 0 else 0)"),
    (
        Product((B, Cases(Condition(Abs(A), Comparison.AT_MOST, B), AB, Negative(A)))),
        "b*(a + b if abs(a) <= b else -a)",
    ),
    (SumOver("o", Product((A, B))), "sum over o of (a*b)"),
    (Product((SumOver("o", A), B)), "(sum over o of (a))*b"),
    (Product((Quantity("dE/da"), Quantity("da/db"))), "dE/da * da/db"),
    (Sum((Quantity("w5"), Negative(Product((Quantity("eta"), Quantity("dE/dw5")))))), "w5 - eta * dE/dw5"),
]


@pytest.mark.parametrize(("formula", "text"), NAMED, ids=[text for _, text in NAMED])
def test_names(formula: Formula, text: str) -> None:
    assert plain(formula) == text


MINUS = {"a": "-0.5", "b": "0.25", "c": "-1.5e-7"}
SUBSTITUTED: list[tuple[Formula, str]] = [
    (A, "-0.5"),
    (AB, "-0.5 + 0.25"),
    (Sum((B, A)), "0.25 + (-0.5)"),
    (Sum((B, Negative(A))), "0.25 - (-0.5)"),
    (Negative(A), "-(-0.5)"),
    (Product((A, B)), "-0.5*0.25"),
    (Product((B, A)), "0.25*(-0.5)"),
    (Product((A, C)), "-0.5*(-1.5e-7)"),
    (Sum((B, Product((A, B)))), "0.25 + (-0.5)*0.25"),
    (Sum((B, Negative(Product((A, B))))), "0.25 - (-0.5)*0.25"),
    (Power(A, TWO), "(-0.5)**2"),
    (Power(B, A), "0.25**(-0.5)"),
    (Power(C, TWO), "(-1.5e-7)**2"),
    (Quotient(A, B), "-0.5/0.25"),
    (Quotient(B, A), "0.25/(-0.5)"),
    (Sum((B, Quotient(A, B))), "0.25 + (-0.5)/0.25"),
    (Exp(A), "exp(-0.5)"),
    (Exp(Negative(A)), "exp(-(-0.5))"),
    (Negative(Sum((A, Negative(C)))), "-(-0.5 - (-1.5e-7))"),
]


@pytest.mark.parametrize(("formula", "text"), SUBSTITUTED, ids=[text for _, text in SUBSTITUTED])
def test_negative_numbers_are_in_parentheses_wherever_a_sign_stands_before_them(formula: Formula, text: str) -> None:
    assert plain(formula, MINUS.__getitem__) == text


# A mathematician would never write these; a program that reads the text must not trip over them.
TWO_SIGNS = re.compile(r"[-+*/] *-")


@given(ALL_FORMULAS)
def test_no_sign_stands_before_a_minus(formula: Formula) -> None:
    for text in (plain(formula), plain(formula, DIGITS.__getitem__)):
        assert not TWO_SIGNS.search(text), text


FUNCTIONS = {
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "normal_cdf": lambda x: (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    "normal_pdf": lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi),
    "sign": mpmath.sign,
    "sqrt": mpmath.sqrt,
    "abs": abs,
}


@given(ALL_FORMULAS)
def test_python_calculates_what_was_meant(formula: Formula) -> None:
    exact = {name: Fraction(digits) for name, digits in DIGITS.items()}
    with precision(2000):
        try:
            ends = bounds(evaluate(formula, exact.__getitem__))
        except (ZeroDivisionError, Undecided):
            reject()
    if ends is None:
        reject()
    low, high = ends
    with mpmath.workdps(500):
        value = mpmath.mpf(low.numerator) / low.denominator
        margin = abs(value) * mpmath.mpf(10) ** -100 + (high - low).numerator / mpmath.mpf((high - low).denominator)
        for text in (plain(formula), plain(formula, DIGITS.__getitem__)):
            names = {name: mpmath.mpf(digits) for name, digits in DIGITS.items()}
            assert abs(calculate(text, mpmath.mpf, mpmath.exp, names, FUNCTIONS) - value) <= margin, text
