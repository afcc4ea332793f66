"""The value of a matrix expression, by matrix arithmetic in balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from flint import arb, arb_mat, fmpq

from symbackprop.derivation.balls import Real, evaluate, to_exact
from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixQuantity,
    Ones,
    Scale,
    Softmax,
    Subtract,
    Transpose,
)
from symbackprop.typeset.formula import Formula, rename

Number = Fraction | fmpq | arb
Numbers = Mapping[str, Number]
"""The scalar steps' values by id."""


def compute(expression: Expression, known: Mapping[MatrixName, MatrixQuantity], values: Numbers) -> arb_mat:
    """The value of an expression by matrix arithmetic in balls, at the precision in force."""
    match expression:
        case Leaf(name=name):
            return arb_mat([[to_arb(values[id_]) for id_ in row] for row in known[name].entries])
        case Ones(rows=rows, columns=columns):
            return arb_mat(rows, columns, [1] * (rows * columns))
        case MatMul(left=left, right=right):
            return compute(left, known, values) * compute(right, known, values)
        case Transpose(body=body):
            return compute(body, known, values).transpose()
        case Hadamard(left=left, right=right):
            return _cell_by_cell(lambda a, b: a * b, compute(left, known, values), compute(right, known, values))
        case Subtract(left=left, right=right):
            return compute(left, known, values) - compute(right, known, values)
        case Add(terms=(first, *others)):
            total = compute(first, known, values)
            for other in others:
                total = total + compute(other, known, values)
            return total
        case Scale(factor=factor, body=body):
            return compute(body, known, values) * to_arb(evaluate(factor, _reader(values)))
        case Map(formula=formula, slots=slots):
            return _mapped(formula, slots, known, values)
        case Softmax(body=body, over_rows=over_rows):
            net = compute(body, known, values)
            return _softmax(net) if over_rows else _softmax(net.transpose()).transpose()
        case _:
            raise ValueError(f"an empty sum: {expression}")


def _mapped(
    formula: Formula,
    slots: tuple[tuple[str, MatrixName], ...],
    known: Mapping[MatrixName, MatrixQuantity],
    values: Numbers,
) -> arb_mat:
    read = _reader(values)
    names = [slot for slot, _ in slots]
    rows = []
    for grids in zip(*(known[name].entries for _, name in slots), strict=True):
        row = []
        for cell in zip(*grids, strict=True):
            filled = dict(zip(names, cell, strict=True))
            row.append(to_arb(evaluate(rename(formula, partial(_filled, filled)), read)))
        rows.append(row)
    return arb_mat(rows)


def _filled(slots: Mapping[str, str], id_: str) -> str:
    return slots.get(id_, id_)


def _softmax(net: arb_mat) -> arb_mat:
    rows = []
    for number in range(net.nrows()):
        raised = [net[number, column].exp() for column in range(net.ncols())]
        rows.append([each / sum(raised, arb(0)) for each in raised])
    return arb_mat(rows)


def _cell_by_cell(combine: Callable[[arb, arb], arb], left: arb_mat, right: arb_mat) -> arb_mat:
    columns = range(left.ncols())
    return arb_mat(
        [[combine(left[row, column], right[row, column]) for column in columns] for row in range(left.nrows())]
    )


def _reader(values: Numbers) -> Callable[[str], Real]:
    def read(id_: str) -> Real:
        value = values[id_]
        return to_exact(value) if isinstance(value, Fraction) else value

    return read


def to_arb(value: Number) -> arb:
    """A number as a ball at the precision in force."""
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else arb(value)
