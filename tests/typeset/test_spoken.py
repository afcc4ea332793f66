"""Formulas read aloud, in the words of both languages."""

from __future__ import annotations

import pytest

from symbackprop.pages.phrases import load_phrases
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Dots,
    Fence,
    Fenced,
    Fraction,
    Layout,
    Mark,
    Matrix,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
    Under,
)
from symbackprop.typeset.spoken import spoken

X, W = Symbol("x"), Symbol("w")
D = Symbol("partial")
E_TOTAL = Script(Symbol("E"), sub=Symbol("total"))
GRADIENT = Fraction(Row((D, E_TOTAL)), Row((D, Script(W, sub=Number("5")))))

SAID: list[tuple[Layout, str, str]] = [
    (Row((GRADIENT, Operator.EQUALS, Number("5"))), "d E total by d w 5 equals 5", "偏 E total 比 偏 w 5 等于 5"),
    (Script(Symbol("net"), sub=Symbol("h1")), "net h 1", "net h 1"),
    (Number("-1.5e-7"), "minus 1.5 times 10 to the power minus 7", "负 1.5 乘以 10 的 负 7 次方"),
    (Row((X, Operator.MINUS, Fenced(W))), "x minus open parenthesis w close parenthesis", "x 减 左括号 w 右括号"),
    (Fenced(W, Fence.SQUARE), "open bracket w close bracket", "左方括号 w 右方括号"),
    (Fraction(Number("1"), Number("2"), small=True), "1 over 2", "2 分之 1"),
    # Only where both sides begin with a d it is a derivative.
    (Fraction(Row((D, X)), W), "the fraction d x, over w, end of fraction,", "分式，分子 偏 x，分母 w，分式完"),
    (Fraction(W, Row((D, X))), "the fraction w, over d x, end of fraction,", "分式，分子 w，分母 偏 x，分式完"),
    (
        Fraction(Row((D, X)), Row((W, Operator.PLUS, X))),
        "the fraction d x, over w plus x, end of fraction,",
        "分式，分子 偏 x，分母 w 加 x，分式完",
    ),
    (
        Fraction(Number("1"), Row((X, Operator.PLUS, W))),
        "the fraction 1, over x plus w, end of fraction,",
        "分式，分子 1，分母 x 加 w，分式完",
    ),
    (Script(X, sup=Number("2")), "x squared", "x 的平方"),
    (Script(W, sup=Symbol("+")), "w plus", "w 加"),
    (Script(W, sup=Symbol("T")), "w transposed", "w 转置"),
    (Script(W, sup=Fenced(Number("1"))), "w with upper index 1", "w 上标 1"),
    (
        Script(X, sup=Row((Operator.NEGATIVE, W))),
        "x to the power minus w, end of power,",
        "x 的 负 w 次方，指数完",
    ),
    (Script(X, sup=Number("3")), "x to the power 3", "x 的 3 次方"),
    (Root(X), "the square root of x, end of root,", "根号 x 根号完"),
    (Bars(X), "the absolute value of x, end of absolute value,", "x 的绝对值"),
    (Applied(Symbol("log", upright=True), X), "log of x", "log x"),
    (Choice(((X, W), (W, X))), "by cases: x if w; w if x; end of cases", "分段：x，当 w; w，当 x；分段完"),
    (Summation(X, W), "the sum over x of w", "对 x 求和 w"),
    (
        Matrix(((X, W),)),
        "the matrix of 1 by 2: row 1: x, w; end of matrix",
        "1 行 2 列的矩阵：第 1 行：x, w；矩阵完",
    ),
    (Under(Symbol("W", bold=True), X), "bold W, of size x,", "粗体 W（x）"),
    (Accent(W, Mark.HAT), "w hat", "w 帽"),
    (Dots.DOWN, "and so on", "等等"),
]


@pytest.mark.parametrize(("layout", "english", "chinese"), SAID, ids=[english for _, english, _ in SAID])
def test_each_layout_is_said(layout: Layout, english: str, chinese: str) -> None:
    assert spoken(layout, load_phrases("en").plain) == english
    assert spoken(layout, load_phrases("zh").plain) == chinese


@pytest.mark.parametrize("sign", Operator)
def test_each_sign_is_said(sign: Operator) -> None:
    assert spoken(Row((X, sign, W)), load_phrases("en").plain) not in ("x w", "x  w")
