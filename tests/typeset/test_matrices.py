"""Matrices in every dialect: rows and columns, dimensions below names, dots where they are large."""

from __future__ import annotations

import pytest

from symbackprop.typeset.boxes import place
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import (
    Applied,
    Bars,
    Choice,
    Dots,
    Fenced,
    Fraction,
    Layout,
    Matrix,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Symbol,
)
from symbackprop.typeset.matrices import elided, transposed, with_dimensions
from symbackprop.typeset.measure import broken, width
from symbackprop.typeset.stacked import stacked
from symbackprop.typeset.svg import svg
from symbackprop.typeset.unicode import unicode
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures


def numbers(*rows: str) -> Matrix:
    """Build a matrix from its rows, their numbers apart by spaces."""
    return Matrix(tuple(tuple(map(Number, row.split())) for row in rows))


SQUARE = numbers("1 -2", "0.25 4")
W = Script(Symbol("W"), sup=Fenced(Number("1")))
X = Symbol("x", bold=True)
DELTA = Symbol("delta", bold=True)
NET = Script(Symbol("net", bold=True), sub=Symbol("h"))

PRINTED: list[tuple[Layout, str, str]] = [
    (SQUARE, r"\begin{pmatrix} 1 & -2 \cr 0.25 & 4 \end{pmatrix}", "(1 −2; 0.25 4)"),
    (with_dimensions(X, 2, 1), r"\underset{\thinspace 2 \times 1 \thinspace}{\mathstrut \mathbf{x}}", "x [2×1]"),
    (transposed(Symbol("W")), r"W^{\mathrm{T}}", "Wᵀ"),
    (transposed(W), r"(W^{(1)})^{\mathrm{T}}", "(W⁽¹⁾)ᵀ"),
    (transposed(NET), r"\mathbf{net}_{h}^{\mathrm{T}}", "netₕᵀ"),
    (transposed(SQUARE), r"\begin{pmatrix} 1 & -2 \cr 0.25 & 4 \end{pmatrix}^{\mathrm{T}}", "(1 −2; 0.25 4)ᵀ"),
    (Row((DELTA, Operator.HADAMARD, X)), r"\boldsymbol{\delta} \odot \mathbf{x}", "δ ⊙ x"),
    (Script(Fenced(X), sup=Row((Symbol("odot"), Number("2")))), r"(\mathbf{x})^{\odot2}", "(x)^(⊙2)"),
    (Fenced(SQUARE), r"\left(\begin{pmatrix} 1 & -2 \cr 0.25 & 4 \end{pmatrix}\right)", "((1 −2; 0.25 4))"),
    (Symbol("target", bold=True), r"\smash[b]{\mathbf{target}}", "target"),
    (Script(X, sup=Symbol("[2]", upright=True)), r"\mathbf{x}^{\mathrm{[2]}}", "x[2]"),
    (
        Script(X, sup=Row((Fenced(Number("1")), Symbol("[2]", upright=True)))),
        r"\mathbf{x}^{(1)\mathrm{[2]}}",
        "x⁽¹⁾[2]",
    ),
    (Row((Dots.ACROSS, Dots.DOWN, Dots.SLANTED)), r"\cdots\vdots\ddots", "⋯⋮⋱"),
]


@pytest.mark.parametrize(("layout", "in_latex", "in_unicode"), PRINTED)
def test_matrices_are_printed(layout: Layout, in_latex: str, in_unicode: str) -> None:
    assert latex(layout) == in_latex
    assert unicode(layout) == in_unicode


def test_katex_and_github_show_all_of_it() -> None:
    page = "\n\n".join(f"$${latex(layout)}$$\n\nand ${latex(layout)}$ within words" for layout, _, _ in PRINTED)
    page = page.replace("}_{", "}_ {")
    assert katex_failures(page) == ()
    assert github_failures(page) == ()


@pytest.mark.parametrize(("layout", "_", "__"), PRINTED)
def test_matrices_are_drawn(layout: Layout, _: str, __: str) -> None:
    drawn = svg(layout)
    assert drawn.startswith("<text")
    box = place(layout, 10)
    assert box.width > 0
    assert all(run.x >= -0.01 and run.x + run.width <= box.width + 0.01 for run in box.runs)
    assert {run.line for run in box.runs} <= set(range(box.lines))


def test_entries_stand_in_rows_and_columns() -> None:
    runs = {run.text: run for run in place(SQUARE, 10).runs if run.text not in "()"}
    assert runs["1"].y == runs["−2"].y < runs["0.25"].y == runs["4"].y
    assert runs["1"].x < runs["−2"].x
    assert abs((runs["1"].x + runs["1"].width / 2) - (runs["0.25"].x + runs["0.25"].width / 2)) < 0.01


# --- Width ------------------------------------------------------------------------------------------------


def test_a_matrix_is_as_wide_as_its_widest_entries() -> None:
    assert width(numbers("1 1")) < width(numbers("1 1", "1 10000"))
    assert width(numbers("1 1")) == width(numbers("1 1", "1 1"))
    assert width(numbers("1 1")) < width(numbers("1 1 1"))
    assert width(with_dimensions(X, 2, 1)) > width(X)


def test_a_product_of_matrices_is_broken_before_its_signs() -> None:
    wide = numbers("0.123456789 0.123456789")
    row = Row((wide, Operator.BESIDE, wide, Operator.PLUS, wide, Operator.DOT, wide))
    pieces = broken(row, 30)
    assert [piece.parts[0] for piece in pieces if isinstance(piece, Row)] == [wide, Operator.PLUS, Operator.DOT][
        : len(pieces)
    ]
    assert all(width(piece) <= 30 for piece in pieces)


# --- Dots -------------------------------------------------------------------------------------------------


def grid(rows: int, columns: int) -> Matrix:
    """Build a matrix whose entries say where they stand."""
    return Matrix(tuple(tuple(Number(f"{row}{column}") for column in range(columns)) for row in range(rows)))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (8, 6), (3, 6), (8, 1)])
def test_a_small_matrix_has_no_dots(rows: int, columns: int) -> None:
    assert elided(grid(rows, columns), 8, 6) == grid(rows, columns)


def test_a_large_matrix_keeps_its_edges() -> None:
    found = elided(grid(9, 9), 4, 3)
    assert [unicode(Matrix((row,))) for row in found.rows] == ["(00 ⋯ 08)", "(10 ⋯ 18)", "(⋮ ⋱ ⋮)", "(80 ⋯ 88)"]


def test_a_long_vector_has_dots_down_only() -> None:
    found = elided(grid(9, 1), 4, 3)
    assert [row[0] for row in found.rows] == [Number("00"), Number("10"), Dots.DOWN, Number("80")]


# --- Lines of text ----------------------------------------------------------------------------------------


def test_a_formula_with_matrices_takes_several_lines() -> None:
    row = Row((X, Operator.EQUALS, SQUARE, Operator.BESIDE, numbers("0.5", "-10"), Operator.PLUS, Number("1")))
    assert stacked(row).lines == (
        "    ⎛1     −2⎞ ⎛  0.5⎞    ",
        "x = ⎝0.25   4⎠ ⎝−10  ⎠ + 1",
    )


def test_dimensions_stand_below_and_parentheses_do_not_reach_around_them() -> None:
    layout = Row((Symbol("sigma"), Fenced(with_dimensions(NET, 2, 1))))
    assert stacked(layout).lines == ("σ(netₕ)", "  2×1  ")


def test_tall_things_are_fenced_raised_and_divided() -> None:
    column = numbers("1", "2", "3")
    assert stacked(column).lines == ("⎛1⎞", "⎜2⎟", "⎝3⎠")
    assert stacked(Fenced(column)).lines == ("⎛⎛1⎞⎞", "⎜⎜2⎟⎟", "⎝⎝3⎠⎠")
    assert stacked(Script(column, sup=Number("2"))).lines == ("⎛1⎞²", "⎜2⎟ ", "⎝3⎠ ")
    assert stacked(Fraction(numbers("1", "2"), X)).lines == (" ⎛1⎞ ", " ⎝2⎠ ", "─────", "  x  ")


def test_what_is_not_tall_stays_one_line() -> None:
    layout = Fraction(Row((Symbol("partial"), X)), Symbol("w"))
    assert stacked(layout).lines == (unicode(layout),)
    assert stacked(Row(())).lines == ("",)


TALL: list[tuple[Layout, list[str]]] = [
    (Applied(Symbol("log", upright=True), SQUARE), ["   ⎛1     −2⎞", "log⎝0.25   4⎠"]),
    (Bars(SQUARE), ["│⎛1     −2⎞│", "│⎝0.25   4⎠│"]),
    (Bars(with_dimensions(X, 2, 1)), ["| x |", " 2×1 "]),
    (Root(SQUARE), [" ⎛1     −2⎞", "√⎝0.25   4⎠"]),
    (Root(Row((SQUARE, Operator.PLUS, X))), [" ⎛⎛1     −2⎞    ⎞", "√⎝⎝0.25   4⎠ + x⎠"]),
    (
        Choice(((Number("1"), with_dimensions(X, 2, 1)), (Number("0"), with_dimensions(X, 2, 1)))),
        ["⎧ 1    x ", "⎪     2×1", "⎨ 0    x ", "⎩     2×1"],
    ),
]


@pytest.mark.parametrize(("layout", "lines"), TALL)
def test_functions_of_matrices_in_a_terminal(layout: Layout, lines: list[str]) -> None:
    assert list(stacked(layout).lines) == lines


def test_decimals_keep_their_place_beside_dots() -> None:
    column = Matrix(((Number("-0.5"),), (Number("10.25"),), (Dots.DOWN,), (Number("3"),)))
    assert list(stacked(column).lines) == ["⎛−0.5 ⎞", "⎜10.25⎟", "⎜  ⋮  ⎟", "⎝ 3   ⎠"]


def test_a_long_fraction_has_two_lines() -> None:
    long = Row(tuple(part for _ in range(12) for part in (X, Operator.PLUS)))
    short, tall = stacked(Fraction(X, X)), stacked(Fraction(Row((*long.parts, X)), X))
    assert (len(short.lines), len(tall.lines)) == (1, 3)
