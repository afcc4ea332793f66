"""The value of a matrix expression, by matrix arithmetic in balls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import repeat

from flint import arb, arb_mat, fmpq

from symbackprop.derivation.balls import to_ball, to_exact
from symbackprop.derivation.code import Arithmetic, compiled
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
from symbackprop.typeset.formula import Formula

Number = Fraction | fmpq | arb
Numbers = Mapping[str, Number]
"""The scalar steps' values by id."""


@dataclass(frozen=True, kw_only=True)
class MatrixNumbers:
    """The matrices of a plan with their numbers. All of it happens at the precision in force."""

    known: Mapping[MatrixName, MatrixQuantity]
    values: Numbers
    found: dict[MatrixName, arb_mat] = field(default_factory=dict)

    def leaf(self, name: MatrixName) -> arb_mat:
        """The scalar steps' own values of a matrix."""
        if name not in self.found:
            values = self.values
            self.found[name] = arb_mat([[to_ball(values[id_]) for id_ in row] for row in self.known[name].entries])
        return self.found[name]

    def compute(self, expression: Expression) -> arb_mat:
        """The value of an expression."""
        match expression:
            case Leaf(name=name):
                return self.leaf(name)
            case Ones(rows=rows, columns=columns):
                return arb_mat(rows, columns, [1] * (rows * columns))
            case MatMul(left=left, right=right):
                return self.compute(left) * self.compute(right)
            case Transpose(body=body):
                return self.compute(body).transpose()
            case Hadamard(left=left, right=right):
                return _cell_by_cell(self.compute(left), self.compute(right))
            case Subtract(left=left, right=right):
                return self.compute(left) - self.compute(right)
            case Add(terms=(first, *others)):
                total = self.compute(first)
                for other in others:
                    total = total + self.compute(other)
                return total
            case Scale(factor=factor, body=body):
                return self.compute(body) * self._scalar(factor)
            case Map(formula=formula, slots=slots):
                return self._mapped(formula, dict(slots))
            case Softmax(body=body, over_rows=over_rows):
                net = self.compute(body)
                return _softmax(net) if over_rows else _softmax(net.transpose()).transpose()
            case _:
                raise ValueError(f"an empty sum: {expression}")

    def _scalar(self, formula: Formula) -> arb:
        code = compiled(formula, Arithmetic.BALLS)
        return to_ball(code.run(*map(self._number, code.slots)))

    def _mapped(self, formula: Formula, slots: Mapping[str, MatrixName]) -> arb_mat:
        """The formula, compiled, for one cell after the other. Exact numbers stay exact on the way."""
        code = compiled(formula, Arithmetic.BALLS)
        rows, columns = self.known[next(iter(slots.values()))].shape
        if not code.slots:
            return arb_mat(rows, columns, [to_ball(code.run())] * (rows * columns))
        read = [self._numbers(slots[it]) if it in slots else repeat(self._number(it)) for it in code.slots]
        return arb_mat(rows, columns, [to_ball(code.run(*cell)) for cell in zip(*read, strict=False)])

    def _numbers(self, name: MatrixName) -> Iterator[Number]:
        return (self._number(id_) for row in self.known[name].entries for id_ in row)

    def _number(self, id_: str) -> Number:
        value = self.values[id_]
        return to_exact(value) if isinstance(value, Fraction) else value


def _cell_by_cell(left: arb_mat, right: arb_mat) -> arb_mat:
    factors = zip(left.entries(), right.entries(), strict=True)
    return arb_mat(left.nrows(), left.ncols(), [one * other for one, other in factors])


def _softmax(net: arb_mat) -> arb_mat:
    rows = []
    for number in range(net.nrows()):
        raised = [net[number, column].exp() for column in range(net.ncols())]
        total = sum(raised, arb(0))
        rows.append([each / total for each in raised])
    return arb_mat(rows)
