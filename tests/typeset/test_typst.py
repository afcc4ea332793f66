"""Typst's mathematics: each layout as it is printed; Typst itself reads all of them in tests/pdf."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from symbackprop.typeset.typst import typst, typst_string

X, W = Symbol("x"), Symbol("w")

PRINTED: list[tuple[Layout, str]] = [
    (X, "x"),
    (Symbol("net"), '#word("net")'),
    (Symbol("delta"), "δ"),
    (Symbol("h1"), 'h"1"'),
    (Symbol("1,2"), '"1"class("normal", \\,)"2"'),
    (Symbol("+"), 'class("normal", \\+)'),
    (Symbol("("), "\\("),
    (Symbol("T", upright=True), 'upright("T")'),
    (Symbol("W", bold=True), 'upright(bold("W"))'),
    (Symbol("delta", bold=True), "bold(δ)"),
    (Number("0.25"), '"0.25"'),
    (Number("-0,25"), 'class("normal", −)"0,25"'),
    (Number("1.5e-7"), '"1.5" ⋅ attach(10, t: class("normal", −)"7")'),
    (Row((W, Operator.BESIDE, X)), "w thin x"),
    (Row((X, Operator.PLUS, W)), "x+w"),
    (Row((Symbol("partial"), Symbol("out"))), '∂#word("out")'),
    (Row((Symbol("id", upright=True), Symbol("'"), Fenced(X))), 'attach(upright("id"), t: prime)\\(x\\)'),
    (Fenced(X, Fence.SQUARE), "\\[x\\]"),
    (Fenced(Fraction(X, W)), "lr(\\(frac(x, w)\\))"),
    (Bars(X), "lr(\\|x\\|)"),
    (Root(X), "sqrt(x)"),
    (Applied(Symbol("log", upright=True), X), 'op("log")x'),
    (Applied(Symbol("Phi"), Fenced(X)), "Φ\\(x\\)"),
    (Choice(((X, W), (W, X))), "cases(& x && quad w, & w && quad x)"),
    (Fraction(Number("1"), Number("2"), small=True), 'inline(frac("1", "2"))'),
    (Script(X, sub=Number("1"), sup=W), 'attach(x, b: "1", t: w)'),
    (Summation(X, W), "attach(∑, b: x)w"),
    (Matrix(((X, W), (W, Dots.ACROSS))), "mat(x, w; w, ⋯;)"),
    (Under(W, X), "attach(limits(#strut()w), b: thin x thin)"),
    (Accent(W, Mark.HAT), "hat(w)"),
]


@pytest.mark.parametrize(("layout", "printed"), PRINTED, ids=lambda it: it if isinstance(it, str) else "")
def test_each_layout_is_printed(layout: Layout, printed: str) -> None:
    assert typst(layout) == printed


@given(st.text(st.characters()))
def test_nothing_ends_a_string_but_its_quote(text: str) -> None:
    """A quote or a backslash inside has a backslash before it, and nothing parts the line."""
    inner = typst_string(text)[1:-1]
    assert inner.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert inner.replace("\\\\", "").replace('\\"', "").count("\\") == 0
    assert len(inner.splitlines()) <= 1 + inner.count("\x85")
