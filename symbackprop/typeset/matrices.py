"""Layouts of matrices: transposed, with their dimensions below them, and with dots where they are large."""

from __future__ import annotations

from symbackprop.typeset.layout import Dots, Fenced, Layout, Matrix, Number, Operator, Row, Script, Symbol, Under


def with_dimensions(layout: Layout, rows: int, columns: int) -> Under:
    """The layout with its dimensions below it: 2 x 3."""
    return Under(layout, Row((Number(str(rows)), Operator.TIMES, Number(str(columns)))))


def transposed(layout: Layout) -> Layout:
    """The layout with an upright T raised behind it, in parentheses where something is raised there already."""
    mark = Symbol("T", upright=True)
    match layout:
        case Script(base=base, sub=sub, sup=None):
            return Script(base, sub=sub, sup=mark)
        case Symbol() | Matrix():
            return Script(layout, sup=mark)
        case _:
            return Script(Fenced(layout), sup=mark)


def elided(matrix: Matrix, most_rows: int, most_columns: int) -> Matrix:
    """The matrix with dots for its middle rows and columns where it has more than that many; its edges stay."""
    rows = [list(_elide(row, most_columns, Dots.ACROSS)) for row in matrix.rows]
    if len(rows) <= most_rows:
        return Matrix(tuple(map(tuple, rows)))
    across = len(matrix.rows[0]) > most_columns
    dots: list[Layout] = [Dots.DOWN] * len(rows[0])
    if across:
        dots[-2] = Dots.SLANTED
    return Matrix(tuple(map(tuple, [*rows[: most_rows - 2], dots, rows[-1]])))


def _elide(row: tuple[Layout, ...], most: int, dots: Dots) -> tuple[Layout, ...]:
    return row if len(row) <= most else (*row[: most - 2], dots, row[-1])
