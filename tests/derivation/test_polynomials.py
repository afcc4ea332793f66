"""Exact identities: what is equal is accepted, what isn't is rejected, however alike the two look."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.derivation.balls import evaluate
from symbackprop.derivation.polynomials import Rational, Ring
from symbackprop.derivation.symbolic import to_sympy
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

NAMES = ("x", "y", "e", "f", "log")
RING = Ring(NAMES)
X, Y, E = Quantity("x"), Quantity("y"), Exp(Negative(Quantity("x")))
KNOWN = {name: RING.generator(name) for name in NAMES}
LOG = Apply(Elementary.LOG, X)
FORMULAS: dict[Formula, Rational] = {E: KNOWN["e"], Exp(Y): KNOWN["f"], LOG: KNOWN["log"]}
ATOMS = {
    sympy.exp(sympy.Symbol("y")): KNOWN["f"],
    sympy.log(sympy.Symbol("x")): KNOWN["log"],
    sympy.Symbol("x"): KNOWN["x"],
    sympy.Symbol("y"): KNOWN["y"],
    sympy.exp(-sympy.Symbol("x")): KNOWN["e"],
}


def read(formula: Formula) -> Rational:
    return RING.from_formula(formula, KNOWN, FORMULAS)


def from_sympy(expression: sympy.Expr) -> Rational:
    return RING.from_sympy(expression, ATOMS)


MINUS = Sum((X, Negative(Y)))
LOGISTIC = Quotient(ONE, Sum((ONE, E)))

EQUAL: list[tuple[str, Formula, Formula]] = [
    ("order of terms", Sum((X, Y)), Sum((Y, X))),
    ("order of factors", Product((X, Y, X)), Product((Y, X, X))),
    ("signs", Negative(MINUS), Sum((Y, Negative(X)))),
    ("binomial", Power(Sum((X, Y)), TWO), Sum((Power(X, TWO), Product((TWO, X, Y)), Power(Y, TWO)))),
    ("difference of squares", Product((MINUS, Sum((X, Y)))), Sum((Power(X, TWO), Negative(Power(Y, TWO))))),
    ("cancelling", Quotient(Product((X, Y)), Y), X),
    ("nested fractions", Quotient(X, Quotient(Y, X)), Quotient(Power(X, TWO), Y)),
    ("negative powers", Power(X, constant(-2)), Quotient(ONE, Product((X, X)))),
    ("an exponent to be worked out", Power(X, Sum((TWO, Negative(ONE)))), X),
    ("a power of 0", Power(Sum((X, Y)), ZERO), ONE),
    ("halves", Product((TWO, constant(1, 2), X)), X),
    (
        "the logistic function",
        Quotient(E, Power(Sum((ONE, E)), TWO)),
        Product((LOGISTIC, Sum((ONE, Negative(LOGISTIC))))),
    ),
]

UNEQUAL: list[tuple[str, Formula, Formula]] = [
    ("a sign", MINUS, Sum((Y, Negative(X)))),
    ("a factor", Product((X, Y)), Product((X, X))),
    ("a constant", X, Sum((X, constant(1, 10**40)))),
    ("a square", Power(X, TWO), X),
    ("the other fraction", Quotient(X, Y), Quotient(Y, X)),
    ("zero", X, ZERO),
    ("an exponential", E, ONE),
    ("the exponential's square", Power(E, TWO), E),
    ("1 + out", Product((LOGISTIC, Sum((ONE, LOGISTIC)))), Product((LOGISTIC, Sum((ONE, Negative(LOGISTIC)))))),
    ("what agrees at 0 and 1", Power(X, TWO), Power(X, constant(3))),
]


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in EQUAL], ids=[row[0] for row in EQUAL])
def test_equal_formulas_are_identical(left: Formula, right: Formula) -> None:
    assert read(left).is_identical(read(right))
    assert read(right).is_identical(read(left))
    assert sympy.simplify(to_sympy(left, sympy.Symbol) - to_sympy(right, sympy.Symbol)) == 0


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in UNEQUAL], ids=[row[0] for row in UNEQUAL])
def test_unequal_formulas_are_not(left: Formula, right: Formula) -> None:
    assert not read(left).is_identical(read(right))
    assert not read(right).is_identical(read(left))
    assert sympy.simplify(to_sympy(left, sympy.Symbol) - to_sympy(right, sympy.Symbol)) != 0


def test_nothing_divided_by_nothing_is_identical_with_nothing() -> None:
    nothing = Sum((X, Negative(X)))
    try:
        found = read(Product((Y, Quotient(nothing, nothing))))
    except ZeroDivisionError:
        return
    assert not found.is_identical(read(X))


LEAVES: st.SearchStrategy[Formula] = st.sampled_from([X, Y, ONE, TWO, constant(-3), constant(1, 3)])


def _larger(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        parts.map(Negative),
        st.builds(Power, parts, st.integers(0, 3).map(constant)),
        st.builds(Quotient, parts, st.sampled_from([TWO, constant(-1, 7)])),
    )


POLYNOMIALS = st.recursive(LEAVES, _larger, max_leaves=6)


@given(POLYNOMIALS, POLYNOMIALS)
def test_the_ring_decides_as_sympy_does(left: Formula, right: Formula) -> None:
    difference = sympy.expand(to_sympy(left, sympy.Symbol) - to_sympy(right, sympy.Symbol))
    assert read(left).is_identical(read(right)) is bool(difference == 0)


@given(POLYNOMIALS)
def test_a_formula_is_identical_with_what_sympy_makes_of_it(formula: Formula) -> None:
    expression = to_sympy(formula, sympy.Symbol)
    assert read(formula).is_identical(from_sympy(expression))
    assert read(formula).is_identical(from_sympy(sympy.expand(expression)))
    assert not read(formula).is_identical(from_sympy(sympy.expand(expression + 1)))


@given(POLYNOMIALS, st.fractions(max_denominator=50), st.fractions(max_denominator=50))
def test_values_of_a_ring_element_are_the_formulas(formula: Formula, x: Fraction, y: Fraction) -> None:
    """Putting constants in for the generators gives the formula's own value."""
    constants = {name: RING.constant(it.numerator, it.denominator) for name, it in (("x", x), ("y", y))}
    value = evaluate(formula, {"x": x, "y": y}.__getitem__)
    assert isinstance(value, fmpq)
    found = RING.from_formula(formula, constants, {})
    assert found.is_identical(RING.constant(int(value.p), int(value.q)))


# --- sympy's expressions ----------------------------------------------------------------------------------

x, y = sympy.symbols("x y")


@pytest.mark.parametrize(
    ("expression", "formula"),
    [
        (sympy.diff(1 / (1 + sympy.exp(-x)), x), Quotient(E, Power(Sum((ONE, E)), TWO))),
        (sympy.exp(-2 * x), Product((E, E))),
        (sympy.exp(x), Quotient(ONE, E)),
        (sympy.exp(-x) ** 3, Power(E, constant(3))),
        (sympy.exp(y - 2 * x), Product((Exp(Y), E, E))),
        (sympy.exp(y + x), Quotient(Exp(Y), E)),
        (sympy.log(x) / (1 + y), Quotient(LOG, Sum((ONE, Y)))),
        ((x + y) ** -2, Power(Sum((X, Y)), constant(-2))),
        (sympy.Rational(-3, 7), constant(-3, 7)),
        (sympy.Integer(0), ZERO),
    ],
)
def test_sympys_expressions_are_read(expression: sympy.Expr, formula: Formula) -> None:
    assert from_sympy(expression).is_identical(read(formula))


@pytest.mark.parametrize(
    "expression",
    [
        sympy.sqrt(x),
        sympy.sin(x),
        sympy.exp(x / 2),
        sympy.exp(sympy.Symbol("z")),
        sympy.exp(x + sympy.Symbol("z")),
        sympy.log(y),
        x**y,
        sympy.Symbol("z"),
        sympy.pi,
        sympy.Float("0.1"),
    ],
)
def test_what_is_no_rational_function_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(ValueError, match="no rational function"):
        from_sympy(expression)


# --- What has no place in the ring ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        (Quantity("z"), KeyError),
        (Exp(Quantity("z")), KeyError),
        (Apply(Elementary.LOG, Y), KeyError),
        (Sqrt(X), KeyError),
        (Abs(X), KeyError),
        (Cases(Condition(X, Comparison.ABOVE, Y), X, Y), KeyError),
        (Power(X, Y), KeyError),
        (Power(X, constant(1, 2)), ValueError),
        (Power(X, constant(10)), ValueError),
        (SumOver("o", X), ValueError),
    ],
)
def test_what_has_no_place_in_the_ring_is_refused(formula: Formula, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(formula)
