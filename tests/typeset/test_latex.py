"""LaTeX of layouts, as amsmath and KaTeX read it."""

from __future__ import annotations

import pytest
from hypothesis import given

from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula
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
from tests.formulas import ALL_FORMULAS, DIGITS
from tests.names import name

X, Y = Symbol("x"), Symbol("y")
TALL = Fraction(X, Y)

TABLE: list[tuple[Layout, str]] = [
    (X, "x"),
    (Symbol("delta"), "\\delta"),
    (Symbol("eta"), "\\eta"),
    (Symbol("partial"), "\\partial"),
    (Symbol("h1"), "h1"),
    (Symbol("h2,1"), "h2,1"),
    (Symbol("out"), "\\mathit{out}"),
    (Symbol("net"), "\\mathit{net}"),
    (Symbol("target"), "\\smash[b]{\\mathit{target}}"),
    (Symbol("total", upright=True), "\\mathrm{total}"),
    (Number("0.593269992"), "0.593269992"),
    (Number("-3"), "-3"),
    (Number("1.25e-7"), "1.25 \\cdot 10^{-7}"),
    (Number("-2e40"), "-2 \\cdot 10^{40}"),
    (Number("0,593"), "0{,}593"),
    (Number("1,25e-7"), "1{,}25 \\cdot 10^{-7}"),
    (Symbol("epsilon"), "\\varepsilon"),
    (Accent(X, Mark.HAT), "\\hat{x}"),
    (Accent(Symbol("delta"), Mark.BAR), "\\bar{\\delta}"),
    (Fenced(Number("2"), Fence.SQUARE), "[2]"),
    (Fenced(TALL, Fence.SQUARE), "\\left[\\frac{x}{y}\\right]"),
    (Script(Script(X, sub=Y), sup=Number("2")), "x_{y}^{2}"),
    (Script(Script(X, sub=Y), sub=Number("2")), "{x_{y}}_{2}"),
    (Script(Script(X, sup=Y), sup=Number("2")), "{x^{y}}^{2}"),
    (Script(Row((X, Y)), sub=Number("2")), "{xy}_{2}"),
    (Row((X, Operator.PLUS, Y)), "x + y"),
    (Row((X, Operator.MINUS, Y)), "x - y"),
    (Row((Operator.NEGATIVE, X)), "-x"),
    (Row((X, Operator.DOT, Y)), "x \\cdot y"),
    (Row((X, Operator.BESIDE, Y)), "x \\thinspace y"),
    (Row((X, Operator.EQUALS, Y)), "x = y"),
    (Row((X, Operator.APPROXIMATELY, Y)), "x \\approx y"),
    (Row((Symbol("partial"), Symbol("w"))), "\\partial w"),
    (Row((Symbol("partial"), Symbol("out"))), "\\partial\\mathit{out}"),
    (Row((Symbol("delta"), Number("2"))), "\\delta2"),
    (Row((Operator.NEGATIVE, Symbol("delta"))), "-\\delta"),
    (Fenced(X), "(x)"),
    (Fenced(TALL), "\\left(\\frac{x}{y}\\right)"),
    (Fenced(Row((X, Operator.PLUS, TALL))), "\\left(x + \\frac{x}{y}\\right)"),
    (Fenced(Summation(X, Y)), "\\left(\\sum_{x} y\\right)"),
    (Fenced(Fraction(Number("1"), Number("2"), small=True)), "(\\tfrac{1}{2})"),
    (TALL, "\\frac{x}{y}"),
    (Fraction(X, Y, small=True), "\\tfrac{x}{y}"),
    (Script(X, sub=Number("5")), "x_{5}"),
    (Script(X, sup=Symbol("+")), "x^{+}"),
    (Script(X, sub=Number("5"), sup=Symbol("+")), "x_{5}^{+}"),
    (Summation(Symbol("o"), X), "\\sum_{o} x"),
    (Symbol("alpha"), "\\alpha"),
    (Symbol("Phi"), "\\Phi"),
    (Row((X, Operator.AT_LEAST, Y)), "x \\ge y"),
    (Row((X, Operator.BELOW, Y)), "x < y"),
    (Root(TALL), "\\sqrt{\\frac{x}{y}}"),
    (Bars(X), "\\lvert x\\rvert"),
    (Bars(TALL), "\\left\\lvert\\frac{x}{y}\\right\\rvert"),
    (Row((Bars(X), Symbol("y"))), "\\lvert x\\rvert y"),
    (Applied(Symbol("log", upright=True), X), "\\log x"),
    (Applied(Symbol("log", upright=True), Fenced(X)), "\\log(x)"),
    (Applied(Symbol("sign", upright=True), Fenced(X)), "\\mathrm{sign}(x)"),
    (Choice(((X, Y), (Y, X))), "\\begin{cases} x & y \\cr y & x \\end{cases}"),
    (Fenced(Choice(((X, Y), (Y, X)))), "\\left(\\begin{cases} x & y \\cr y & x \\end{cases}\\right)"),
]


@pytest.mark.parametrize(("layout", "text"), TABLE, ids=[text for _, text in TABLE])
def test_latex(layout: Layout, text: str) -> None:
    assert latex(layout) == text


@given(ALL_FORMULAS)
def test_braces_and_parentheses_are_paired(formula: Formula) -> None:
    for layout in (arrange(formula, name), arrange(formula, lambda id_: Number(DIGITS[id_]))):
        text = latex(layout)
        depth = 0
        for character in text:
            depth += {"{": 1, "}": -1}.get(character, 0)
            assert depth >= 0, text
        assert depth == 0, text
        assert text.count("\\left(") == text.count("\\right)")
        assert text.count("(") == text.count(")")
