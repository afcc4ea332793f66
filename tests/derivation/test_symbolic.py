"""Over to sympy and back: what is differentiated is what was meant."""

from __future__ import annotations

import pytest
import sympy

from symbackprop.derivation.symbolic import differentiate, from_sympy, to_sympy
from symbackprop.typeset.formula import (
    ONE,
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

A, B, C = Quantity("a"), Quantity("b"), Quantity("c")
a, b, c = sympy.symbols("a b c")

THERE: list[tuple[Formula, sympy.Expr]] = [
    (constant(-3, 7), -sympy.Rational(3, 7)),
    (A, a),
    (Sum((A, Negative(B), ONE)), a - b + 1),
    (Product((A, B, A)), a**2 * b),
    (Negative(Sum((A, B))), -a - b),
    (Quotient(A, Sum((B, C))), a / (b + c)),
    (Power(Sum((A, B)), TWO), (a + b) ** 2),
    (Power(A, B), a**b),
    (Exp(Negative(A)), sympy.exp(-a)),
    (Quotient(ONE, Sum((ONE, Exp(Negative(A))))), 1 / (1 + sympy.exp(-a))),
    (Apply(Elementary.LOG, A), sympy.log(a)),
    (Apply(Elementary.TANH, A), sympy.tanh(a)),
    (Apply(Elementary.SIGMOID, Negative(A)), 1 / (1 + sympy.exp(a))),
    (Apply(Elementary.NORMAL_CDF, A), sympy.erfc(-a / sympy.sqrt(2)).rewrite(sympy.erf) / 2),
    (Apply(Elementary.NORMAL_PDF, A), sympy.exp(-a * a / 2) / sympy.sqrt(2 * sympy.pi)),
    (Apply(Elementary.SIGN, A), sympy.sign(a)),
    (Sqrt(A), sympy.sqrt(a)),
    (Abs(A), sympy.Abs(a)),
    (Cases(Condition(A, Comparison.ABOVE, B), A, ONE), sympy.Piecewise((a, a > b), (1, True))),
    (Cases(Condition(A, Comparison.AT_LEAST, B), A, ONE), sympy.Piecewise((a, a >= b), (1, True))),
    (Cases(Condition(A, Comparison.BELOW, B), A, ONE), sympy.Piecewise((a, a < b), (1, True))),
    (Cases(Condition(A, Comparison.AT_MOST, B), A, ONE), sympy.Piecewise((a, a <= b), (1, True))),
]


@pytest.mark.parametrize(("formula", "expression"), THERE, ids=[plain(formula) for formula, _ in THERE])
def test_formulas_become_sympys_expressions(formula: Formula, expression: sympy.Expr) -> None:
    assert to_sympy(formula, sympy.Symbol) == expression


def test_the_density_is_the_distributions_derivative() -> None:
    density = to_sympy(Apply(Elementary.NORMAL_PDF, A), sympy.Symbol)
    assert sympy.simplify(differentiate(Apply(Elementary.NORMAL_CDF, A), "a") - density) == 0


def test_quantities_become_whatever_they_are_said_to_be() -> None:
    assert to_sympy(Product((A, B)), {"a": sympy.Integer(3), "b": c}.__getitem__) == 3 * c


def test_an_open_sum_is_no_expression() -> None:
    with pytest.raises(ValueError, match="open index"):
        to_sympy(SumOver("o", A), sympy.Symbol)


@pytest.mark.parametrize(
    ("expression", "order", "text"),
    [
        (a, "abc", "a"),
        (sympy.Rational(-1, 2), "abc", "-1/2"),
        (sympy.Integer(0), "abc", "0"),
        (a + b + c, "cab", "c + a + b"),
        (a * b * c, "bca", "b*c*a"),
        (b * c + a, "abc", "a + b*c"),
        (3 * a, "abc", "3*a"),
        (a - 2, "abc", "-2 + a"),
    ],
)
def test_polynomials_come_back_in_the_order_of_the_slots(expression: sympy.Expr, order: str, text: str) -> None:
    assert plain(from_sympy(expression, list(order))) == text


@pytest.mark.parametrize("expression", [a**2, sympy.exp(a), 1 / a, sympy.sqrt(2), sympy.pi, sympy.sin(a), sympy.nan])
def test_other_expressions_do_not_come_back(expression: sympy.Expr) -> None:
    with pytest.raises(ValueError, match="no polynomial"):
        from_sympy(expression, ["a"])


@pytest.mark.parametrize(
    ("definition", "slot", "expected"),
    [
        (Sum((Product((A, B)), C)), "a", b),
        (Sum((Product((A, B)), C)), "c", sympy.Integer(1)),
        (Sum((A, B)), "c", sympy.Integer(0)),
        (Power(Sum((A, Negative(B))), TWO), "b", -2 * a + 2 * b),
        (Exp(Negative(A)), "a", -sympy.exp(-a)),
    ],
)
def test_a_definition_is_differentiated_by_a_slot(definition: Formula, slot: str, expected: sympy.Expr) -> None:
    assert sympy.expand(differentiate(definition, slot)) == expected
