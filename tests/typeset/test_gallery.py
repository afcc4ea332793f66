"""What each printer makes of formulas of every kind, one within another: a page to be read, and held."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.boxes import place
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Constant,
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
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import (
    Accent,
    Dots,
    Fence,
    Fenced,
    Fraction,
    Layout,
    Mark,
    Matrix,
    Number,
    Operator,
    Row,
    Script,
    Symbol,
    Under,
)
from symbackprop.typeset.mathml import mathml
from symbackprop.typeset.measure import broken, width
from symbackprop.typeset.plain import plain
from symbackprop.typeset.stacked import stacked
from symbackprop.typeset.svg import svg
from symbackprop.typeset.typst import typst
from symbackprop.typeset.unicode import unicode
from tests.conftest import Golden

A, B, C, D = (Quantity(name) for name in "abcd")
TALL, SUM, THIRD = Quotient(A, B), Sum((A, B)), constant(1, 3)
FORMULAS: tuple[Formula, ...] = (
    Constant(ONE.value),
    THIRD,
    Negative(THIRD),
    Sum((A, B, Negative(C))),
    Sum((Negative(A), Negative(SUM), Sum((C, D)))),
    Sum((A, Negative(Product((B, C))), constant(-2))),
    Negative(SUM),
    Negative(Negative(A)),
    Product((A, B, C)),
    Product((TWO, A, constant(3))),
    Product((Negative(A), SUM, Negative(B))),
    Product((SUM, Sum((C, D)))),
    Product((TALL, A)),
    Product((A, TALL, SUM)),
    Product((Product((C, constant(3))), A, Product((constant(2), B)))),
    Quotient(SUM, Product((C, D))),
    Quotient(TALL, Quotient(C, Negative(D))),
    Quotient(Negative(A), B),
    Power(A, TWO),
    Power(SUM, TWO),
    Power(TALL, Negative(ONE)),
    Power(A, Sum((B, Negative(ONE)))),
    Power(Power(A, B), C),
    Power(Negative(A), constant(3)),
    Power(constant(-1, 2), TWO),
    Exp(Negative(A)),
    Exp(Negative(Quotient(Power(A, TWO), TWO))),
    Product((Exp(A), Exp(Exp(B)))),
    *(Apply(function, A) for function in Elementary),
    Apply(Elementary.LOG, SUM),
    Apply(Elementary.LOG, TALL),
    Apply(Elementary.TANH, Product((A, B))),
    Product((Apply(Elementary.LOG, A), B)),
    Product((A, Apply(Elementary.LOG, B))),
    Power(Apply(Elementary.TANH, A), TWO),
    Sqrt(A),
    Sqrt(Sum((TALL, C))),
    Quotient(A, Sum((Sqrt(B), C))),
    Abs(A),
    Abs(TALL),
    Product((Abs(Sum((A, Negative(B)))), C)),
    *(Cases(Condition(A, comparison, ZERO), A, Negative(B)) for comparison in Comparison),
    Cases(Condition(Abs(SUM), Comparison.AT_MOST, C), Quotient(Power(A, TWO), TWO), Product((B, SUM))),
    Sum((A, Cases(Condition(A, Comparison.ABOVE, B), A, TALL))),
    Product((A, Cases(Condition(A, Comparison.BELOW, ZERO), ONE, ZERO))),
    Negative(Cases(Condition(A, Comparison.AT_LEAST, ZERO), ONE, ZERO)),
    Product((A, SumOver("k", Product((B, C))))),
    Sum((A, SumOver("k", SUM))),
)

NAMES: dict[str, Layout] = {
    "a": Script(Symbol("w"), sub=Symbol("11"), sup=Symbol("+")),
    "b": Script(Symbol("net"), sub=Symbol("h1")),
    "c": Symbol("eta"),
    "d": Fraction(Row((Symbol("partial"), Symbol("E"))), Row((Symbol("partial"), Symbol("out", upright=True)))),
    "k": Symbol("k"),
}
FIGURES: dict[str, Layout] = {
    "a": Number("-0.25"),
    "b": Number("1.5e-7"),
    "c": Number("3"),
    "d": Number("-2e9"),
    "k": Number("1"),
}

W, X = Symbol("W", bold=True), Symbol("x")
GRID = Matrix(((NAMES["a"], NAMES["d"]), (Number("0.5"), Number("-12.25"))))
LAYOUTS: dict[str, Layout] = {
    "matrix": GRID,
    "row of matrices": Row((W, Operator.EQUALS, GRID, Operator.MINUS, Script(GRID, sup=Symbol("T")))),
    "dimensions": Row((Under(W, Row((Number("2"), Operator.TIMES, Number("3")))), Under(GRID, X))),
    "dots": Row((*Dots, Matrix(((X, Dots.ACROSS), (Dots.DOWN, X))))),
    "square": Fenced(Row((X, Operator.PLUS, GRID)), Fence.SQUARE),
    "accents": Row(tuple(Accent(X, mark) for mark in Mark)),
    "signs": Row(tuple(part for sign in Operator for part in (X, sign))),
    "scripts": Row((Script(X, sub=Number("1"), sup=Number("2")), Script(Fenced(X), sub=X), Script(W, sup=Fenced(X)))),
    "small": Row((Fraction(Number("1"), Number("2"), small=True), X, Fraction(X, Fraction(X, W)))),
    "slot": Row((Number("0.5", of="a"), Operator.DOT, Script(Fenced(Number("-1", of="b")), sup=Number("2")))),
}


def printed(layout: Layout) -> Iterator[str]:
    """A layout in each format, with its size as it is estimated."""
    box, lines = place(layout, 10.0), stacked(layout)
    yield f"  box      {box.width:.3f} x {box.above:.3f} + {box.below:.3f}, {width(layout):.3f} em"
    yield f"  unicode  {unicode(layout)}"
    if len(lines.lines) > 1:
        yield f"  stacked  on line {lines.baseline + 1} of:"
        yield from (f"           {line}|" for line in lines.lines)
    yield f"  latex    {latex(layout)}"
    yield f"  mathml   {mathml(layout)}"
    yield f"  typst    {typst(layout)}"
    yield f"  svg      {svg(layout)}"
    for most in (4.0, 9.0):
        parts = broken(layout, most)
        if len(parts) > 1:
            yield f"  broken   {' | '.join(map(unicode, parts))}"


def gallery() -> Iterator[str]:
    for formula in FORMULAS:
        yield f"\n{plain(formula)}"
        yield from printed(arrange(formula, NAMES.__getitem__))
        figures = arrange(formula, FIGURES.__getitem__)
        yield f"  figures  {latex(figures)}, {width(figures):.3f} em"
    for name, layout in LAYOUTS.items():
        yield f"\n{name}"
        yield from printed(layout)


def test_what_each_printer_makes_of_each_layout(golden: Golden) -> None:
    golden("typeset/gallery.txt", "\n".join(gallery()).lstrip("\n") + "\n")
