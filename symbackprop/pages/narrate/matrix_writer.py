"""Matrix expressions as layouts: in symbols over their dimensions, or with the numbers in them."""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    MatrixPlan,
    Ones,
    Scale,
    Softmax,
    Subtract,
    Transpose,
)
from symbackprop.pages.narrate.matrix_entrywise import Entrywise
from symbackprop.pages.narrate.matrix_teller import MOST_COLUMNS, MOST_ROWS, MatrixTeller, fitted
from symbackprop.records import record
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Fenced, Layout, Matrix, Number, Operator, Row, Symbol, relate
from symbackprop.typeset.matrices import transposed, with_dimensions


@record(kw_only=True)
class Writer:
    """Lays expressions out: how a matrix is shown (transposed or not), a scalar, and ones of some dimensions."""

    plan: MatrixPlan
    matrix: Callable[[MatrixName, bool], Layout]
    scalar: Callable[[str], Layout]
    ones: Callable[[int, int], Layout]

    def write(self, expression: Expression) -> Layout:
        """The layout of one expression."""
        match expression:
            case Leaf(name=name):
                return self.matrix(name, False)  # noqa: FBT003 - not transposed
            case Transpose(body=Leaf(name=name)):
                return self.matrix(name, True)  # noqa: FBT003 - transposed
            case Transpose(body=body):
                return transposed(Fenced(self.write(body)))
            case Ones(rows=rows, columns=columns):
                return self.ones(rows, columns)
            case MatMul(left=left, right=right):
                return _joined(self._factor(left), self._factor(right), Operator.BESIDE)
            case Hadamard(left=left, right=right):
                return _joined(self._factor(left, within=Hadamard), self._factor(right), Operator.HADAMARD)
            case Subtract(left=left, right=right):
                return _joined(self.write(left), _fenced(self.write(right), Operator.PLUS), Operator.MINUS)
            case Add(terms=terms):
                return _in_a_row([self.write(term) for term in terms])
            case Scale(factor=factor, body=body):
                return _joined(arrange(factor, self.scalar), self._factor(body), Operator.BESIDE)
            case Map(formula=formula, slots=slots):
                return self._entrywise(formula, dict(slots))
            case Softmax(body=body):
                return Row((Symbol("softmax", upright=True), Fenced(self.write(body))))

    def _factor(self, expression: Expression, *, within: type | None = None) -> Layout:
        layout = self.write(expression)
        loose = isinstance(expression, Add | Subtract | Map) or (within is Hadamard and isinstance(expression, MatMul))
        return Fenced(layout) if loose and isinstance(layout, Row) else layout

    def _entrywise(self, formula: Formula, slots: dict[str, MatrixName]) -> Layout:
        shape = self.plan.quantities[next(iter(slots.values()))].shape

        def shown(id_: str) -> Layout:
            return self.matrix(slots[id_], False) if id_ in slots else self.scalar(id_)  # noqa: FBT003

        if shape == (1, 1):
            return arrange(formula, shown)
        return Entrywise(show=shown, matrices=frozenset(slots), ones=self.ones(*shape)).write(formula)


def _joined(left: Layout, right: Layout, sign: Operator) -> Row:
    numbers = isinstance(left, Number) or isinstance(right, Number)
    if sign is Operator.BESIDE and numbers:
        sign = Operator.DOT
    if sign is not Operator.MINUS:
        left = _fenced(left)
    return relate(left, sign, _fenced(right))


def _fenced(layout: Layout, *signs: Operator) -> Layout:
    negative = isinstance(layout, Number) and layout.digits.startswith("-")
    loose = isinstance(layout, Row) and any(part in signs for part in layout.parts)
    return Fenced(layout) if negative or loose else layout


def _in_a_row(terms: list[Layout]) -> Row:
    parts: list[Layout | Operator] = [terms[0]]
    for term in terms[1:]:
        parts.extend((Operator.PLUS, _fenced(term)))
    return relate(*parts)


def in_names(told: MatrixTeller, *, dimensions: bool) -> Writer:
    """Matrices by their symbols, each over its dimensions if that is asked for."""

    def matrix(name: MatrixName, turned: bool) -> Layout:  # noqa: FBT001 - a callback of `Writer`
        symbol = transposed(told.named(name)) if turned else told.named(name)
        rows, columns = told.dimensions(name)
        if not dimensions or told.is_single(name):
            return symbol
        return with_dimensions(symbol, columns, rows) if turned else with_dimensions(symbol, rows, columns)

    def ones(rows: int, columns: int) -> Layout:
        if not dimensions:
            return told.symbols.ones
        return Number("1") if (rows, columns) == (1, 1) else with_dimensions(told.symbols.ones, rows, columns)

    return Writer(plan=told.plan, matrix=matrix, scalar=told.teller.name, ones=ones)


def in_figures(told: MatrixTeller) -> Writer:
    """Matrices with the figures of their entries."""

    def matrix(name: MatrixName, turned: bool) -> Layout:  # noqa: FBT001 - a callback of `Writer`
        grid = told.grid(name)
        return told.with_numbers(tuple(zip(*grid, strict=True)) if turned else grid)

    def ones(rows: int, columns: int) -> Layout:
        one = Number("1")
        if (rows, columns) == (1, 1):
            return one
        return fitted(Matrix(((one,) * min(columns, MOST_COLUMNS + 1),) * min(rows, MOST_ROWS + 1)))

    return Writer(plan=told.plan, matrix=matrix, scalar=told.teller.value, ones=ones)
