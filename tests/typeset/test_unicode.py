"""One line of Unicode text: raised and lowered where there are such characters, else marked."""

from __future__ import annotations

import pytest

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
from symbackprop.typeset.unicode import unicode

X, Y = Symbol("x"), Symbol("y")

TABLE: list[tuple[Layout, str]] = [
    (Symbol("delta"), "δ"),
    (Symbol("partial"), "∂"),
    (Symbol("out"), "out"),
    (Number("-3"), "−3"),
    (Number("1.25e-7"), "1.25·10⁻⁷"),
    (Number("-2e40"), "−2·10⁴⁰"),
    (Row((X, Operator.PLUS, Y, Operator.MINUS, X)), "x + y − x"),
    (Row((Operator.NEGATIVE, X, Operator.DOT, Y)), "−x · y"),
    (Row((X, Operator.BESIDE, Y)), "x y"),
    (Row((X, Operator.EQUALS, Y, Operator.APPROXIMATELY, X)), "x = y ≈ x"),
    (Number("0,593"), "0,593"),
    (Accent(X, Mark.HAT), "x\u0302"),
    (Accent(Symbol("y"), Mark.HAT), "\u0177"),
    (Accent(Symbol("delta"), Mark.BAR), "δ\u0304"),
    (Fenced(Number("2"), Fence.SQUARE), "[2]"),
    (Script(X, sup=Fenced(Number("2"), Fence.SQUARE)), "x[2]"),
    (Script(X, sup=Fenced(Number("2"))), "x⁽²⁾"),
    (Script(Symbol("lambda"), sub=Number("1")), "λ₁"),
    (Fenced(X), "(x)"),
    (Fraction(X, Y), "x/y"),
    (Fraction(Row((X, Operator.PLUS, Y)), Row((X, Operator.BESIDE, Y))), "(x + y)/(x y)"),
    (Fraction(X, Fraction(X, Y)), "x/(x/y)"),
    (Fraction(X, Number("1.5e-7")), "x/(1.5·10⁻⁷)"),
    (Script(Symbol("w"), sub=Number("12")), "w₁₂"),
    (Script(Symbol("net"), sub=Symbol("h1")), "netₕ₁"),
    (Script(Symbol("E"), sub=Symbol("total")), "Eₜₒₜₐₗ"),
    (Script(Symbol("w"), sub=Number("5"), sup=Symbol("+")), "w₅⁺"),
    (Script(Symbol("out"), sub=Symbol("h2,1")), "out_(h2,1)"),
    (Script(X, sup=Number("2")), "x²"),
    (Script(X, sup=Number("-1")), "x⁻¹"),
    (Script(X, sup=Number("0.5")), "x^(0.5)"),
    (Script(X, sup=Symbol("y")), "x^y"),
    (Script(X, sub=Symbol("w")), "x_w"),
    (Summation(Symbol("o"), X), "Σₒ x"),
    (Symbol("kappa"), "κ"),
    (Row((X, Operator.ABOVE, Y, Operator.AT_MOST, X)), "x > y ≤ x"),
    (Root(X), "√x"),
    (Root(Row((X, Operator.PLUS, Y))), "√(x + y)"),
    (Root(Number("-1.5e-7")), "√(−1.5·10⁻⁷)"),
    (Bars(X), "|x|"),
    (Applied(Symbol("log", upright=True), X), "log x"),
    (Applied(Symbol("Phi"), Fenced(X)), "Φ(x)"),
    (Fraction(Applied(Symbol("log", upright=True), X), Y), "(log x)/y"),
    (Choice(((X, Row((X, Operator.ABOVE, Y))), (Y, Row((X, Operator.AT_MOST, Y))))), "{x > y: x; x ≤ y: y}"),
]


@pytest.mark.parametrize(("layout", "text"), TABLE, ids=[text for _, text in TABLE])
def test_unicode(layout: Layout, text: str) -> None:
    assert unicode(layout) == text
